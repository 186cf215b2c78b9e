import assert from 'node:assert/strict'
import { test } from 'node:test'
import { utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { batchObjectsMax } from '../../protocol/limits.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask, hand, wholeMember } from '../support/whole-member.ts'

type Answer = Record<string, unknown>

async function postOf(net: TestNetwork, root: SignedObject<'root'>, attachments: object[] = []) {
  const nowMs = net.clock.nowMs()
  const fields = {
    network: net.network.id,
    time: nowMs,
    blog: root.id,
    draft: '11'.repeat(32),
    prevs: [],
    title: 'Hello',
    html: '<p>Hello</p>',
    attachments,
    published: nowMs,
  }
  return seal('post', fields as never, signerOf('ana posting'), sha256)
}

async function downOf(net: TestNetwork, root: SignedObject<'root'>) {
  const time = net.clock.nowMs()
  const fields = {
    network: net.network.id,
    time,
    blog: root.id,
    state: 'down',
    by: 'author',
    until: time + 3_600_000,
  }
  return seal('declaration', fields as never, signerOf('ana posting'), sha256)
}

test('an object handed in is stored once, known the second time, and read by its id', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const root = await net.publishRoot('ana', net.member(1))
  const [first] = await hand(net.member(0), root.envelope)
  assert.deepEqual([first!.id, first!.result], [root.id, 'stored'])
  assert.equal((await hand(net.member(0), root.envelope))[0]!.result, 'known')
  const read = await ask(net.member(0), 'GET', `/dgos/v1/objects/${root.id}`)
  assert.deepEqual(read.json(), root.envelope)
  assert.match(read.headers['cache-control']!, /immutable/)
  assert.equal((await ask(net.member(0), 'GET', `/dgos/v1/objects/${'0'.repeat(64)}`)).status, 404)
})

test('a batch has an answer for each object, the refused ones with their code', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const root = await net.publishRoot('ana', net.member(0))
  const forged = { ...root.envelope, payload: root.envelope.payload.replace(/^..../, 'eyJh') }
  const answers = await hand(net.member(0), root.envelope, forged, { nothing: true })
  assert.deepEqual(
    answers.map((answer) => answer.code ?? answer.result),
    ['known', 'BAD_SIGNATURE', 'BAD_ENVELOPE'],
  )
})

test('a batch holds 64 objects, and one more is refused whole', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const many = Array.from({ length: batchObjectsMax + 1 }, () => ({}))
  assert.equal((await ask(net.member(0), 'POST', '/dgos/v1/objects', { objects: many.slice(1) })).status, 200)
  assert.equal((await ask(net.member(0), 'POST', '/dgos/v1/objects', { objects: many })).status, 413)
  assert.equal((await ask(net.member(0), 'POST', '/dgos/v1/objects', utf8('{'))).status, 400)
})

test('a key may hand in so many objects a minute, from wherever', async (t) => {
  const net = await TestNetwork.create(t, { members: 1, make: wholeMember({ perKeyPerMinute: 2 }) })
  const root = await net.publishRoot('ana', net.member(0))
  const send = (remote: string) =>
    ask(net.member(0), 'POST', '/dgos/v1/objects', { objects: [root.envelope] }, { remote })
  assert.equal((await send('192.0.2.1')).status, 200)
  assert.equal((await send('198.51.100.1')).status, 200)
  const refused = await send('203.0.113.1')
  assert.equal(refused.status, 429)
  assert.ok(Number(refused.headers['retry-after']) > 0)
})

test('an address may bring so many new blogs a minute, and one more is refused', async (t) => {
  const net = await TestNetwork.create(t, { members: 2, make: wholeMember({ blogsPerMinute: 2 }) })
  const envelopes = []
  for (const name of ['a', 'b', 'c']) envelopes.push((await net.publishRoot(name, net.member(1))).envelope)
  const bring = (objects: unknown[]) => ask(net.member(0), 'POST', '/dgos/v1/objects', { objects })
  assert.equal((await bring(envelopes)).status, 429)
  assert.equal((await bring(envelopes.slice(0, 2))).status, 200)
  assert.equal((await bring(envelopes.slice(2))).status, 429)
})

test('several objects are fetched in one request, up to 64', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const ana = await net.publishRoot('ana', net.member(0))
  const bo = await net.publishRoot('bo', net.member(0))
  const found = await ask(net.member(0), 'GET', `/dgos/v1/objects?ids=${ana.id},${'0'.repeat(64)},${bo.id}`)
  assert.deepEqual(found.json(), { objects: [ana.envelope, bo.envelope], left: [] })
  const ids = Array.from({ length: 65 }, () => ana.id).join(',')
  assert.equal((await ask(net.member(0), 'GET', `/dgos/v1/objects?ids=${ids}`)).status, 400)
  assert.equal((await ask(net.member(0), 'GET', '/dgos/v1/objects?ids=abc')).status, 400)
})

