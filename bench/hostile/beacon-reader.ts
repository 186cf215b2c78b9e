/** A reader's browser, as far as its processor goes: judges evidence and lists with the beacon's own functions. */
import { checkEvidence } from '../../embed-beacon/evidence.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { addressHash, parseOutageList } from '../../protocol/outage-list.ts'
import { emptyEvidence } from '../../test/hostile/inputs/empty-evidence.ts'
import { signerOf } from '../../test/support/small-network.ts'
import type { BeaconInput } from './beacon.ts'

const { sha256 } = nodePlatform
const hash = 'ab'.repeat(32)
const address = addressHash('ana.example', sha256)
const question = { network: hash, blog: hash, address, nowMs: 0, seen: null }
/** Envelopes that look like some, and differ. */
const noise = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    payload: Buffer.from(`{"n":${i}}`).toString('base64'),
    payloadType: 'application/vnd.dgos.root.v1+json',
    signatures: [{ keyid: signerOf('x').key, sig: 'A'.repeat(86).padEnd(88, '=') }],
  }))
/** Judged as one member's among others'. */
const judge = (source: readonly unknown[]) => checkEvidence([source, [], []], question, nodePlatform)

const inputs: Readonly<Record<BeaconInput, () => () => unknown>> = {
  'empty evidence': () => {
    const source = emptyEvidence()
    return () => judge(source)
  },
  'evidence of noise': () => {
    const source = noise(5_000)
    return () => judge(source)
  },
  'list of noise': () => {
    const bytes = utf8(JSON.stringify({ entries: noise(5_000) }))
    return () => parseOutageList(bytes)
  },
}

let ready: () => unknown = () => null
process.on('message', async (message: { readonly prepare?: BeaconInput; readonly act?: BeaconInput }) => {
  if (message.prepare !== undefined) ready = inputs[message.prepare]()
  else await ready()
  process.send!('done')
})
