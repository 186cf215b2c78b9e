import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesOf, retained } from '../../mirror/retention.ts'
import { currentHead } from '../../protocol/heads.ts'
import type { Snapshot } from '../../protocol/objects.ts'
import { signerOf } from '../support/small-network.ts'
import { type MirroringMember, MirroringMembers, putSite, rootFields } from './mirroring-members.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

async function captured(net: MirroringMembers): Promise<Snapshot> {
  const { round, ledger } = net.member('m0')
  await round.run(net.blog.id)
  await net.spread()
  const objects = await ledger.blog(net.blog.id)
  const head = currentHead(objects, net.clock.nowMs())!
  return objects.snapshot.find((snapshot) => snapshot.id === head.payload.snapshot)!.payload
}

async function holds(member: MirroringMember, snapshot: Snapshot): Promise<boolean> {
  const have = await Promise.all(filesOf(snapshot, []).map((file) => member.blobs.has(file.blob)))
  return have.every((has) => has)
}

/** The blog anew: a head by the head signer that forgets paths. */
async function forget(net: MirroringMembers, forgotten: readonly string[]) {
  const { ledger, signer } = net.member('m0')
  const head = currentHead(await ledger.blog(net.blog.id), net.clock.nowMs())!
  const { network: _n, key: _k, time: _t, ...fields } = head.payload
  await ledger.publish('head', { ...fields, seq: fields.seq + 1, previous: head.id, forgotten }, signer)
  await net.spread()
}

test('every mirror fetches the manifest and each missing blob, and hashes what it gets', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  for (const name of ['m1', 'm2', 'm3']) {
    const pull = await net.member(name).blobKeeper.pull(net.blog.id)
    assert.deepEqual([pull.missing, pull.noSnapshot, pull.fetched], [[], false, filesOf(snapshot, []).length])
    assert.ok(await holds(net.member(name), snapshot))
  }
})

test('an unchanged hour costs a mirror nothing; a changed front page costs it that page and the manifest', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  await captured(net)
  await net.member('m1').blobKeeper.pull(net.blog.id)
  net.member('m1').receivedBytes = 0
  await net.clock.advance(hourMs)
  await captured(net)
  await net.member('m1').blobKeeper.pull(net.blog.id)
  assert.ok(net.member('m1').receivedBytes < 1000, String(net.member('m1').receivedBytes))
  await net.clock.advance(hourMs)
  putSite(net.web, net.blog.id, 'Ana writes again')
  const snapshot = await captured(net)
  assert.equal((await net.member('m1').blobKeeper.pull(net.blog.id)).fetched, 1)
  assert.ok(await holds(net.member('m1'), snapshot))
})

test('a mirror finds blobs at any other mirror when the capturer is gone, and tries again when nobody answers', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  await net.member('m1').blobKeeper.pull(net.blog.id)
  for (const member of net.all()) member.deaf = true
  assert.equal((await net.member('m2').blobKeeper.pull(net.blog.id)).noSnapshot, true)
  net.member('m1').deaf = false
  await net.clock.advance(61_000)
  await net.member('m2').blobKeeper.tick()
  assert.ok(await holds(net.member('m2'), snapshot))
})

test('bytes that are not those asked for are not kept, and an honest holder is asked next', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  await net.member('m1').blobKeeper.pull(net.blog.id)
  const forger = net.member('m0')
  forger.blobs.get = async () => new TextEncoder().encode('<script>alert(1)</script>')
  const pull = await net.member('m2').blobKeeper.pull(net.blog.id)
  assert.deepEqual(pull.missing, [])
  assert.ok(await holds(net.member('m2'), snapshot))
})

test('a blob that the disk damaged is fetched again', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  const { blobKeeper, blobs } = net.member('m1')
  await blobKeeper.pull(net.blog.id)
  blobs.damage(snapshot.assets[0]!.blob)
  assert.equal(await blobs.get(snapshot.assets[0]!.blob), null)
  await net.clock.advance(2 * hourMs)
  await blobKeeper.pull(net.blog.id)
  assert.ok(await blobs.get(snapshot.assets[0]!.blob))
})

test('a member that is not on the list keeps nothing', async (t) => {
  const net = await MirroringMembers.create(t, 12, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  await captured(net)
  const head = currentHead(await net.member('m0').ledger.blog(net.blog.id), net.clock.nowMs())!
  const outsider = net
    .all()
    .find((member) => !head.payload.mirrors.includes(member.signer.key) && member.name !== 'm0')!
  assert.equal((await outsider.blobKeeper.pull(net.blog.id)).fetched, 0)
  assert.equal((await outsider.ledger.blog(net.blog.id)).snapshot.length, 0)
})

test('one blog takes no more of a disk than its share, pages before images', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'], blobKeeper: { blogBytesMax: 5500 } })
  putSite(net.web, net.blog.id)
  const big = `<svg xmlns="http://www.w3.org/2000/svg">${' '.repeat(4000)}</svg>`
  net.web.put('http://ana.example/a.svg', big, 'image/svg+xml')
  const snapshot = await captured(net)
  const { blobKeeper, blobs } = net.member('m1')
  const pull = await blobKeeper.pull(net.blog.id)
  assert.equal(pull.overQuota, 1)
  assert.ok(await blobs.has(snapshot.pages[0]!.blob))
  assert.ok((await blobKeeper.usage(net.blog.id)) <= 5500)
})

