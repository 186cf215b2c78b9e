/**
 * The outage lists of two pinned members. They are chosen at random, so that no member sees every reader; where one does
 * not answer with a good list, the next is asked, and where they are silent, all are.
 */
import type { Time } from '../protocol/objects.ts'
import { type OutageList, openList, outageListBytesMax, pinsMax } from '../protocol/outage-list.ts'
import type { VerifyEd25519 } from '../protocol/platform.ts'
import { ask } from './ask.ts'
import { type Received, recall, remember } from './memory.ts'
import type { Tag } from './tag.ts'

/** Two members have to say the same. */
export const listsNeeded = 2

export function askList(memberUrl: string, bucket = ''): Promise<unknown> {
  return ask(`${memberUrl}dgos/v1/outages${bucket}`, outageListBytesMax + 1024)
}

/** Where two members are silent for so long, all others are asked too (Dean, Barroso: The Tail at Scale, 2013). */
const hedgeMs = 500

/**
 * Whole lists of two members, fewer where not even two of all pins answer. Who has not answered by then is asked last the
 * next time.
 */
export function receiveLists(tag: Tag, verify: VerifyEd25519, nowMs: Time): Promise<readonly Received[]> {
  const silent = new Set(recall().silent)
  const waiting = tag.pins
    .map((pin) => ({ ...pin, at: Math.random() + (silent.has(pin.key) ? 1 : 0) }))
    .sort((a, b) => a.at - b.at)
  const received: Received[] = []
  let open = 0
  return new Promise<Received[]>((resolve) => {
    const askNext = (count: number) => {
      for (const { url, key } of waiting.splice(0, count)) {
        open++
        silent.add(key)
        void askList(url).then(async (envelope) => {
          const heard = { key, envelopes: [envelope] }
          if ((await openLists([heard], tag, verify, nowMs)).length > 0) {
            received.push(heard)
            silent.delete(key)
          } else askNext(1)
          if (--open > 0 && received.length < listsNeeded) return
          waiting.length = 0
          resolve(received) // a late one still counts
        })
      }
    }
    askNext(listsNeeded)
    setTimeout(askNext, hedgeMs, pinsMax)
  }).finally(() => remember({ silent: [...silent] }))
}

/** Every list and bucket that verifies under the pin it came from; what does not is left out. */
export async function openLists(
  received: readonly Received[],
  tag: Tag,
  verify: VerifyEd25519,
  nowMs: Time,
): Promise<readonly OutageList[]> {
  const results = received
    .filter(({ key }) => tag.pins.some((pin) => pin.key === key))
    .flatMap(({ key, envelopes }) =>
      envelopes.map((envelope) => openList(envelope, { network: tag.network, keys: [key], nowMs }, verify)),
    )
  return (await Promise.all(results)).filter((result) => result.ok).map((result) => result.value)
}
