/** A blog's own name at a mirror: certificates and pages only where its owner and its mirrors say so. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import type { HttpRequest } from '../../mirror/pages/page-server.ts'
import { HttpServer } from '../../server/http/server.ts'
import { targetOf } from '../../server/readers/custom-domain-path.ts'
import { urlOf } from '../support/network-founding.ts'
import { signerOf } from '../support/small-network.ts'
import { CopiedBlog } from './copied-blog.ts'

const trusting = { trusted: [signerOf('m0').key] }
const ask = (readers: CopiedBlog, domain: string) => readers.get(`/dgos/v1/ask?domain=${domain}`)

test('a certificate may be had for a proven name of a blog mirrored here whose root trusts this member', async (t) => {
  const readers = await CopiedBlog.create(t, trusting)
  assert.equal((await ask(readers, 'ana.example')).status, 200)
  assert.equal((await ask(readers, 'ANA.example')).status, 200)
  for (const other of ['bob.example', 'www.ana.example', '', 'ana.example:443', 'ana.example/x', readers.root.id])
    assert.equal((await ask(readers, encodeURIComponent(other))).status, 404, other)
})

test('not where the root trusts another, nor after the list drops this member, nor once refused', async (t) => {
  assert.equal((await ask(await CopiedBlog.create(t), 'ana.example')).status, 404)
  const other = await CopiedBlog.create(t, { trusted: [signerOf('m1').key] })
  assert.equal((await ask(other, 'ana.example')).status, 404)
  const dropped = await CopiedBlog.create(t, trusting)
  await dropped.net.clock.advance(25 * 3_600_000)
  await dropped.head({ mirrors: [signerOf('m1').key, signerOf('m2').key] })
  assert.equal((await ask(dropped, 'ana.example')).status, 404)
  const refused = await CopiedBlog.create(t, trusting)
  await refused.say('refusal', { blog: refused.root.id, reason: 'operator' }, 'm0')
  assert.equal((await ask(refused, 'ana.example')).status, 404)
})

type Visited = { readonly status: number; readonly text: string; readonly location?: string | undefined }

/** null where the member answers by its own routes. */
function visit({ member }: CopiedBlog, host: string, url: string, method = 'GET') {
  return new Promise<Visited | null>((resolve) => {
    let status = 0
    const response = {
      writeHead: (code: number) => {
        status = code
      },
      end: (body: Uint8Array | string = '') => resolve({ status, text: Buffer.from(body as Uint8Array).toString() }),
    }
    const asked: HttpRequest = { method, url, rawHeaders: ['Host', host] }
    const left = member.front.handle(asked, response as never)
    if (left === false) resolve(null)
    if (typeof left !== 'string') return
    // what is not in memory goes through the rate of its sender
    const { pathname: path, searchParams: query } = new URL(left, 'http://m0.example')
    void member.api
      .handle({ method, path, query, headers: {}, body: new Uint8Array(0), remote: '192.0.2.1' })
      .then((answer) =>
        resolve({
          status: answer.status,
          text: Buffer.from(answer.body).toString(),
          location: answer.headers.location,
        }),
      )
  })
}

async function arrange(t: TestContext) {
  const readers = await CopiedBlog.create(t, trusting)
  await readers.declare()
  await readers.member.start()
  await readers.net.clock.advance(30_000)
  return readers
}

test('under the blog’s own name the same pages stand at the blog’s own paths; other names get the member itself', async (t) => {
  const readers = await arrange(t)
  const front = await visit(readers, 'ana.example', '/')
  assert.equal(front?.status, 200)
  assert.match(front!.text, /has been unreachable/)
  assert.match((await visit(readers, 'ana.example', '/first/?utm=x'))!.text, /The first post/)
  assert.match((await visit(readers, 'ana.example', '/feed/'))!.text, /<rss version="2\.0"/)
  assert.equal((await visit(readers, 'ana.example', '/nothing'))!.status, 404)
  assert.equal(await visit(readers, 'member.example', '/'), null)
  assert.equal((await visit(readers, 'ana.example', '/.well-known/dgos.json'))?.status, 404, 'a mirror bears no marker')
  await readers.say('refusal', { blog: readers.root.id, reason: 'operator' }, 'm0')
  await readers.net.clock.advance(60_000)
  assert.equal(await visit(readers, 'ana.example', '/'), null)
})

const membersOwn = [
  '/post',
  '/post/first/',
  '/contact/',
  '/go/there',
  '/find',
  '/before/me',
  '/join',
  '/beacon',
  '/kit',
]
const others = ['/healthz', '/readyz', '/metrics', '/m/', '/m/bob.example/', '/dgos', '/dgos/m/bob.example/', '/sw.js']

test('no page of the member’s own stands under the name of a blog: what is not kept is said calmly', async (t) => {
  const readers = await arrange(t)
  for (const path of [...membersOwn, ...others, '/nothing?x=1', '/first/more']) {
    const answer = await visit(readers, 'ana.example', path)
    assert.equal(answer?.status, 404, path)
    assert.match(answer!.text, /This page is not kept here[\s\S]*All that is kept of the blog/, path)
    assert.equal((await visit(readers, 'ana.example', path, 'HEAD'))?.status, 404, path)
  }
  assert.equal((await visit(readers, 'ana.example', '/post', 'POST'))?.status, 405)
})

