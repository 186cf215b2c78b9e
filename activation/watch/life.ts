/**
 * Proof of life: the blog's own server signs a nonce that this watcher has just made up. It is asked for where others say
 * the blog is down and this watcher sees it, and travels inside the watcher's observation.
 */
import type { Clock } from '../../lib/clock.ts'
import { within } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Web } from '../../lib/web.ts'
import { textOf, toHex } from '../../protocol/bytes.ts'
import { open } from '../../protocol/envelope.ts'
import { aheadMsMax } from '../../protocol/limits.ts'
import type { Envelope, Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Platform } from '../../protocol/platform.ts'

/** From the question to the last byte of the answer. A slower proof may have been fetched from anywhere. */
export const lifeTimeMs = 10_000
const lifeBytesMax = 64 * 1024

export type LifeDeps = {
  readonly web: Web
  readonly clock: Clock
  readonly random: Random
  readonly platform: Platform
}
export type LifeQuestion = {
  readonly network: Hash
  readonly blog: Hash
  readonly address: string
  /** Where the blog answers, as its marker file says. */
  readonly url: string
  readonly online: Key
}

/** The signed answer to a fresh nonce, or null where there is none, it is late, or it is not this blog's. */
export async function fetchLife(deps: LifeDeps, question: LifeQuestion, userAgent: string): Promise<Envelope | null> {
  const nonce = toHex(deps.random.bytes(32))
  const url = `${question.url}${question.url.includes('?') ? '&' : '?'}nonce=${nonce}`
  const asked = deps.web.fetch({
    url,
    headers: { 'user-agent': userAgent, accept: 'application/json' },
    bytesMax: lifeBytesMax,
    timeMs: lifeTimeMs,
    redirectsMax: 0,
  })
  const answer = await within(deps.clock, lifeTimeMs, asked, null)
  if (answer === null || !answer.ok || answer.status !== 200) return null
  let input: unknown
  try {
    input = JSON.parse(textOf(answer.body) ?? '')
  } catch {
    return null // not an envelope: no proof
  }
  const opened = await open(input, deps.platform)
  return opened.ok && answers(opened.value, question, nonce, deps.clock.nowMs()) ? opened.value.envelope : null
}

function answers(object: SignedObject, question: LifeQuestion, nonce: Hash, nowMs: number): boolean {
  if (object.kind !== 'life') return false
  const { payload } = object
  return (
    payload.network === question.network &&
    payload.blog === question.blog &&
    payload.address === question.address &&
    payload.key === question.online &&
    payload.nonce === nonce &&
    Math.abs(payload.time - nowMs) <= aheadMsMax
  )
}
