/** Generated questions about bytes: base64, JSON, signatures, envelopes, fields, html, request bodies, host paths. */
import { readFileSync } from 'node:fs'
import { nodeSigner } from '../../lib/platform.ts'
import { encodeBase64 } from '../../protocol/base64.ts'
import { fromHex, toHex, utf8 } from '../../protocol/bytes.ts'
import { signedBytes, typeOf } from '../../protocol/envelope.ts'
import { kindNames } from '../../protocol/kinds.ts'
import type { Kind } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { holds } from '../../protocol/post-html.ts'
import type { VectorFile } from '../../protocol/vectors/check.ts'
import { type Dice, spoiled } from './dice.ts'

export type Question = { readonly rule: string; readonly input: unknown }

const fields = JSON.parse(
  readFileSync(new URL('../../protocol/vectors/fields.json', import.meta.url), 'utf8'),
) as VectorFile
const base = fields.shared!.base as Record<Kind, Record<string, unknown>>
/** What the questions of `fields` are put to. */
export const fieldsFile: VectorFile = { ...fields, cases: [] }

export function base64Question(dice: Dice): Question {
  const text = encodeBase64(dice.bytes(dice.below(40)))
  const pieces = ['=', '==', '-', '_', '+', ' ', 'A', 'B']
  return { rule: 'base64', input: { text: dice.once(3) ? text : spoiled(dice, text, pieces) } }
}

const jsonPieces = [
  ...[
    '\\ud800',
    '\\udc00',
    '\\ud83d\\ude00',
    '\\u0000',
    '\\u00e9',
    '\\x',
    '\\/',
    '-0',
    '1.0',
    '1e3',
    '01',
    '-1',
    '9007199254740991',
  ],
  ...[
    '9007199254740992',
    '-9007199254740991',
    '99999999999999999999',
    'true',
    'nul',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a":1,',
    '"1":1,',
  ],
  ...['"__proto__":1,', '\\u0061', ' ', '\u00a0', '/*x*/'],
]

/** JSON text of a random object, as a writer of another implementation might write it. */
export function jsonText(dice: Dice, depth = 0): string {
  const space = () => (dice.once(6) ? dice.one([' ', '\n', '\t', '\r\n']) : '')
  const list = (make: () => string) => Array.from({ length: dice.below(4) }, make).join(`${space()},${space()}`)
  const name = () => dice.one(['a', 'b', 'key', 'time', 'Z9', 'x-y_z', 'objects', `n${dice.below(50)}`])
  const members = () =>
    `{${space()}${list(() => `"${name()}"${space()}:${space()}${jsonText(dice, depth + 1)}`)}${space()}}`
  if (depth === 0) return members()
  switch (dice.below(depth > 9 ? 4 : 6)) {
    case 0:
      return dice.one(['true', 'false', 'null', '0', '-1', '12', '9007199254740991', '-9007199254740992', '1.5'])
    case 1:
      return String(dice.below(2 ** 48) - 2 ** 47)
    case 2:
      return JSON.stringify(dice.one(['', 'text', 'é', '😀', 'a"b\\c', '\t', '\u2028', dice.hash()]))
    case 3:
      return `"${dice.one(['\\u00e9', '\\ud83d\\ude00', '\\ud83d', '\\n\\"', '\\u0001', '\\u0000', 'ok'])}"`
    case 4:
      return members()
    default:
      return `[${space()}${list(() => jsonText(dice, depth + 1))}${space()}]`
  }
}

export function jsonQuestion(dice: Dice): Question {
  const text = jsonText(dice)
  const bytes = utf8(dice.once(3) ? text : spoiled(dice, text, jsonPieces))
  if (dice.once(8) && bytes.length > 0) bytes[dice.below(bytes.length)] = dice.below(256)
  return { rule: 'json', input: { hex: toHex(bytes) } }
}

const smallPoints = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
  'ff'.repeat(32),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
]
const orderL = 2n ** 252n + 27742317777372353535851937790883648493n

export async function signatureQuestion(dice: Dice): Promise<Question> {
  const signer = nodeSigner(dice.bytes(32))
  const message = dice.bytes(dice.below(100))
  const signature = await signer.sign(message)
  let key = fromHex(signer.key)
  switch (dice.below(9)) {
    case 0:
    case 1:
      break
    case 2:
      signature[dice.below(64)]! ^= 1 << dice.below(8)
      break
    case 3:
      key[dice.below(32)]! ^= 1 << dice.below(8)
      break
    case 4:
      key = dice.bytes(32)
      break
    case 5:
      key = fromHex(dice.one(smallPoints))
      break
    case 6:
      signature.set(fromHex(dice.one(smallPoints)))
      break
    case 7: {
      const s = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + orderL * BigInt(1 + dice.below(2))
      signature.set(fromHex(s.toString(16).padStart(64, '0').slice(-64)).reverse(), 32)
      break
    }
    default:
      key = dice.bytes(dice.one([0, 31, 32, 33]))
  }
  return {
    rule: 'ed25519',
    input: {
      key: toHex(key),
      message: toHex(message),
      signature: toHex(dice.once(20) ? signature.subarray(1) : signature),
    },
  }
}

