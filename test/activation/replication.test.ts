import assert from 'node:assert/strict'
import test from 'node:test'
import type { ReplicaStatus } from '../../activation/posts/replica-status.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { concat, toHex, utf8 } from '../../protocol/bytes.ts'
import type { Attachment } from '../../protocol/objects.ts'
import { signerOf, startMs } from '../support/small-network.ts'
import { settled } from '../support/virtual-clock.ts'
import { type PostingMember, PostingNetwork } from './posting-members.ts'

const image = concat(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), utf8('pixels'))
const blob = toHex(nodePlatform.sha256(image))
const picture: Attachment = { blob, bytes: image.length, type: 'image/png', name: 'a.png', alt: '' }

async function postWithPicture(net: PostingNetwork, file = picture) {
  const html = `<p><img src="blob:${file.blob}" alt=""></p>`
  const fields = { draft: signerOf(file.name).key, title: 'Picture', html, prevs: [], published: startMs }
  return net.blog.add('post', 'posting', { ...fields, attachments: [file] })
}

async function held(member: PostingMember, post: string): Promise<ReplicaStatus> {
  const holders = await member.replication.holders(post)
  assert.ok(holders !== null)
  return holders
}

test('a post handed to one mirror is held by ten, and safe after about one round trip', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('We are here', startMs)
  const [door] = net.mirrors
  const [answer] = await door!.handIn([post])
  assert.equal(answer!.result, 'stored')
  await net.clock.advance(39)
  assert.equal((await held(door!, post.id)).safe, false)
  await net.clock.advance(5)
  const soon = await held(door!, post.id)
  assert.deepEqual([soon.held, soon.of, soon.safe, soon.needed], [10, 10, true, 3])
  await net.clock.advance(5_000)
  for (const member of net.mirrors) assert.equal((await held(member, post.id)).held, 10, member.name)
})

test('the text reaches every active member while the blog is down', async (t) => {
  const net = await PostingNetwork.create(t, 14)
  const post = await net.blog.post('We are here', startMs)
  await net.mirrors[0]!.handIn([post])
  await net.clock.advance(1_000)
  for (const member of net.others) assert.ok((await member.ledger.object(post.id)) !== null, member.name)
})

test('a member that is no mirror is a door like any other', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('From elsewhere', startMs)
  const [door] = net.others
  await door!.handIn([post])
  await net.clock.advance(100)
  const holders = await held(door!, post.id)
  assert.deepEqual([holders.held, holders.of, holders.safe], [10, 10, true])
})

test('a member that a new list makes a mirror gives its receipt for what it has already', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('We are here', startMs)
  await net.mirrors[0]!.handIn([post])
  await net.clock.advance(5_000)
  const [later] = net.others
  assert.ok((await later!.ledger.object(post.id)) !== null)
  const mirrors = [...net.mirrors.slice(0, 9), later!].map((postingMember) => postingMember.signer.key)
  const place = { root: net.blog.id, rootVersion: 1, seq: 2 }
  const head = await net.blog.add('head', 'online', { ...place, mirrors, expires: startMs + 7 * 86_400_000 })
  for (const member of net.members) await member.handIn([head])
  await net.clock.advance(5_000)
  for (const member of net.mirrors.slice(0, 9)) assert.deepEqual((await held(member, post.id)).missing, [], member.name)
})

test('a mirror that is absent is missing by name, and gets the post when it is back', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('We are here', startMs)
  const [door, absent] = net.mirrors
  absent!.cutOff = true
  await door!.handIn([post])
  await net.clock.advance(30_000)
  const holders = await held(door!, post.id)
  assert.deepEqual([holders.held, holders.safe], [9, true])
  assert.deepEqual(
    holders.missing.map((missing) => missing.member),
    [absent!.signer.key],
  )
  absent!.cutOff = false
  await net.clock.advance(60_000)
  assert.ok((await absent!.ledger.object(post.id)) !== null)
  assert.equal((await held(door!, post.id)).held, 10)
})

test('images whose only holder is back after a while are on all mirrors within two minutes and a half', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const [door] = net.mirrors
  const post = await postWithPicture(net)
  await door!.handIn([post])
  await net.clock.advance(5_000)
  door!.cutOff = true
  assert.deepEqual(await door!.replication.acceptBlob(blob, image), { ok: true, value: null })
  await net.clock.advance(1_500_000)
  assert.equal((await held(door!, post.id)).held, 1, 'nobody gets the bytes')
  door!.cutOff = false
  await net.clock.advance(150_000)
  for (const member of net.mirrors) assert.equal(await member.blobs.has(blob), true, member.name)
})

