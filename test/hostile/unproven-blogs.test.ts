/** A blog that nobody has seen a marker of is told to those who are asked to look, and to nobody else. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attesters } from '../../protocol/placement.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { wholeMember } from '../support/whole-member.ts'
import { uninvitedRoot } from './inputs/uninvited-root.ts'

const address = 'http://stranger.example/'

async function arrange(t: Parameters<typeof TestNetwork.create>[0]) {
  const net = await TestNetwork.create(t, { members: 16, make: wholeMember() })
  const asked = attesters(address, net.member(0).ledger.roster(), sha256).map((member) => member.id)
  const from = net.members.find((member) => !asked.includes(member.key))!
  const root = await uninvitedRoot(net.network.id, signerOf('nobody').key, net.clock.nowMs())
  await net.start()
  const knows = async () => {
    const known = await Promise.all(net.members.map((member) => member.ledger.object(root.id)))
    return net.members.filter((_, i) => known[i] !== null).map((member) => member.key)
  }
  return { net, asked, from, root, knows }
}

test('the root of a stranger reaches its ten attesters, and talk takes it no further', async (t) => {
  const { net, asked, from, root, knows } = await arrange(t)
  await from.ledger.accept([root.envelope], 'author')
  await net.clock.advance(10 * 60_000)
  assert.deepEqual((await knows()).sort(), [...asked, from.key].sort())
})

test('a blog whose marker its attesters have seen reaches everybody', async (t) => {
  const { net, asked, from, root, knows } = await arrange(t)
  await from.ledger.accept([root.envelope], 'author')
  await net.clock.advance(1_000)
  net.web.pages.set(address, `<!doctype html><meta name="dgos" content="${root.id}"><title>S</title><p>Hello`)
  await net.clock.advance(30 * 60_000)
  assert.equal((await knows()).length, net.members.length, `${asked.length} were asked`)
})

test('an attester that was away is told when it is back', async (t) => {
  const { net, asked, from, root, knows } = await arrange(t)
  const away = net.memberOf(asked[0]!)
  away.cutOff = true
  await from.ledger.accept([root.envelope], 'author')
  await net.clock.advance(60_000)
  assert.ok(!(await knows()).includes(away.key))
  away.cutOff = false
  await net.clock.advance(90 * 60_000)
  assert.ok((await knows()).includes(away.key))
})
