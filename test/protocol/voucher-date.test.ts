/** From when an operator's voucher counts: what a refusal tells the operator. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { voucherAgeMs } from '../../protocol/limits.ts'
import { mayVouchFrom } from '../../protocol/membership.ts'
import { SmallNetwork, sha256, signerOf } from '../support/small-network.ts'

test('a founder vouches at once, an operator after 30 days, and over the limit the day is named', async () => {
  const net = await SmallNetwork.found(2)
  const start = net.nowMs()
  const from = (operator: string, nowMs = start) =>
    mayVouchFrom(net.network, net.objects, nowMs, signerOf(operator).key, sha256)
  assert.equal(from('o0'), 0)
  assert.equal(from('o9'), null)
  for (const by of ['o0', 'o1']) await net.vouch(by, 'm9', 'o9', start)
  assert.equal(from('o9'), start + voucherAgeMs)
  const later = start + voucherAgeMs
  for (let i = 0; i < 3; i++) await net.vouch('o9', `n${i}`, `p${i}`, later + i)
  assert.equal(from('o9', later + 10), later + voucherAgeMs)
  for (let i = 0; i < 18; i++) await net.vouch('o0', `q${i}`, `r${i}`, start + 1 + i)
  assert.equal(from('o0'), 0, 'nineteen of twenty are given')
  await net.vouch('o0', 'q18', 'r18', start + 50)
  assert.equal(from('o0', start + 60), start + voucherAgeMs, 'the first of them makes room')
})
