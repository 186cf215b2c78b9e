import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WatchNetwork } from './watch-network.ts'

const minuteMs = 60_000

async function guarded(options = {}) {
  const net = await WatchNetwork.create(options)
  const blog = await net.addBlog()
  await net.start()
  await net.clock.advance(11 * minuteMs)
  return { net, blog, mirrors: await net.mirrorsOf(blog) }
}

test('a silent blog of ten mirrors is declared down within 120 seconds', async () => {
  const { net, blog, mirrors } = await guarded()
  assert.equal(await net.stateAt(mirrors[0]!, blog), 'up')
  blog.state = 'silent'
  const startMs = net.clock.nowMs()
  const down = async () => (await net.stateAt(net.members[0]!, blog)) === 'down'
  assert.ok(await net.clock.advanceUntil(down, 120_000), 'not declared')
  const state = await net.members[0]!.ledger.state(blog.id)
  assert.equal(state.by, 'quorum')
  assert.ok(net.clock.nowMs() - startMs <= 120_000)
})
