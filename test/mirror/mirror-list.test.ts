import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextMirrors, nextStandIns } from '../../mirror/mirror-list.ts'
import { dayMs, SmallNetwork, sha256, startMs } from '../support/small-network.ts'

async function arrange() {
  const net = await SmallNetwork.found(14)
  const blog = await net.blog()
  const placed = blog.mirrors()
  const outsiders = net.roster().members.filter((member) => !placed.some((other) => other.id === member.id))
  const ids = placed.map((member) => member.id)
  const head = async (mirrors: readonly string[], seq: number, time: number) =>
    blog.add('head', 'online', { root: blog.id, rootVersion: 1, seq, mirrors, expires: time + dayMs, time })
  return { net, blog, placed, ids, outsiders, head }
}

test('the first list is that of placement', async () => {
  const { net, placed, ids } = await arrange()
  assert.deepEqual(nextMirrors({ placed, heads: [], current: null, roster: net.roster(), nowMs: startMs }), ids)
})

test('at most one mirror that is still there changes in 24 hours, and then the next', async () => {
  const { net, placed, ids, outsiders, head } = await arrange()
  const strange = [outsiders[0]!.id, outsiders[1]!.id, ...ids.slice(2)]
  const first = await head(strange, 1, startMs)
  const roster = net.roster()
  const readonlyArray = nextMirrors({ placed, heads: [first], current: first, roster, nowMs: startMs + 1 })
  assert.equal(readonlyArray.filter((key) => !strange.includes(key)).length, 1)
  const second = await head(readonlyArray, 2, startMs + 1)
  const heads = [first, second]
  const soon = nextMirrors({ placed, heads, current: second, roster, nowMs: startMs + dayMs - 1 })
  assert.deepEqual(soon, readonlyArray)
  const later = nextMirrors({ placed, heads, current: second, roster, nowMs: startMs + 1 + dayMs })
  assert.deepEqual([...later].sort(), [...ids].sort())
})

test('a mirror that left is replaced at once, beside the change of the day', async () => {
  const { net, placed, ids, outsiders, head } = await arrange()
  const first = await head([outsiders[0]!.id, ...ids.slice(1)], 1, startMs)
  await net.record(placed[1]!.name, `o${placed[1]!.name.slice(1)}`, { leaving: true, time: startMs + 5 })
  const roster = net.roster(startMs + 10)
  const now = placed.filter((member) => member.id !== ids[1])
  const list = nextMirrors({ placed: now, heads: [first], current: first, roster, nowMs: startMs + 10 })
  assert.ok(!list.includes(ids[1]!))
  assert.equal(new Set(list).size, list.length)
})

test('a list that is already good stays as it is, in its order', async () => {
  const { net, placed, ids, head } = await arrange()
  const first = await head([...ids].reverse(), 1, startMs)
  const again = nextMirrors({
    placed,
    heads: [first],
    current: first,
    roster: net.roster(),
    nowMs: startMs + 3 * dayMs,
  })
  assert.deepEqual(again, [...ids].reverse())
})

test('stand-ins are those of the ranking beside the mirrors, and a list that it could still give stays', async () => {
  const { net, blog, ids, outsiders } = await arrange()
  const roster = net.roster()
  const given = { blog: blog.id, mirrors: ids, own: [], roster, nowMs: startMs, sha256 }
  const ranked = nextStandIns({ ...given, current: null })
  assert.deepEqual([...ranked].sort(), outsiders.map(({ id }) => id).sort())
  const place = { root: blog.id, rootVersion: 1, seq: 1, mirrors: ids, expires: startMs + dayMs }
  const current = await blog.add('head', 'online', { ...place, standIns: ranked.toReversed() })
  assert.deepEqual(nextStandIns({ ...given, current }), ranked.toReversed())
  const moved = [...ids.slice(1), ranked[0]!]
  const next = nextStandIns({ ...given, mirrors: moved, current })
  assert.ok(!next.includes(ranked[0]!) && next.includes(ids[0]!), 'nobody sits twice')
})
