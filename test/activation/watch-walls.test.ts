/** A blog behind a wall is not down, and a wall that has outlived its blog does not hide it: by the virtual clock. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { isAway } from '../../protocol/blog-state.ts'
import type { VectorFile } from '../../protocol/vectors/world.ts'
import type { TestBlog, Wall } from '../support/test-web.ts'
import { startLives, type WatchNetwork, watchNetwork } from './watching-members.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** The answers of walls as the vectors hold them, by the name of the case. */
const cases = (JSON.parse(readFileSync('protocol/vectors/walls.json', 'utf8')) as VectorFile).cases
function answer(name: string): Wall {
  const found = cases.find((vectorCase) => vectorCase.name === name)
  const { status, headers, page } = found!.input as Wall & { readonly page: { readonly text: string } }
  return { status, headers: headers!, text: page.text }
}

const walls = [
  'Cloudflare: managed challenge',
  'Cloudflare: under attack',
  'Anubis: a challenge',
  'DDoS-Guard: a challenge',
  'Sucuri: denied',
  'Akamai: denied',
  'hCaptcha with 403',
  'too many requests by a wall',
]

/** Blogs that have been watched for a few minutes. The fewer the mirrors, the fewer votes a false verdict needs. */
async function guarded(t: TestContext, options: { readonly blogs?: number; readonly mirrors?: number } = {}) {
  const { blogs: count = 1, mirrors = 3 } = options
  const net = await watchNetwork(t, { mirrors, members: mirrors, seed: 5 })
  const blogs: TestBlog[] = []
  for (let i = 0; i < count; i++) blogs.push(await net.enrol(`blog${i}`))
  await net.start()
  await net.clock.advance(11 * minuteMs)
  return { net, blogs, blog: blogs[0]! }
}

async function declarations(net: WatchNetwork, blog: TestBlog): Promise<number> {
  const known = await Promise.all(net.members.map((member) => member.ledger.blog(blog.id)))
  return Math.max(...known.map(({ declaration }) => declaration.length))
}

/** Minutes until all members call the blog down; null where they do not within `ms`. */
async function minutesToDown(net: WatchNetwork, blog: TestBlog, ms: number): Promise<number | null> {
  const fromMs = net.clock.nowMs()
  const isDown = async () => {
    const states = await Promise.all(net.members.map((member) => member.ledger.state(blog.id)))
    return states.every(({ state, by }) => state === 'down' && by === 'quorum')
  }
  return (await net.clock.advanceUntil(isDown, ms)) ? (net.clock.nowMs() - fromMs) / minuteMs : null
}

test('a blog behind a wall for a day: no declaration, doors shut, readers sent home', async (t) => {
  const { net, blogs } = await guarded(t, { blogs: walls.length })
  for (const [i, blog] of blogs.entries()) blog.wall = answer(walls[i]!)
  for (let hour = 1; hour <= 24; hour++) {
    await net.clock.advance(hourMs)
    for (const [i, blog] of blogs.entries()) {
      const state = await net.members[0]!.ledger.state(blog.id)
      assert.deepEqual([state.state, isAway(state)], ['up', false], `${walls[i]}, hour ${hour}`)
    }
  }
  for (const blog of blogs) assert.equal(await declarations(net, blog), 0)
})

test('a blog whose server dies behind the wall, so that the edge answers 522, is declared as usual', async (t) => {
  const { net, blog } = await guarded(t, { mirrors: 10 })
  blog.wall = answer('Cloudflare: managed challenge')
  await net.clock.advance(hourMs)
  blog.wall = answer('Cloudflare: 522')
  const minutes = await minutesToDown(net, blog, 10 * minuteMs)
  assert.ok(minutes !== null && minutes <= 2, `${minutes} minutes`)
  blog.wall = answer('Cloudflare: managed challenge')
  const isUp = async () => (await net.members[0]!.ledger.state(blog.id)).state === 'up'
  assert.ok(await net.clock.advanceUntil(isUp, 40 * minuteMs), 'the word runs out when the wall answers again')
})

test('a wall that still answers when the blog behind it has sent no life for an hour counts as down', async (t) => {
  const { net, blog } = await guarded(t)
  blog.wall = answer('Cloudflare: managed challenge')
  startLives(net, blog)
  await net.clock.advance(25 * hourMs)
  assert.equal(await declarations(net, blog), 0)
  blog.running = false
  const minutes = await minutesToDown(net, blog, 2 * hourMs)
  assert.ok(minutes !== null && minutes >= 55 && minutes <= 66, `${minutes} minutes`)
  blog.running = true
  const isUp = async () => (await net.members[0]!.ledger.state(blog.id)).state === 'up'
  assert.ok(await net.clock.advanceUntil(isUp, 45 * minuteMs), 'lives end the votes')
})

test('a wall hides a blog that never sent lives, or has only begun to: its silence says nothing', async (t) => {
  const { net, blogs } = await guarded(t, { blogs: 2 })
  const [never, begun] = blogs as [TestBlog, TestBlog]
  for (const blog of blogs) blog.wall = answer('Anubis: a challenge')
  startLives(net, begun)
  await net.clock.advance(5 * hourMs)
  for (const blog of blogs) blog.running = false
  await net.clock.advance(5 * hourMs)
  assert.deepEqual([await declarations(net, never), await declarations(net, begun)], [0, 0])
})

test('a flood in which the host answers 429 to everybody is declared after a quarter of an hour, without more looks', async (t) => {
  const { net, blog } = await guarded(t, { mirrors: 10 })
  blog.wall = answer('too many requests')
  const before = blog.probes.length
  const minutes = await minutesToDown(net, blog, hourMs)
  assert.ok(minutes !== null && minutes >= 15 && minutes <= 21, `${minutes} minutes`)
  const aMinute = (blog.probes.length - before) / minutes
  assert.ok(aMinute <= 2.1, `${aMinute} looks a minute`)
  await net.clock.advance(hourMs)
  assert.equal((await net.members[0]!.ledger.state(blog.id)).state, 'down', 'renewed while it lasts')
  blog.wall = null
  const isUp = async () => (await net.members[0]!.ledger.state(blog.id)).state === 'up'
  assert.ok(await net.clock.advanceUntil(isUp, 15 * minuteMs), 'not lifted')
})

test('half of the watchers told "too many requests" declare nothing and doubt nothing', async (t) => {
  const { net, blog } = await guarded(t, { mirrors: 10 })
  const mirrors = await net.mirrorsOf(blog)
  for (const mirror of mirrors.slice(0, 5)) mirror.limited = true
  await net.clock.advance(2 * hourMs)
  assert.equal(await declarations(net, blog), 0)
  assert.equal((await mirrors[9]!.ledger.state(blog.id)).state, 'up')
})

test('a host that asks for a pause has it', async (t) => {
  const { net, blog } = await guarded(t)
  blog.wall = { ...answer('too many requests, with a pause'), headers: { 'retry-after': '1800' } }
  await net.clock.advance(6 * minuteMs)
  const before = blog.probes.length
  await net.clock.advance(23 * minuteMs)
  assert.equal(blog.probes.length, before)
  const minutes = await minutesToDown(net, blog, 15 * minuteMs)
  assert.ok(minutes !== null, 'declared by the looks after the pause')
})
