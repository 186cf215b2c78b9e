/**
 * Two Node members and a WordPress one in a network of real processes: it joins by an invitation, reconciles, keeps what it
 * owes to a blog, and takes a post that the Node members then hold. Everything it does, it does when it is called.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { realComponent } from '../support/real-component.ts'
import { until } from '../support/until.ts'
import { memberSite } from './member-site.ts'
import { Network } from './node-network.ts'

test('a WordPress blog joins, mirrors, takes a post, and all members hold all of it', async (t) => {
  if (realComponent(t, 'php') === null) return
  const net = await Network.start(t)
  const site = await memberSite(t, { permalinks: '', fast: true, loopback: true })
  const url = `${site.url}index.php/`
  await net.admit(site)
  await until(async () => (await net.status(0)).members.some((member) => member.url === url), 'it is known')

  const blog = await livingBlog(t)
  const added = (await net.dgos('blog', 'add', blog.url, '--member', net.url(0), '--no-wait')) as { blog: string }
  blog.marker = added.blog
  const woken = async () => {
    await fetch(`${url}dgos/v1/wake`, { method: 'POST', body: '{}' })
    return (await (await fetch(`${url}dgos/v1/blogs/${added.blog}`)).json()) as BlogFacts
  }
  const copied = await until(async () => {
    const facts = await woken()
    return facts.snapshot !== null && facts.attestations.some((attestation) => attestation.key === net.wordpress)
      ? facts
      : null
  }, 'it attests the address and knows a copy')
  assert.deepEqual(copied.proven, [blog.url])
  assert.equal(copied.mirrors.length, 3)

  const snapshot = (await objectOf(url, copied.snapshot!.id)) as { pages: { blob: string; bytes: number }[] }
  const page = snapshot.pages[0]!
  const bytes = await until(async () => {
    await woken()
    const answer = await fetch(`${url}dgos/v1/blobs/${page.blob}`)
    return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null
  }, 'it keeps the front page')
  assert.equal(createHash('sha256').update(bytes).digest('hex'), page.blob)

  await blog.stop()
  const posted = await net.run(
    ['post', '--member', url, '--title', 'From the ruins', '--declare', '--wait', '0', '--json'],
    'All *well*.',
  )
  assert.equal(posted.code, 0, posted.err)
  const [post] = (JSON.parse(posted.out) as { posts: string[] }).posts
  const holders = await until(async () => {
    await woken()
    const found = (await (await fetch(`${url}dgos/v1/posts/${post}/holders`)).json()) as { held: number; safe: boolean }
    return found.held === 3 ? found : null
  }, 'all three hold the post')
  assert.equal(holders.safe, true)
  for (const other of [net.url(0), net.url(1)])
    assert.equal((await fetch(`${other}dgos/v1/objects/${post}`)).status, 200)

  const feeds = await Promise.all([url, net.url(0)].map((member) => returnFeedOf(member, added.blog)))
  assert.deepEqual(feeds[0], feeds[1], 'a blog that comes back reads the same from both')

  const list = (await (await fetch(`${url}dgos/v1/outages`)).json()) as { payloadType: string; payload: string }
  assert.match(
    Buffer.from(list.payload, 'base64').toString(),
    new RegExp(`${Buffer.from(added.blog, 'hex').toString('base64url')}`),
  )

  for (const key of [net.wordpress, await keyOf(net.url(0))])
    assert.deepEqual(await recordsOf(url, key), await recordsOf(net.url(0), key), 'both know a member by its records')
  const stranger = await fetch(`${url}dgos/v1/members/${'ab'.repeat(32)}`)
  assert.equal(stranger.status, 404)
  assert.equal(((await stranger.json()) as { error: string }).error, 'NOT_MEMBER')
  const [own, theirs] = await Promise.all([pinsOf(url), pinsOf(net.url(0))])
  assert.equal(own.members[0]!.url, url, 'whoever signs the list stands first')
  assert.equal(own.bucket, 'pins')
  assert.deepEqual(own.entries, [])
  const active = ({ members }: Pins) =>
    members.filter((member) => member.url !== url).sort((a, b) => (a.url < b.url ? -1 : 1))
  assert.deepEqual(active(own), active(theirs), 'and then the same active members, with their operators')
  assert.equal(active(own).length, 2)
  assert.doesNotMatch(await site.log(), /dgos/i)
})

type Pins = {
  readonly bucket: string
  readonly entries: readonly string[]
  readonly members: readonly { readonly key: string; readonly url: string; readonly operator: string }[]
}

async function keyOf(url: string): Promise<string> {
  return ((await (await fetch(`${url}dgos/v1/ping`)).json()) as { member: string }).member
}

async function recordsOf(url: string, key: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}dgos/v1/members/${key}`)
  assert.equal(answer.status, 200)
  const { objects } = (await answer.json()) as { objects: readonly { readonly payload: string }[] }
  assert.ok(objects.length > 0)
  return objects.map((envelope) => envelope.payload).sort()
}

async function pinsOf(url: string): Promise<Pins> {
  const list = (await (await fetch(`${url}dgos/v1/outages/pins`)).json()) as { payload: string }
  return JSON.parse(Buffer.from(list.payload, 'base64').toString('utf8')) as Pins
}

type BlogFacts = {
  readonly proven: readonly string[]
  readonly snapshot: { readonly id: string } | null
  readonly mirrors: readonly { readonly key: string }[]
  readonly attestations: readonly { readonly key: string }[]
}

/** What a returning blog is told, without the member's own url and the order of objects. */
async function returnFeedOf(url: string, blog: string): Promise<unknown> {
  const text = await (await fetch(`${url}dgos/v1/blogs/${blog}/return.json`)).text()
  const feed = JSON.parse(text.replaceAll(url, 'http://member/')) as { _dgos: { objects: { payload: string }[] } }
  feed._dgos.objects.sort((a, b) => (a.payload < b.payload ? -1 : 1))
  return feed
}

async function objectOf(url: string, id: string): Promise<unknown> {
  const envelope = (await (await fetch(`${url}dgos/v1/objects/${id}`)).json()) as { payload: string }
  return JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8'))
}

/** A blog of one page on a server of its own. */
async function livingBlog(t: TestContext) {
  const blog = { url: '', marker: '', stop: async () => {} }
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(
      `<!doctype html><html><head><title>Ana</title><meta name="dgos" content="${blog.marker}"></head><body><h1>Ana writes</h1><p>Some words of a blog that somebody may miss one day, enough of them to be a page.</p></body></html>`,
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  blog.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  blog.stop = () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  t.after(() => blog.stop())
  return blog
}
