/** Mails that come again, since the member failed on the way or was not sure yet. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { concat, utf8 } from '../../protocol/bytes.ts'
import type { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { until } from '../support/until.ts'
import { message, pngText } from './mail-corpus/honest.ts'
import { freshHeaders, signedMail } from './mail-senders.ts'
import { later, mailWorld, postsOf } from './mail-world.ts'
import { mailDomain } from './program-doors.ts'

/** A mail that nobody signed. */
const byCode = (code: string, body = 'By code.', headers: Record<string, string> = {}) =>
  utf8(message(freshHeaders({ Subject: `News ${code}`, From: 'ana@plain.test', ...headers }), body))

const noMail = sql`create trigger no_mail before insert on door_mails begin select raise(abort, 'no room'); end`

test('a code counts for the message that it came with, also when that comes again, and for no other', async (t) => {
  const world = await mailWorld(t, { up: true })
  const { secret, codes } = await world.open('mail')
  const take = (raw: Uint8Array) => world.mail.take(`${secret}@${mailDomain}`, raw)
  const raw = byCode(codes[0]!)
  const early = await take(raw)
  assert.equal(!early.ok && early.code, 'BLOG_NOT_DOWN')
  const word = await world.net.blog.say('down', Date.now(), 3_600_000)
  for (const { ledger } of world.net.members) await ledger.accept([word.envelope], 'author')
  const messageId = /^Message-ID: (.*)\r$/m.exec(Buffer.from(raw).toString())![1]!
  const others = [byCode(codes[0]!), byCode(codes[0]!, 'Other words.', { 'Message-ID': messageId })]
  others.push(byCode(`${codes[0]} for all`, 'By code.', { 'Message-ID': messageId }))
  for (const other of others) {
    const refused = await take(other)
    assert.equal(!refused.ok && refused.code, 'NOT_ALLOWED')
  }
  const relayed = concat(utf8('Received: from a by b\r\n'), raw)
  const taken = await take(relayed)
  assert.ok(taken.ok, taken.ok ? '' : taken.detail)
  assert.deepEqual(
    (await postsOf(world, later())).map((post) => post.current.payload.title),
    ['News'],
  )
})

test('a mail whose images found no room is taken when it comes again', async (t) => {
  const world = await mailWorld(t)
  const { secret, codes } = await world.open('mail')
  const picture = `--b\nContent-Type: image/png; name="a.png"\nContent-Transfer-Encoding: base64\n\n${pngText}\n--b--`
  const raw = byCode(codes[0]!, picture, { 'Content-Type': 'multipart/mixed; boundary=b' })
  const disk = world.net.members[0]!.blobs as MemoryBlobStore
  disk.full = true
  await assert.rejects(world.mail.take(`${secret}@${mailDomain}`, raw), { code: 'ENOSPC' })
  disk.full = false
  const taken = await world.mail.take(`${secret}@${mailDomain}`, raw)
  assert.ok(taken.ok, taken.ok ? '' : taken.detail)
  assert.equal((await world.net.members[0]!.ledger.blog(world.net.blog.id)).post.length, 1)
})

test('a member that fails between post and mail goes on with that post, however late, and tells the author how to call it back', async (t) => {
  let lateMs = 0
  const world = await mailWorld(t, { clock: { ...systemClock, nowMs: () => Date.now() + lateMs } })
  const { secret, codes } = await world.open('mail')
  const take = (raw: Uint8Array) => world.mail.take(`${secret}@${mailDomain}`, raw)
  const mails = [byCode(codes[0]!), await signedMail(message(freshHeaders({ Subject: 'Signed' }), 'Signed.'))]
  await noMail.execute(world.database.tables())
  for (const raw of mails) await assert.rejects(take(raw), /no room/)
  await sql`drop trigger no_mail`.execute(world.database.tables())
  assert.deepEqual(world.told, [])
  lateMs = 2 * 3_600_000
  for (const raw of mails) assert.ok((await take(raw)).ok)
  const { post } = await world.net.members[0]!.ledger.blog(world.net.blog.id)
  assert.deepEqual(post.map((post) => post.payload.title).sort(), ['News', 'Signed'])
  const linkIn = (text: string) => /http:\S+\/post\/cancel\/\S+/.exec(text)?.[0]
  const links = () => world.told.map((told) => linkIn(told.text)).filter((link) => link !== undefined)
  await until(() => links().length >= 2, 'the author is told of both posts')
  for (const link of links()) {
    const body = new URLSearchParams({ secret: /secret=([0-9a-f]{64})/.exec(link)![1]! })
    assert.match(await (await fetch(link, { method: 'POST', body })).text(), /Called back/)
  }
  assert.equal(links().length, 2)
  assert.notEqual(...(links().map((link) => link.slice(-64)) as [string, string]))
})

test('each try that ends in TIMEOUT leaves its place to others', async (t) => {
  const waiting: (() => void)[] = []
  const after: Clock['after'] = (_, act) => {
    waiting.push(act)
    return () => {}
  }
  const world = await mailWorld(t, { clock: { ...systemClock, after } })
  const { secret } = await world.open('mail')
  const [first] = world.net.members
  for (const i of [1, 2]) await world.net.unplug(i)
  const raw = await signedMail(message(freshHeaders(), 'Nobody hears.'))
  for (let i = 0; i < 500; i++) {
    const taking = world.mail.take(`${secret}@${mailDomain}`, raw)
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
    waiting.pop()!()
    const taken = await taking
    assert.equal(!taken.ok && taken.code, 'TIMEOUT')
  }
  const [post] = (await first!.ledger.blog(world.net.blog.id)).post
  const stream = first!.replication.watch(post!.id)[Symbol.asyncIterator]()
  assert.equal((await stream.next()).done, false)
  await stream.return?.()
})

test('a mail whose post is safe is answered so, however many watch', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  const raw = await signedMail(message(freshHeaders(), 'Held by three.'))
  const take = () => world.mail.take(`${secret}@${mailDomain}`, raw)
  assert.ok((await take()).ok)
  const { replication } = world.net.members[0]!
  const streams = Array.from({ length: 500 }, () => replication.watch('00'.repeat(32))[Symbol.asyncIterator]())
  assert.ok((await take()).ok)
  for (const stream of streams) await stream.return?.()
})
