import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { currentHead } from '../../protocol/heads.ts'
import type { Head, SignedObject } from '../../protocol/objects.ts'
import { dayMs, startMs } from '../support/small-network.ts'
import { attacked, take } from './attacked.ts'

async function arrange(t: TestContext) {
  const world = await attacked(t, 16)
  const { net, blog, ledger, clock } = world
  const all = net.roster().members.map((member) => member.id)
  const head = (by: string, previous: SignedObject<'head'> | null, over: Partial<Head> = {}) => {
    const time = over.time ?? clock.nowMs()
    const place = { root: blog.id, rootVersion: 1, seq: (previous?.payload.seq ?? 0) + 1 }
    const chain = previous === null ? {} : { previous: previous.id }
    const mirrors = previous?.payload.mirrors ?? all.slice(0, 10)
    return blog.add('head', by, { ...place, ...chain, mirrors, expires: time + 7 * dayMs, ...over, time })
  }
  const first = await head('online', null)
  await take(ledger, [first])
  const current = async (at = ledger) => currentHead(await at.blog(blog.id), clock.nowMs())?.id
  return { ...world, all, head, first, current }
}

test('a stolen posting key lets no mirror forget a page, and jumps over no head', async (t) => {
  const { ledger, head, first, current } = await arrange(t)
  const forgets = await head('posting', first, { forgotten: ['/'] })
  const jumps = await head('posting', first, { seq: 9, previous: 'ab'.repeat(32), snapshot: 'cd'.repeat(32) })
  const begins = await head('posting', null, { snapshot: 'cd'.repeat(32) })
  assert.deepEqual(await take(ledger, [forgets]), ['NOT_ALLOWED'])
  assert.deepEqual(await take(ledger, [jumps]), ['BROKEN_CHAIN'])
  assert.deepEqual(await take(ledger, [begins]), ['NOT_ALLOWED'])
  assert.equal(await current(), first.id)
})

test('a member that was away for days takes the newest head, whatever changed day by day meanwhile', async (t) => {
  const { clock, ledger, newcomer, blog, all, head, first, current } = await arrange(t)
  const away = await newcomer(1)
  await take(away, [blog.root, first])
  let last = first
  for (let day = 0; day < 4; day++) {
    await clock.advance(dayMs + 1)
    last = await head('online', last, { mirrors: [...last.payload.mirrors.slice(1), all[10 + day]!] })
    assert.deepEqual(await take(ledger, [last]), ['stored'])
  }
  assert.deepEqual(await take(away, await ledger.live(blog.id)), ['known', 'stored'])
  assert.equal(await current(away), last.id)
})

test('a member that was away learns that the author moved the blog to other mirrors', async (t) => {
  const { clock, ledger, newcomer, blog, all, head, first, current } = await arrange(t)
  const away = await newcomer(1)
  await take(away, [blog.root, first])
  await clock.advance(60_000)
  const moved = await head('posting', first, { mirrors: all.slice(6, 16) })
  await clock.advance(60_000)
  const last = await head('online', moved)
  assert.deepEqual(await take(ledger, [moved, last]), ['stored', 'stored'])
  await take(away, await ledger.live(blog.id))
  assert.equal(await current(away), last.id)
  const fresh = await newcomer(2)
  await take(fresh, await ledger.live(blog.id))
  assert.equal(await current(fresh), last.id)
})

test('a stolen online key moves no more than one place, however it dates its heads', async (t) => {
  const { clock, ledger, all, head, first, current } = await arrange(t)
  await clock.advance(20 * 3_600_000)
  const mirrors = [...all.slice(1, 10), all[10]!]
  const back = await head('online', first, { mirrors, time: startMs - 5 * dayMs })
  assert.deepEqual(await take(ledger, [back]), ['BROKEN_CHAIN'])
  const two = await head('online', null, { seq: 7, previous: 'ab'.repeat(32), mirrors: [...all.slice(2, 12)] })
  assert.deepEqual(await take(ledger, [two]), ['NOT_ALLOWED'])
  assert.equal(await current(), first.id)
})
