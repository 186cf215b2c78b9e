import assert from 'node:assert/strict'
import { test } from 'node:test'
import { authorise } from '../../protocol/authority.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import { rosterOf } from '../../protocol/membership.ts'
import { SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'

async function arrange() {
  const net = await SmallNetwork.found(15)
  const blog = await net.blog()
  const list = (from: number) => Array.from({ length: 10 }, (_, i) => signerOf(`m${from + i}`).key)
  const place = { root: blog.id, rootVersion: 1, expires: startMs + 1e9 }
  const head = await blog.add('head', 'online', { ...place, seq: 1, mirrors: list(0), time: startMs - 60_000 })
  const moved = await blog.add('head', 'posting', {
    ...place,
    seq: 2,
    previous: head.id,
    mirrors: list(5),
    time: startMs + 60_000,
  })
  const verdict = async (voters: number) => {
    const votes = await Promise.all(Array.from({ length: voters }, (_, i) => blog.observe(`m${i}`)))
    return { word: await blog.declare(votes), votes }
  }
  const judge = async (voters: number, heads: readonly (typeof head)[], members = 15) => {
    const { word, votes } = await verdict(voters)
    const objects = blogObjects(blog.id, [blog.root, ...heads])
    const network = net.objects.slice(0, members)
    const nowMs = startMs + 120_000
    const roster = rosterOf(net.network, network, nowMs, sha256)
    const answer = authorise(word, { blog: objects, roster, network, inner: votes, nowMs, sha256 })
    return answer.ok ? 'accepted' : answer.code
  }
  return { head, moved, judge }
}

test('a verdict of the mirrors of its time holds after the author has moved the blog', async () => {
  const { head, moved, judge } = await arrange()
  assert.equal(await judge(6, [head]), 'accepted')
  assert.equal(await judge(6, [head, moved]), 'accepted')
  assert.equal(await judge(5, [head, moved]), 'NO_QUORUM')
  assert.equal(await judge(6, [moved]), 'NO_QUORUM')
})

test('two who collude convince no member that has not heard of the other mirrors yet', async () => {
  const { head, judge } = await arrange()
  assert.equal(await judge(2, [head], 2), 'NO_QUORUM')
})
