/** A generated network: founders, and members that vouchers brought in, right and wrong. */
import { placementId } from '../../protocol/membership.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { day, type Maker, sha256, startMs } from './made.ts'

/** Founders, and members that vouchers brought in, with records that are renewed, moved to another key, or wrong. */
export async function makeMembers(maker: Maker): Promise<string[]> {
  const { dice } = maker
  const names = Array.from({ length: 2 + dice.below(12) }, (_, i) => `m${i}`)
  const founders = names.slice(0, 1 + dice.below(names.length))
  const operator = (name: string) => (dice.once(6) ? 'o0' : `o${name}`)
  const operators = new Map(names.map((name) => [name, operator(name)]))
  const network = await maker.say('network', 'm0', startMs, {
    name: 'made',
    founders: founders.map((name) => maker.key(dice.once(8) ? operators.get(name)! : name)),
    nonce: dice.hash(),
  })
  maker.network = network.id
  for (const name of names) {
    const own = operators.get(name)!
    const vouchers: SignedObject<'voucher'>[] = []
    for (const by of founders.includes(name) && !dice.once(4) ? [] : dice.some([...operators.values()], 3)) {
      const fields = { invited: maker.key(name), operator: maker.key(own), nonce: dice.hash() }
      const place = { region: dice.one(['eu', 'us', 'as']), block: dice.one(['10.1', '10.2', '10.3']) }
      vouchers.push(await maker.say('voucher', by, startMs + dice.below(40) * day, { ...fields, ...place }))
    }
    await makeRecords(maker, name, own, vouchers, founders.includes(name))
  }
  return names
}

async function makeRecords(
  maker: Maker,
  name: string,
  own: string,
  vouchers: readonly SignedObject<'voucher'>[],
  founder: boolean,
): Promise<void> {
  const { dice } = maker
  const nonces = founder || dice.once(6) ? [] : dice.some(vouchers).map((voucher) => voucher.payload.nonce)
  const next = maker.signer(`${name}'`)
  const common = {
    member: maker.key(name),
    name,
    url: `https://${name}.example/`,
    operator: maker.key(own),
    contact: '',
    passive: dice.once(4),
    weight: 1 + dice.below(8),
    next: Buffer.from(sha256(Buffer.from(next.key, 'hex'))).toString('hex'),
    vouchers: vouchers.map((voucher) => voucher.id).slice(0, 4),
    placement: placementId(maker.key(name), nonces, maker.network, sha256),
  }
  for (let left = 1 + dice.below(2); left > 0; left--) {
    const time = startMs + dice.below(45) * day
    const leaving = dice.once(15) ? { leaving: true } : {}
    await maker.say('member', name, time, { ...common, ...leaving, expires: time + (dice.once(15) ? 40 : 30) * day })
  }
  if (!dice.once(5)) return
  const time = startMs + dice.below(45) * day
  const previous = dice.once(4) ? {} : { previous: maker.key(name) }
  await maker.say('member', `${name}'`, time, { ...common, ...previous, expires: time + 30 * day })
}
