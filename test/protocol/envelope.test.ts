import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { decodeBase64, encodeBase64 } from '../../protocol/base64.ts'
import { idOf, open, reopen, seal } from '../../protocol/envelope.ts'

const signer = nodeSigner(new Uint8Array(32).fill(7))
const hash = 'ab'.repeat(32)
const receipt = { network: hash, time: 1_800_000_000_000, blog: hash, post: hash }

test('what is sealed opens to the same payload under the same id', async () => {
  const sealed = await seal('receipt', receipt, signer, nodePlatform.sha256)
  const opened = await open(JSON.parse(JSON.stringify(sealed.envelope)), nodePlatform)
  assert.deepEqual(opened, { ok: true, value: sealed })
  assert.equal(idOf(sealed.envelope, nodePlatform.sha256), sealed.id)
  assert.deepEqual(reopen(sealed.id, sealed.envelope), sealed)
})

test('nothing is sealed that others must refuse', async () => {
  const wrong = { ...receipt, post: 'not a hash' }
  await assert.rejects(seal('receipt', wrong, signer, nodePlatform.sha256), /BAD_FIELDS/)
})

test('one changed bit anywhere in payload, type or signature closes an envelope', async () => {
  const { envelope } = await seal('receipt', receipt, signer, nodePlatform.sha256)
  const payload = decodeBase64(envelope.payload)!
  const sig = decodeBase64(envelope.signatures[0]!.sig)!
  await fc.assert(
    fc.asyncProperty(fc.nat(payload.length * 8 - 1), fc.nat(511), fc.boolean(), async (inPayload, inSig, which) => {
      const flipped = (bytes: Uint8Array, bit: number) =>
        encodeBase64(bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)))
      const altered = which
        ? { ...envelope, payload: flipped(payload, inPayload) }
        : { ...envelope, signatures: [{ ...envelope.signatures[0]!, sig: flipped(sig, inSig) }] }
      assert.equal((await open(altered, nodePlatform)).ok, false)
    }),
    { numRuns: 100 },
  )
})

test('no outside value makes open throw', async () => {
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (input) => {
      assert.equal((await open(input, nodePlatform)).ok, false)
    }),
    { numRuns: 300 },
  )
})

test('every byte string has one base64 text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
      const written = encodeBase64(bytes)
      assert.equal(written, Buffer.from(bytes).toString('base64'))
      assert.deepEqual(decodeBase64(written), bytes)
    }),
  )
})
