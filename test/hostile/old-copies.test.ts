/** Older copies are built on demand: that has its price, and is done once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpRequest, HttpResponse } from '../../mirror/pages/page-server.ts'
import { CopiedBlog } from '../server/copied-blog.ts'
import { oldCopies } from './inputs/old-copies.ts'

async function manyCopies(t: Parameters<typeof CopiedBlog.create>[0]) {
  const readers = await CopiedBlog.create(t)
  for (let i = 0; i < 5; i++) {
    await readers.net.clock.advance(3_600_000)
    await readers.capture(`words ${i}`)
  }
  const { text } = await readers.get('/m/ana.example/timemap/http://ana.example/')
  const stamps = [...text.matchAll(/\/at\/(\d+)\//g)].map((found) => found[1]!)
  assert.ok(new Set(stamps).size >= 6, text)
  return { readers, stamps: [...new Set(stamps)] }
}

test('older copies that are asked for in turn are built once each', async (t) => {
  const { readers, stamps } = await manyCopies(t)
  const { blobs } = readers.net.member(0)
  const get = blobs.get.bind(blobs)
  let reads = 0
  blobs.get = (hash) => {
    reads++
    return get(hash)
  }
  const readsOf = async () => {
    reads = 0
    for (const { path } of oldCopies('ana.example', stamps, 1)) assert.equal((await readers.get(path)).status, 200)
    return reads
  }
  assert.ok((await readsOf()) >= stamps.length)
  assert.equal(await readsOf(), 0)
})

test('older copies asked for at once are built two at a time, and others are told when to come again', async (t) => {
  const { readers, stamps } = await manyCopies(t)
  const asked = oldCopies('ana.example', stamps, 2).map(({ path }) => readers.get(path))
  const statuses = (await Promise.all(asked)).map(({ status, headers }) => `${status} ${headers['retry-after'] ?? ''}`)
  assert.deepEqual([...new Set(statuses)].sort(), ['200 ', '503 10'])
})

test('an older copy is answered through the rate of its sender, a page in memory before it', async (t) => {
  const { readers, stamps } = await manyCopies(t)
  const { front } = readers.member
  const answered: number[] = []
  const response = {
    writeHead: (status: number) => answered.push(status),
    end: () => undefined,
  } as unknown as HttpResponse
  const request = (url: string): HttpRequest => ({ method: 'GET', url, rawHeaders: [] })
  for (const { path } of oldCopies('ana.example', stamps, 1)) assert.equal(front.handle(request(path), response), false)
  assert.equal(front.handle(request('/m/icon.svg'), response), true)
  assert.deepEqual(answered, [200])
})
