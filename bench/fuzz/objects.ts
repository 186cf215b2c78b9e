/** Envelopes, messages of a reconciliation and outage lists: whole ones with one thing wrong, and noise. */
import fc from 'fast-check'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { typeOf } from '../../protocol/envelope.ts'
import { kindNames } from '../../protocol/kinds.ts'

const hex = (bytes: number) => fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((value) => toHex(value))
const oddText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('', '__proto__', '\0', '\ud800', '9'.repeat(400)),
)
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.jsonValue({ maxDepth: 9 }),
  fc.maxSafeInteger(),
  fc.constantFrom(-1, 2 ** 53, Number.POSITIVE_INFINITY, Number.NaN, null, undefined, [], {}),
)

const payload = fc
  .tuple(
    fc.record({ network: hex(32), key: hex(32), blog: hex(32), time: fc.maxSafeInteger() }, { requiredKeys: [] }),
    fc.dictionary(
      fc.constantFrom('version', 'recovery', 'addresses', 'html', 'mirrors', 'votes', 'may', '__proto__'),
      oddValue,
    ),
  )
  .map((parts) => Buffer.from(JSON.stringify({ ...parts[0], ...parts[1] })).toString('base64'))

export const envelopes: fc.Arbitrary<unknown> = fc.oneof(
  oddValue,
  fc.record(
    {
      payload: fc.oneof(payload, fc.base64String({ maxLength: 400 }), oddText),
      payloadType: fc.oneof(fc.constantFrom(...kindNames.map(typeOf)), oddText),
      signatures: fc.oneof(
        fc.array(fc.record({ keyid: fc.oneof(hex(32), oddText), sig: fc.oneof(signature(), oddText) }), {
          maxLength: 3,
        }),
        oddValue as fc.Arbitrary<never>,
      ),
    },
    { requiredKeys: [] },
  ),
)

function signature(): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: 64, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64'))
}

const range = fc.oneof(
  fc.record({ from: bound(), to: bound(), fp: hex(16) }),
  fc.record({ from: bound(), to: bound(), ids: fc.array(hex(32), { maxLength: 34 }) }),
  fc.record({
    from: bound(),
    to: bound(),
    need: fc.array(hex(32), { maxLength: 4 }),
    have: fc.array(hex(32), { maxLength: 4 }),
  }),
)

function bound(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constant(''),
    hex(32),
    fc.nat(700).map((n) => idAt(n)),
  )
}

/** Half of them are in order and apart, as a message must be; the others come as they are. */
export const rangeMessages: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(range, { maxLength: 40 }), fc.boolean(), hex(32), fc.constantFrom('network', 'mirrors', 'x'))
  .map(([ranges, inOrder, from, scope]) => {
    const sorted = inOrder ? ordered(ranges) : ranges
    return utf8(JSON.stringify({ from, scope, ranges: sorted }))
  })

type Bounds = { readonly from: string; readonly to: string }

function ordered<T extends Bounds>(ranges: readonly T[]): readonly T[] {
  const bounds = [...new Set(ranges.flatMap(({ from, to }) => [from, to]))].filter((text) => text !== '').sort()
  return bounds.slice(0, ranges.length).map((from, i) => {
    const to = bounds[i + 1] ?? ''
    const range = { ...ranges[i]!, from: i === 0 ? '' : from, to }
    return 'ids' in range ? { ...range, ids: [...new Set(range.ids as string[])].sort() } : range
  })
}

function idAt(n: number): string {
  return (n * 0x5_0000).toString(16).padStart(8, '0').padEnd(64, '7')
}

/** Ids that a member has, in order. */
export function idsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => idAt(n))
}

const line = fc.oneof(
  oddText,
  fc
    .tuple(fc.base64String({ minLength: 22, maxLength: 44 }), fc.constantFrom('d', 'q', 'r', 'x', 'z'), fc.nat(9))
    .map(([text, letter, n]) => `${text.slice(0, 22)} ${text.padEnd(43, 'A')} ${text.slice(0, 22)} ${letter} ${n} -`),
)

export const lists: fc.Arbitrary<Uint8Array> = fc
  .oneof(
    fc.record({
      network: hex(32),
      key: hex(32),
      time: fc.nat(),
      bucket: fc.constantFrom('all', 'split', 'pins', 'ab', '', 'zz'),
      members: fc.array(fc.oneof(fc.record({ key: hex(32), url: fc.webUrl() }), oddValue), { maxLength: 12 }),
      entries: fc.array(line, { maxLength: 40 }),
    }),
    oddValue,
  )
  .map((value) => utf8(JSON.stringify(value) ?? ''))
