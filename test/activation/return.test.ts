import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type BlogPort, ImportClient, type ImportPost } from '../../activation/return/import-client.ts'
import { guardImports } from '../../activation/return/imported-policy.ts'
import { hasMorePartsThan } from '../../activation/return/json-parts.ts'
import { returnFeed } from '../../activation/return/return-feed.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { Web, WebAnswer, WebRequest } from '../../lib/web.ts'
import { textOf, toHex, utf8 } from '../../protocol/bytes.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import type { TestBlog } from '../support/test-web.ts'
import { addPost, type WatchingMember, type WatchNetwork, watchNetwork } from './watching-members.ts'

const minuteMs = 60_000
const picture = utf8('not really a picture, but bytes with a hash')
const pictureHash = toHex(nodePlatform.sha256(picture))

/** Blog software in memory. `dieAfterCreate` loses the answer of the next `create`, as a crash does. */
class MemoryBlog implements BlogPort {
  readonly posts = new Map<Hash, { url: string; text: Hash; title: string; images: number }>()
  readonly #address: string
  creations = 0
  dieAfterCreate = false

  constructor(address: string) {
    this.#address = address
  }

  async find(id: Hash) {
    return this.posts.get(id) ?? null
  }

  async create({ id, text, post, attachments }: ImportPost): Promise<string> {
    const url = `${this.#address}posts/${++this.creations}`
    this.posts.set(id, { url, text, title: post.title, images: attachments.length })
    if (this.dieAfterCreate) {
      this.dieAfterCreate = false
      throw new Error('the process died here')
    }
    return url
  }

  async update({ id, text, post, attachments }: ImportPost): Promise<string> {
    const { url } = this.posts.get(id)!
    this.posts.set(id, { url, text, title: post.title, images: attachments.length })
    return url
  }

  async remove(id: Hash): Promise<void> {
    this.posts.delete(id)
  }
}

/** What the blog sees of the network: mirrors by HTTP, and its own pages. */
class ReturnWeb implements Web {
  readonly #net: WatchNetwork
  readonly #store: MemoryBlog
  /** Mirrors that change what they send. */
  readonly altered = new Map<WatchingMember, (feed: string) => string>()
  blobsAt: readonly WatchingMember[] = []
  pagesUp = true

  constructor(net: WatchNetwork, store: MemoryBlog) {
    this.#net = net
    this.#store = store
  }

