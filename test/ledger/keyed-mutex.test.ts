import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KeyedMutex } from '../../ledger/keyed-mutex.ts'
import { settled } from '../support/virtual-clock.ts'

test('work of one name waits for what came before, also where that failed; work of another name does not', async () => {
  const turns = new KeyedMutex()
  const done: string[] = []
  const first = Promise.withResolvers<void>()
  const failing = turns.take('a', async () => {
    await first.promise
    done.push('a1')
    throw new Error('no')
  })
  const second = turns.take('a', async () => done.push('a2'))
  await turns.take('b', async () => done.push('b'))
  await settled()
  assert.deepEqual(done, ['b'])
  first.resolve()
  await assert.rejects(failing, /no/)
  assert.equal(await second, 3)
  assert.deepEqual(done, ['b', 'a1', 'a2'])
})
