/**
 * The outage list: which guarded addresses are down now, as one member sees it. A static file that beacons read, signed
 * by the member that serves it (DSSE, payloadType below), `max-age=60`, at most 150 bytes an entry on the wire.
 *
 * An entry is one line: `<address> <blog> <declaration> <state> <mirror> <mirror>`; the first three in base64url without
 * padding. `address` = first 16 bytes of SHA-256 of the host path ("example.org", "example.org/~ana"), `blog` = all 32
 * bytes of the blog id, `declaration` = first 16 bytes of the declaration's id. A mirror is a place in `members`, "-" for
 * none. The halves are safe: nobody is sent anywhere before the blog's whole evidence has been checked.
 * Above 200 entries the list says `split` and is empty; the entries lie in 256 lists by the first byte of SHA-256(host).
 * The list `pins` has no entries either: its members are those that the signer would pin now, with their operators.
 */
import { decodeBase64, encodeBase64 } from './base64.ts'
import { fromHex, isHash, textOf, toHex, utf8 } from './bytes.ts'
import { ok, type Result, refuse } from './codes.ts'
import { signedBytes } from './dsse.ts'
import { isStrictSignature } from './ed25519.ts'
import type { Envelope, Hash, Key, Time } from './objects.ts'
import type { Sha256, Signer, VerifyEd25519 } from './platform.ts'

export const outagesType = 'application/vnd.dgos.outages.v1+json'
/** More entries than this in one list: it is split into buckets. */
export const outageEntriesSplit = 200
/** A list that readers believe has at most this many entries, split or not. */
export const outageEntriesMax = 2000
/** Pins past this many are left out: more do not make an entry truer. */
export const pinsMax = 16
/** Text of one envelope: 150 bytes an entry and as much again for the table of members. */
export const outageListBytesMax = 600_000
/** A list older than this is not believed: `max-age` is a minute, caches and clocks are forgiven the rest. */
export const outageListMsMax = 15 * 60_000

/** `disputed`: declared down, but seen alive by outsiders. `exercise`: a drill; beacons stay silent. */
export type OutageState = 'down' | 'disputed' | 'returning' | 'exercise'
const letters: Readonly<Record<string, OutageState>> = { d: 'down', q: 'disputed', r: 'returning', x: 'exercise' }

/** `operator` in the list `pins` alone. */
export type OutageMember = { readonly key: Key; readonly url: string; readonly operator?: Key }
export type OutageEntry = {
  /** See `addressHash`: 22 characters. */
  readonly address: string
  readonly blog: Hash
  /** First 32 hex digits of the declaration's id. */
  readonly declaration: string
  readonly state: OutageState
  /** At most two. */
  readonly mirrors: readonly OutageMember[]
}
/** "all": every entry is here. "split": ask for a bucket. Two hex digits: one bucket. "pins": whom to ask from now on. */
export type OutageBucket = string
export type OutageList = {
  readonly network: Hash
  readonly key: Key
  readonly time: Time
  readonly bucket: OutageBucket
  readonly entries: readonly OutageEntry[]
  /** The table in which entries name mirrors. In the list `pins`: whom the signer would pin. */
  readonly members: readonly OutageMember[]
}

/** The name of an address in lists: base64url of the first 16 bytes of SHA-256 of its host path. */
export function addressHash(hostPath: string, sha256: Sha256): string {
  return shortText(sha256(utf8(hostPath)).subarray(0, 16))
}

/** The bucket of a host path: two hex digits, from its host alone, so that one host never needs two questions. */
export function bucketOf(hostPath: string, sha256: Sha256): OutageBucket {
  return toHex(sha256(utf8(hostPath.split('/')[0]!)).subarray(0, 1))
}

/** Signs a list. Throws TypeError where `openList` would refuse it for anything but its age. */
export async function sealList(
  fields: Omit<OutageList, 'key' | 'members'> & Partial<OutageList>,
  signer: Signer,
): Promise<Envelope> {
  const members: OutageMember[] = [...(fields.members ?? [])]
  const place = (mirror: OutageMember | undefined) => {
    if (mirror === undefined) return '-'
    const at = members.findIndex((member) => member.key === mirror.key)
    return at >= 0 ? at : members.push({ key: mirror.key, url: mirror.url }) - 1
  }
  const entries = fields.entries.map((entry) => {
    const names = [entry.address, shortText(fromHex(entry.blog)), shortText(fromHex(entry.declaration.slice(0, 32)))]
    const letter = Object.keys(letters).find((letter) => letters[letter] === entry.state)
    return [...names, letter, place(entry.mirrors[0]), place(entry.mirrors[1])].join(' ')
  })
  const { network, time, bucket } = fields
  const payload = utf8(JSON.stringify({ network, key: signer.key, time, bucket, members, entries }))
  if (parseOutageList(payload) === null) throw new TypeError('cannot seal this outage list')
  const sig = encodeBase64(await signer.sign(signedBytes(outagesType, payload)))
  return { payload: encodeBase64(payload), payloadType: outagesType, signatures: [{ keyid: signer.key, sig }] }
}