test('hints outlive a crash of the member that gave them', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('We are here', startMs)
  const [door, absent] = net.mirrors
  absent!.cutOff = true
  await door!.handIn([post])
  await net.clock.advance(30_000)
  await door!.start()
  absent!.cutOff = false
  await net.clock.advance(120_000)
  assert.equal((await held(door!, post.id)).held, 10)
})

test('a crash right after the acknowledgement loses nothing: the post is sent round after the restart', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('We are here', startMs)
  const [door] = net.mirrors
  door!.cutOff = true
  const [answer] = await door!.handIn([post])
  assert.equal(answer!.result, 'stored')
  await door!.start()
  door!.cutOff = false
  await net.clock.advance(60_000)
  assert.equal((await held(door!, post.id)).held, 10)
})

test('a crash before the disk has the post acknowledges nothing', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('We are here', startMs)
  const [door] = net.mirrors
  door!.store.stopped = true
  let acknowledged = false
  void door!.handIn([post]).then(() => {
    acknowledged = true
  })
  await net.clock.advance(1_000)
  assert.equal(acknowledged, false)
  door!.store.stopped = false
  await door!.start()
  assert.equal(await door!.replication.holders(post.id), null)
  assert.equal(door!.requests.length, 0)
  for (const member of net.mirrors) assert.equal(await member.ledger.object(post.id), null)
})

test('no mirror gives a receipt before it has all attachments, and each pulls them', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await postWithPicture(net)
  const [door] = net.mirrors
  await door!.handIn([post])
  await net.clock.advance(5_000)
  assert.equal((await held(door!, post.id)).held, 0)
  for (const member of net.mirrors) assert.ok((await member.ledger.object(post.id)) !== null)
  assert.deepEqual(await door!.replication.acceptBlob(blob, image), { ok: true, value: null })
  await net.clock.advance(500)
  assert.equal((await held(door!, post.id)).held, 10)
  for (const member of net.mirrors) assert.equal(await member.blobs.has(blob), true, member.name)
  for (const member of net.others) assert.equal(await member.blobs.has(blob), false, member.name)
})

test('a picture handed in while mirrors look for it in vain reaches all of them without waiting for the next round', async (t) => {
  const net = await PostingNetwork.create(t, 4)
  const post = await postWithPicture(net)
  const [door] = net.mirrors
  await door!.handIn([post])
  await net.clock.advance(85)
  assert.deepEqual(await door!.replication.acceptBlob(blob, image), { ok: true, value: null })
  await net.clock.advance(700)
  assert.equal((await held(door!, post.id)).held, 4)
})

test('a picture goes from the member that took it straight to every mirror', async (t) => {
  const net = await PostingNetwork.create(t, 10)
  const post = await postWithPicture(net)
  const [door, ...others] = net.mirrors
  await door!.handIn([post])
  await net.clock.advance(2_000)
  const before = others.map((mirror) => mirror.requests.length)
  await door!.replication.acceptBlob(blob, image)
  await net.clock.advance(44)
  assert.equal((await held(door!, post.id)).held, 10, 'not after one round trip')
  for (const [i, mirror] of others.entries()) {
    const fresh = mirror.requests.slice(before[i])
    assert.equal(fresh[0], `PUT dgos/v1/blobs/${blob}?receipts=1`)
    assert.ok(!fresh.some((request) => request.startsWith('GET')), 'looked for it besides')
  }
})

test('attachments are taken only as the post names them', async (t) => {
  const net = await PostingNetwork.create(t, 3)
  const [door] = net.mirrors
  const code = async (hash: string, bytes: Uint8Array) => {
    const answer = await door!.replication.acceptBlob(hash, bytes)
    return answer.ok ? null : answer.code
  }
  assert.equal(await code(blob, image), 'NOT_WANTED')
  await door!.handIn([await postWithPicture(net)])
  assert.equal(await code(blob, utf8('short')), 'HASH_MISMATCH')
  assert.equal(
    await code(
      blob,
      image.map((number, i) => (i === 9 ? number ^ 1 : number)),
    ),
    'HASH_MISMATCH',
  )
  const page = utf8('<html>not an image</html>')
  const hash = toHex(nodePlatform.sha256(page))
  const fields = { draft: hash, title: 'x', html: '', prevs: [], published: startMs }
  const attachments = [{ ...picture, blob: hash, bytes: page.length }]
  await door!.handIn([await net.blog.add('post', 'posting', { ...fields, attachments })])
  assert.equal(await code(hash, page), 'BAD_FIELDS')
  assert.equal(await code(blob, image), null)
})

