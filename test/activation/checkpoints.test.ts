import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Checkpoints } from '../../activation/checkpoints.ts'
import { silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import { freshness } from '../../protocol/freshness.ts'
import { addPost, watchNetwork } from './watching-members.ts'

const hourMs = 3_600_000

async function setUp(t: TestContext) {
  const net = await watchNetwork(t)
  const parts = net.members.map(({ ledger, signer }, i) => {
    const schedule = clockSchedule({ clock: net.clock, random: seededRandom(i), log: silentLog })
    const deps = { ledger, signer, schedule, clock: net.clock, log: silentLog }
    return new Checkpoints(deps, { self: signer.key, checkpointMs: hourMs })
  })
  for (const part of parts) part.start()
  const blog = await net.enrol()
  await net.clock.advance(10_000)
  return { net, blog, mirrors: await net.mirrorsOf(blog) }
}

test('mirrors say at a change what they have seen, and readers learn that the copy is fresh', async (t) => {
  const { net, blog, mirrors } = await setUp(t)
  const { ledger } = mirrors[0]!
  const objects = await ledger.blog(blog.id)
  assert.equal(objects.checkpoint.length, 10)
  assert.ok(freshness(objects, ledger.roster(), net.clock.nowMs()).fresh)
  assert.ok(
    objects.checkpoint.every(
      (checkpoint) => checkpoint.payload.head === objects.head[0]!.id && checkpoint.payload.seq === 1,
    ),
  )
})

test('members that are no mirrors of a blog say nothing of it', async (t) => {
  const { net, blog, mirrors } = await setUp(t)
  const others = net.members.filter((member) => !mirrors.includes(member)).map((member) => member.signer.key)
  const { checkpoint } = await mirrors[0]!.ledger.blog(blog.id)
  assert.ok(checkpoint.every((checkpoint) => !others.includes(checkpoint.payload.key)))
})

test('a post is in the next checkpoint within seconds; without a change there is one an hour', async (t) => {
  const { net, blog, mirrors } = await setUp(t)
  const post = await addPost(net, blog, { title: 'We are here' })
  await net.clock.advance(5_000)
  const own = async () => {
    const { checkpoint } = await mirrors[0]!.ledger.blog(blog.id)
    const mine = checkpoint.filter((checkpoint) => checkpoint.payload.key === mirrors[0]!.signer.key)
    return mine.sort((a, b) => a.payload.time - b.payload.time)
  }
  const before = await own()
  assert.deepEqual(before.at(-1)!.payload.posts, [post.id])
  const count = before.length
  await net.clock.advance(3 * hourMs)
  const after = (await own()).length - count
  assert.ok(after >= 2 && after <= 4, `${after} in three hours`)
})
