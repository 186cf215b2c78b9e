/** Nobody makes a member work for a blog that it has not let in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodePlatform } from '../../lib/platform.ts'
import { BlogRequests } from '../../network/blog-requests.ts'
import { MemoryInvitationStore } from '../support/memory-stores.ts'
import { signerOf } from '../support/small-network.ts'
import type { Cleanup } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask, wholeMember } from '../support/whole-member.ts'
import { uninvitedRoot } from './inputs/uninvited-root.ts'

async function arrange(t: Cleanup, options: { servesAnybody?: boolean } = {}) {
  const world = await TestNetwork.create(t, { members: 3, make: wholeMember(options) })
  const root = await uninvitedRoot(world.network.id, world.member(0).key, world.clock.nowMs())
  const { status } = await ask(world.member(0), 'POST', '/dgos/v1/objects', { objects: [root.envelope] })
  assert.equal(status, 200)
  await world.prove(root.id, 'http://stranger.example/')
  const turn = async () => (await world.member(0).copies.capture.run(root.id)).turn
  return { world, root, turn }
}

test('a member that is named as steward without being asked captures nothing and signs nothing', async (t) => {
  const { world, root, turn } = await arrange(t)
  assert.equal(await turn(), 'none')
  assert.deepEqual((await world.member(0).ledger.blog(root.id)).head, [])
})

test('a member whose door is open works for who names it', async (t) => {
  const { world, root, turn } = await arrange(t, { servesAnybody: true })
  assert.equal(await turn(), 'ours')
  assert.equal((await world.member(0).ledger.blog(root.id)).head.length, 1)
})

test('a blog that another member signs for is served by the steward that its author names next', async (t) => {
  const { world, root, turn } = await arrange(t)
  const mirrors = [world.member(1).key]
  const time = world.clock.nowMs()
  const head = { root: root.id, rootVersion: 1, seq: 1, mirrors, expires: time + 1000, blog: root.id }
  const until = time + 86_400_000
  await world
    .member(0)
    .ledger.publish(
      'delegation',
      { blog: root.id, to: world.member(1).key, may: ['head'], until },
      signerOf('stranger recovery'),
    )
  await world.member(0).ledger.publish('head', head, signerOf('m1'))
  assert.equal(await turn(), 'ours')
})

test('a root that is known here opens no way around the invitation', async (t) => {
  const { world, root } = await arrange(t)
  const { ledger, key } = world.member(0)
  const deps = { ledger, invitations: new MemoryInvitationStore(), platform: nodePlatform, clock: world.clock }
  const taken = await new BlogRequests(deps, { self: key, policy: 'invitation' }).take([root.envelope], '')
  assert.ok(!taken.ok)
  assert.match(taken.detail, /by invitation/)
})