test('a post is taken while its blog is down, and refused with a way out while it is up', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const root = await net.publishRoot('ana', net.member(0))
  const post = await postOf(net, root)
  assert.equal((await hand(net.member(0), post.envelope))[0]!.code, 'BLOG_NOT_DOWN')
  const both = await hand(net.member(0), (await downOf(net, root)).envelope, post.envelope)
  assert.deepEqual(
    both.map((answer) => answer.result),
    ['stored', 'stored'],
  )
  const state = (await ask(net.member(0), 'GET', `/dgos/v1/blogs/${root.id}`)).json() as Answer
  assert.equal((state.state as { state: string }).state, 'down')
  assert.equal((state.posts as unknown[]).length, 1)
})

test('a blob is taken only where an accepted post names its hash and size', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const member = net.member(0)
  const root = await net.publishRoot('ana', member)
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52])
  const hash = Buffer.from(sha256(png)).toString('hex')
  const put = (bytes: Uint8Array) => ask(member, 'PUT', `/dgos/v1/blobs/${hash}`, bytes)
  assert.equal((await put(png)).status, 409, 'nobody named it')
  await net.prove(root.id, 'http://ana.example/')
  const file = { blob: hash, bytes: png.length, type: 'image/png', name: 'a.png', alt: '' }
  await hand(member, (await downOf(net, root)).envelope, (await postOf(net, root, [file])).envelope)
  assert.equal((await put(png.slice(1))).status, 400, 'one byte short')
  assert.equal((await put(png.toReversed())).status, 400, 'other bytes')
  assert.equal((await put(png)).status, 200)
  const read = await ask(member, 'GET', `/dgos/v1/blobs/${hash}`)
  assert.deepEqual([...read.body], [...png])
  assert.match(read.headers['content-security-policy']!, /sandbox/)
  assert.equal((await ask(member, 'HEAD', `/dgos/v1/blobs/${hash}`)).headers['content-length'], '16')
})

test('the member list is enough to compute the roster', async (t) => {
  const net = await TestNetwork.create(t, { members: 3 })
  const { network, objects } = (await ask(net.member(0), 'GET', '/dgos/v1/members')).json() as Answer
  assert.deepEqual(network, net.network.envelope)
  assert.equal((objects as unknown[]).length, 6)
  const key = signerOf('m1').key
  const own = (await ask(net.member(0), 'GET', `/dgos/v1/members/${key}`)).json() as Answer
  assert.equal((own.objects as unknown[]).length, 1, 'one record of one member')
  assert.equal((await ask(net.member(0), 'GET', `/dgos/v1/members/${'0'.repeat(64)}`)).status, 404)
})

test('an audit answers with the hash of the range under the nonce, and not beyond the blob', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const bytes = utf8('some bytes of a blob')
  const blob = await net.member(0).blobs.put(bytes)
  const nonce = '22'.repeat(32)
  const audit = (from: number, to: number) => ask(net.member(0), 'POST', '/dgos/v1/audits', { blob, from, to, nonce })
  const expected = Buffer.from(sha256(Buffer.concat([Buffer.from(nonce, 'hex'), bytes.subarray(5, 10)]))).toString(
    'hex',
  )
  assert.deepEqual((await audit(5, 10)).json(), { hash: expected })
  assert.equal((await audit(5, bytes.length + 1)).status, 400)
  assert.equal((await audit(5, 5)).status, 400)
})

test('a wake is followed at most once in 20 seconds, whoever calls', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const wake = async (remote: string) =>
    ((await ask(net.member(0), 'POST', '/dgos/v1/wake', undefined, { remote })).json() as Answer).worked
  assert.equal(await wake('192.0.2.1'), true)
  assert.equal(await wake('198.51.100.1'), false)
  await net.clock.advance(20_000)
  assert.equal(await wake('192.0.2.1'), true)
})

test('a member is ready between start and stop, and healthy throughout', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const member = net.member(0)
  assert.equal((await ask(member, 'GET', '/readyz')).status, 503)
  await member.start()
  assert.equal((await ask(member, 'GET', '/readyz')).status, 200)
  await member.stop()
  assert.equal((await ask(member, 'GET', '/readyz')).status, 503)
  assert.equal((await ask(member, 'GET', '/healthz')).status, 200)
})

test('metrics count requests and objects', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  await hand(net.member(0), {})
  const text = Buffer.from((await ask(net.member(0), 'GET', '/metrics')).body).toString()
  assert.match(text, /dgos_objects_total\{result="refused"\} 1/)
  assert.match(text, /dgos_http_request_seconds_count\{route="\/dgos\/v1\/objects",method="POST",status="200"\} 1/)
  assert.match(text, /dgos_members 1/)
})

