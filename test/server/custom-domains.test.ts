/** A blog's own name at a mirror: certificates and pages only where its owner and its mirrors say so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpRequest } from '../../mirror/pages/page-server.ts'
import { targetOf } from '../../server/readers/custom-domain-path.ts'
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

function visit({ member }: CopiedBlog, host: string, url: string) {
  return new Promise<{ status: number; text: string } | null>((resolve) => {
    let status = 0
    const response = {
      writeHead: (code: number) => {
        status = code
      },
      end: (body: Uint8Array | string = '') => resolve({ status, text: Buffer.from(body as Uint8Array).toString() }),
    }
    const request: HttpRequest = { method: 'GET', url, rawHeaders: ['Host', host] }
    const left = member.front.handle(request, response as never)
    if (left === false) resolve(null)
    if (typeof left !== 'string') return
    // what is not in memory goes through the rate of its sender
    const { pathname: path, searchParams: query } = new URL(left, 'http://m0.example')
    void member.api
      .handle({ method: 'GET', path, query, headers: {}, body: new Uint8Array(0), remote: '192.0.2.1' })
      .then((answer) => resolve({ status: answer.status, text: Buffer.from(answer.body).toString() }))
  })
}

test('under the blog’s own name the same pages stand at the blog’s own paths; other names get the member itself', async (t) => {
  const readers = await CopiedBlog.create(t, trusting)
  await readers.declare()
  await readers.member.start()
  await readers.net.clock.advance(30_000)
  const front = await visit(readers, 'ana.example', '/')
  assert.equal(front?.status, 200)
  assert.match(front!.text, /has been unreachable/)
  assert.match((await visit(readers, 'ana.example', '/first/?utm=x'))!.text, /The first post/)
  assert.match((await visit(readers, 'ana.example', '/feed/'))!.text, /<rss version="2\.0"/)
  assert.equal((await visit(readers, 'ana.example', '/nothing'))!.status, 404)
  assert.equal(await visit(readers, 'member.example', '/'), null)
  assert.equal(await visit(readers, 'ana.example', '/post'), null)
  assert.equal(await visit(readers, 'ana.example', '/.well-known/dgos.json'), null, 'a mirror bears no marker')
  await readers.say('refusal', { blog: readers.root.id, reason: 'operator' }, 'm0')
  await readers.net.clock.advance(60_000)
  assert.equal(await visit(readers, 'ana.example', '/'), null)
})

test('the root of a name never leads home, which would lead here again', () => {
  const name = { name: 'ana.example', feed: { url: 'https://ana.example/atom.xml', type: 'application/atom+xml' } }
  assert.equal(targetOf(name, 'ana.example', '/'), '/m/ana.example/?copy')
  assert.equal(targetOf(name, 'ana.example', '/atom.xml?x'), '/m/ana.example/feed.xml')
  assert.equal(targetOf(name, 'ana.example', '/a/b'), '/m/ana.example/copy/a/b?copy')
})
