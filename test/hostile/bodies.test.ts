/** What a stranger's body costs: nothing is read that is not wanted, and who fills the room for strangers mutes no author. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { Api, json, type Route } from '../../server/http/api.ts'
import { readBody } from '../../server/http/body.ts'
import { BytesInFlight, type Sender, shortBodyBytesMax } from '../../server/http/bytes-in-flight.ts'
import { Rates } from '../../server/http/rates.ts'
import { HttpServer } from '../../server/http/server.ts'
import { programDoors } from '../activation/program-doors.ts'
import { signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import type { HostileRequest } from './inputs/request.ts'
import { strangerFile } from './inputs/stranger-file.ts'
import { unwantedBlob } from './inputs/unwanted-blob.ts'
import { xmlNoise, xmlPicture, xmlTags } from './inputs/xml-rpc.ts'

async function serve(t: TestContext, api: Api) {
  const server = new HttpServer(
    { api, front: { handle: () => false }, clock: systemClock, log: silentLog },
    { host: '127.0.0.1', port: 0, trustProxy: false, connectionsMax: 200 },
  )
  const port = await server.listen()
  t.after(() => server.close())
  return `http://127.0.0.1:${port}`
}

/** Begins a request with the whole length said, and sends no more of its body than `bytes`. */
function begun(url: string, { method, path, headers, body }: HostileRequest, bytes: number) {
  const length = { 'content-length': String(body.length) }
  const asked = httpRequest(`${url}${path}`, { method, headers: { ...headers, ...length }, agent: new Agent() })
  asked.on('error', () => undefined)
  if (bytes > 0) asked.write(body.subarray(0, bytes))
  else asked.flushHeaders()
  return asked
}

async function answerOf(asked: ClientRequest): Promise<{ status: number; body: string }> {
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  let body = ''
  for await (const part of answer.setEncoding('utf8')) body += part
  asked.destroy()
  return { status: answer.statusCode!, body }
}

test('bytes under a hash that no post names are refused before one of them is sent', async (t) => {
  const world = await TestNetwork.create(t, { members: 1 })
  const url = await serve(t, world.member(0).api)
  const { status, body } = await answerOf(begun(url, unwantedBlob(), 0))
  assert.deepEqual([status, JSON.parse(body).error], [409, 'NOT_WANTED'])
})

test('a sender that asks before sending is answered before sending', async (t) => {
  const world = await TestNetwork.create(t, { members: 1 })
  const url = await serve(t, world.member(0).api)
  const request = unwantedBlob()
  const asked = begun(url, { ...request, headers: { expect: '100-continue' } }, 0)
  let told = false
  asked.on('continue', () => {
    told = true
  })
  assert.deepEqual([(await answerOf(asked)).status, told], [409, false])
})

test('a large file for a blog that is not known here is refused at its beginning', async (t) => {
  const world = await TestNetwork.create(t, { members: 1 })
  const url = await serve(t, world.member(0).api)
  const { status, body } = await answerOf(begun(url, strangerFile(1024 * 1024), 200 * 1024))
  assert.equal(status, 400)
  assert.match(body, /no root of that blog/)
})

test('a large file for a blog that is known here is read to its end', async (t) => {
  const world = await TestNetwork.create(t, { members: 1 })
  const root = await world.publishRoot('ana', world.member(0))
  const url = await serve(t, world.member(0).api)
  const time = world.clock.nowMs()
  const fields = {
    blog: root.id,
    draft: signerOf('d').key,
    title: 'a',
    html: '',
    attachments: [],
    prevs: [],
    published: time,
  }
  const post = await world
    .member(0)
    .ledger.publish(
      'declaration',
      { blog: root.id, state: 'down', by: 'author', until: time + 1000 },
      signerOf('ana posting'),
    )
    .then(() => world.member(0).ledger.publish('post', fields, signerOf('ana posting')))
  const file = Buffer.from(`{"objects":[${JSON.stringify(post.envelope)}],"x":"${'A'.repeat(300_000)}"}`)
  const request = strangerFile(2000)
  const body = Buffer.concat([
    Buffer.from('--x\r\nContent-Disposition: form-data; name="file"; filename="x.dgos"\r\n\r\n'),
    file,
    Buffer.from('\r\n--x--\r\n'),
  ])
  const asked = begun(url, { ...request, body }, body.length)
  asked.end()
  assert.equal((await answerOf(asked)).status, 200)
})

test('a call of a stranger to the door of apps is refused at its beginning', async (t) => {
  const { url } = await programDoors(t)
  for (const call of [xmlPicture(), xmlTags(), xmlNoise()]) {
    const { status, body } = await answerOf(begun(url.slice(0, -1), call, 100 * 1024))
    assert.equal(status, 200)
    assert.match(body, /<fault>/)
  }
})

test('a call with a token may carry a picture of ten megabytes, and no million tags', async (t) => {
  const world = await programDoors(t)
  const { secret: token } = await world.open('app')
  const answer = async (call: HostileRequest) => {
    const asked = begun(world.url.slice(0, -1), call, call.body.length)
    asked.end()
    return (await answerOf(asked)).body
  }
  assert.match(await answer(xmlPicture(token)), /BAD_FIELDS|TOO_LARGE|image/)
  assert.match(await answer(xmlTags(token)), /more than 4000 tags/)
})

