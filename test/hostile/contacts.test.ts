/** No mail to an address that has not agreed, but the one that asks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Mail } from '../../activation/mailer.ts'
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
