import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Peers, type Wire } from '../../ledger/peers.ts'
import { silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import { Gossip } from '../../network/gossip.ts'
import { LiveSets } from '../../network/live-sets.ts'
import { textOf, utf8 } from '../../protocol/bytes.ts'
import { refuse } from '../../protocol/codes.ts'
import { answer, type Range } from '../../protocol/reconcile.ts'
import { sha256, signerOf, startMs } from '../support/small-network.ts'
import { attacked, take } from './attacked.ts'

test('an object that is refused is not carried over the network with every round', async (t) => {
  const { blog, ledger, newcomer, clock } = await attacked(t, 3)
  const theirs = await newcomer(1)
  const proof = await blog.attestations()
  await take(theirs, [blog.root, ...proof])
  await take(ledger, proof)
  ledger.addPolicy('delegation', () => refuse('QUOTA'))
  const delegation = await blog.add('delegation', 'posting', {
    to: signerOf('app').key,
    may: ['post'],
    until: startMs + 1000,
  })
  await take(theirs, [delegation])
  const sets = new LiveSets({ ledger: theirs, clock, sha256 })
  let carried = 0
  const wire: Wire = {
    async request(_, { path, body }) {
      const json = (value: unknown) => ({ ok: true, status: 200, body: utf8(JSON.stringify(value)) }) as const
      if (path.includes('sync')) {
        const { ranges } = JSON.parse(textOf(body!)!) as { ranges: Range[] }
        return json({ ranges: answer(await sets.network(), ranges, sha256).reply })
      }
      const ids = new URLSearchParams(path.split('?')[1]).get('ids')!.split(',')
      carried += ids.length
      return json({ objects: await Promise.all(ids.map(async (id) => (await theirs.object(id))!.envelope)), left: [] })
    },
  }
  const gossip = new Gossip(
    {
      ledger,
      sets: new LiveSets({ ledger, clock, sha256 }),
      peers: new Peers({ wire }),
      random: seededRandom('gossip'),
      clock,
      log: silentLog,
      sha256,
    },
    { self: signerOf('m0').key, partners: 1 },
  )
  for (let round = 0; round < 120; round++) {
    await gossip.sync('https://m1.example.org/', 'network')
    await clock.advance(30_000)
  }
  assert.ok(carried >= 2, 'it is tried again: reasons pass')
  assert.ok(carried <= 10, `${carried} times in an hour`)
})