test('a member that starts with a full disk takes images and completes its posts once there is room', async (t) => {
  const net = await PostingNetwork.create(t, 3)
  const [door, other] = net.mirrors
  const second = concat(image, utf8('more'))
  const secondBlob = toHex(nodePlatform.sha256(second))
  const secondPicture = { ...picture, blob: secondBlob, bytes: second.length, name: 'b.png' }
  const posts = [await postWithPicture(net), await postWithPicture(net, secondPicture)]
  await door!.handIn(posts)
  await net.clock.advance(1_000)
  door!.blobs.full = true
  for (const bytes of [image, second]) await other!.blobs.put(bytes)
  await door!.start()
  await net.clock.advance(5_000)
  await assert.rejects(door!.replication.acceptBlob(blob, image), { code: 'ENOSPC' })
  door!.blobs.full = false
  assert.deepEqual(await door!.replication.acceptBlob(blob, image), { ok: true, value: null })
  await net.clock.advance(120_000)
  assert.equal(await door!.blobs.has(secondBlob), true, 'what nobody handed in is pulled')
  for (const post of posts) assert.ok((await held(door!, post.id)).held > 0)
})

test('images are taken right after a start, however long the other members are silent', async (t) => {
  const net = await PostingNetwork.create(t, 10)
  const [door, ...others] = net.mirrors
  await door!.handIn([await postWithPicture(net)])
  await net.clock.advance(1_000)
  for (const other of others) other.cutOff = true
  await door!.start()
  let taken: unknown = null
  void door!.replication.acceptBlob(blob, image).then((answer) => {
    taken = answer
  })
  await settled()
  assert.deepEqual(taken, { ok: true, value: null }, 'no time has passed')
})

test('a disk that could not be read at the start is read again when an image comes', async (t) => {
  const net = await PostingNetwork.create(t, 3)
  const [door] = net.mirrors
  await door!.handIn([await postWithPicture(net)])
  door!.store.unreadable = true
  await door!.start()
  await assert.rejects(door!.replication.acceptBlob(blob, image), /cannot be read/)
  door!.store.unreadable = false
  assert.deepEqual(await door!.replication.acceptBlob(blob, image), { ok: true, value: null })
})

test('an author watches the count rise, and the stream ends when all hold it', async (t) => {
  const net = await PostingNetwork.create(t, 12)
  const post = await net.blog.post('We are here', startMs)
  const [door] = net.mirrors
  await door!.handIn([post])
  const counts: number[] = []
  const watching = (async () => {
    for await (const holders of door!.replication.watch(post.id)) counts.push(holders.held)
  })()
  await settled()
  await net.clock.advance(200)
  await watching
  assert.equal(counts.at(-1), 10)
  assert.deepEqual(
    counts,
    [...counts].sort((a, b) => a - b),
  )
})

test('a reader that leaves ends the stream, and so does a post that nobody knows', async (t) => {
  const net = await PostingNetwork.create(t, 3)
  const post = await net.blog.post('We are here', startMs)
  net.mirrors[1]!.cutOff = true
  await net.mirrors[0]!.handIn([post])
  const stream = net.mirrors[0]!.replication.watch(post.id)[Symbol.asyncIterator]()
  assert.equal((await stream.next()).done, false)
  const pending = stream.next()
  await stream.return?.()
  await net.clock.advance(1_000)
  await pending
  assert.equal((await stream.next()).done, true)
  for await (const _ of net.mirrors[0]!.replication.watch('00'.repeat(32))) assert.fail('no such post')
})

test('two friends have a network of two, and safe means two', async (t) => {
  const net = await PostingNetwork.create(t, 2)
  const post = await net.blog.post('We are two', startMs)
  await net.mirrors[0]!.handIn([post])
  await net.clock.advance(100)
  const holders = await held(net.mirrors[0]!, post.id)
  assert.deepEqual([holders.held, holders.of, holders.needed, holders.safe], [2, 2, 2, true])
})

test('one post costs each mirror two requests: the receipt comes with the answer to the first', async (t) => {
  const net = await PostingNetwork.create(t, 10)
  const post = await net.blog.post('We are here', startMs)
  await net.mirrors[0]!.handIn([post])
  await net.clock.advance(60_000)
  const total = net.members.reduce((sum, member) => sum + member.requests.length, 0)
  assert.ok(total <= 2 * 9, `${total} requests`)
  for (const member of net.mirrors) assert.equal((await held(member, post.id)).held, 10, member.name)
})
