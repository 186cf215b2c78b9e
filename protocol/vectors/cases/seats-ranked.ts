/** Which members a head may name as stand-ins: the ranking, worked out a second time here. */
import { fromHex, toHex } from '../../bytes.ts'
import { placementId } from '../../membership.ts'
import { dayMs, type Sheet, t0 } from './forge.ts'
import { head, memberRecord } from './scene.ts'

const nowMs = t0 + dayMs
const founders = 16
/** Each with one voucher of its own operator and one of another. */
const further = 36

export async function rankedCases(sheet: Sheet): Promise<void> {
  const network = await grown(sheet)
  const blog = sheet.id('root1')
  const order = ranked(sheet, blog)
  const ranked48 = (name: string, why: string, places: readonly number[], expected: boolean) => {
    const standIns = places.map((place) => order[place - 1]!)
    sheet.case(`ranked: ${name}`, why, { blog, standIns, network, nowMs }, expected, 'ranked')
  }
  ranked48('the 48th', 'Of the first 48.', [48], true)
  ranked48('the 49th', 'One of one is more than a fifth.', [49], false)
  ranked48('the 49th of five', 'One of five is a fifth.', [1, 2, 3, 4, 49], true)
  ranked48('the 49th of four', 'One of four is more.', [1, 2, 3, 49], false)
  ranked48('none', 'An older head.', [], true)
  const strangers = { blog, standIns: ['stranger', 'stranger 2'], network, nowMs }
  sheet.key('stranger 2')
  sheet.case('ranked: without records', 'Who has no record here may have left.', strangers, true, 'ranked')
  const operatorOf = (name: string) => ((Number(name.split(' ')[1]) - 1) % founders) + 1
  const taken = order.slice(0, 10)
  const free = (list: readonly string[]) => {
    const operators = new Set(list.map(operatorOf))
    return order.slice(0, 48).filter((name) => !operators.has(operatorOf(name)) && operators.add(operatorOf(name)))
  }
  const mirrors = taken.filter((name, i) => taken.findIndex((other) => operatorOf(other) === operatorOf(name)) === i)
  const why = 'The first 48 of the ranking, one an operator, without those of the mirrors.'
  sheet.case('stand-ins of a blog', why, { blog, mirrors, network, nowMs }, free(mirrors), 'stand-ins')
  const own = [`operator ${operatorOf(free(mirrors)[0]!)}`]
  const rest = free([...mirrors, free(mirrors)[0]!])
  sheet.case(
    'stand-ins without its own',
    'Nor its own operator.',
    { blog, mirrors, own, network, nowMs },
    rest,
    'stand-ins',
  )
  await heads(sheet, network, order)
}

async function heads(sheet: Sheet, network: readonly string[], order: readonly string[]): Promise<void> {
  const say = async (alias: string, why: string, names: readonly string[], expected: string, by = 'online') => {
    await head(sheet, alias, { time: t0 + 3, mirrors: [], standIns: sheet.keys(...names) }, by)
    const input = { object: alias, blog: 'root1', objects: ['root1'], network, nowMs }
    sheet.case(alias, why, input, expected === 'accepted' ? expected : { code: expected }, 'authorise')
  }
  const first = order.slice(0, 4)
  await say('stand-ins of the ranking, one besides', 'Rosters differ a little.', [...first, order[48]!], 'accepted')
  const two = [...first.slice(1), order[48]!]
  await say('stand-ins beside the ranking', 'Nobody seats friends of his own.', two, 'NOT_ALLOWED')
  await say('an author’s stand-ins beside the ranking', 'The author neither.', two, 'NOT_ALLOWED', 'laptop')
}

/** Sixteen founders, and 36 members more of the same operators. */
async function grown(sheet: Sheet): Promise<readonly string[]> {
  const aliases = [...(sheet.shared.network as string[])]
  const given = new Map<number, number>()
  const vouch = async (by: number, member: number, operator: number) => {
    const count = given.get(by) ?? 0
    given.set(by, count + 1)
    const alias = `operator ${by} for member ${member}`
    await sheet.object(alias, 'voucher', `operator ${by}`, {
      time: t0 - 80 * dayMs + Math.floor(count / 3) * 35 * dayMs + member,
      invited: sheet.key(`member ${member}`),
      operator: sheet.key(`operator ${operator}`),
      region: 'eu',
      block: '198.51',
      nonce: sheet.forge.hash(alias),
    })
    aliases.push(alias)
    return alias
  }
  for (let member = founders + 1; member <= founders + further; member++) {
    const operator = ((member - 1) % founders) + 1
    const vouchers = [await vouch(operator, member, operator), await vouch((operator % founders) + 1, member, operator)]
    const alias = `m${member}`
    await memberRecord(sheet, alias, {
      name: `member ${member}`,
      operator: `operator ${operator}`,
      nonces: vouchers.map((voucher) => sheet.forge.hash(voucher)),
      fields: { vouchers: vouchers.map((voucher) => sheet.id(voucher)) },
    })
    aliases.push(alias)
  }
  return aliases
}

/** All members for a blog, by the highest first eight bytes of SHA-256(blog ‖ placement ‖ 0). */
function ranked(sheet: Sheet, blog: string): readonly string[] {
  const { sha256 } = sheet.forge
  const scored = Array.from({ length: founders + further }, (_, i) => {
    const member = i + 1
    const operator = (i % founders) + 1
    const by = [operator, (operator % founders) + 1]
    const nonces =
      member <= founders ? [] : by.map((voucher) => sheet.forge.hash(`operator ${voucher} for member ${member}`))
    const placement = placementId(sheet.key(`member ${member}`), nonces, sheet.network, sha256)
    return { name: `member ${member}`, score: toHex(sha256(fromHex(`${blog}${placement}00`))).slice(0, 16) }
  })
  return scored.sort((a, b) => (a.score > b.score ? -1 : 1)).map(({ name }) => name)
}
