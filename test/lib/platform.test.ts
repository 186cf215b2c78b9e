import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { fromHex, toHex, utf8 } from '../../protocol/bytes.ts'

/** RFC 8032, section 7.1, test 2. */
const seed = fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')
const key = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'
const signature =
  '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'

test('Node signs and verifies as RFC 8032 says', async () => {
  const signer = nodeSigner(seed)
  assert.equal(signer.key, key)
  assert.equal(toHex(await signer.sign(new Uint8Array([0x72]))), signature)
  assert.equal(await nodePlatform.verify(fromHex(key), new Uint8Array([0x72]), fromHex(signature)), true)
  assert.equal(await nodePlatform.verify(fromHex(key), new Uint8Array([0x73]), fromHex(signature)), false)
})

test('a key that is no key verifies nothing, and is no surprise', async () => {
  for (const length of [0, 31, 33]) {
    assert.equal(await nodePlatform.verify(new Uint8Array(length), utf8('x'), fromHex(signature)), false)
  }
})
