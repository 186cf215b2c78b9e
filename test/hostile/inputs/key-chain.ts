import { fromHex, toHex } from '../../../protocol/bytes.ts'
import type { SignedObject } from '../../../protocol/objects.ts'
import { type SmallNetwork, sha256, signerOf } from '../../support/small-network.ts'

/** Records of one member, each signed by a key to which the one before committed, so far apart or at these times. */
export async function keyChain(
  net: SmallNetwork,
  member: string,
  length: number,
  apartMs: number | readonly number[],
): Promise<readonly SignedObject<'member'>[]> {
  const first = net.objects.find((object) => object.kind === 'member' && object.payload.key === signerOf(member).key)!
  const { key: id, ...fields } = first.payload as SignedObject<'member'>['payload']
  const name = (i: number) => (i === 0 ? member : `${member} key ${i}`)
  const records: SignedObject<'member'>[] = []
  for (let i = 0; i < length; i++) {
    const next = toHex(sha256(fromHex(signerOf(name(i + 1)).key)))
    const chain = i === 0 ? {} : { previous: signerOf(name(i - 1)).key }
    const time = fields.time + 1 + (typeof apartMs === 'number' ? i * apartMs : apartMs[i]!)
    records.push(
      await net.sign('member', name(i), {
        ...fields,
        ...chain,
        member: id,
        next,
        time,
        expires: time + 30 * 86_400_000,
      }),
    )
  }
  return records
}
