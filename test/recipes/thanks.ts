/** Run in a tree to which the kind "thanks" was added by the recipe: nothing else was told of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask, hand } from '../support/whole-member.ts'

/** Unknown to the types of every other tree. */
const kind = 'thanks' as 'imported'

test('a kind of which only its row and its rules are known is told, talked about, put in order, counted and shown', async (t) => {
  const net = await TestNetwork.create(t, { members: 3 })
  const [first, second, third] = [net.member(0), net.member(1), net.member(2)]
  third.deaf = true
  const root = await net.publishRoot('ana', first)
  await net.prove(root.id, 'http://ana.example/')
  const author = signerOf('ana posting')
  const say = (text: string, by = author) => net.seal(kind, { blog: root.id, text } as never, by, net.clock.nowMs())

  const thanks = await first.ledger.publish(kind, { blog: root.id, text: 'Thank you' } as never, author)
  await net.advance({ ms: 100 })
  assert.notEqual(await second.ledger.object(thanks.id), null, 'told at once')

  const partner = first.ledger.roster().members.find((member) => member.url === third.url)!
  net.heal()
  await first.gossip.syncWith(partner)
  assert.notEqual(await third.ledger.object(thanks.id), null, 'talked about')

  const fresh = await net.add()
  const results = async (...envelopes: readonly unknown[]) =>
    (await hand(fresh, ...envelopes)).map(({ result, code }) => code ?? result)
  assert.deepEqual(await results(thanks.envelope, root.envelope), ['stored', 'stored'], 'put behind its root')
  assert.deepEqual(await results((await say('x', signerOf('stranger'))).envelope), ['NOT_ALLOWED'])
  assert.deepEqual(await results((await say('again')).envelope, (await say('once more')).envelope), ['stored', 'RATE'])

  const evidence = await ask(fresh, 'GET', `/dgos/v1/blogs/${root.id}/evidence`)
  const shown = (evidence.json() as { objects: { payloadType: string }[] }).objects
  assert.equal(shown.filter(({ payloadType }) => /\.thanks\.v1/.test(payloadType)).length, 2, 'shown')
})
