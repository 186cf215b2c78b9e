/** The founding objects of a test network, and where its members say they are. */
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { foundNetwork, type MemberFields, memberRecord, vouch } from '../../network/founding.ts'
import { SmallNetwork, sha256, signerOf } from './small-network.ts'

/** Where members in memory say they listen: nobody asks the network of the machine. */
export const memoryPort = 7_000

export function urlOf(i: number, firstPort = memoryPort): string {
  return `http://127.0.0.1:${firstPort + i}/`
}

/** Operators "o0", "o1", … found it, and each vouches for its member, in a region and block of its own. */
export async function foundedNetwork(
  deps: { readonly clock: Clock; readonly random: Random },
  members: number,
  urlOf: (i: number) => string,
  loopback = true,
): Promise<SmallNetwork> {
  const founding = { ...deps, sha256 }
  const founders = Array.from({ length: members }, (_, i) => signerOf(`o${i}`).key).slice(0, 16)
  const network = await foundNetwork(founding, signerOf('o0'), { name: 'Test', founders, loopback })
  const small = new SmallNetwork(network, deps.clock)
  for (let i = 0; i < members; i++) {
    const [member, operator] = [signerOf(`m${i}`), signerOf(`o${i}`)]
    const place = { region: `region-${i}`, block: `10.${i}.0.0/16` }
    const voucher = await vouch(founding, network, operator, { invited: member.key, operator: operator.key, ...place })
    const keys = { member: member.key, operator: operator.key, nextKey: signerOf(`next ${i}`).key }
    const who = { ...keys, vouchers: [voucher], placement: null }
    small.objects.push(voucher, await memberRecord(founding, network, member, who, fieldsOf(i, urlOf(i))))
  }
  return small
}

export function fieldsOf(i: number, url: string): MemberFields {
  const what = { contact: '', weight: 1, passive: false, contentUrl: null, join: 'invitation' as const }
  return { name: `Member ${i}`, url, ...what }
}