test('a member tells whether it reaches another one, and only members are asked', async (t) => {
  const net = await TestNetwork.create(t, { members: 2 })
  const reach = async () =>
    (await ask(net.member(0), 'GET', `/dgos/v1/reach?member=${signerOf('m1').key}`)).json() as Answer
  assert.equal((await reach()).reached, true)
  net.member(1).deaf = true
  assert.equal((await reach()).reached, false)
  assert.equal((await ask(net.member(0), 'GET', '/dgos/v1/reach?member=http://10.0.0.1/')).status, 404)
})

test('where to tell an author is shown to nobody', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const root = await net.publishRoot('ana', net.member(0))
  const notify = [{ how: 'webhook' as const, to: 'https://ana.example/hook' }]
  const fields = { blog: root.id, member: signerOf('m0').key, notify }
  const contact = await net.member(0).ledger.publish('contact', fields, signerOf('ana posting'))
  assert.equal((await ask(net.member(0), 'GET', `/dgos/v1/objects/${contact.id}`)).status, 404)
  const several = await ask(net.member(0), 'GET', `/dgos/v1/objects?ids=${contact.id}`)
  assert.deepEqual(several.json(), { objects: [], left: [] })
  const evidence = await ask(net.member(0), 'GET', `/dgos/v1/blogs/${root.id}/evidence`)
  assert.doesNotMatch(Buffer.from(evidence.body).toString(), new RegExp(contact.envelope.payload.slice(-60)))
})

test('a refusal names its detail beside the words for people, and none where there is none', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const body = (await ask(net.member(0), 'GET', '/dgos/v1/objects?ids=x')).json() as Record<string, string>
  assert.deepEqual(body, {
    error: 'BAD_REQUEST',
    message: 'The request is not one of this interface. (send ?ids= with at most 64 ids)',
    detail: 'send ?ids= with at most 64 ids',
  })
  const root = await net.publishRoot('ana', net.member(0))
  const { ledger, key } = net.member(0)
  const fields = { version: 1, recovery: [key], posting: [{ key, name: 'k' }], signers: [], title: 'x', revoked: [] }
  const other = await seal(
    'contact',
    { network: ledger.network.id, time: 0, blog: root.id, member: signerOf('m7').key, notify: [] },
    signerOf('ana posting'),
    sha256,
  )
  const answers = await hand(net.member(0), other.envelope, fields)
  assert.deepEqual(
    answers.map(({ code, detail }) => [code, detail]),
    [
      ['NOT_WANTED', 'contact'],
      ['BAD_ENVELOPE', undefined],
    ],
  )
})

test('whoever does not know the protocol is told what to send instead', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const member = net.member(0)
  const told = async (method: string, path: string, body = '') => {
    const { error, detail } = (await ask(member, method, `/dgos/v1/${path}`, utf8(body))).json() as Answer
    return [error, detail]
  }
  assert.deepEqual(await told('POST', 'wake', '{}'), ['TOO_LARGE', 'send no body'])
  assert.deepEqual(await told('POST', 'objects', '{'), ['BAD_JSON', 'ends too early'])
  const batch = ['BAD_REQUEST', 'send {"objects": […]} with 1 to 64 envelopes']
  assert.deepEqual(await told('POST', 'objects', '{"objects":[]}'), batch)
  assert.deepEqual(await told('POST', 'objects', '{}'), batch)
  assert.deepEqual(await told('GET', 'nowhere'), ['BAD_REQUEST', 'no such route'])
  assert.deepEqual(await told('GET', `objects/${'0'.repeat(64)}`), ['NOT_FOUND', undefined])
  const named = 'a blog is named by its id of 64 hex digits, or by a host that it was seen at'
  assert.deepEqual(await told('GET', 'blogs/nothing'), ['UNKNOWN_BLOG', named])
  assert.deepEqual(await told('GET', `blogs/${'0'.repeat(64)}`), ['UNKNOWN_BLOG', undefined])
})

test('a refused object says how far a clock is ahead, and whose key a new root needs', async (t) => {
  const net = await TestNetwork.create(t, { members: 1 })
  const root = await net.publishRoot('ana', net.member(0))
  const time = net.clock.nowMs() + 11 * 60_000
  const about = { network: net.network.id, blog: root.id, time }
  const early = await seal(
    'declaration',
    { ...about, state: 'down', by: 'author', until: time + 1 } as never,
    signerOf('ana posting'),
    sha256,
  )
  const fields = { ...root.payload, version: 2, previous: root.id, blog: root.id, time: net.clock.nowMs() }
  const next = await seal('root', fields as never, signerOf('ana posting'), sha256)
  const answers = await hand(net.member(0), early.envelope, next.envelope)
  assert.deepEqual(
    answers.map(({ code, detail }) => [code, detail]),
    [
      ['AHEAD_OF_TIME', "11 minutes ahead of this member's clock"],
      ['NOT_ALLOWED', 'needs a recovery key of the root before it'],
    ],
  )
})
