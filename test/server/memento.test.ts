/** Older copies by RFC 7089, and what is taken down, forgotten or closed: gone from every way to it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signerOf } from '../support/small-network.ts'
import { CopiedBlog } from './copied-blog.ts'

const hourMs = 3_600_000

async function twice(t: Parameters<typeof CopiedBlog.create>[0]) {
  const readers = await CopiedBlog.create(t)
  const firstMs = readers.net.clock.nowMs()
  await readers.net.clock.advance(5 * hourMs)
  await readers.capture('later words')
  await readers.net.member(0).start()
  await readers.net.clock.advance(1_000)
  return { readers, firstMs, laterMs: firstMs + 5 * hourMs }
}

const original = 'http://ana.example/first/'

test('a copy says when it was made and where the others are', async (t) => {
  const { readers, laterMs } = await twice(t)
  await readers.declare()
  await readers.net.clock.advance(1_000)
  const { headers } = await readers.get('/m/ana.example/copy/first/')
  assert.equal(headers['memento-datetime'], new Date(laterMs).toUTCString())
  const link = headers.link!
  assert.ok(link.includes(`<${original}>; rel="original"`))
  assert.ok(link.includes(`/m/ana.example/timegate/${original}>; rel="timegate"`))
  assert.ok(link.includes(`/m/ana.example/timemap/${original}>; rel="timemap"`))
})

test('the TimeMap lists each kept copy, and each leads to that copy', async (t) => {
  const { readers, firstMs, laterMs } = await twice(t)
  const { status, headers, text } = await readers.get(`/m/ana.example/timemap/${original}`)
  assert.equal(status, 200)
  assert.equal(headers['content-type'], 'application/link-format')
  const mementos = [...text.matchAll(/<([^>]+)>; rel="memento[^"]*"; datetime="([^"]+)"/g)]
  assert.deepEqual(
    mementos.map((memento) => Date.parse(memento[2]!)),
    [firstMs, laterMs],
  )
  const seen = []
  for (const [, url] of mementos) {
    const old = await readers.get(new URL(url!).pathname)
    assert.equal(old.status, 200)
    assert.match(old.headers['content-security-policy']!, /^sandbox/)
    seen.push([/(first|later) words/.exec(old.text)![0], old.headers['memento-datetime']])
  }
  assert.deepEqual(seen, [
    ['first words', new Date(firstMs).toUTCString()],
    ['later words', new Date(laterMs).toUTCString()],
  ])
})

test('the TimeGate leads to the copy that a reader of that day saw', async (t) => {
  const { readers, firstMs, laterMs } = await twice(t)
  const gate = async (at?: string) => {
    return readers.get(`/m/ana.example/timegate/${original}`, at === undefined ? {} : { 'accept-datetime': at })
  }
  const stamp = (ms: number) => new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14)
  const between = await gate(new Date(firstMs + hourMs).toUTCString())
  assert.equal(between.status, 302)
  assert.match(between.location!, new RegExp(`/m/ana\\.example/at/${stamp(firstMs)}/copy/first/$`))
  assert.match(between.headers.vary!, /accept-datetime/)
  assert.match((await gate(new Date(0).toUTCString())).location!, new RegExp(stamp(firstMs)))
  assert.match((await gate()).location!, new RegExp(stamp(laterMs)))
  assert.equal((await gate('yesterday, about noon')).status, 400)
  assert.equal((await readers.get('/m/ana.example/timegate/https://evil.example/')).status, 404)
  assert.equal((await readers.get('/m/ana.example/at/20010101000000/copy/')).status, 404)
})

const ways = [
  '/m/ana.example/',
  '/m/ana.example/feed.xml',
  '/m/ana.example/feed.rss',
  '/m/ana.example/copy/',
  '/go/ana.example/first/',
  `/m/ana.example/timemap/${original}`,
]

test('a blog that the operator refuses is gone within a minute, and the signed refusal stays readable', async (t) => {
  const { readers } = await twice(t)
  await readers.declare()
  await readers.net.clock.advance(1_000)
  const picture = await readers.net.member(0).blobs.put(Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  for (const way of ways) assert.ok((await readers.get(way)).status < 400, way)
  assert.equal((await readers.get(`/dgos/v1/blobs/${picture}`)).status, 200)
  const word = await readers.say('refusal', { blog: readers.root.id, reason: 'law' }, 'm0')
  await readers.net.clock.advance(60_000)
  for (const way of ways) assert.equal((await readers.get(way)).status, 404, way)
  assert.equal((await readers.get(`/dgos/v1/blobs/${picture}`)).status, 451)
  assert.doesNotMatch((await readers.get('/find?q=garden')).text, /m\/ana\.example/)
  const told = await readers.get(`/dgos/v1/objects/${word.id}`)
  assert.equal(told.status, 200)
  assert.equal(JSON.parse(told.text).signatures[0].keyid, signerOf('m0').key)
})

test('a refused file leaves pages, older copies and the blob address; the rest of the blog stays', async (t) => {
  const { readers } = await twice(t)
  await readers.declare()
  await readers.net.clock.advance(1_000)
  const front = (await readers.get('/m/ana.example/copy/')).text
  const blob = /blob\/([0-9a-f]{64})/.exec(front)![1]!
  assert.equal((await readers.get(`/m/ana.example/blob/${blob}`)).status, 200)
  await readers.say('refusal', { blog: readers.root.id, blob, reason: 'operator' }, 'm0')
  await readers.net.clock.advance(60_000)
  assert.doesNotMatch((await readers.get('/m/ana.example/copy/')).text, new RegExp(blob))
  assert.equal((await readers.get(`/m/ana.example/blob/${blob}`)).status, 404)
  assert.equal((await readers.get(`/dgos/v1/blobs/${blob}`)).status, 451)
  const { text } = await readers.get('/m/ana.example/timemap/http://ana.example/')
  const old = new URL(/<([^>]+)>; rel="memento first"/.exec(text)![1]!).pathname
  assert.doesNotMatch((await readers.get(old)).text, new RegExp(blob))
  assert.equal((await readers.get(old.replace('copy/', `blob/${blob}`))).status, 404)
})

test('a forgotten path is gone from the copy, from older copies and from the TimeMap', async (t) => {
  const { readers } = await twice(t)
  await readers.declare()
  const { text } = await readers.get(`/m/ana.example/timemap/${original}`)
  const olds = [...text.matchAll(/<([^>]+)>; rel="memento/g)].map((match) => new URL(match[1]!).pathname)
  assert.equal(olds.length, 2)
  const snapshot = (await readers.member.ledger.blog(readers.root.id)).head[0]!.payload.snapshot!
  await readers.head({ snapshot, forgotten: ['/first/'] })
  await readers.net.clock.advance(60_000)
  assert.equal((await readers.get('/m/ana.example/copy/first/')).status, 404, 'copy')
  assert.equal((await readers.get(`/m/ana.example/timemap/${original}`)).status, 404, 'timemap')
  for (const old of olds) assert.equal((await readers.get(old)).status, 404, old)
})

test('a closed blog is gone with its history', async (t) => {
  const { readers } = await twice(t)
  await readers.declare()
  const { text } = await readers.get(`/m/ana.example/timemap/${original}`)
  const old = new URL(/<([^>]+)>; rel="memento/.exec(text)![1]!).pathname
  const { network: _n, key: _k, time: _t, ...fields } = readers.root.payload
  const closing = { ...fields, version: 2, blog: readers.root.id, previous: readers.root.id, closed: true }
  await readers.say('root', closing, 'ana recovery')
  await readers.net.clock.advance(60_000)
  for (const way of [
    '/m/ana.example/',
    '/m/ana.example/feed.xml',
    '/m/ana.example/copy/',
    old,
    `/m/ana.example/timemap/${original}`,
  ])
    assert.equal((await readers.get(way)).status, 404, way)
})
