import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CopyCache } from '../../mirror/pages/copy-cache.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

type Copy = { readonly name: string; readonly bytes: number; readonly missing: number }

function arrange(options: { readonly bytesMax?: number; readonly buildsMax?: number } = {}) {
  const clock = new VirtualClock()
  const copies = new CopyCache<Copy>({ clock }, { bytesMax: 100, countMax: 10, buildsMax: 2, ...options })
  const built: string[] = []
  const get = (name: string, bytes = 10, missing = 0) =>
    copies.get(name, async () => {
      built.push(name)
      return { name, bytes, missing }
    })
  return { clock, copies, built, get }
}

test('one copy is built once, however many ask; what comes beyond the builds of one time is told to come back', async () => {
  const { built, get } = arrange()
  const asked = await Promise.all([get('a'), get('a'), get('b'), get('a'), get('c')])
  assert.deepEqual(
    asked.map((copy) => (copy === 'busy' ? copy : copy!.name)),
    ['a', 'a', 'b', 'a', 'busy'],
  )
  assert.deepEqual(built, ['a', 'b'])
  assert.equal(((await get('c')) as Copy).name, 'c')
  await get('a')
  assert.deepEqual(built, ['a', 'b', 'c'])
})

test('copies beyond the bound leave, the longest unused first, and are not built again within a minute', async () => {
  const { clock, copies, built, get } = arrange()
  for (const name of ['a', 'b']) await get(name, 45)
  await get('a')
  await get('c', 45)
  assert.deepEqual(
    [...copies.values()].map(({ name }) => name),
    ['a', 'c'],
  )
  assert.equal(await get('b', 45), 'busy')
  await clock.advance(60_000)
  assert.equal(((await get('b', 45)) as Copy).name, 'b')
  assert.deepEqual(built, ['a', 'b', 'c', 'b'])
})

test('a copy that lacked bytes is built again when somebody asks, and what cannot be built is not kept', async () => {
  const { copies, built, get } = arrange()
  await get('a', 10, 1)
  await get('a', 10, 0)
  await get('a')
  assert.deepEqual(built, ['a', 'a'])
  assert.equal(await copies.get('gone', async () => null), null)
  await assert.rejects(
    copies.get('broken', async () => {
      throw new Error('the disk is gone')
    }),
    /the disk is gone/,
  )
  assert.equal(((await get('broken')) as Copy).name, 'broken')
})
