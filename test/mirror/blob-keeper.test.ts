import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesOf, retained } from '../../mirror/retention.ts'
import { currentHead } from '../../protocol/heads.ts'
import type { Snapshot } from '../../protocol/objects.ts'
import { signerOf } from '../support/small-network.ts'
import { openWorld, putSite, rootFields, type World, type WorldMember } from './mirror-world.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

async function captured(world: World): Promise<Snapshot> {
  const { round, ledger } = world.member('m0')
  await round.run(world.blog.id)
  await world.spread()
  const objects = await ledger.blog(world.blog.id)
  const head = currentHead(objects, world.clock.nowMs())!
  return objects.snapshot.find((snapshot) => snapshot.id === head.payload.snapshot)!.payload
}

async function holds(member: WorldMember, snapshot: Snapshot): Promise<boolean> {
  const have = await Promise.all(filesOf(snapshot, []).map((file) => member.blobs.has(file.blob)))
  return have.every((entry) => entry)
}

/** The blog anew: a head by the head signer that forgets paths. */
async function forget(world: World, forgotten: readonly string[]) {
  const { ledger, signer } = world.member('m0')
  const head = currentHead(await ledger.blog(world.blog.id), world.clock.nowMs())!
  const { network: _n, key: _k, time: _t, ...fields } = head.payload
  await ledger.publish('head', { ...fields, seq: fields.seq + 1, previous: head.id, forgotten }, signer)
  await world.spread()
}

