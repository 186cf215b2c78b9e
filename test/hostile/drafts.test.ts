import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownPosts } from '../../protocol/posts.ts'
import { SmallNetwork, signerOf, startMs } from '../support/small-network.ts'

async function arrange() {
  const net = await SmallNetwork.found(3)
  const blog = await net.blog()
  for (const name of ['thief', 'other app']) {
    const until = startMs + 86_400_000
    await blog.add('delegation', 'posting', { to: signerOf(name).key, may: ['post'], until })
  }
  const write = (by: string, minute: number, over: object = {}) => {
    const time = startMs + minute * 60_000
    const text = { title: by, html: '', attachments: [], prevs: [], published: time, time, draft: 'd1'.repeat(32) }
    return blog.add('post', by, { ...text, ...over })
  }
  return { blog, write, shown: () => shownPosts(blog.objects(), startMs + 3_600_000) }
}

test('a delegated key does not take over a post of the author by naming its draft', async () => {
  const { write, shown } = await arrange()
  const own = await write('posting', 1)
  for (let minute = 2; minute < 8; minute++) await write('thief', minute, { withdrawn: true })
  const [post, ...others] = shown()
  assert.deepEqual([post!.id, post!.current.id, post!.withdrawn, others.length], [own.id, own.id, false, 0])
})

test('a delegated key does not take over a post of another delegated key by naming its draft', async () => {
  const { write, shown } = await arrange()
  const own = await write('other app', 1)
  await write('thief', 2, { withdrawn: true })
  const post = shown().find((shownPost) => shownPost.id === own.id)
  assert.deepEqual([post?.current.id, post?.withdrawn], [own.id, false])
})

test('one draft handed in by two doors of the author shows as one, the posting key before the delegated one', async () => {
  const { write, shown } = await arrange()
  await write('other app', 2)
  const signed = await write('posting', 1)
  assert.deepEqual(
    shown().map((shownPost) => [shownPost.id, shownPost.current.id, shownPost.history.length]),
    [[signed.id, signed.id, 2]],
  )
})
