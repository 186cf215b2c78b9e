import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filesOf } from '../../mirror/retention.ts'
import { currentSnapshot } from '../../protocol/heads.ts'
import { openWorld, putSite } from '../mirror/mirror-world.ts'

async function arrange() {
  const world = await openWorld(3, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  await world.member('m0').round.run(world.blog.id)
  await world.spread()
  const member = world.member('m1')
  await member.blobKeeper.pull(world.blog.id)
  const { snapshot } = currentSnapshot(await member.ledger.blog(world.blog.id), world.clock.nowMs())!
  const blobs = filesOf(snapshot.payload, []).map((file) => file.blob)
  const held = async () =>
    (await Promise.all(blobs.map((blob) => member.blobs.has(blob)))).filter((entry) => entry).length
  const refuse = async (fields: object) => {
    await world.clock.advance(1000)
    await member.ledger.publish('refusal', { blog: world.blog.id, reason: 'law', ...fields }, member.signer)
    await member.blobKeeper.pull(world.blog.id)
  }
  assert.equal(await held(), blobs.length)
  return { blobs, held, refuse }
}

test('a refused blob is off the disk with the next pull, not with the sweep after next', async () => {
  const { blobs, held, refuse } = await arrange()
  await refuse({ blob: blobs[0]! })
  assert.equal(await held(), blobs.length - 1)
})

test('of a refused blog no byte is left to be fetched by its hash, until the word is taken back', async () => {
  const { blobs, held, refuse } = await arrange()
  await refuse({})
  assert.equal(await held(), 0)
  await refuse({ lifted: true })
  assert.equal(await held(), blobs.length)
})

test('want of room stops fetching and takes nothing away', async () => {
  const { blobs, held, refuse } = await arrange()
  await refuse({ reason: 'capacity' })
  assert.equal(await held(), blobs.length)
})
