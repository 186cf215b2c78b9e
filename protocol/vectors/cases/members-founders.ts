import { dayMs, minuteMs, type Sheet, t0 } from './forge.ts'
import { guestOf, invited, say, vouch } from './members-say.ts'

/** Founders begin a network: they may vouch more often while it is small. */
export async function beginnings(sheet: Sheet): Promise<void> {
  const founders = Array.from({ length: 16 }, (_, i) => `operator f${i + 1}`)
  for (const count of [19, 20]) {
    const network = `network of ${count}`
    await sheet.object(network, 'network', 'founder', {
      time: t0 - 90 * dayMs,
      name: network,
      founders: sheet.keys(...founders),
      nonce: sheet.forge.hash(network),
    })
    const joined = Array.from({ length: count - founders.length }, (_, i) => `${network}-${i + 1}`)
    const grown = joined.flatMap((of) => ['f2', 'f3'].map((by) => [by, of] as const))
    for (const [by, of] of grown) await vouch(sheet, `${by} for ${of}`, `operator ${by}`, { of, time: t0 })
    const names = Array.from({ length: count === 19 ? 21 : 4 }, (_, i) => `${count}-${i + 1}`)
    for (const [i, of] of names.entries())
      await vouch(sheet, `f1 for ${of}`, 'operator f1', { of, time: t0 + (i + 1) * minuteMs })
    const last = names.slice(-2)
    for (const of of last) await invited(sheet, `m${of}`, of, [`f1 for ${of}`])
    const known = [
      network,
      ...grown.map(([by, of]) => `${by} for ${of}`),
      ...names.map((of) => `f1 for ${of}`),
      ...last.map((of) => `m${of}`),
    ]
    const most = count === 19 ? 'twenty' : 'three'
    say(
      sheet,
      `the last two of ${names.length} vouchers of a founder, among ${count} full operators`,
      `A founder vouches ${most} times a month: twenty while fewer than twenty operators are full.`,
      known,
      [guestOf(last[0]!, 'f1')],
    )
  }
}
