import assert from 'node:assert/strict'
import { test } from 'node:test'
import { unprovenMost } from '../../ledger/unproven.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { dayMs, type SmallNetwork, signerOf, startMs } from '../support/small-network.ts'
import { attacked, prove, take } from './attacked.ts'

const hourMs = 3_600_000

function strangersRoot(net: SmallNetwork, i: number, time: number): Promise<SignedObject<'root'>> {
  const key = signerOf('stranger').key
  const fields = { version: 1, recovery: [key], posting: [{ key, name: 'k' }], signers: [], revoked: [] }
  return net.sign('root', 'stranger', { ...fields, addresses: ['https://ana.example/'], title: `${i}`, time })
}

test('roots of strangers fill no disk: new ones push out old ones that nobody has attested', async (t) => {
  const world = await attacked(t, 3)
  const { net, blog, ledger, clock } = world
  await prove(world)
  const roots = await Promise.all(
    Array.from({ length: unprovenMost.blogs + 2 }, (_, i) => strangersRoot(net, i, startMs)),
  )
  await take(ledger, roots.slice(0, unprovenMost.blogs))
  assert.deepEqual(await take(ledger, roots.slice(-2, -1)), ['QUOTA'])
  await clock.advance(hourMs + 1)
  assert.deepEqual(await take(ledger, roots.slice(-1)), ['stored'])
  assert.equal(ledger.blogs().length, unprovenMost.blogs + 1)
  assert.ok(ledger.blogs().includes(blog.id))
})

test('a root that nobody attests for a week is gone, and an attested one stays', async (t) => {
  const { net, blog, ledger, clock } = await attacked(t, 3)
  await take(ledger, [await blog.attestor('m1')])
  const root = await strangersRoot(net, 1, startMs)
  await take(ledger, [root])
  await clock.advance(7 * dayMs + 1)
  for (const id of ledger.blogs()) await ledger.sweep(id)
  assert.deepEqual(ledger.blogs(), [blog.id])
  assert.equal(await ledger.object(root.id), null)
})

test('an old blog is taken by a member that has just come, root before attestations', async (t) => {
  const { net, blog, ledger, clock, newcomer } = await attacked(t, 3)
  await clock.advance(20 * dayMs)
  await take(ledger, [await blog.attestor('m1', clock.nowMs())])
  const fresh = await newcomer(2)
  assert.deepEqual(await take(fresh, await ledger.live(blog.id)), ['stored', 'stored'])
  await fresh.sweep(blog.id)
  assert.deepEqual([fresh.blogs(), net.roster().members.length], [[blog.id], 3])
})

test('objects from a distant future take no room from those of a clock that is a little ahead', async (t) => {
  const { net, blog, ledger, clock } = await attacked(t, 3)
  const far = await Promise.all(Array.from({ length: 300 }, (_, i) => strangersRoot(net, i, startMs + 365 * dayMs + i)))
  await take(ledger, far)
  const own = await blog.post('early', startMs + 20 * 60_000)
  assert.deepEqual(await take(ledger, [own]), ['AHEAD_OF_TIME'])
  await clock.advance(21 * 60_000)
  await ledger.tick()
  assert.deepEqual(
    (await ledger.blog(blog.id)).post.map((post) => post.id),
    [own.id],
  )
})

test('a hostile member leaves a bounded number of words with a blog, and none with blogs that are not', async (t) => {
  const { net, blog, ledger } = await attacked(t, 3)
  const words: SignedObject[] = []
  for (let i = 0; i < 70; i++)
    words.push(await blog.add('attestation', 'm1', { address: `https://a${i}.example/`, marker: 'tag' }))
  const answers = await take(ledger, words)
  assert.deepEqual([answers[63], answers[64]], ['stored', 'RATE'])
  const nowhere = await net.sign('refusal', 'm1', { blog: 'ab'.repeat(32), reason: 'law' } as never)
  assert.deepEqual(await take(ledger, [nowhere]), ['UNKNOWN_BLOG'])
})

test('a contact that is handed in again is known', async (t) => {
  const { blog, ledger } = await attacked(t, 3)
  const contact = await blog.add('contact', 'posting', { member: signerOf('m0').key, notify: [] })
  assert.deepEqual(await take(ledger, [contact]), ['stored'])
  assert.deepEqual(await take(ledger, [contact]), ['known'])
  assert.equal((await ledger.contacts(blog.id)).length, 1)
})

test('a member that renews its record all the time leaves two of them', async (t) => {
  const { net, ledger } = await attacked(t, 3)
  for (let i = 1; i <= 150; i++)
    await net.record('m1', 'o1', { url: `https://m1.example.org/${i}/`, time: startMs + i })
  await take(ledger, net.objects.slice(3))
  assert.ok(ledger.networkObjects.length < 100, String(ledger.networkObjects.length))
  assert.equal(ledger.roster().memberOf(signerOf('m1').key)?.url, 'https://m1.example.org/150/')
})

test('watchers that speak every three seconds leave their newest words of an hour at the usual pace, and no more', async (t) => {
  const { blog, ledger, clock } = await attacked(t, 3)
  await prove({ blog, ledger })
  const last: string[] = []
  for (let i = 0; i < 200; i++) {
    const words = await Promise.all(['m1', 'm2'].map((by) => blog.observe(by, { time: clock.nowMs() })))
    await take(ledger, words)
    last.push(...words.map((word) => word.id))
    await clock.advance(3_000)
  }
  const kept = (await ledger.blog(blog.id)).observation
  assert.ok(kept.length <= 2 * 64 + 64, `${kept.length} of 400 words`)
  const ids = new Set(kept.map((word) => word.id))
  assert.deepEqual(
    last.slice(-128).filter((id) => !ids.has(id)),
    [],
    'the newest stay',
  )
})
