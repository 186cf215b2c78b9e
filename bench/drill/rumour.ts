/** How long a declaration takes to reach 99 % of the members that live: pushed to twenty, then by talks of three in 30 s. */
import type { Random } from '../../lib/random.ts'

const pushedTo = 20
const partners = 3
const talkMs = 30_000
const stepMs = 1_000
const share = 0.99

export function heardAfterMs(members: number, random: Random): number {
  const offsets = Array.from({ length: members }, () => random.below(talkMs / stepMs))
  const knows = new Uint8Array(members)
  for (let i = 0; i < Math.min(pushedTo, members); i++) knows[random.below(members)] = 1
  const known = () => knows.reduce((sum, one) => sum + one, 0)
  for (let step = 0; ; step++) {
    if (known() >= share * members) return step * stepMs
    for (const [member, offset] of offsets.entries()) {
      if (offset !== step % (talkMs / stepMs)) continue
      for (let i = 0; i < partners; i++) {
        const other = random.below(members)
        if (knows[member] === 1 || knows[other] === 1) knows[member] = knows[other] = 1
      }
    }
  }
}
