/** Who fills every byte that may be in flight mutes no author: a signed word ahead of the body finds kept room. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { hintMsMax, sayHint } from '../../protocol/author-hint.ts'
import type { Signer } from '../../protocol/platform.ts'
import { BytesInFlight, inFlightDefaults } from '../../server/http/bytes-in-flight.ts'
import { HttpServer } from '../../server/http/server.ts'
import { signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const mebi = 1024 * 1024
const host = 'm9.example'
/** Nothing is left of what strangers may fill. */
const full = {
  ...inFlightDefaults,
  bytesMax: inFlightDefaults.knownBytesMax + inFlightDefaults.wordBytesMax,
  shortBytesMax: 0,
}

/** A member whose room for strangers is full, behind a proxy that names each sender, and a blog that is down. */
async function arrange(t: TestContext) {
  const net = await TestNetwork.create(t, { members: 1 })
  const member = net.member(0)
  const root = await net.publishRoot('ana', member)
  await net.prove(root.id, 'http://ana.example/')
  const time = net.clock.nowMs()
  const by = signerOf('ana posting')
  const until = time + 86_400_000
  await member.ledger.publish('declaration', { blog: root.id, state: 'down', by: 'author', until }, by)
  const server = new HttpServer(
    { api: member.api, front: { handle: () => false }, clock: new VirtualClock(), log: silentLog },
    { host: '127.0.0.1', port: 0, trustProxy: true, connectionsMax: 1_000, inFlight: full },
  )
  const port = await server.listen()
  const asked: ClientRequest[] = []
  t.after(() => {
    for (const request of asked) request.destroy()
    return server.close()
  })
  const send = (from: string, length: number, body: Uint8Array, query = '') => {
    const headers = { 'content-length': String(length), 'x-forwarded-for': from, 'content-type': 'application/json' }
    const path = `/dgos/v1/objects${query}`
    const request = httpRequest({ host: '127.0.0.1', port, method: 'POST', path, headers, agent: new Agent() })
    request.on('error', () => undefined)
    request.write(body)
    asked.push(request)
    return request
  }
  const statusOf = async (request: ClientRequest) => {
    const [answer] = (await once(request, 'response')) as [IncomingMessage]
    answer.resume()
    return answer.statusCode!
  }
  let count = 0
  const post = async (from: string, query = '') => {
    const draft = signerOf(`draft ${++count}`).key
    const fields = { blog: root.id, draft, prevs: [], title: 'We move', html: '', attachments: [], published: time }
    const { envelope } = await net.seal('post', fields, by)
    const body = Buffer.from(JSON.stringify({ objects: [envelope] }))
    const request = send(from, body.length, body, query)
    request.end()
    return statusOf(request)
  }
  const hint = async (signer: Signer, over: { host?: string; nowMs?: number } = {}) =>
    `?by=${await sayHint(signer, root.id, over.host ?? member.url.replace(/^https?:|\//g, ''), over.nowMs ?? net.clock.nowMs())}`
  return { post, hint }
}

test('an author whose word comes ahead posts while strangers fill all the room, and nobody else does', async (t) => {
  const { post, hint } = await arrange(t)
  const author = signerOf('ana posting')
  assert.equal(await post('192.0.2.2'), 503)
  assert.equal(await post('192.0.2.2', await hint(author)), 200)
  assert.equal(await post('192.0.2.3', await hint(signerOf('a stranger'))), 503, 'a key that is not of the author')
  assert.equal(await post('192.0.2.4', await hint(author, { host })), 503, 'said to another member')
  assert.equal(await post('192.0.2.5', await hint(author, { nowMs: 1 })), 503, 'said long ago')
  const cut = (await hint(author)).slice(0, -1)
  assert.equal(await post('192.0.2.6', `${cut}${cut.endsWith('0') ? '1' : '0'}`), 503, 'not signed')
})

test('pictures of the known mute none of their words, and one of them leaves room for the words of others', () => {
  const flight = new BytesInFlight({ clock: new VirtualClock() })
  const begin = (name: string, known: string | null, length: number | null = null) =>
    flight.begin({ block: name, sender: name, known: () => known, length }, () => undefined)
  for (const [block, mebis] of [
    ['a', 16],
    ['b', 16],
    ['c', 12],
  ] as const)
    begin(block, null).add(mebis * mebi)
  for (const name of ['d', 'e', 'f']) assert.equal(begin(name, name).add(4 * mebi), true)
  const word = (known: string) => begin(known, known, 100_000).add(100_000)
  assert.deepEqual([word('ana'), word('ana')], [true, true])
  assert.equal(word('ben'), true)
  assert.equal(begin('cleo', 'cleo', mebi).add(1), false, 'a picture waits')
  assert.ok(flight.bytes <= 64 * mebi)
})

test('a word ahead counts for two minutes', async () => {
  const { readHint } = await import('../../protocol/author-hint.ts')
  const said = await sayHint(signerOf('ana posting'), 'ab'.repeat(32), host, 1_000_000)
  assert.notEqual(readHint(said, 1_000_000 + hintMsMax), null)
  assert.equal(readHint(said, 1_000_000 + hintMsMax + 1), null)
  assert.equal(readHint(`${said}.x`, 1_000_000), null)
})