test('every mirror fetches the manifest and each missing blob, and hashes what it gets', async () => {
  const world = await openWorld(4, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  for (const name of ['m1', 'm2', 'm3']) {
    const pull = await world.member(name).blobKeeper.pull(world.blog.id)
    assert.deepEqual([pull.missing, pull.noSnapshot, pull.fetched], [[], false, filesOf(snapshot, []).length])
    assert.ok(await holds(world.member(name), snapshot))
  }
})

test('an unchanged hour costs a mirror nothing; a changed front page costs it that page and the manifest', async () => {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  await captured(world)
  await world.member('m1').blobKeeper.pull(world.blog.id)
  world.traffic.clear()
  await world.clock.advance(hourMs)
  await captured(world)
  await world.member('m1').blobKeeper.pull(world.blog.id)
  assert.ok((world.traffic.get('m1') ?? 0) < 1000, String(world.traffic.get('m1')))
  await world.clock.advance(hourMs)
  putSite(world.web, world.blog.id, 'Ana writes again')
  const snapshot = await captured(world)
  assert.equal((await world.member('m1').blobKeeper.pull(world.blog.id)).fetched, 1)
  assert.ok(await holds(world.member('m1'), snapshot))
})

test('a mirror finds blobs at any other mirror when the capturer is gone, and tries again when nobody answers', async () => {
  const world = await openWorld(4, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  await world.member('m1').blobKeeper.pull(world.blog.id)
  for (const name of ['m0', 'm1', 'm2', 'm3']) world.cut.add(name)
  assert.equal((await world.member('m2').blobKeeper.pull(world.blog.id)).noSnapshot, true)
  world.cut.delete('m1')
  await world.clock.advance(61_000)
  await world.member('m2').blobKeeper.tick()
  assert.ok(await holds(world.member('m2'), snapshot))
})

test('bytes that are not those asked for are not kept, and an honest holder is asked next', async () => {
  const world = await openWorld(4, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  await world.member('m1').blobKeeper.pull(world.blog.id)
  const forger = world.member('m0')
  forger.blobs.get = async () => new TextEncoder().encode('<script>alert(1)</script>')
  const pull = await world.member('m2').blobKeeper.pull(world.blog.id)
  assert.deepEqual(pull.missing, [])
  assert.ok(await holds(world.member('m2'), snapshot))
})

test('a blob that the disk damaged is fetched again', async () => {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  const { blobKeeper, blobs } = world.member('m1')
  await blobKeeper.pull(world.blog.id)
  blobs.damage(snapshot.assets[0]!.blob)
  assert.equal(await blobs.get(snapshot.assets[0]!.blob), null)
  await world.clock.advance(2 * hourMs)
  await blobKeeper.pull(world.blog.id)
  assert.ok(await blobs.get(snapshot.assets[0]!.blob))
})

test('a member that is not on the list keeps nothing', async () => {
  const world = await openWorld(12, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  await captured(world)
  const head = currentHead(await world.member('m0').ledger.blog(world.blog.id), world.clock.nowMs())!
  const outsider = world.all().find((entry) => !head.payload.mirrors.includes(entry.signer.key) && entry.name !== 'm0')!
  assert.equal((await outsider.blobKeeper.pull(world.blog.id)).fetched, 0)
  assert.equal((await outsider.ledger.blog(world.blog.id)).snapshot.length, 0)
})

test('one blog takes no more of a disk than its share, pages before images', async () => {
  const world = await openWorld(3, { signers: ['m0'], blobKeeper: { blogBytesMax: 5500 } })
  putSite(world.web, world.blog.id)
  const big = `<svg xmlns="http://www.w3.org/2000/svg">${' '.repeat(4000)}</svg>`
  world.web.put('http://ana.example/a.svg', big, 'image/svg+xml')
  const snapshot = await captured(world)
  const { blobKeeper, blobs } = world.member('m1')
  const pull = await blobKeeper.pull(world.blog.id)
  assert.equal(pull.overQuota, 1)
  assert.ok(await blobs.has(snapshot.pages[0]!.blob))
  assert.ok((await blobKeeper.usage(world.blog.id)) <= 5500)
})

test('forgotten paths leave every mirror with the next head, history too; what another page shows stays', async () => {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  for (const member of world.all()) await member.blobKeeper.pull(world.blog.id)
  const secret = snapshot.pages[1]!.blob
  const image = snapshot.assets.find((asset) => asset.url.endsWith('secret.svg'))!.blob
  await forget(world, ['/one/', '/secret.svg'])
  for (const member of world.all()) {
    await member.blobKeeper.pull(world.blog.id)
    assert.deepEqual([await member.blobs.has(secret), await member.blobs.has(image)], [false, false], member.name)
    assert.equal(await member.blobs.has(snapshot.pages[0]!.blob), true)
  }
})

test('a blog that leaves the network leaves every disk', async () => {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  for (const member of world.all()) await member.blobKeeper.pull(world.blog.id)
  const last = { ...rootFields(['m0']), version: 2, blog: world.blog.id, previous: world.root.id, closed: true }
  const root = await world.net.sign('root', 'ana recovery', { ...last, time: world.clock.nowMs() })
  for (const member of world.all()) {
    await member.ledger.accept([root.envelope], 'author')
    await member.blobKeeper.pull(world.blog.id)
    for (const file of filesOf(snapshot, [])) assert.equal(await member.blobs.has(file.blob), false)
    assert.deepEqual(await member.captures.blogs(), [])
  }
})

test('images of posts are kept with their posts, and leave with a withdrawn one', async () => {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  await captured(world)
  const source = world.member('m0')
  const blob = await source.blobs.put(new TextEncoder().encode('an image'))
  const text = { blog: world.blog.id, prevs: [], title: 'T', published: world.clock.nowMs(), html: '<p>x</p>' }
  const attachment = { blob, bytes: 8, type: 'image/png', name: 'x.png', alt: '' }
  const first = await source.ledger.publish(
    'post',
    { ...text, draft: '1'.repeat(64), attachments: [attachment] },
    signerOf('ana posting'),
  )
  await world.spread()
  const { blobKeeper, blobs } = world.member('m1')
  await blobKeeper.pull(world.blog.id)
  assert.equal(await blobs.has(blob), true)
  await world.clock.advance(1000)
  const published = world.clock.nowMs()
  const gone = {
    ...text,
    published,
    draft: '1'.repeat(64),
    attachments: [],
    prevs: [first.id],
    replaces: first.id,
    withdrawn: true,
  }
  await source.ledger.publish('post', gone, signerOf('ana posting'))
  await world.spread()
  await blobKeeper.sweep()
  await blobKeeper.sweep()
  assert.equal(await blobs.has(blob), false)
})

test('the sweep takes what nothing names, but only what it finds so twice', async () => {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  const { blobKeeper, blobs } = world.member('m1')
  await blobKeeper.pull(world.blog.id)
  const stray = await blobs.put(new TextEncoder().encode('stray'))
  const named = await blobs.put(new TextEncoder().encode('the kit'))
  blobKeeper.addReferences(async () => [named])
  await blobKeeper.sweep()
  assert.equal(await blobs.has(stray), true)
  await blobKeeper.sweep()
  assert.deepEqual([await blobs.has(stray), await blobs.has(named)], [false, true])
  assert.ok(await holds(world.member('m1'), snapshot))
})

test('the last five copies stay, and one of each of the last fourteen days', async () => {
  const copies = Array.from({ length: 40 * 24 }, (_, hour) => ({ id: String(hour), time: hour * hourMs }))
  const nowMs = 40 * dayMs
  const kept = retained(copies, nowMs, { newest: 5, days: 14 })
  assert.equal(kept.size, 5 + 13)
  assert.ok(kept.has(String(40 * 24 - 1)) && kept.has(String(27 * 24 - 1)) && !kept.has(String(26 * 24 - 1)))
  assert.deepEqual([...retained(copies.slice(0, 3), nowMs, { newest: 5, days: 14 })].length, 3)
})

test('the operator of a mirror may refuse a blob, and that blob is not fetched', async () => {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const snapshot = await captured(world)
  const { blobKeeper, blobs, ledger, signer } = world.member('m1')
  const blob = snapshot.assets.find((asset) => asset.url.endsWith('a.svg'))!.blob
  await ledger.publish('refusal', { blog: world.blog.id, blob, reason: 'law' }, signer)
  await blobKeeper.pull(world.blog.id)
  assert.deepEqual([await blobs.has(blob), await blobs.has(snapshot.pages[0]!.blob)], [false, true])
})
