/** Run in a tree to which the door "bulletin" was added by the recipe. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GatewayStore } from '../../activation/doors/gateway/gateway-store.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { signerOf } from '../support/small-network.ts'
import { type Ground, TestNetwork } from '../support/test-network.ts'
import { ask, wholeMember } from '../support/whole-member.ts'

test('a door that knows only how to read its own text posts like every other', async (t) => {
  const net = await TestNetwork.create(t, {
    members: 1,
    make: async (ground: Ground) => wholeMember({}, { gateway: await GatewayStore.open(ground.database) })(ground),
  })
  const member = net.member(0)
  const { id: blog } = await net.publishRoot('ana', member)
  const author = signerOf('ana posting')
  const until = net.clock.nowMs() + 3_600_000
  await member.ledger.publish('declaration', { blog, state: 'down', by: 'author', until }, author)
  const opened = await member.doors!.doorKeys.open({ how: 'app', blog, name: 'bulletin' })
  assert.ok(opened.ok)
  const { key, secret } = opened.value
  await member.ledger.publish('delegation', { blog, to: key, may: ['post'], until }, author)

  const send = (token: string) =>
    ask(member, 'POST', '/bulletin', utf8('שלום\nWe are here.'), { headers: { authorization: `Bearer ${token}` } })
  assert.equal((await send('a'.repeat(26))).status, 403)
  assert.equal((await send(secret)).status, 200)
  const [post] = (await member.ledger.blog(blog)).post
  const { title, html, direction, through } = post!.payload
  assert.deepEqual(
    { title, html, direction, through },
    { title: 'שלום', html: '<p>We are here.</p>', direction: 'rtl', through: 'by bulletin through Member 0' },
  )
})
