/** A blog whose own server is a member hears from its mirrors what they have seen, and from nobody else's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeKeys, makeRoot } from '../../activation/doors/enrol.ts'
import { seededRandom } from '../../lib/random.ts'
import { seal } from '../../protocol/envelope.ts'
import { currentHead } from '../../protocol/heads.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { wholeMember } from '../support/whole-member.ts'

/** The server of the blog is m3, which soon signs a longer list of mirrors. */
async function enrol(net: TestNetwork): Promise<string> {
  const keys = makeKeys(seededRandom('ben'))
  const common = { network: net.network.id, time: net.clock.nowMs() }
  const root = await makeRoot(
    {
      ...common,
      online: signerOf('m3').key,
      title: 'Ben',
      addresses: ['http://ben.example/'],
      recovery: keys.recovery.map((recovery) => recovery.signer.key),
      posting: [{ key: keys.posting.signer.key, name: 'kit' }],
      signers: [signerOf('m3').key],
    },
    keys.recovery[0]!.signer,
    sha256,
  )
  const mirrors = [0, 1, 2].map((i) => signerOf(`m${i}`).key)
  const place = { blog: root.id, root: root.id, rootVersion: 1, seq: 1, mirrors, expires: common.time + 86_400_000 }
  const head = await seal('head', { ...common, ...place }, signerOf('m3'), sha256)
  for (const member of net.members) await member.ledger.accept([root.envelope, head.envelope], 'peer')
  await net.prove(root.id, 'http://ben.example/')
  return root.id
}

test('mirrors hand their checkpoints to the blog’s own server at once, and to nobody else who is no mirror', async (t) => {
  const net = await TestNetwork.create(t, { members: 12, make: wholeMember({ servesAnybody: true }) })
  await net.start()
  const blog = await enrol(net)
  await net.clock.advance(5_000)
  const known = await net.member(3).ledger.blog(blog)
  const { mirrors } = currentHead(known, net.clock.nowMs())!.payload
  const heard = known.checkpoint.map((checkpoint) => checkpoint.payload.key)
  assert.equal(mirrors.length, 10, 'by placement')
  assert.deepEqual(
    mirrors.filter((mirror) => !heard.includes(mirror)),
    [],
  )
  const outsider = net.members.find((member, i) => i !== 3 && !mirrors.includes(member.key))!
  const words = (await outsider.ledger.blog(blog)).checkpoint.map((checkpoint) => checkpoint.payload.key)
  assert.deepEqual(
    words.filter((word) => word !== outsider.key),
    [],
  )
})