test('forgotten paths leave every mirror with the next head, history too; what another page shows stays', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  for (const member of net.all()) await member.blobKeeper.pull(net.blog.id)
  const secret = snapshot.pages[1]!.blob
  const image = snapshot.assets.find((asset) => asset.url.endsWith('secret.svg'))!.blob
  await forget(net, ['/one/', '/secret.svg'])
  for (const member of net.all()) {
    await member.blobKeeper.pull(net.blog.id)
    assert.deepEqual([await member.blobs.has(secret), await member.blobs.has(image)], [false, false], member.name)
    assert.equal(await member.blobs.has(snapshot.pages[0]!.blob), true)
  }
})

test('a blog that leaves the network leaves every disk', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  for (const member of net.all()) await member.blobKeeper.pull(net.blog.id)
  const last = {
    ...rootFields({ signers: ['m0'] }),
    version: 2,
    blog: net.blog.id,
    previous: net.root.id,
    closed: true,
  }
  const root = await net.small.sign('root', 'ana recovery', { ...last, time: net.clock.nowMs() })
  for (const member of net.all()) {
    await member.ledger.accept([root.envelope], 'author')
    await member.blobKeeper.pull(net.blog.id)
    for (const file of filesOf(snapshot, [])) assert.equal(await member.blobs.has(file.blob), false)
    assert.deepEqual(await member.captures.blogs(), [])
  }
})

test('images of posts are kept with their posts, and leave with a withdrawn one', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  await captured(net)
  const source = net.member('m0')
  const blob = await source.blobs.put(new TextEncoder().encode('an image'))
  const text = { blog: net.blog.id, prevs: [], title: 'T', published: net.clock.nowMs(), html: '<p>x</p>' }
  const attachment = { blob, bytes: 8, type: 'image/png', name: 'x.png', alt: '' }
  const first = await source.ledger.publish(
    'post',
    { ...text, draft: '1'.repeat(64), attachments: [attachment] },
    signerOf('ana posting'),
  )
  await net.spread()
  const { blobKeeper, blobs } = net.member('m1')
  await blobKeeper.pull(net.blog.id)
  assert.equal(await blobs.has(blob), true)
  await net.clock.advance(1000)
  const published = net.clock.nowMs()
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
  await net.spread()
  await blobKeeper.sweep()
  await blobKeeper.sweep()
  assert.equal(await blobs.has(blob), false)
})

test('the sweep takes what nothing names, but only what it finds so twice', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  const { blobKeeper, blobs } = net.member('m1')
  await blobKeeper.pull(net.blog.id)
  const stray = await blobs.put(new TextEncoder().encode('stray'))
  const named = await blobs.put(new TextEncoder().encode('the kit'))
  blobKeeper.addReferences(async () => [named])
  await blobKeeper.sweep()
  assert.equal(await blobs.has(stray), true)
  await blobKeeper.sweep()
  assert.deepEqual([await blobs.has(stray), await blobs.has(named)], [false, true])
  assert.ok(await holds(net.member('m1'), snapshot))
})

test('the last five copies stay, and one of each of the last fourteen days', async () => {
  const copies = Array.from({ length: 40 * 24 }, (_, hour) => ({ id: String(hour), time: hour * hourMs }))
  const nowMs = 40 * dayMs
  const kept = retained(copies, nowMs, { newest: 5, days: 14 })
  assert.equal(kept.size, 5 + 13)
  assert.ok(kept.has(String(40 * 24 - 1)) && kept.has(String(27 * 24 - 1)) && !kept.has(String(26 * 24 - 1)))
  assert.deepEqual([...retained(copies.slice(0, 3), nowMs, { newest: 5, days: 14 })].length, 3)
})

test('the operator of a mirror may refuse a blob, and that blob is not fetched', async (t) => {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const snapshot = await captured(net)
  const { blobKeeper, blobs, ledger, signer } = net.member('m1')
  const blob = snapshot.assets.find((asset) => asset.url.endsWith('a.svg'))!.blob
  await ledger.publish('refusal', { blog: net.blog.id, blob, reason: 'law' }, signer)
  await blobKeeper.pull(net.blog.id)
  assert.deepEqual([await blobs.has(blob), await blobs.has(snapshot.pages[0]!.blob)], [false, true])
})
