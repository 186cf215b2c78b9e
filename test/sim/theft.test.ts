/** A stolen posting key on a network without faults: how fast its end arrives, and what stays readable. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { simIntervals } from './run.ts'
import { World } from './world.ts'

test('a stolen posting key is revoked on every live mirror within 10 virtual minutes; earlier posts stay, later ones are refused', async (t) => {
  const world = await World.create({ seed: '31', members: 12, blogs: 1, intervals: simIntervals, liars: false })
  t.after(() => {
    for (const member of world.members) member.crash()
  })
  const [author] = world.authors as [(typeof world.authors)[0]]
  await world.clock.advance(150_000)
  author.blog.state = 'silent'
  await world.settle(author.declare('down', 6 * 3_600_000))
  const mine = await world.settle(author.post('before the theft'))
  const sleeping = world.members[11]!
  sleeping.crash()
  assert.equal(await world.settle(author.forge('while nobody knows')), true)
  await world.clock.advance(60_000)
  const live = world.members.filter((member) => member.running !== null)
  const knows = async () => {
    const known = live.map(async ({ running }) =>
      keyRolesOf(await running!.ledger.blog(author.blog.id))?.revoked.has(author.stolen!.key.key),
    )
    return (await Promise.all(known)).filter((knows) => knows === true).length
  }
  assert.equal(await knows(), 0)
  const startMs = world.clock.nowMs()
  await world.settle(author.rotate())
  while ((await knows()) < live.length && world.clock.nowMs() - startMs < 600_000) await world.clock.advance(100)
  const tookMs = world.clock.nowMs() - startMs
  assert.equal(await knows(), live.length)
  assert.equal(await world.settle(author.forge('after it')), false, 'no member takes it')
  const after = await world.settle(author.post('with the new key'))
  await world.settle(sleeping.boot())
  const wokeMs = world.clock.nowMs()
  const shownBy = async ({ running }: (typeof world.members)[0]) =>
    shownPosts(await running!.ledger.blog(author.blog.id), world.clock.nowMs()).map((post) => post.id)
  while ((await shownBy(sleeping)).length !== 2 && world.clock.nowMs() - wokeMs < 600_000)
    await world.clock.advance(1_000)
  for (const member of world.members) assert.deepEqual((await shownBy(member)).sort(), [mine, after].sort())
  t.diagnostic(
    `${live.length} live members after ${tookMs} ms, the one that slept ${world.clock.nowMs() - wokeMs} ms after it woke`,
  )
})
