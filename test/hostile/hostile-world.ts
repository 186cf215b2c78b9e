/** One member's ledger in a network of founders, with one blog it knows: where hostile objects are thrown at. */

import { Ledger } from '../../ledger/ledger.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { SmallNetwork, signerOf, startMs } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

export async function openHostileWorld(members = 12) {
  const clock = new VirtualClock({ startMs })
  const net = await SmallNetwork.found(members)
  const blog = await net.blog()
  const openLedger = async (name: string) => {
    const store = await SqlObjectStore.open(openDatabase({ path: ':memory:' }))
    const deps = { store, clock, platform: nodePlatform, log: silentLog }
    const ledger = await Ledger.open(deps, { network: net.network, self: signerOf(name).key })
    await take(ledger, net.objects)
    return ledger
  }
  const ledger = await openLedger('m0')
  await take(ledger, blog.kept)
  return { clock, net, blog, ledger, openLedger }
}

/** The answers' words, and the codes of what was refused. */
export async function take(ledger: Ledger, objects: readonly SignedObject[]): Promise<readonly string[]> {
  const answers = await ledger.accept(
    objects.map((entry) => entry.envelope),
    'peer',
  )
  return answers.map((answer) => answer.code ?? answer.result)
}
