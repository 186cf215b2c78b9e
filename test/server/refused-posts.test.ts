/** What the operator refuses is handed out by no route; and what a batch costs who sends it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SignedObject } from '../../protocol/objects.ts'
import { signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask, wholeMember } from '../support/whole-member.ts'

async function twoPosts(t: Parameters<typeof TestNetwork.create>[0]) {
  const net = await TestNetwork.create(t, { members: 1 })
  const member = net.member(0)
  const root = await net.publishRoot('ana', member)
  const time = net.clock.nowMs()
  const author = signerOf('ana posting')
  const down = { blog: root.id, state: 'down' as const, by: 'author' as const, until: time + 3_600_000 }
  await member.ledger.publish('declaration', down, author)
  const write = (title: string): Promise<SignedObject<'post'>> => {
    const words = { title, html: `<p>${title}</p>`, attachments: [], prevs: [], published: time }
    return member.ledger.publish('post', { blog: root.id, draft: signerOf(title).key, ...words }, author)
  }
  const [good, bad] = [await write('Good words'), await write('Bad words')]
  const refuse = async (fields: object) => {
    await net.clock.advance(1000)
    const word = { blog: root.id, reason: 'law' as const, ...fields }
    await member.ledger.publish('refusal', word, signerOf('m0'))
  }
  /** Every way in which a signed text leaves a member. */
  const handedOut = async (post: SignedObject<'post'>) => {
    const several = await ask(member, 'GET', `/dgos/v1/objects?ids=${post.id}`)
    const texts = [several]
    for (const rest of ['', '/evidence', '/return.json'])
      texts.push(await ask(member, 'GET', `/dgos/v1/blogs/${root.id}${rest}`))
    const alone = await ask(member, 'GET', `/dgos/v1/objects/${post.id}`)
    const said = texts.map(({ body }) => Buffer.from(body).toString())
    const marks = [post.envelope.payload, `"title":"${post.payload.title}"`]
    return [alone.status, ...said.map((text) => marks.some((mark) => text.includes(mark)))]
  }
  return { member, root, good, bad, refuse, handedOut }
}

test('a refused post is handed out by no route, until the word is taken back; the others stay', async (t) => {
  const { good, bad, refuse, handedOut } = await twoPosts(t)
  const open = [200, true, true, true, true]
  const shut = [451, false, false, false, false]
  assert.deepEqual(await handedOut(bad), open)
  await refuse({ post: bad.id })
  assert.deepEqual(await handedOut(bad), shut)
  assert.deepEqual(await handedOut(good), open)
  await refuse({ post: bad.id, lifted: true })
  assert.deepEqual(await handedOut(bad), open)
})

test('of a refused blog no post is handed out, but its root and the refusal are: who asks must be able to judge', async (t) => {
  const { member, root, good, bad, refuse, handedOut } = await twoPosts(t)
  await refuse({})
  for (const post of [good, bad]) assert.deepEqual(await handedOut(post), [451, false, false, false, false])
  assert.equal((await ask(member, 'GET', `/dgos/v1/objects/${root.id}`)).status, 200)
  const evidence = await ask(member, 'GET', `/dgos/v1/blogs/${root.id}/evidence`)
  assert.match(Buffer.from(evidence.body).toString(), /vnd\.dgos\.refusal/)
})

test('one signature is one unit of its address, whatever the batch and the object that carries it', async (t) => {
  const net = await TestNetwork.create(t, { members: 1, make: wholeMember({ perAddressPerMinute: 20 }) })
  const send = async (objects: readonly object[], remote: string) => {
    const answer = await ask(net.member(0), 'POST', '/dgos/v1/objects', { objects }, { remote })
    return answer.status
  }
  const some = (count: number) => Array.from({ length: count }, () => ({}))
  assert.equal(await send(some(64), '192.0.2.1'), 200)
  assert.equal(await send(some(37), '192.0.2.1'), 429, 'a hundred in all, one more')
  assert.equal(await send(some(36), '192.0.2.1'), 200)
  const vote = { payload: 'e30=', payloadType: 'application/vnd.dgos.observation.v1+json', signatures: [] }
  const payload = Buffer.from(JSON.stringify({ votes: Array(9).fill(vote) })).toString('base64')
  const declaration = { payload, payloadType: 'application/vnd.dgos.declaration.v1+json', signatures: [] }
  assert.equal(await send(Array(11).fill(declaration), '198.51.100.1'), 429, 'ten each')
  assert.equal(await send(Array(10).fill(declaration), '198.51.100.1'), 200)
})
