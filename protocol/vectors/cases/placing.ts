import { fromHex, toHex, utf8 } from '../../bytes.ts'
import { placementId } from '../../membership.ts'
import type { Hash } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, Sheet, t0 } from './forge.ts'
import { found, memberRecord } from './scene.ts'

/** What the cases know of a member, for placing it a second time, differently. */
type Place = {
  readonly name: string
  readonly operator: string
  readonly placement: Hash
  readonly weight: number
  readonly region: string
  readonly block: string
  readonly inviter: string
}

/** Placement lists, worked out a second time here: scores as big integers, caps by counting. */
export async function placementCases(forge: Forge): Promise<VectorFile> {
  const sheet = new Sheet(forge, {
    rule: 'placement',
    about:
      'Which members keep a copy, best first. "ranking": all full members for a subject. "attesters": those asked about an address. "host-path": the name of an address below /m/.',
  })
  hostPaths(sheet)
  await founders(sheet)
  await capped(sheet)
  return sheet.file()
}

function score(forge: Forge, subject: Hash, place: Place): bigint {
  const hashes = Array.from({ length: place.weight }, (_, i) => {
    const bytes = fromHex(subject + place.placement + i.toString(16).padStart(2, '0'))
    return BigInt(`0x${toHex(forge.sha256(bytes)).slice(0, 16)}`)
  })
  return hashes.reduce((best, hash) => (hash > best ? hash : best))
}

function ranked(forge: Forge, subject: Hash, places: readonly Place[]): Place[] {
  const scored = places.map((place) => ({ place, score: score(forge, subject, place) }))
  return scored.sort((a, b) => (a.score > b.score ? -1 : 1)).map(({ place }) => place)
}

/** The walk with its caps: preference, region, block and inviter are dropped in this order until enough are found. */
function placed(all: readonly Place[], copies: number, avoid: readonly string[] = []): string[] {
  const target = Math.min(copies, new Set(all.map((place) => place.operator)).size)
  const chosen: Place[] = []
  const count = (is: (place: Place) => boolean) => chosen.filter(is).length
  for (let dropped = 0; dropped <= 3 && chosen.length < target; dropped++) {
    for (const place of all) {
      if (chosen.length === target) break
      if (chosen.includes(place) || count((other) => other.operator === place.operator) > 0) continue
      if (dropped < 1 && avoid.includes(place.name)) continue
      if (dropped < 2 && place.region !== '' && count((other) => other.region === place.region) >= 4) continue
      if (dropped < 3 && place.block !== '' && count((other) => other.block === place.block) >= 3) continue
      if (dropped < 3 && place.inviter !== '' && count((other) => other.inviter === place.inviter) >= 3) continue
      chosen.push(place)
    }
  }
  return all.filter((place) => chosen.includes(place)).map((place) => place.name)
}

async function founders(sheet: Sheet): Promise<void> {
  const { forge } = sheet
  const network = await found(sheet, 12)
  const places = Array.from({ length: 12 }, (_, i) => founder(sheet, `member ${i + 1}`, `operator ${i + 1}`))
  const nowMs = t0 + dayMs
  for (const name of ['a', 'b', 'c', 'd']) {
    const subject = forge.hash(`blog ${name}`)
    const order = ranked(forge, subject, places)
    sheet.case(
      `ranking of twelve for blog ${name}`,
      'By SHA-256(subject ‖ placement ‖ 00), first 8 bytes, highest first.',
      { subject, network, nowMs },
      order.map((place) => place.name),
      'ranking',
    )
    sheet.case(
      `ten of twelve for blog ${name}`,
      'The first ten of the ranking; founders have no region, block or inviter to cap.',
      { subject, network, nowMs },
      placed(order, 10),
    )
  }
  const subject = forge.hash('blog a')
  const order = ranked(forge, subject, places)
  const say = (name: string, why: string, fields: Record<string, unknown>, expected: readonly string[]) =>
    sheet.case(name, why, { subject, network, nowMs, ...fields }, expected)
  say(
    'network in another order',
    'The order of arrival means nothing.',
    { network: network.toReversed() },
    placed(order, 10),
  )
  say('three copies', 'The first three.', { copies: 3 }, placed(order, 3))
  const own = order[0]!
  say("without the blog's own operator", 'It has the original.', { except: [own.operator] }, placed(order.slice(1), 10))
  const busy = [order[1]!.name, order[2]!.name]
  say('two that are busy', 'Others take their place while there are others.', { avoid: busy }, placed(order, 10, busy))
  const many = order.slice(0, 6).map((place) => place.name)
  say('six that are busy', 'Too few others: the wish is dropped first.', { avoid: many }, placed(order, 10, many))
  for (const count of [1, 2, 3]) {
    const few = places.slice(0, count)
    const known = ['network', ...few.map((_, i) => `m${i + 1}`)]
    say(
      `a network of ${count}`,
      'As many as there are: not an error.',
      { network: known },
      placed(ranked(forge, subject, few), 10),
    )
  }
  for (const address of ['https://ana.example.org/', 'https://example.org/~bo/']) {
    const expected = placed(ranked(forge, toHex(forge.sha256(utf8(address))), places), 10)
    sheet.case(
      `attesters of ${address}`,
      'Placed by SHA-256 of the address itself: a blog cannot choose them.',
      { address, network, nowMs },
      expected,
      'attesters',
    )
  }
  await memberRecord(sheet, 'm3 heavy', {
    name: 'member 3',
    operator: 'operator 3',
    time: t0 + 1,
    fields: { weight: 8 },
  })
  await memberRecord(sheet, 'm4 same operator', { name: 'member 4', operator: 'operator 5', time: t0 + 1 })
  const weighty = places.map((place) => (place.name === 'member 3' ? { ...place, weight: 8 } : place))
  say(
    'a member of weight eight',
    'Eight hashes, 00 to 07; the highest counts.',
    { network: [...network, 'm3 heavy'] },
    placed(ranked(forge, subject, weighty), 10),
  )
  const twins = places.map((place) => (place.name === 'member 4' ? { ...place, operator: 'operator 5' } : place))
  say(
    'two members of one operator',
    'The better one of them, never both.',
    { copies: 12, network: [...network, 'm4 same operator'] },
    placed(ranked(forge, subject, twins), 12),
  )
}

