/** The writer that apps and mails write with: what comes again is one post. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { memberTarget } from '../../activation/doors/gateway/member-target.ts'
import { type PostTarget, PostWriter, type WrittenText } from '../../activation/doors/gateway/post-writer.ts'
import { KeyedMutex } from '../../ledger/keyed-mutex.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { concat, toHex, utf8 } from '../../protocol/bytes.ts'
import type { Result } from '../../protocol/codes.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { signerOf } from '../support/small-network.ts'
import { type PostingMember, PostingNetwork } from './posting-members.ts'

const { sha256 } = nodePlatform
const image = concat(new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), utf8('pixels'))
const blob = toHex(sha256(image))
const attachments = [{ blob, bytes: image.length, type: 'image/png' as const, name: 'a.png', alt: '' }]
const plain: WrittenText = { title: 'Hello', html: '<p>We are here</p>', attachments: [] }
const pictured: WrittenText = { ...plain, html: `<p><img src="blob:${blob}" alt=""></p>`, attachments }
const none = new Map()
const hourMs = 3_600_000

async function arrange(t: TestContext) {
  const net = await PostingNetwork.create(t, 3)
  const mutex = new KeyedMutex()
  /** The member takes nothing before `ready`. */
  const writerAt = ({ ledger, replication }: PostingMember, ready = async () => {}) => {
    const target = memberTarget({ ledger, replication }, net.blog.id)
    const slow: PostTarget = { ...target, handIn: async (...all) => ready().then(() => target.handIn(...all)) }
    return new PostWriter(
      { target: slow, signer: signerOf('ana posting'), clock: net.clock, sha256, mutex },
      { network: net.small.network.id, blog: net.blog.id, through: 'by app' },
    )
  }
  const [door, other] = net.mirrors as [PostingMember, PostingMember]
  const posts = async (member = door) => (await member.ledger.blog(net.blog.id)).post
  const shown = async (member = door) => shownPosts(await member.ledger.blog(net.blog.id), net.clock.nowMs())
  return { net, door, other, writerAt, posts, shown }
}

function value<T>(result: Result<T>): T {
  assert.ok(result.ok, result.ok ? '' : `${result.code} ${result.detail}`)
  return result.value
}

test('what failed after the post was stored is written again as the same post, and its image is taken then', async (t) => {
  const { net, door, writerAt, posts } = await arrange(t)
  const write = () => writerAt(door).write(pictured, new Map([[blob, image]]))
  door.blobs.full = true
  await assert.rejects(write(), { code: 'ENOSPC' })
  door.blobs.full = false
  await net.clock.advance(10_000)
  const post = value(await write())
  assert.deepEqual(
    (await posts()).map((post) => post.id),
    [post.id],
  )
  assert.equal(await door.blobs.has(blob), true)
})

test('the same words written again while the first writing is under way are one post', async (t) => {
  const { net, door, writerAt, posts } = await arrange(t)
  const open = Promise.withResolvers<void>()
  const slow = writerAt(door, () => open.promise).write(plain, none)
  await net.clock.advance(1_000)
  const again = writerAt(door).write(plain, none)
  await net.clock.advance(1_000)
  open.resolve()
  assert.equal(value(await slow).id, value(await again).id)
  assert.equal((await posts()).length, 1)
})

test('other words, or the same an hour later, are another post', async (t) => {
  const { net, door, writerAt, shown } = await arrange(t)
  value(await writerAt(door).write(plain, none))
  value(await writerAt(door).write({ ...plain, title: 'Hello again' }, none))
  await net.clock.advance(hourMs - 1)
  value(await writerAt(door).write(plain, none))
  assert.equal((await shown()).length, 2)
  await net.clock.advance(1)
  value(await writerAt(door).write(plain, none))
  assert.equal((await shown()).length, 3)
})

test('words that were changed or taken back since may be written again', async (t) => {
  const { net, door, writerAt, shown } = await arrange(t)
  const writer = writerAt(door)
  const first = value(await writer.write(plain, none))
  await net.clock.advance(1_000)
  value(await writer.withdraw(first.id))
  await net.clock.advance(1_000)
  const second = value(await writer.write(plain, none))
  await net.clock.advance(1_000)
  value(await writer.edit(second.id, { ...plain, html: '<p>Changed</p>' }, none))
  await net.clock.advance(1_000)
  const third = value(await writer.write(plain, none))
  const living = (await shown()).filter((shownPost) => !shownPost.withdrawn)
  assert.deepEqual(
    living.map((shownPost) => [shownPost.id, shownPost.current.payload.html]),
    [
      [third.id, plain.html],
      [second.id, '<p>Changed</p>'],
    ],
  )
})

test('of one draft there is one post, and what came before it is not said again', async (t) => {
  const { net, door, writerAt, posts } = await arrange(t)
  const draft = 'ab'.repeat(32)
  const write = async (text: WrittenText) => {
    const first = [await net.blog.say('down', net.clock.nowMs(), hourMs)]
    return value(await writerAt(door).write(text, none, { draft, first })).id
  }
  const said = async () =>
    (await door.ledger.blog(net.blog.id)).declaration.map((declaration) => declaration.payload.time).sort()
  await net.clock.advance(1_000)
  const post = await write(plain)
  const before = await said()
  await net.clock.advance(2 * hourMs)
  assert.equal(await write({ ...plain, html: '<p>Read in another way</p>' }), post)
  assert.deepEqual(await said(), before)
  assert.equal((await posts()).length, 1)
})

test('a change sent again changes nothing more', async (t) => {
  const { net, door, writerAt, posts } = await arrange(t)
  const first = value(await writerAt(door).write(plain, none))
  const change = () => writerAt(door).edit(first.id, { ...plain, title: 'New' }, none)
  await net.clock.advance(1_000)
  const changed = value(await change())
  await net.clock.advance(1_000)
  assert.equal(value(await change()).id, changed.id)
  assert.equal((await posts()).length, 2)
})

test('sent again to a member that has not heard of it, it shows as one post', async (t) => {
  const { net, door, other, writerAt, posts, shown } = await arrange(t)
  door.cutOff = true
  value(await writerAt(door).write(plain, none))
  await net.clock.advance(30_000)
  value(await writerAt(other).write(plain, none))
  door.cutOff = false
  await net.clock.advance(120_000)
  for (const member of [door, other]) {
    assert.equal((await posts(member)).length, 2)
    assert.equal((await shown(member)).length, 1)
  }
})