test('the member’s own interface and the files of its pages stand under every name', async (t) => {
  const readers = await arrange(t)
  for (const path of ['/dgos/v1/ping', '/dgos/v1/blogs?x', '/dgos/files/verify-0.js'])
    assert.equal(await visit(readers, 'ana.example', path), null, path)
  for (const path of ['/m/icon.svg', '/m/ana.example/', '/m/ana.example/feed.xml', '/m/ana.example/copy/'])
    assert.equal((await visit(readers, 'ana.example', path))?.status, 200, path)
})

test('pages that left the memory are rendered again, and never lead home', async (t) => {
  const readers = await arrange(t)
  const { pages } = readers.member.copies
  for (const path of ['/', '/first/', '/first', '/feed/', '/?utm=x']) {
    pages.drop(readers.root.id)
    assert.equal((await visit(readers, 'ana.example', path))?.status, 200, path)
  }
  await readers.net.clock.advance(1_000)
  await readers.declare({ state: 'over' })
  await readers.net.clock.advance(30_000)
  for (const path of ['/', '/first/', '/first', '/first/?x=1', '/feed/', '/nothing']) {
    pages.drop(readers.root.id)
    const answer = await visit(readers, 'ana.example', path)
    assert.equal(answer?.location, undefined, path)
    assert.equal(answer?.status, path === '/nothing' ? 404 : 200, path)
  }
})

test('a name is the same with its port and its final dot; another port or name is another', async (t) => {
  const readers = await arrange(t)
  for (const host of ['ANA.example', 'ana.example.', 'ana.example:80', 'ana.example:443', 'ana.example.:443'])
    assert.equal((await visit(readers, host, '/nothing'))?.status, 404, host)
  for (const host of ['ana.example:8080', 'www.ana.example', 'ana.example..', '', 'ana.example@evil.example'])
    assert.equal(await visit(readers, host, '/nothing'), null, host)
  assert.equal((await visit(readers, 'ana.example', 'http://ana.example/first/'))?.status, 200, 'in absolute form')
})

test('a member that has just started knows the names that it answers for', async (t) => {
  const readers = await CopiedBlog.create(t, trusting)
  await readers.declare()
  await readers.member.start()
  await readers.net.clock.advance(10)
  assert.equal((await visit(readers, 'ana.example', '/'))?.status, 200)
})

test('a mirror page leads to pages of its member by their whole addresses, which no blog’s path can hide', async (t) => {
  const readers = await arrange(t)
  const { text } = (await visit(readers, 'ana.example', '/'))!
  for (const path of ['', 'find', 'post/ana.example', 'before/ana.example'])
    assert.ok(text.includes(`href="${urlOf(0)}${path}"`), path)
  assert.doesNotMatch(text, /href="\/(?!m\/|dgos\/)/)
})

test('a question that announces a body is no way around the name', async (t) => {
  const readers = await arrange(t)
  const { api, front } = readers.member
  const server = new HttpServer(
    { api, front, clock: systemClock, log: silentLog },
    { host: '127.0.0.1', port: 0, trustProxy: false, connectionsMax: 10 },
  )
  const port = await server.listen()
  t.after(() => server.close())
  const ask = (headers: Record<string, string>) =>
    new Promise<string>((resolve, reject) => {
      const path = '/find'
      request({ port, path, agent: false, headers: { host: 'ana.example', ...headers } }, (response) => {
        let text = ''
        response.on('data', (part) => {
          text += part
        })
        response.on('end', () => resolve(text))
      })
        .on('error', reject)
        .end()
    })
  for (const headers of [{}, { expect: '100-continue' }]) assert.match(await ask(headers), /This page is not kept here/)
})

test('the root of a name never leads home, which would lead here again', () => {
  const name = { name: 'ana.example', feed: { url: 'https://ana.example/atom.xml', type: 'application/atom+xml' } }
  assert.equal(targetOf(name, 'ana.example', '/'), '/m/ana.example/?copy')
  assert.equal(targetOf(name, 'ana.example', '/atom.xml?x'), '/m/ana.example/feed.xml')
  assert.equal(targetOf(name, 'ana.example', '/a/b'), '/m/ana.example/copy/a/b?copy')
  assert.equal(targetOf(name, 'ana.example', '/a?b=1'), '/m/ana.example/copy/a?copy&b=1')
  assert.equal(targetOf(name, 'ana.example', '/?p=1'), '/m/ana.example/copy/?copy&p=1')
  const plain = { ...name, feed: { url: 'https://ana.example/?feed=rss2', type: 'application/rss+xml' } }
  assert.equal(targetOf(plain, 'ana.example', '/?feed=rss2'), '/m/ana.example/feed.rss')
  assert.equal(targetOf(plain, 'ana.example', '/'), '/m/ana.example/?copy')
})
