/** Messages that must be refused, with the documented code, though they reach the secret address. `sign` says how they are signed. */
import { message } from './honest.ts'

export type Signing = {
  readonly domain?: string
  /** Signed headers, colons between. */
  readonly headers?: string
  /** Bytes of the body that the signature covers. */
  readonly bodyLength?: number
  /** Done to the message after it was signed. */
  readonly after?: (signed: string) => string
}
export type Hostile = {
  readonly name: string
  readonly code: string
  readonly why: RegExp
  readonly raw: (base: Readonly<Record<string, string>>) => string
  readonly sign: Signing | null
}

const body = 'The words of somebody else.'
const plain =
  (headers: Record<string, string> = {}) =>
  (base: Readonly<Record<string, string>>) =>
    message({ ...base, ...headers }, body)
const refused = (
  name: string,
  why: RegExp,
  raw: Hostile['raw'],
  sign: Signing | null = {},
  code = 'NOT_ALLOWED',
): Hostile => ({ name, why, raw, sign, code })
const broken = (name: string, why: RegExp, raw: Hostile['raw'], sign: Signing | null = {}) =>
  refused(name, why, raw, sign, 'BAD_REQUEST')
const all = 'from:subject:date:message-id:to:content-type:content-transfer-encoding:mime-version'

export const hostile: readonly Hostile[] = [
  refused('no signature', /no DKIM/, plain(), null),
  refused('a signature of another domain', /not of the domain/, plain(), { domain: 'evil.test' }),
  refused(
    'a signature of a sibling of the domain',
    /not of the domain/,
    plain({ From: 'Ana <ana@mail.author.test>' }),
    {
      domain: 'news.author.test',
    },
  ),
  refused('a signature of a guest below the domain', /not of the domain/, plain(), { domain: 'guest.author.test' }),
  refused(
    'a signature of a suffix under which everybody has domains',
    /everybody|not of the domain/,
    plain({ From: 'Ana <ana@ana.github.io>' }),
    { domain: 'github.io' },
  ),
  refused('a Content-Type that was added after signing', /does not cover content-type/, plain({ 'Content-Type': '' }), {
    after: (signed) => `Content-Type: text/html\r\n${signed}`,
  }),
  refused(
    'an unsigned Content-Transfer-Encoding',
    /does not cover content-transfer-encoding/,
    plain({ 'Content-Transfer-Encoding': '7bit' }),
    {
      headers: 'from:subject:date:message-id:to:content-type:mime-version',
    },
  ),
  refused('an unsigned MIME-Version', /does not cover mime-version/, plain({ 'MIME-Version': '1.0' }), {
    headers: 'from:subject:date:message-id:to:content-type:content-transfer-encoding',
  }),
  refused('a sender the author never named', /not an address/, plain({ From: 'Eve <eve@author.test>' })),
  refused('a body changed after signing', /DKIM (neutral|fail)/, plain(), {
    after: (signed) => signed.replace('somebody', 'anybody!'),
  }),
  refused('words added below a signed body', /DKIM (neutral|fail)/, plain(), {
    after: (signed) => `${signed}more words\r\n`,
  }),
  refused('a subject changed after signing', /DKIM (neutral|fail)/, plain(), {
    after: (signed) => signed.replace('Subject: Hello', 'Subject: Other'),
  }),
  refused('a signature that covers a part of the body (l=)', /l=|part of the body|DKIM/, plain(), { bodyLength: 10 }),
  refused('an unsigned subject', /does not cover subject/, plain(), { headers: 'from:date:message-id:to' }),
  refused('an unsigned date', /does not cover date/, plain(), { headers: 'from:subject:message-id:to' }),
  refused('an unsigned Message-ID', /does not cover message-id/, plain(), { headers: 'from:subject:date:to' }),
  refused('a key that does not exist', /DKIM/, plain(), { domain: 'nokey.author.test' }),
  refused(
    'a mail of two hours ago',
    /hour/,
    plain({ Date: new Date(Date.now() - 7_200_000).toUTCString() }),
    {},
    'EXPIRED',
  ),
  refused(
    'a mail of tomorrow',
    /hour/,
    plain({ Date: new Date(Date.now() + 86_400_000).toUTCString() }),
    {},
    'EXPIRED',
  ),
  refused('a wrong one-time code', /no DKIM/, plain({ Subject: 'Hello aaaaaaaaaa' }), null),
  broken('two From headers', /from stands twice/, plain(), {
    after: (signed) => `From: Eve <eve@evil.test>\r\n${signed}`,
  }),
  broken('two Subject headers', /subject stands twice/, plain(), { after: (signed) => `Subject: Other\r\n${signed}` }),
  broken('two Content-Type headers', /content-type stands twice/, plain(), {
    after: (signed) => `Content-Type: text/html\r\n${signed}`,
  }),
  broken('two addresses in From', /one address/, plain({ From: 'Ana <ana@author.test>, Eve <eve@evil.test>' })),
  broken(
    'an address hidden in the name',
    /one address/,
    plain({ From: '"ana@author.test" <eve@evil.test> (x) <ana@author.test>' }),
  ),
  broken('a group in From', /one address/, plain({ From: 'all: ana@author.test;' })),
  broken('no Message-ID', /message-id is missing/, plain({ 'Message-ID': '' }), null),
  broken('a Message-ID of two words', /Message-ID/, plain({ 'Message-ID': '<a@b> <c@d>' })),
  broken('no Date', /date is missing/, plain({ Date: '' }), null),
  broken('a bare line feed in the body', /bare line feed/, plain(), {
    after: (signed) => signed.replace('The words', 'The\n.\nwords'),
  }),
  broken('a bare carriage return', /bare carriage/, plain(), {
    after: (signed) => signed.replace('The words', 'The\rwords'),
  }),
  broken('a zero byte', /zero byte/, plain(), { after: (signed) => signed.replace('The words', 'The\u0000words') }),
  broken('a header that is none', /no header/, plain(), { after: (signed) => `this is no header\r\n${signed}` }),
  broken('endless headers', /too (long|many)/, plain(), {
    after: (signed) => `${'X-A: b\r\n'.repeat(20_000)}${signed}`,
  }),
]
export { all as signedHeaders }
