import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectStore } from '../../ledger/object-store.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import type { Platform } from '../../protocol/platform.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { openLedger, take } from '../support/bare-member.ts'
import { MemoryObjectStore } from '../support/memory-object-store.ts'
import { type SmallBlog, signerOf, startMs } from '../support/small-network.ts'
import { type Ground, TestNetwork } from '../support/test-network.ts'

/** Counts what a ledger asks of the processor and of the disk. */
class Work {
  readonly counts = { hashedBytes: 0, signatures: 0, reads: 0, rowsWritten: 0 }
  readonly platform: Platform = {
    sha256: (bytes) => {
      this.counts.hashedBytes += bytes.length
      return nodePlatform.sha256(bytes)
    },
    verify: (...signed) => {
      this.counts.signatures++
      return nodePlatform.verify(...signed)
    },
  }
  readonly store: ObjectStore

  constructor(disk: ObjectStore) {
    const read = <A, R>(of: (asked: A) => R) => {
      return (asked: A): R => {
        this.counts.reads++
        return of(asked)
      }
    }
    this.store = {
      get: read((id) => disk.get(id)),
      ofBlog: read((blog) => disk.ofBlog(blog)),
      ofKind: read((kind) => disk.ofKind(kind)),
      blogs: () => disk.blogs(),
      remove: (ids) => disk.remove(ids),
      put: (rows) => {
        this.counts.rowsWritten += rows.length
        return disk.put(rows)
      },
    }
  }

  async of(act: () => Promise<unknown>): Promise<Work['counts']> {
    Object.assign(this.counts, { hashedBytes: 0, signatures: 0, reads: 0, rowsWritten: 0 })
    await act()
    return { ...this.counts }
  }
}

/** Posts whose bytes are as many, each naming the one before it. */
async function postsOf(blog: SmallBlog, count: number): Promise<readonly SignedObject<'post'>[]> {
  const posts: SignedObject<'post'>[] = []
  for (let i = 0; i < count; i++) {
    const prevs = posts.slice(-1).map((post) => post.id)
    const title = String(i).padStart(4, '0')
    const text = { title, html: '<p>x</p>', attachments: [], prevs, draft: signerOf(`draft ${i}`).key }
    posts.push(await blog.add('post', 'posting', { ...text, published: startMs + i, time: startMs + i }))
  }
  return posts
}

test('two thousand posts of one blog are no burden: the next costs what the second did, and the state nothing', async (t) => {
  const work = new Work(new MemoryObjectStore())
  const net = await TestNetwork.create(t, {
    members: 3,
    make: async (ground: Ground) => {
      const ledger = await openLedger(ground, { store: work.store, platform: work.platform })
      return { ledger, answer: async () => ({ status: 404, body: new Uint8Array(0) }) }
    },
  })
  const [{ ledger }] = net.members as [(typeof net.members)[0]]
  const blog = await net.small.blog()
  await blog.attestations()
  await take(ledger, blog.kept)
  const posts = await postsOf(blog, 2000)
  await take(ledger, posts.slice(0, 1))
  const second = await work.of(() => take(ledger, posts.slice(1, 2)))
  assert.deepEqual({ ...second, hashedBytes: 0 }, { hashedBytes: 0, signatures: 1, reads: 0, rowsWritten: 1 })
  await take(ledger, posts.slice(2, 1980))
  for (const post of posts.slice(1980)) assert.deepEqual(await work.of(() => take(ledger, [post])), second)
  const nothing = { hashedBytes: 0, signatures: 0, reads: 0, rowsWritten: 0 }
  assert.deepEqual(await work.of(() => ledger.state(blog.id)), nothing)
  assert.equal(shownPosts(await ledger.blog(blog.id), startMs + 10_000).length, 2000)
})