const mebi = 1024 * 1024

/** All that strangers may fill: as much as one address block may, and what is left. */
const openRoom = [
  ['10.0', 16],
  ['10.1', 16],
  ['10.2', 12],
] as const

/** Room of 64 MiB on a clock of its own. */
function arrange() {
  const clock = new VirtualClock()
  const flight = new BytesInFlight({ clock })
  const dropped: string[] = []
  const begin = (name: string, over: Partial<Sender> & { name?: string } = {}) =>
    flight.begin({ block: name, sender: name, known: () => null, length: null, ...over }, () => dropped.push(name))
  return { clock, flight, begin, dropped }
}

test('one address block has sixteen mebibytes in flight, and one byte more is dropped', () => {
  const { begin } = arrange()
  const body = begin('10.0')
  assert.equal(body.add(16 * mebi), true)
  assert.equal(begin('10.0').add(1), false)
  assert.equal(begin('10.1').add(1), true)
  body.end()
  assert.equal(begin('10.0').add(16 * mebi), true)
})

test('who fills all the room of strangers mutes neither the known nor a short word', () => {
  const { begin, flight } = arrange()
  for (const [block, mebis] of openRoom) assert.equal(begin(block).add(mebis * mebi), true)
  assert.equal(begin('10.3', { length: mebi }).add(1), false, 'strangers have no more')
  assert.equal(begin('10.3', { known: () => 'ana' }).add(4 * mebi), true, 'a wanted attachment')
  const word = begin('10.4', { length: 20_000 })
  assert.equal(word.add(20_000), true, 'a signed post')
  assert.equal(begin('10.4', { length: 20_000 }).add(20_000), false, 'one at a time')
  assert.equal(begin('10.5', { length: shortBodyBytesMax + 1 }).add(1), false, 'one that is not short')
  word.end()
  assert.equal(begin('10.4', { length: 20_000 }).add(20_000), true)
  assert.ok(flight.bytes <= 64 * mebi)
})

test('one of the known leaves room for the others, and who repeats what an author sends takes nothing of the author’s', () => {
  const { begin } = arrange()
  for (const [block, mebis] of openRoom) begin(block).add(mebis * mebi)
  assert.equal(begin('10.3', { known: () => 'ana' }).add(4 * mebi), true)
  assert.equal(begin('10.3', { known: () => 'ana' }).add(1), false)
  assert.equal(begin('10.9', { known: () => 'ana' }).add(4 * mebi), true, 'from elsewhere')
  assert.equal(begin('10.8', { known: () => 'ben' }).add(4 * mebi), true)
})

test('bodies that only hold room make some for those that come', async () => {
  const { begin, clock, dropped } = arrange()
  for (const [block, mebis] of openRoom) begin(block).add(mebis * mebi)
  const known = ['a', 'b', 'c'].map((name) => begin(`holds ${name}`, { known: () => name }))
  for (const body of known) body.add(100_000)
  for (const name of ['d', 'e', 'f']) begin(`fast ${name}`, { known: () => name }).add(3.9 * mebi)
  const early = begin('ana', { known: () => 'ana' })
  assert.equal(early.add(300_000), false, 'they may still be on their way')
  early.end()
  await clock.advance(10_000)
  assert.equal(begin('ana', { known: () => 'ana' }).add(300_000), true)
  assert.deepEqual(dropped, ['holds a', 'holds b', 'holds c'])
})

test('a body slower than two kilobytes a second is dropped, one a little faster is read', async () => {
  const read = async (bytesPerSecond: number) => {
    const { clock, begin } = arrange()
    const parts = new Readable({ read: () => undefined })
    const options = { bytesMax: mebi, beginning: null, dropped: new AbortController().signal }
    const body = readBody(parts, begin('10.0'), clock, options)
    for (let second = 0; second < 20; second++) {
      parts.push(Buffer.alloc(bytesPerSecond))
      await clock.advance(1000)
    }
    parts.push(null)
    const got = await body
    return typeof got === 'string' ? got : got.length
  }
  assert.equal(await read(1_000), 'too-slow')
  assert.equal(await read(2_100), 42_000)
})

test('a body that finds no room is told when to come again', async (t) => {
  const rates = new Rates({ clock: systemClock }, { perMinute: 100_000 })
  const route: Route = {
    method: 'POST',
    path: '/echo',
    bodyBytesMax: 40 * mebi,
    handle: ({ body }) => json(body.length),
  }
  const url = await serve(t, new Api({ clock: systemClock, log: silentLog, rates }, { routes: [route] }))
  const request = { method: 'POST' as const, path: '/echo', headers: {}, body: new Uint8Array(20 * mebi) }
  const { status, body } = await answerOf(begun(url, request, 17 * mebi))
  assert.deepEqual([status, JSON.parse(body).error], [503, 'OVERLOADED'])
})
