import assert from 'node:assert/strict'
import test from 'node:test'
import { uploadedFile } from '../../activation/doors/multipart.ts'
import { textOf, utf8 } from '../../protocol/bytes.ts'
import { manyParts } from '../hostile/inputs/many-parts.ts'

const type = 'multipart/form-data; boundary=----x7'
const body = (...lines: readonly string[]) => utf8(lines.join('\r\n'))
const part = (name: string, text: string) => [
  `------x7`,
  `Content-Disposition: form-data; name="${name}"; filename="a"`,
  '',
  text,
]
const read = (bytes: Uint8Array, contentType = type) => {
  const file = uploadedFile(contentType, bytes, 'file')
  return file === null ? null : textOf(file)
}

test('the file of a plain form is found among other fields, byte for byte', () => {
  const text = 'a\r\nb\r\n--not the boundary\r\n'
  assert.equal(read(body(...part('other', 'x'), ...part('file', text), '------x7--', '')), text)
  assert.equal(read(body(...part('file', ''), '------x7--', '')), '')
  assert.equal(read(body(...part('file', 'x'), '------x7--'), 'multipart/form-data; boundary="----x7"'), 'x')
})

test('what is no such form has no file', () => {
  const whole = body(...part('file', 'x'), '------x7--', '')
  assert.equal(read(whole, 'application/json'), null)
  assert.equal(read(whole, 'multipart/form-data'), null)
  assert.equal(read(whole, 'multipart/form-data; boundary=other'), null)
  assert.equal(read(body(...part('other', 'x'), '------x7--')), null)
  assert.equal(read(body(...part('file', 'never ends'))), null)
  assert.equal(read(body('------x7', `name="file"${' '.repeat(5000)}`, '', 'x', '------x7--')), null)
  assert.equal(read(new Uint8Array(0)), null)
})

test('the file may be the sixteenth part of a form, and not the seventeenth', () => {
  const formOf = (before: number) =>
    body(...Array.from({ length: before }, () => part('other', 'x')).flat(), ...part('file', 'x'), '------x7--', '')
  assert.equal(read(formOf(15)), 'x')
  assert.equal(read(formOf(16)), null)
})

test('a form of a million boundaries is no form, and is left alone after sixteen of them', () => {
  const { headers, body: bytes } = manyParts()
  assert.equal(uploadedFile(headers['content-type']!, bytes, 'file'), null)
})