const oddValues: readonly unknown[] = [
  ...[
    null,
    true,
    false,
    0,
    1,
    -1,
    9007199254740991,
    '',
    'a',
    'A'.repeat(64),
    [],
    {},
    ['a'],
    'https://example.org/',
    'https://a/%zz/',
  ],
  ...[
    'x'.repeat(301),
    'é'.repeat(151),
    'line\nfeed',
    '/path',
    'en',
    'text/html; charset=utf-8',
    '\u007f',
    'a\n',
    [[]],
    [{}],
  ],
]

/** The payload of a kind with one place of it changed. */
function spoiledPayload(dice: Dice, kind: Kind): Record<string, unknown> {
  const payload = structuredClone(base[kind])
  let at = payload
  for (;;) {
    const name = dice.once(12) ? `x${dice.below(9)}` : dice.one(Object.keys(at))
    const inner = at[name]
    if (typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0 && !dice.once(3)) {
      at = inner as Record<string, unknown>
      continue
    }
    if (dice.once(5) && !Array.isArray(at)) delete at[name]
    else if (typeof inner === 'string' && dice.once(2)) at[name] = spoiled(dice, inner, ['-', 'A', '0', '/'])
    else at[name] = dice.once(3) ? dice.hash() : dice.one(oddValues)
    return payload
  }
}

export function fieldsQuestion(dice: Dice): Question {
  const kind = dice.one(kindNames)
  const paths: string[] = []
  const walk = (value: unknown, path: string) => {
    if (path !== '') paths.push(path)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      for (const [name, inner] of Object.entries(value)) walk(inner, `${path}/${name}`)
  }
  walk(base[kind], '')
  const at = dice.one(paths)
  return { rule: 'fields', input: dice.once(6) ? { kind, at } : { kind, at, value: dice.one(oddValues) } }
}

async function sealed(kind: string, payload: Uint8Array, signer: Signer): Promise<Record<string, unknown>> {
  const payloadType = typeOf(kind as Kind)
  const sig = encodeBase64(await signer.sign(signedBytes(payloadType, payload)))
  return { payload: encodeBase64(payload), payloadType, signatures: [{ keyid: signer.key, sig }] }
}

export async function envelopeQuestion(dice: Dice): Promise<Question> {
  const signer = nodeSigner(dice.bytes(32))
  const kind = dice.once(30) ? dice.one(['pots', '', 'constructor', 'life ']) : dice.one(kindNames)
  const known = Object.hasOwn(base, kind) ? (kind as Kind) : null
  const payload = known !== null && !dice.once(4) ? spoiledPayload(dice, known) : { ...base[known ?? 'life'] }
  if (!dice.once(15)) payload.key = signer.key
  if (kind === 'post' && dice.once(2)) payload.html = html(dice)
  const text = JSON.stringify(payload)
  const bytes = utf8(dice.once(6) ? spoiled(dice, text, jsonPieces) : text)
  const envelope = await sealed(kind, bytes, signer)
  const [first] = envelope.signatures as Record<string, unknown>[]
  const field = dice.one(['payload', 'payloadType'])
  switch (dice.below(12)) {
    case 0:
      envelope[field] = spoiled(dice, envelope[field] as string, ['=', 'A'])
      break
    case 1:
      first![dice.one(['keyid', 'sig'])] = dice.one([
        ...oddValues,
        dice.hash(),
        spoiled(dice, first!.sig as string, ['A']),
      ])
      break
    case 2:
      envelope[dice.one(['payload', 'payloadType', 'signatures'])] = dice.one(oddValues)
      break
    case 3:
      ;(envelope.signatures as unknown[]).push(...dice.some([first, null, {}], 2))
      break
  }
  return { rule: dice.once(6) ? 'id' : 'open', input: { envelope } }
}

const blob = '5'.repeat(64)
const attributes = [
  ...[
    '',
    '',
    ' id="fn-1"',
    ' id="fr-12"',
    ' id="fn-0"',
    ' href="https://example.org/?a=1&amp;b=2"',
    ' href="https://é.example/"',
  ],
  ...[
    ' href="mailto:a@example.org"',
    ' href="#fn-3"',
    ' href="javascript:x"',
    ' href="http://a&b"',
    ` src="blob:${blob}" alt=""`,
  ],
  ...[
    ` src="blob:${blob}" alt="A &quot;picture&quot;" width="10" height="20"`,
    ' src="blob:00" alt=""',
    ` src="blob:${blob}"`,
  ],
  ...[
    ` alt="" src="blob:${blob}"`,
    ` src="blob:${blob}" alt="" width="0" height="1"`,
    ' class="x"',
    " href='x'",
    ' href="a" href="b"',
  ],
]
const texts = [
  'text',
  'é 😀',
  'a &amp; b',
  '&lt;',
  '&nbsp;',
  '"',
  '\n',
  '\r',
  '\u0000',
  '\u00a0',
  '1 > 0',
  '&#39;',
  "it's",
]

