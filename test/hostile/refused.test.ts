import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { filesOf } from '../../mirror/retention.ts'
import { currentSnapshot } from '../../protocol/heads.ts'
import { MirroringMembers, putSite } from '../mirror/mirroring-members.ts'

async function arrange(t: TestContext) {
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  await net.member('m0').round.run(net.blog.id)
  await net.spread()
  const member = net.member('m1')
  await member.blobKeeper.pull(net.blog.id)
  const { snapshot } = currentSnapshot(await member.ledger.blog(net.blog.id), net.clock.nowMs())!
  const blobs = filesOf(snapshot.payload, []).map((file) => file.blob)
  const held = async () => (await Promise.all(blobs.map((blob) => member.blobs.has(blob)))).filter((has) => has).length
  const refuse = async (fields: object) => {
    await net.clock.advance(1000)
    await member.ledger.publish('refusal', { blog: net.blog.id, reason: 'law', ...fields }, member.signer)
    await member.blobKeeper.pull(net.blog.id)
  }
  assert.equal(await held(), blobs.length)
  return { blobs, held, refuse }
}

test('a refused blob is off the disk with the next pull, not with the sweep after next', async (t) => {
  const { blobs, held, refuse } = await arrange(t)
  await refuse({ blob: blobs[0]! })
  assert.equal(await held(), blobs.length - 1)
})

test('of a refused blog no byte is left to be fetched by its hash, until the word is taken back', async (t) => {
  const { blobs, held, refuse } = await arrange(t)
  await refuse({})
  assert.equal(await held(), 0)
  await refuse({ lifted: true })
  assert.equal(await held(), blobs.length)
})

test('want of room stops fetching and takes nothing away', async (t) => {
  const { blobs, held, refuse } = await arrange(t)
  await refuse({ reason: 'capacity' })
  assert.equal(await held(), blobs.length)
})
