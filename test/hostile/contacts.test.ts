/** No mail to an address that has not agreed, but the one that asks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatewayStore } from '../../activation/doors/gateway/gateway-store.ts'
import type { Mail } from '../../activation/mailer.ts'
import { openDatabase } from '../../lib/database.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { signerOf } from '../support/small-network.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask, hand, wholeMember } from '../support/whole-member.ts'
import { foreignContact } from './inputs/foreign-contact.ts'

async function arrange(t: Cleanup) {
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const net = await TestNetwork.create(t, { members: 1, make: wholeMember({}, { mailer }) })
  const member = net.member(0)
  member.outageParts.consents.start()
  const named = async (name: string, isProven = true) => {
    const address = `http://${name}.example/`
    const root = await net.publishRoot(name, member, address)
    if (isProven) await net.prove(root.id, address)
    const about = { network: net.network.id, blog: root.id, member: member.key, time: net.clock.nowMs() }
    const contact = await foreignContact(about, signerOf(`${name} posting`))
    assert.equal((await hand(member, contact.envelope))[0]!.result, 'stored')
    await net.clock.advance(1_000)
    return { root, address }
  }
  const holds = async (blog: string) => (await member.outageParts.notices.answer(blog)).holds
  return { net, member, mails, named, holds }
}

test('an address gets one mail with a link, and notices only when its button was pressed', async (t) => {
  const { net, member, mails, named, holds } = await arrange(t)
  const { root } = await named('ana')
  assert.equal(mails.length, 1)
  assert.equal(await holds(root.id), false)
  const path = /\/contact\/[0-9a-f]{32}/.exec(mails[0]!.text)![0]
  const page = await ask(member, 'GET', path)
  assert.match(Buffer.from(page.body).toString(), /<button>/)
  assert.equal(await holds(root.id), false, 'looking at a link says nothing')
  assert.equal((await ask(member, 'POST', path, utf8(''))).status, 200)
  assert.equal(await holds(root.id), true)
  await net.clock.advance(30 * 86_400_000)
  await member.outageParts.consents.ask(root.id)
  assert.equal(mails.length, 1)
})

test('a link that was never sent agrees to nothing', async (t) => {
  const { member, named, holds } = await arrange(t)
  const { root } = await named('ana')
  assert.equal((await ask(member, 'POST', `/contact/${'ab'.repeat(16)}`, utf8(''))).status, 404)
  assert.equal(await holds(root.id), false)
})

test('for a blog that is nobody’s yet no mail leaves, and one when it is proven', async (t) => {
  const { net, mails, named } = await arrange(t)
  const { root, address } = await named('ana', false)
  assert.equal(mails.length, 0)
  await net.prove(root.id, address)
  await net.clock.advance(1_000)
  assert.equal(mails.length, 1)
})

test('many blogs that name one address make three mails', async (t) => {
  const { mails, named } = await arrange(t)
  for (const name of ['ana', 'ben', 'cleo', 'dora', 'emil']) await named(name)
  assert.equal(mails.length, 3)
})

async function mailDoor(t: Cleanup) {
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const database = openDatabase({ path: ':memory:' })
  const gateway = await GatewayStore.open(database)
  const nobody = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
  const mail = { domain: 'mail.test', reportMs: 60_000, byWebhook: true }
  const make = wholeMember({ mail }, { mailer, gateway, mailResolver: nobody })
  const net = await TestNetwork.create(t, { members: 1, make })
  const member = net.member(0)
  member.outageParts.consents.start()
  const address = 'http://ana.example/'
  const root = await net.publishRoot('ana', member, address)
  await net.prove(root.id, address)
  const by = signerOf('ana posting')
  const say = (fields: object, kind: 'delegation' | 'declaration') =>
    member.ledger.publish(kind, { blog: root.id, ...fields } as never, by)
  const untilMs = net.clock.nowMs() + 6 * 86_400_000
  await say({ state: 'down', by: 'author', until: untilMs }, 'declaration')
  const notice = 'ana@elsewhere.test'
  const sender = 'ana@plain.test'
  const opened = await member.doors!.doorKeys.open({
    how: 'mail',
    blog: root.id,
    name: 'e-mail',
    notice,
    senders: [sender],
  })
  assert.ok(opened.ok)
  const { key, secret, codes } = opened.value
  const open = () => say({ to: key, may: ['post'], until: untilMs, postsPerDay: 10, name: 'e-mail' }, 'delegation')
  let count = 0
  const write = async () => {
    const date = new Date(net.clock.nowMs()).toUTCString()
    const head = `From: ${sender}\r\nSubject: Hello ${codes[count]}\r\nDate: ${date}\r\nMessage-ID: <${++count}@plain.test>`
    const taken = await member.doors!.mail!.door.take(`${secret}@mail.test`, utf8(`${head}\r\n\r\nWe move.`))
    assert.ok(taken.ok, taken.ok ? '' : taken.detail)
    await net.clock.advance(1_000)
  }
  return { net, member, mails, open, write, notice, close: () => database.close() }
}

test('a door for mail tells nobody of its posts who has not agreed, and asks once the author has opened it', async (t) => {
  const { net, member, mails, open, write, notice, close } = await mailDoor(t)
  await net.clock.advance(1_000)
  assert.equal(mails.length, 0, 'whoever asks for a door can name anybody')
  await open()
  await net.clock.advance(1_000)
  assert.deepEqual(
    mails.map(({ to, subject }) => [to, /^Mails about/.test(subject)]),
    [[notice, true]],
  )
  await write()
  assert.equal(mails.length, 1, 'a post is taken all the same')
  const path = /\/contact\/[0-9a-f]{32}/.exec(mails[0]!.text)![0]
  assert.equal((await ask(member, 'POST', path, utf8(''))).status, 200)
  await write()
  assert.deepEqual(
    mails.slice(1).map(({ to, subject }) => [to, subject]),
    [[notice, 'Taken: Hello']],
  )
  await close()
})
