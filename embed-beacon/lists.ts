/**
 * The outage lists of two pinned members. They are chosen at random, so that no member sees every reader; where one does
 * not answer with a good list, the next is asked.
 */
import type { Key, Time } from '../protocol/objects.ts'
import { type OutageList, openList, outageListBytesMax } from '../protocol/outage-list.ts'
import type { VerifyEd25519 } from '../protocol/platform.ts'
import { ask } from './ask.ts'
import type { Tag } from './tag.ts'

/** Two members have to say the same. */
export const listsNeeded = 2

/** What was received, as it was signed: kept between pages of a site and verified again on each. */
export type Received = { readonly key: Key; readonly envelopes: readonly unknown[] }

export function askList(memberUrl: string, bucket = ''): Promise<unknown> {
  return ask(`${memberUrl}dgos/v1/outages${bucket}`, outageListBytesMax + 1024)
}

/** Whole lists of two members, fewer where not even two of all pins answer. */
export async function receiveLists(tag: Tag, verify: VerifyEd25519, nowMs: Time): Promise<readonly Received[]> {
  const waiting = tag.pins
    .map((pin) => ({ pin, at: crypto.getRandomValues(new Uint32Array(1))[0]! }))
    .sort((a, b) => a.at - b.at)
  const received: Received[] = []
  const next = async (): Promise<void> => {
    const { pin } = waiting.pop() ?? {}
    if (pin === undefined) return
    const entry = { key: pin.key, envelopes: [await askList(pin.url)] }
    if ((await openLists([entry], tag, verify, nowMs)).length > 0) received.push(entry)
    else await next()
  }
  await Promise.all(Array.from({ length: listsNeeded }, next))
  return received
}

/** Every list and bucket that verifies under the pin it came from; what does not is left out. */
export async function openLists(
  received: readonly Received[],
  tag: Tag,
  verify: VerifyEd25519,
  nowMs: Time,
): Promise<readonly OutageList[]> {
  const results = received.flatMap(({ key, envelopes }) => {
    const keys = tag.pins.some((pin) => pin.key === key) ? [key] : []
    return envelopes.map((envelope) => openList(envelope, { network: tag.network, keys, nowMs }, verify))
  })
  return (await Promise.all(results)).filter((result) => result.ok).map((result) => result.value)
}
