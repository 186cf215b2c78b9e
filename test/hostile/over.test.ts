import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blogState } from '../../protocol/blog-state.ts'
import { dayMs, SmallNetwork, sha256, startMs } from '../support/small-network.ts'

const minuteMs = 60_000

async function arrange() {
  const net = await SmallNetwork.found(6)
  const blog = await net.blog()
  await blog.head()
  const verdict = async (time: number, since: number) => {
    const votes = await Promise.all([0, 1, 2, 3].map((i) => blog.observe(`m${i}`, { time, since })))
    return blog.declare(votes)
  }
  const at = (nowMs: number) => blogState(blog.objects(), net.roster(), nowMs, sha256)
  return { blog, verdict, at }
}

test('an author’s "over" of seven days hides no new outage', async () => {
  const { blog, verdict, at } = await arrange()
  await verdict(startMs, startMs - minuteMs)
  await blog.say('over', startMs + 10 * minuteMs, 7 * dayMs)
  const word = await verdict(startMs + 30 * minuteMs, startMs + 29 * minuteMs)
  assert.deepEqual(
    [at(startMs + 15 * minuteMs).state, at(startMs + 31 * minuteMs).state, at(startMs + 31 * minuteMs).declaration?.id],
    ['up', 'down', word.id],
  )
})

test('an author’s "over" silences watchers of the outage it ends for an hour', async () => {
  const { blog, verdict, at } = await arrange()
  await blog.say('over', startMs, 7 * dayMs)
  await verdict(startMs + 40 * minuteMs, startMs - minuteMs)
  assert.equal(at(startMs + 41 * minuteMs).by, null)
  await verdict(startMs + 61 * minuteMs, startMs - minuteMs)
  assert.deepEqual([at(startMs + 62 * minuteMs).state, at(startMs + 62 * minuteMs).by], ['down', 'quorum'])
})

test('an outage after an author’s "over" ends as every other', async () => {
  const { blog, verdict, at } = await arrange()
  await blog.say('over', startMs, 7 * dayMs)
  await verdict(startMs + 20 * minuteMs, startMs + 19 * minuteMs)
  await blog.post('news', startMs + 25 * minuteMs)
  assert.equal(at(startMs + 51 * minuteMs).state, 'returning')
  await blog.say('over', startMs + 52 * minuteMs, dayMs)
  assert.equal(at(startMs + 53 * minuteMs).state, 'up')
})
