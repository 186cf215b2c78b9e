import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../protocol/bytes.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { attacked, take } from './attacked.ts'

test('a stranger signs no record in the name of a member', async (t) => {
  const { net, ledger } = await attacked(t, 3)
  const { payload } = net.objects[1]! as { payload: { key: string } }
  const { key: _, ...fields } = payload
  const forged = await net.sign('member', 'stranger', fields as never)
  const next = await net.sign('member', 'stranger', { ...fields, previous: payload.key } as never)
  const known = ledger.networkObjects.length
  assert.deepEqual(await take(ledger, [forged, next]), ['NOT_ALLOWED', 'BROKEN_CHAIN'])
  assert.equal(ledger.networkObjects.length, known)
})

test('a member changes to the key it has committed to', async (t) => {
  const { net, ledger } = await attacked(t, 3)
  const own = net.objects.find(({ kind, payload }) => kind === 'member' && payload.key === signerOf('m1').key)!
  const fields = { ...(own.payload as object), next: toHex(sha256(fromHex(signerOf('m1 next').key))) }
  const { key, ...record } = fields as unknown as { key: string; time: number }
  const committed = await net.sign('member', 'm1', { ...record, time: record.time + 1 } as never)
  const changed = await net.sign('member', 'm1 next', { ...record, previous: key, time: record.time + 2 } as never)
  assert.deepEqual(await take(ledger, [changed, committed]), ['stored', 'stored'])
  assert.equal(ledger.roster().memberOf(key)?.key, signerOf('m1 next').key)
})
