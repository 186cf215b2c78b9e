/** Whom a member calls so that they work: passive members, also while they leave. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { Ledger } from '../../ledger/ledger.ts'
import { Peers } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { Wake } from '../../network/wake.ts'
import { SmallNetwork, signerOf, startMs } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const dayMs = 86_400_000

test('passive members are called, those that leave too, active and expired ones are not', async () => {
  const net = await SmallNetwork.found(5)
  const clock = new VirtualClock({ startMs })
  const store = await SqlObjectStore.open(openDatabase({ path: ':memory:' }))
  const deps = { store, clock, platform: nodePlatform, log: silentLog }
  const ledger = await Ledger.open(deps, { network: net.network, self: signerOf('m0').key })
  await ledger.accept(
    net.objects.map((object) => object.envelope),
    'self',
  )
  const again = async (i: number, fields: object) => {
    const record = net.objects.find(
      (object) => object.kind === 'member' && object.payload.key === signerOf(`m${i}`).key,
    )!
    const { network, key, time, ...before } = record.payload as Record<string, unknown>
    const object = await net.sign('member', `m${i}`, { ...before, time: startMs + 1, ...fields } as never)
    const [answer] = await ledger.accept([object.envelope], 'peer')
    assert.equal(answer!.result, 'stored', answer!.message)
  }
  await again(1, { passive: true })
  await again(2, { passive: true, leaving: true })
  await again(3, { passive: true, expires: startMs + dayMs })
  await clock.advance(2 * dayMs)
  const called: string[] = []
  const wire = {
    request: async (url: string) => {
      called.push(url)
      return { ok: false as const, reason: 'silent' as const }
    },
  }
  const wakeDeps = { ledger, peers: new Peers({ wire }), random: seededRandom('wake'), clock, log: silentLog }
  await new Wake(wakeDeps, { self: signerOf('m0').key, wakeMs: 20_000 }).round()
  const urlOf = (i: number) => ledger.roster().memberOf(signerOf(`m${i}`).key)!.url
  assert.deepEqual(called.sort(), [urlOf(1), urlOf(2)].sort())
})
