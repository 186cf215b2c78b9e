import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseStrictJson } from '../../protocol/json.ts'

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,8}$/)
const text = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000'))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger().map((number) => number + 0),
    text,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const document = fc.dictionary(name, value, { maxKeys: 5, noNullPrototype: true })

test('every document inside the rules reads as JSON.parse reads it, spaced or not', () => {
  fc.assert(
    fc.property(document, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
      const written = JSON.stringify(value, null, space)
      const read = parseStrictJson(written)
      assert.deepEqual(read, { ok: true, value: JSON.parse(written) })
    }),
    { numRuns: 300 },
  )
})

test('whatever is accepted JSON.parse accepts too, and nothing makes it throw', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '"a"',
    '"b"',
    '1',
    '-',
    '0',
    '.',
    'e',
    'true',
    'null',
    ' ',
    '\\u',
    '\\',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const written = pieces.join('')
      const read = parseStrictJson(written)
      if (read.ok) assert.deepEqual(read.value, JSON.parse(written))
    }),
    { numRuns: 3000 },
  )
})

test('a megabyte of text is read in one go', () => {
  const long = 'x'.repeat(1_000_000)
  assert.equal(parseStrictJson(JSON.stringify({ long })).ok, true)
})
