/** Older copies are built on demand: that has its price, and is done once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HttpRequest, HttpResponse } from '../../mirror/pages/page-server.ts'
import { CopiedBlog } from '../server/copied-blog.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask, wholeMember } from '../support/whole-member.ts'
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

test('older copies too large to be kept together are built at most once a minute each', async (t) => {
  const readers = await CopiedBlog.create(t)
  for (let i = 0; i < 5; i++) {
    await readers.net.clock.advance(3_600_000)
    await readers.capture(`${i} ${'large words '.repeat(500_000)}`)
  }
  const { text } = await readers.get('/m/ana.example/timemap/http://ana.example/')
  const stamps = [...new Set([...text.matchAll(/\/at\/(\d+)\//g)].map((found) => found[1]!))].slice(-5)
  const inTurn = async () => {
    const statuses: string[] = []
    for (const { path } of oldCopies('ana.example', stamps, 1)) {
      const { status, headers } = await readers.get(path)
      statuses.push(`${status} ${headers['retry-after'] ?? ''}`)
    }
    return statuses
  }
  assert.deepEqual(new Set(await inTurn()), new Set(['200 ']))
  assert.ok((await inTurn()).includes('503 10'), 'one that found no room waits')
  await readers.net.clock.advance(60_000)
  assert.deepEqual((await inTurn())[0], '200 ')
})

test('what is not in memory is answered through the rate of its sender, and says when to come again', async (t) => {
  const net = await TestNetwork.create(t, { members: 1, make: wholeMember({ perAddressPerMinute: 60 }) })
  const { api, front } = net.member(0)
  const request: HttpRequest = { method: 'GET', url: '/m/nowhere.example/', rawHeaders: [] }
  assert.equal(front.handle(request, {} as HttpResponse), false)
  const asked = Array.from({ length: 100 }, () => ask({ api }, 'GET', '/m/nowhere.example/'))
  await net.clock.advance(2_000)
  const answers = await Promise.all(asked)
  const refused = answers.filter(({ status }) => status === 429)
  assert.ok(refused.length > 20 && answers.some(({ status }) => status === 404))
  assert.ok(refused.every(({ headers }) => Number(headers['retry-after']) > 0))
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
