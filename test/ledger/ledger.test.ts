import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ledger } from '../../ledger/ledger.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { refuse } from '../../protocol/codes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Kind, Payloads, SignedObject } from '../../protocol/objects.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

async function arrange() {
  const clock = new VirtualClock()
  const random = seededRandom('ledger')
  const [founder, author, posting] = [0, 1, 2].map(() => nodeSigner(random.bytes(32)))
  const nonce = '0'.repeat(64)
  const network = (await seal(
    'network',
    { time: 1, name: 'Test', founders: [founder!.key], nonce } as never,
    founder!,
    nodePlatform.sha256,
  )) as SignedObject<'network'>
  const store = await SqlObjectStore.open(openDatabase({ path: ':memory:' }))
  const deps = { store, clock, platform: nodePlatform, log: silentLog }
  const ledger = await Ledger.open(deps, { network, self: founder!.key })
  const sign = <K extends Kind>(
    kind: K,
    fields: Omit<Payloads[K], 'key' | 'network' | 'time'> & { time?: number },
    signer = posting!,
  ) => seal(kind, { network: network.id, time: clock.nowMs(), ...fields } as never, signer, nodePlatform.sha256)
  const root = await sign(
    'root',
    {
      version: 1,
      recovery: [author!.key],
      posting: [{ key: posting!.key, name: 'laptop' }],
      signers: [],
      addresses: ['https://ana.example/'],
      title: 'Ana',
      revoked: [],
    },
    author!,
  )
  const post = (html: string, over: object = {}) =>
    sign('post', {
      blog: root.id,
      draft: nonce,
      prevs: [],
      title: 'T',
      html,
      attachments: [],
      published: clock.nowMs(),
      ...over,
    })
  return { clock, deps, network, ledger, root, post, sign, author: author!, posting: posting! }
}

test('a root and a post of one batch are taken in the order of their dependency', async () => {
  const { ledger, root, post } = await arrange()
  const first = await post('<p>one</p>')
  const answers = await ledger.accept([first.envelope, root.envelope], 'author')
  assert.deepEqual(
    answers.map((answer) => answer.result),
    ['stored', 'stored'],
  )
  assert.equal((await ledger.blog(root.id)).post.length, 1)
})

test('an object that comes again is known, and listeners hear of it once', async () => {
  const { ledger, root } = await arrange()
  const heard: string[] = []
  ledger.onStored((objects) => heard.push(...objects.map((object) => object.id)))
  await Promise.all([ledger.accept([root.envelope], 'peer'), ledger.accept([root.envelope], 'peer')])
  assert.deepEqual(heard, [root.id])
  assert.equal((await ledger.accept([root.envelope], 'peer'))[0]!.result, 'known')
})

test('a post of an unknown blog, of a strange key and of another network is refused with its reason', async () => {
  const { ledger, root, post, sign, author } = await arrange()
  const early = await post('<p>early</p>')
  assert.equal((await ledger.accept([early.envelope], 'author'))[0]!.code, 'UNKNOWN_BLOG')
  await ledger.accept([root.envelope], 'author')
  const { payload } = early
  const strange = await sign('post', { ...payload, prevs: [] } as never, author)
  assert.equal((await ledger.accept([strange.envelope], 'author'))[0]!.code, 'NOT_ALLOWED')
  const foreign = await post('<p>x</p>', { network: 'f'.repeat(64) })
  assert.equal((await ledger.accept([foreign.envelope], 'author'))[0]!.code, 'OTHER_NETWORK')
})

test('a policy of the member refuses what the network would allow', async () => {
  const { ledger, root, post } = await arrange()
  await ledger.accept([root.envelope], 'author')
  ledger.addPolicy('post', () => refuse('BLOG_NOT_DOWN'))
  const [answer] = await ledger.accept([(await post('<p>x</p>')).envelope], 'author')
  assert.deepEqual([answer!.result, answer!.code], ['refused', 'BLOG_NOT_DOWN'])
  assert.equal((await ledger.blog(root.id)).post.length, 0)
})

test('an object eleven minutes ahead is held and taken when its time has come', async () => {
  const { clock, ledger, root, post } = await arrange()
  await ledger.accept([root.envelope], 'author')
  const early = await post('<p>x</p>', { time: clock.nowMs() + 11 * 60_000 })
  assert.equal((await ledger.accept([early.envelope], 'peer'))[0]!.code, 'AHEAD_OF_TIME')
  await ledger.tick()
  assert.equal((await ledger.blog(root.id)).post.length, 0)
  await clock.advance(12 * 60_000)
  await ledger.tick()
  assert.equal((await ledger.blog(root.id)).post.length, 1)
})

test('a closed blog keeps its roots and nothing else', async () => {
  const { ledger, root, post, sign, author } = await arrange()
  await ledger.accept([root.envelope, (await post('<p>x</p>')).envelope], 'author')
  const { key: _, network: __, time: ___, ...fields } = root.payload
  const closed = await sign('root', { ...fields, version: 2, blog: root.id, previous: root.id, closed: true }, author)
  await ledger.accept([closed.envelope], 'author')
  await ledger.sweep(root.id)
  const left = await ledger.blog(root.id)
  assert.deepEqual([left.root.length, left.post.length], [2, 0])
  assert.equal((await ledger.accept([(await post('<p>late</p>')).envelope], 'author'))[0]!.code, 'BLOG_CLOSED')
})

test('a ledger opened again knows what it knew', async () => {
  const { deps, ledger, network, root, post } = await arrange()
  await ledger.accept([root.envelope, (await post('<p>x</p>')).envelope], 'author')
  const again = await Ledger.open(deps, { network, self: 'a'.repeat(64) })
  assert.deepEqual(again.blogs(), [root.id])
  assert.equal((await again.blog(root.id)).post.length, 1)
})