/** Html that follows the grammar, mostly. */
function html(dice: Dice, parent = '', depth = 0): string {
  const known = holds[parent] ?? []
  if (known.length === 0 || depth > 34) return ''
  let out = ''
  for (let left = dice.below(4); left > 0; left--) {
    const name = dice.once(25) ? dice.one([...Object.keys(holds), 'br', 'hr', 'img', 'script', 'P']) : dice.one(known)
    if (name === '#') out += dice.once(20) ? dice.one(texts) : dice.one(texts.slice(0, 4))
    else if (name === '') continue
    else {
      const wanted = name === 'a' ? attributes.slice(5, 9) : name === 'img' ? attributes.slice(11, 13) : ['']
      const own = dice.once(20) ? dice.one(attributes) : dice.one(wanted)
      const isVoid = ['br', 'hr', 'img'].includes(name)
      out += isVoid
        ? `<${name}${own}>`
        : `<${name}${own}>${html(dice, name, depth + 1)}</${dice.once(40) ? 'p' : name}>`
    }
  }
  return out
}

export function htmlQuestion(dice: Dice): Question {
  const deep = dice.once(30) ? dice.one(['blockquote', 'em']) : null
  const times = 29 + dice.below(6)
  const inner = html(dice, deep ?? '')
  const text = deep === null ? inner : `${`<${deep}>`.repeat(times)}${inner}${`</${deep}>`.repeat(times)}`
  const spoil = dice.once(3)
  return {
    rule: 'html',
    input: { html: spoil ? spoiled(dice, text, ['<p>', '</p>', '<!--', '&amp;', '<br>']) : text, attachments: [blob] },
  }
}

export function requestQuestion(dice: Dice): Question {
  const to = dice.one(['objects', 'sync', 'audits'])
  const numbers = [0, 1, -1, 5, 10 * 1024 * 1024, 10 * 1024 * 1024 + 1, '1', null]
  const bounds = ['', '00', 'f', dice.hash(), dice.hash()]
  const range = () => {
    const ids = Array.from({ length: dice.below(5) }, () => dice.hash())
    const sorted = dice.once(8) ? ids : ids.sort()
    const [from, to] = dice.once(3) ? [dice.one(bounds), dice.one(bounds)] : ['', '']
    const said = dice.one([
      { fp: dice.hash().slice(dice.one([32, 33])) },
      { ids: sorted },
      { need: sorted, have: [] },
      { need: [] },
      { ids: null },
    ])
    return dice.once(20) ? dice.one([null, [], 'x']) : { from, to, ...said }
  }
  const bodies: Record<string, () => Record<string, unknown>> = {
    objects: () => ({
      objects: dice.once(5) ? dice.one(oddValues) : Array.from({ length: dice.one([0, 1, 2, 64, 65]) }, () => ({})),
    }),
    sync: () => ({
      from: dice.hash(),
      scope: dice.one(['network', 'mirrors']),
      ranges: Array.from({ length: dice.below(3) }, range),
    }),
    audits: () => ({ blob: dice.hash(), from: dice.one(numbers), to: dice.one(numbers), nonce: dice.hash() }),
  }
  const body = bodies[to]!()
  if (dice.once(4)) body[dice.one(Object.keys(body))] = dice.one(oddValues)
  const text = JSON.stringify(body)
  return {
    rule: 'request',
    input: { to, body: { hex: toHex(utf8(dice.once(4) ? spoiled(dice, text, jsonPieces) : text)) } },
  }
}

export function hostPathQuestion(dice: Dice): Question {
  const segments = dice.some(['ana', '~ana', 'a.b', '_x', '-', 'A9'], 5)
  const host = dice.one(['example.org', '127.0.0.1:8101', 'a', 'x--y.z', '-a.b', 'EXAMPLE.org', 'a..b', 'a:0', 'a.'])
  const address = `${dice.one(['https', 'http', 'ftp'])}://${host}/${segments.map((segment) => `${segment}/`).join('')}`
  const path = segments.length === 0 ? host : `${host}/~${segments.join('+')}`
  const maybe = (text: string) => (dice.once(3) ? spoiled(dice, text, ['/', '~', '+', '.', ':']) : text)
  return dice.once(2)
    ? { rule: 'host-path', input: { address: maybe(address) } }
    : { rule: dice.one(['host-path-addresses', 'outage-names']), input: { hostPath: maybe(path) } }
}