  async fetch(request: WebRequest): Promise<WebAnswer> {
    const mirror = this.#net.members.find((member) => request.url.startsWith(member.url))
    if (mirror !== undefined) return this.#atMirror(mirror, request)
    const known = [...this.#store.posts.values()].some((post) => post.url === request.url)
    return answer(request.url, this.pagesUp && known ? 200 : 404, 'page')
  }

  async #atMirror(mirror: WatchingMember, { url, body }: WebRequest): Promise<WebAnswer> {
    if (mirror.cutOff) return { ok: false, reason: 'connect', detail: '' }
    const path = url.slice(mirror.url.length)
    if (path === 'dgos/v1/objects') {
      const { objects } = JSON.parse(textOf(body!)!)
      return answer(url, 200, JSON.stringify({ answers: await mirror.ledger.accept(objects, 'author') }))
    }
    if (path === `dgos/v1/blobs/${pictureHash}`) {
      const bytes = this.blobsAt.includes(mirror) ? picture : utf8('other bytes')
      return { ok: true, status: 200, headers: {}, body: bytes, url }
    }
    const [, blog, from] = /^dgos\/v1\/blogs\/(\w+)\/return\.json(?:\?from=(\d+))?$/.exec(path) ?? []
    const options = { url: mirror.url, nowMs: this.#net.clock.nowMs(), from: Number(from ?? 0) }
    const feed = JSON.stringify(returnFeed(await mirror.ledger.blog(blog!), options))
    return answer(url, 200, this.altered.get(mirror)?.(feed) ?? feed)
  }
}

function answer(url: string, status: number, text: string): WebAnswer {
  return { ok: true, status, headers: {}, body: utf8(text), url }
}

/** A blog that was down, has three posts on its mirrors, and is back. */
async function returned(t: TestContext, seed = 1) {
  const net = await watchNetwork(t, { seed })
  const blog = await net.enrol()
  for (const member of net.members) guardImports(member.ledger)
  await net.start()
  await net.clock.advance(6 * minuteMs)
  blog.site = 'silent'
  await net.clock.advance(3 * minuteMs)
  const posts: SignedObject<'post'>[] = []
  for (const title of ['First', 'Second', 'Third']) {
    posts.push(await addPost(net, blog, { title, prevs: posts.slice(-1).map((post) => post.id) }))
    await net.clock.advance(1_000)
  }
  blog.site = 'up'
  await net.clock.advance(6 * minuteMs)
  const mirrors = await net.mirrorsOf(blog)
  const store = new MemoryBlog(blog.address)
  const web = new ReturnWeb(net, store)
  const client = importer(net, blog, store, web, mirrors)
  const state = async () => (await mirrors[0]!.ledger.state(blog.id)).state
  return { net, blog, posts, mirrors, store, web, client, state }
}

function importer(
  net: WatchNetwork,
  blog: TestBlog,
  store: BlogPort,
  web: Web,
  mirrors: readonly WatchingMember[],
): ImportClient {
  return new ImportClient(
    { web, store, platform: nodePlatform, clock: net.clock, log: silentLog, signer: blog.online },
    { network: net.network.id, blog: blog.id, mirrors: mirrors.map((mirror) => mirror.url), userAgent: 'blog' },
  )
}

test('a blog that is back with posts waiting is returning; the import ends it', async (t) => {
  const { posts, store, client, state, mirrors, blog } = await returned(t)
  assert.equal(await state(), 'returning')
  const report = await client.run()
  assert.deepEqual([report.created.size, report.confirmedBy], [3, 10])
  assert.deepEqual(
    [...store.posts.values()].map((post) => post.title),
    ['First', 'Second', 'Third'],
  )
  assert.equal(await state(), 'up')
  const feed = returnFeed(await mirrors[3]!.ledger.blog(blog.id), { url: mirrors[3]!.url, nowMs: 4e12 })!
  const first = feed.items.find((returnItem) => returnItem._dgos.post === posts[0]!.id)
  assert.equal(first!._dgos.imported, store.posts.get(posts[0]!.id)!.url)
})

test('a second run, and two at once, import nothing twice', async (t) => {
  const { client, store, net, blog, mirrors, web } = await returned(t)
  const other = importer(net, blog, store, web, mirrors)
  await Promise.all([client.run(), client.run()])
  await other.run()
  const again = await client.run()
  assert.deepEqual([store.creations, again.created.size, again.confirmedBy], [3, 0, 0])
})

test('a crash between import and confirmation loses nothing and doubles nothing', async (t) => {
  const { client, store, net, blog, mirrors, web, state } = await returned(t)
  store.dieAfterCreate = true
  await assert.rejects(client.run(), /died/)
  assert.equal(await state(), 'returning')
  const report = await importer(net, blog, store, web, mirrors).run()
  assert.deepEqual([store.creations, report.created.size, report.confirmedBy], [3, 2, 10])
  assert.equal(await state(), 'up')
})

test('nothing is confirmed before readers get the page', async (t) => {
  const { client, web, posts, state } = await returned(t)
  web.pagesUp = false
  const report = await client.run()
  assert.deepEqual([report.waiting.length, report.confirmedBy], [3, 0])
  assert.equal(await state(), 'returning')
  web.pagesUp = true
  assert.equal((await client.run()).confirmedBy, 10)
  assert.equal(await state(), 'up')
  assert.equal(posts.length, 3)
})

test('what one mirror withholds another gives; with one mirror alone nothing is imported', async (t) => {
  const { client, web, mirrors, store, net } = await returned(t)
  web.altered.set(mirrors[0]!, (feed) => {
    const value = JSON.parse(feed)
    return JSON.stringify({ ...value, items: value.items.slice(0, 1) })
  })
  for (const mirror of mirrors.slice(1)) mirror.cutOff = true
  const alone = await client.run()
  assert.deepEqual([alone.sources, store.posts.size], [1, 0])
  assert.deepEqual(alone.withheld.length, 1)
  mirrors[1]!.cutOff = false
  await client.run()
  assert.equal(store.posts.size, 3)
  assert.equal(net.members.length, 12)
})

test('posts that a mirror invents, alters or signs itself are not imported', async (t) => {
  const { client, web, mirrors, store, net, blog } = await returned(t)
  const draft = '11'.repeat(32)
  const text = { title: 'Forged', html: '<p>Buy this.</p>', attachments: [], prevs: [], published: 1 }
  const forged = await net.seal('post', { blog: blog.id, draft, ...text }, mirrors[0]!.signer)
  web.altered.set(mirrors[0]!, (feed) => {
    const value = JSON.parse(feed)
    const [first] = value.items
    const [envelope] = first._dgos.envelopes
    const payload = Buffer.from(envelope.payload, 'base64').toString().replace('Still here', 'Never here')
    const altered = { ...envelope, payload: Buffer.from(payload).toString('base64') }
    first._dgos.envelopes = [altered, forged.envelope, null, 7, { payload: 'x' }]
    return JSON.stringify(value)
  })
  await client.run()
  assert.deepEqual([...store.posts.values()].map((post) => post.title).sort(), ['First', 'Second', 'Third'])
})

test('answers that are no feed count for nothing', async (t) => {
  const { client, web, mirrors, store } = await returned(t)
  const junk = ['', '[]', 'null', '{}', '{"items":7}', '<html>', '{"items":[null],"_dgos":null}', '0', '"x"']
  for (const [i, mirror] of mirrors.slice(0, 9).entries()) web.altered.set(mirror, () => junk[i]!)
  const alone = await client.run()
  assert.deepEqual([alone.sources, store.posts.size], [1, 0])
  web.altered.delete(mirrors[0]!)
  await client.run()
  assert.equal(store.posts.size, 3)
})

test('no mirror can keep the others from being heard: not by junk, not by what it costs to read', async (t) => {
  const { client, web, mirrors, store } = await returned(t)
  const junk = JSON.stringify({ items: [], _dgos: { objects: Array.from({ length: 20_000 }, (_, i) => i) } })
  const bomb = `{"items":[${'{},'.repeat(7_000_000)}{}]}`
  for (const mirror of mirrors.slice(0, 4)) web.altered.set(mirror, () => junk)
  web.altered.set(mirrors[4]!, () => bomb)
  for (const mirror of mirrors.slice(7)) mirror.cutOff = true
  const report = await client.run()
  assert.deepEqual([report.sources, store.posts.size], [2, 3])
})

test('only what stands outside of strings counts as parts of a JSON text', () => {
  const text = utf8(JSON.stringify({ a: ['[{,', '\\', '\\"{', 1], b: { c: {} } }))
  assert.deepEqual([hasMorePartsThan(text, 8), hasMorePartsThan(text, 7)], [false, true])
})

test('an edit made after the import changes the post in place, a withdrawal takes it back', async (t) => {
  const { client, store, net, blog, posts } = await returned(t)
  await client.run()
  await net.clock.advance(minuteMs)
  await addPost(net, blog, { title: 'Second, corrected', replaces: posts[1]!.id })
  const edited = await client.run()
  assert.deepEqual([edited.updated, store.creations], [[posts[1]!.id], 3])
  assert.equal(store.posts.get(posts[1]!.id)!.title, 'Second, corrected')
  await addPost(net, blog, { title: 'gone', withdrawn: true, replaces: posts[0]!.id })
  assert.deepEqual((await client.run()).removed, [posts[0]!.id])
  assert.deepEqual((await client.run()).removed, [])
})

test('a late text of the same draft gives a post another id, and the blog no second post', async (t) => {
  const { client, store, net, blog } = await returned(t)
  const draft = 'dd'.repeat(32)
  const twins: SignedObject<'post'>[] = []
  for (let i = 0; twins.length < 2; i++) {
    const fields = {
      blog: blog.id,
      draft,
      title: 'Twin',
      html: `<p>${i}</p>`,
      attachments: [],
      prevs: [],
      published: 1,
    }
    const twin = await net.seal('post', fields, blog.posting)
    if (twins.length === 0 || twin.id < twins[0]!.id) twins.push(twin)
  }
  const [imported, late] = twins as [SignedObject<'post'>, SignedObject<'post'>]
  const hand = (post: SignedObject) =>
    Promise.all(net.members.map((member) => member.ledger.accept([post.envelope], 'author')))
  await hand(imported)
  await client.run()
  const before = store.creations
  await hand(late)
  const report = await client.run()
  assert.deepEqual([store.creations, report.created.size], [before, 0])
  assert.equal([...store.posts.values()].filter((post) => post.title === 'Twin').length, 1)
  const withdrawn = { title: 'gone', withdrawn: true, replaces: late.id, draft }
  await addPost(net, blog, withdrawn)
  await client.run()
  assert.equal([...store.posts.values()].filter((post) => post.title === 'Twin').length, 0)
})

test('images come with the post, from whichever mirror has the right bytes; without them the post waits', async (t) => {
  const { client, store, net, blog, web, mirrors } = await returned(t)
  const attachments = [{ blob: pictureHash, bytes: picture.length, type: 'image/png', name: 'a.png', alt: 'A garden' }]
  const html = `<p><img src="blob:${pictureHash}" alt="A garden"></p>`
  const post = await addPost(net, blog, { title: 'With image', html, attachments })
  assert.deepEqual((await client.run()).waiting, [post.id])
  web.blobsAt = [mirrors[8]!]
  await client.run()
  assert.equal(store.posts.get(post.id)!.images, 1)
  const feed = returnFeed(await mirrors[8]!.ledger.blog(blog.id), { url: mirrors[8]!.url, nowMs: net.clock.nowMs() })!
  const item = feed.items.find((returnItem) => returnItem._dgos.post === post.id)!
  const url = `${mirrors[8]!.url}dgos/v1/blobs/${pictureHash}`
  assert.equal(item.content_html, `<p><img src="${url}" alt="A garden"></p>`)
  assert.equal(item.attachments[0]!.url, url)
})

test('a permalink outside of the addresses of the blog is refused, also from the online key', async (t) => {
  const { net, blog, posts, mirrors } = await returned(t)
  for (const url of ['https://evil.example/1', 'http://ana.example.evil.example/', 'https://ana.example/1']) {
    const links = [{ post: posts[0]!.id, url }]
    const object = await net.seal('imported', { blog: blog.id, posts: links }, blog.online)
    const [result] = await mirrors[0]!.ledger.accept([object.envelope], 'author')
    assert.deepEqual([result!.result, result!.code], ['refused', 'NOT_ALLOWED'], url)
  }
})

test('the feed puts waiting posts first and comes in pages', async (t) => {
  const { net, blog, posts, mirrors } = await returned(t)
  const links = [{ post: posts[2]!.id, url: `${blog.address}3` }]
  const object = await net.seal('imported', { blog: blog.id, posts: links }, blog.online)
  await mirrors[0]!.ledger.accept([object.envelope], 'author')
  const options = { url: mirrors[0]!.url, nowMs: net.clock.nowMs() }
  const feed = returnFeed(await mirrors[0]!.ledger.blog(blog.id), options)!
  assert.deepEqual(
    feed.items.map((returnItem) => returnItem.title),
    ['Second', 'First', 'Third'],
  )
  const rest = returnFeed(await mirrors[0]!.ledger.blog(blog.id), { ...options, from: 2 })!
  assert.deepEqual([rest.items.length, rest.next_url], [1, undefined])
  const long = 'x'.repeat(250_000)
  for (let i = 0; i < 22; i++) await addPost(net, blog, { title: `Long ${i}`, html: `<p>${long}</p>` })
  const first = returnFeed(await mirrors[0]!.ledger.blog(blog.id), options)!
  assert.equal(first.next_url, `${first.feed_url}?from=${first.items.length}`)
  assert.ok(first.items.length < 25)
})

test('after 48 hours without an import the blog is up, and its posts are still offered', async (t) => {
  const { net, state, mirrors, blog } = await returned(t)
  for (const member of net.members) member.watch.stop()
  await net.clock.advance(47 * 60 * minuteMs)
  assert.equal(await state(), 'returning')
  await net.clock.advance(2 * 60 * minuteMs)
  assert.equal(await state(), 'up')
  const feed = returnFeed(await mirrors[0]!.ledger.blog(blog.id), { url: mirrors[0]!.url, nowMs: net.clock.nowMs() })!
  assert.equal(feed.items.filter((returnItem) => returnItem._dgos.imported === null).length, 3)
})

test('an unknown blog has no feed', async (t) => {
  const { mirrors } = await returned(t)
  assert.equal(returnFeed(await mirrors[0]!.ledger.blog('00'.repeat(32)), { url: 'http://x/', nowMs: 0 }), null)
})