/** Opens a list from outside. `keys` are the pinned members' keys, null for any. Nothing is parsed that is not signed. */
export async function openList(
  input: unknown,
  trust: { readonly network: Hash; readonly keys: readonly Key[] | null; readonly nowMs: Time },
  verify: VerifyEd25519,
): Promise<Result<OutageList>> {
  const { payload, payloadType, signatures } = (input ?? {}) as Record<string, unknown>
  const { keyid, sig } = (Array.isArray(signatures) && signatures.length === 1 ? (signatures[0] ?? {}) : {}) as Record<
    string,
    unknown
  >
  if (payloadType !== outagesType || typeof payload !== 'string' || typeof sig !== 'string' || !isHash(keyid))
    return refuse('BAD_ENVELOPE')
  if (payload.length > outageListBytesMax) return refuse('TOO_LARGE')
  if (trust.keys !== null && !trust.keys.includes(keyid)) return refuse('NOT_ALLOWED')
  const bytes = decodeBase64(payload)
  const signature = decodeBase64(sig)
  if (bytes === null || signature === null) return refuse('BAD_BASE64')
  const key = fromHex(keyid)
  if (!isStrictSignature(key, signature) || !(await verify(key, signedBytes(outagesType, bytes), signature)))
    return refuse('BAD_SIGNATURE')
  const list = parseOutageList(bytes)
  if (list === null) return refuse('BAD_FIELDS')
  if (list.key !== keyid) return refuse('BAD_SIGNATURE')
  if (list.network !== trust.network) return refuse('OTHER_NETWORK')
  if (list.time > trust.nowMs + outageListMsMax) return refuse('AHEAD_OF_TIME')
  return list.time < trust.nowMs - outageListMsMax ? refuse('EXPIRED') : ok(list)
}

/** The payload of a list, or null where it is not one. */
export function parseOutageList(bytes: Uint8Array): OutageList | null {
  let read: Record<string, unknown>
  try {
    read = JSON.parse(textOf(bytes) ?? '')
  } catch {
    return null
  }
  const { network, key, time, bucket, members, entries } = read ?? {}
  if (!isHash(network) || !isHash(key) || !Number.isSafeInteger(time) || (time as number) < 0) return null
  if (typeof bucket !== 'string' || !/^(all|split|pins|[0-9a-f]{2})$/.test(bucket)) return null
  if (!Array.isArray(members) || !Array.isArray(entries) || entries.length > outageEntriesMax) return null
  if (members.length > (bucket === 'pins' ? pinsMax : 2 * entries.length) || !members.every(isMember)) return null
  const lines = entries.map((line) => entryOf(line, members))
  const seen = new Set(lines.map((line) => line?.address))
  if (lines.includes(null) || seen.size < lines.length || (bucket > 'p' && lines.length > 0)) return null
  return { network, key, time: time as number, bucket, entries: lines as OutageEntry[], members }
}

const lineGrammar =
  /^([\w-]{21}[AQgw]) ([\w-]{42}[AEIMQUYcgkosw048]) ([\w-]{21}[AQgw]) ([dqrx]) (0|[1-9]\d{0,3}|-) (0|[1-9]\d{0,3}|-)$/

function entryOf(line: unknown, members: readonly OutageMember[]): OutageEntry | null {
  const parts = typeof line === 'string' ? lineGrammar.exec(line) : null
  if (parts === null) return null
  const [, address, blog, declaration, letter, ...places] = parts as unknown as [string, string, string, string, string]
  const mirrors = (places as string[]).filter((place) => place !== '-').map((place) => members[Number(place)])
  if (mirrors.includes(undefined)) return null
  const hex = (text: string) => toHex(longBytes(text))
  return { address, blog: hex(blog), declaration: hex(declaration), state: letters[letter]!, mirrors: mirrors as never }
}

/**
 * What several lists agree on for one address: two lists of different members name the same blog, state and declaration.
 * The mirrors of all that agree, in the order of the lists. null where there are not two, or where two pairs contradict.
 */
export function agreedEntry(lists: readonly OutageList[], address: string): OutageEntry | null {
  const found = new Map<string, { entry: OutageEntry; keys: Set<Key>; mirrors: Map<Key, OutageMember> }>()
  for (const list of lists) {
    const entry = list.entries.find((entry) => entry.address === address)
    if (entry === undefined) continue
    const name = `${entry.blog} ${entry.state} ${entry.declaration}`
    const group = found.get(name) ?? { entry, keys: new Set(), mirrors: new Map() }
    found.set(name, group)
    group.keys.add(list.key)
    for (const mirror of entry.mirrors) if (!group.mirrors.has(mirror.key)) group.mirrors.set(mirror.key, mirror)
  }
  const agreed = [...found.values()].filter((group) => group.keys.size >= 2)
  return agreed.length === 1 ? { ...agreed[0]!.entry, mirrors: [...agreed[0]!.mirrors.values()] } : null
}

function isMember(value: unknown): value is OutageMember {
  const { key, url } = (value ?? {}) as Record<string, unknown>
  return isHash(key) && typeof url === 'string' && isPlace(url)
}

/** Whether a member's address is one that lists and tags can name. */
export function isPlace(url: string): boolean {
  return /^https?:\/\/[a-z0-9.:-]{1,260}\/[\w.~/-]{0,250}$/.test(url)
}

function shortText(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function longBytes(text: string): Uint8Array {
  const padded = text.replaceAll('-', '+').replaceAll('_', '/')
  return decodeBase64(padded + '='.repeat((4 - (padded.length % 4)) % 4))!
}
