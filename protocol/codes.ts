/** The words of refusal: the same on the wire, in PHP, in the log and in the documents. */
export const codes = {
  BAD_ENVELOPE: 'Not a DSSE envelope of this protocol: send payload, payloadType and one signature.',
  BAD_BASE64: 'The base64 text is not canonical: use the standard alphabet with padding.',
  BAD_SIGNATURE: 'The signature does not verify under the strict rules: sign the bytes again.',
  BAD_JSON: 'Not JSON as this protocol writes it: one object, whole numbers, no name twice, not too deep.',
  BAD_FIELDS: 'A field is missing or out of its limits.',
  BAD_HTML: 'The post html is not in the normal form: render it again with the editor.',
  TOO_LARGE: 'More bytes than may be sent here.',
  UNKNOWN_KIND: 'This member does not know that kind of object.',
  OTHER_NETWORK: 'The object belongs to another network.',
  AHEAD_OF_TIME: 'The time of the object lies in the future: set your clock, then sign again.',
  UNKNOWN_BLOG: 'This member has no root of that blog: send its roots first.',
  NOT_ALLOWED: 'The key may not sign this.',
  KEY_REVOKED: 'The key has been revoked: use another device or a recovery key.',
  EXPIRED: 'The word of this object has run out.',
  BROKEN_CHAIN: 'The object does not follow the one that it names.',
  BLOG_NOT_DOWN: 'The blog is up: post there, or hand in a signed declaration with the post.',
  BLOG_CLOSED: 'The blog has left the network.',
  REFUSED: 'The operator of this member refuses this blog or this content: use another mirror.',
  QUOTA: 'The share of this blog on this member is used up: use another mirror, or withdraw something.',
  RATE: 'Too many requests: wait as Retry-After says.',
  NOT_FOUND: 'Nothing is kept under that name.',
  NOT_WANTED: 'Nothing here waits for that: it is taken after, or inside, the object that names it.',
  BAD_REQUEST: 'The request is not one of this interface.',
  HASH_MISMATCH: 'The bytes do not have the hash under which they were sent.',
  NOT_MEMBER: 'The key is not that of a member.',
  NO_QUORUM: 'The votes do not make a quorum.',
  TIMEOUT: 'The request took too long.',
  OVERLOADED: 'This member is busy: wait as Retry-After says, or use another mirror.',
  INTERNAL: 'Something went wrong here. The operator finds it in the log.',
} as const

export type Code = keyof typeof codes

/** Refusals that may end when the member is told more: of the blog, or of the network's members. */
export const curableBy: { readonly [C in Code]?: 'blog' | 'network' } = {
  UNKNOWN_BLOG: 'blog',
  BROKEN_CHAIN: 'blog',
  NOT_ALLOWED: 'blog',
  BLOG_NOT_DOWN: 'blog',
  NO_QUORUM: 'blog',
  NOT_MEMBER: 'network',
}

/** A refusal as a value: what an honest network produces is never thrown. `detail` names the field or the limit. */
export type Refused = { readonly ok: false; readonly code: Code; readonly detail: string }
export type Accepted<T> = { readonly ok: true; readonly value: T }
export type Result<T> = Accepted<T> | Refused

/** A refusal as it is told: words for people, and beside them the bare detail where there is one. */
export function wordsOf(code: Code, detail: string): { readonly message: string; readonly detail?: string } {
  return detail === '' ? { message: codes[code] } : { message: `${codes[code]} (${detail})`, detail }
}

export function refuse(code: Code, detail = ''): Refused {
  return { ok: false, code, detail }
}

export function ok<T>(value: T): Accepted<T> {
  return { ok: true, value }
}
