import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { fromHex } from '../../protocol/bytes.ts'
import { isStrictSignature } from '../../protocol/ed25519.ts'
import { signerFromSeed, verifyPortable } from '../../protocol/signature.ts'

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 })

test('honest signatures pass the strict checks and both verifiers, and both signers make the same ones', () => {
  fc.assert(
    fc.property(seed, fc.uint8Array({ maxLength: 200 }), (bytes, message) => {
      const [ours, other] = [nodeSigner(bytes), signerFromSeed(bytes)]
      assert.equal(ours.key, other.key)
      const signature = ours.sign(message) as Uint8Array
      assert.deepEqual(Uint8Array.from(signature), Uint8Array.from(other.sign(message) as Uint8Array))
      const key = fromHex(ours.key)
      assert.ok(isStrictSignature(key, signature))
      assert.ok(verifyPortable(key, message, signature) && nodePlatform.verify(key, message, signature))
    }),
    { numRuns: 20 },
  )
})

test('where the strict checks pass, both verifiers say the same of random bytes', () => {
  fc.assert(
    fc.property(seed, fc.uint8Array({ minLength: 64, maxLength: 64 }), (key, signature) => {
      signature[63]! &= 0x0f
      if (!isStrictSignature(key, signature)) return
      const message = key.subarray(0, 8)
      assert.equal(verifyPortable(key, message, signature), nodePlatform.verify(key, message, signature))
    }),
    { numRuns: 60 },
  )
})