function founder(sheet: Sheet, name: string, operator: string): Place {
  const placement = placementId(sheet.key(name), [], sheet.network, sheet.forge.sha256)
  return { name, operator, placement, weight: 1, region: '', block: '', inviter: '' }
}

/** Six founders that invite eighteen members: regions, blocks and inviters come from their vouchers. */
async function capped(sheet: Sheet): Promise<void> {
  const { forge } = sheet
  const founders = Array.from({ length: 6 }, (_, i) => sheet.key(`root ${i + 1}`))
  await sheet.object('capped', 'network', 'founder', {
    time: t0 - 90 * dayMs,
    name: 'Caps',
    founders,
    nonce: forge.hash('caps'),
  })
  const network = ['capped']
  const places: Place[] = []
  for (let i = 1; i <= 6; i++) {
    network.push(await memberRecord(sheet, `r${i}`, { name: `root ${i}`, operator: `root operator ${i}` }))
    places.push(founder(sheet, `root ${i}`, `root operator ${i}`))
  }
  for (let i = 0; i < 9; i++) {
    // The first voucher of each is by one of three inviters, the second by one of the other three.
    const inviters = [`root operator ${(i % 3) + 1}`, `root operator ${(i % 3) + 4}`]
    const [region, block] = [`region-${i < 7 ? 1 : 2}`, `10.${i < 5 ? 1 : i}`]
    const name = `invited ${i + 1}`
    const nonces: Hash[] = []
    for (const [n, by] of inviters.entries()) {
      const nonce = forge.hash(`${name} ${n}`)
      nonces.push(nonce)
      const alias = `voucher ${n + 1} for ${name}`
      await sheet.object(alias, 'voucher', by, {
        time: t0 + n,
        invited: sheet.key(name),
        operator: sheet.key(`its operator ${i + 1}`),
        region,
        block,
        nonce,
      })
      network.push(alias)
    }
    const vouchers = [1, 2].map((n) => sheet.id(`voucher ${n} for ${name}`))
    network.push(
      await memberRecord(sheet, `i${i + 1}`, {
        name,
        operator: `its operator ${i + 1}`,
        time: t0 + 10,
        nonces,
        fields: { vouchers },
      }),
    )
    const placement = placementId(sheet.key(name), nonces, sheet.network, forge.sha256)
    places.push({ name, operator: `its operator ${i + 1}`, placement, weight: 1, region, block, inviter: inviters[0]! })
  }
  const nowMs = t0 + dayMs
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
    const subject = forge.hash(`capped blog ${name}`)
    const order = ranked(forge, subject, places)
    sheet.case(
      `caps for blog ${name}`,
      'At most 4 of a region, 3 of a block, 3 of an inviter; passed over members come back only when too few are left.',
      { subject, network, nowMs },
      placed(order, 10),
    )
    const crowded = order.filter((place) => place.region === 'region-1')
    const own = order.filter((place) => place.region !== 'region-1').map((place) => place.operator)
    sheet.case(
      `caps dropped for blog ${name}`,
      'Only one region is left: first its cap is dropped, then those of block and inviter.',
      { subject, network, nowMs, except: own },
      placed(crowded, 10),
    )
  }
}

function hostPaths(sheet: Sheet): void {
  const named = (address: string, hostPath: string, why: string) => {
    sheet.case(`host path of ${address}`, why, { address }, hostPath, 'host-path')
    const addresses = ['https', 'http'].map((scheme) => address.replace(/^https?/, scheme))
    sheet.case(
      `addresses of ${hostPath}`,
      'The same name, read back: https first.',
      { hostPath },
      addresses,
      'host-path-addresses',
    )
  }
  named('https://example.org/', 'example.org', 'A blog that has the whole host.')
  named('http://127.0.0.1:8101/', '127.0.0.1:8101', 'The port belongs to the host.')
  named('https://example.org/ana/', 'example.org/~ana', 'A base path follows a tilde.')
  named('https://example.org/people/ana/', 'example.org/~people+ana', 'Inner slashes become plus signs.')
  named('https://example.org/~ana/', 'example.org/~~ana', 'The tilde of a home page stays.')
  for (const [hostPath, why] of [
    ['Example.org', 'Hosts are lower-case.'],
    ['example.org/ana', 'A base path follows a tilde.'],
    ['example.org/~', 'Nothing follows.'],
    ['example.org/~ana/', 'No final slash.'],
    ['', 'No host.'],
    ['example.org/~a++b', 'No empty segment.'],
  ] as const)
    sheet.case(`no host path ${JSON.stringify(hostPath)}`, why, { hostPath }, [], 'host-path-addresses')
}
