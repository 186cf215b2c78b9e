/**
 * The first step of the gate: envelopes are opened, each with those that it carries inside. A batch may hold hundreds of
 * signatures and mebibytes of text, so others have the loop in between.
 */
import type { Refused } from '../protocol/codes.ts'
import { idOf, open } from '../protocol/envelope.ts'
import type { SignedObject } from '../protocol/objects.ts'
import type { Platform } from '../protocol/platform.ts'
import { innerEnvelopes } from './batch.ts'
import { type ObjectAnswer, refusedAnswer } from './peers.ts'

export type Opened = { readonly at: number; readonly object: SignedObject; readonly inner: readonly SignedObject[] }

export type OpeningDeps = {
  readonly platform: Platform
  /** Lets others have the loop. Where there is none, as in simulations, a batch is opened in one go. */
  readonly nextTurn?: () => Promise<void>
}

/** Work of one turn, in signatures; some milliseconds. */
const turnCost = 48
/** Text that is decoded, hashed and scanned in the time of one signature. */
const charactersOfCost = 8_192

/** `unopened` names what is refused already, by its place. */
export async function openBatch(
  envelopes: readonly unknown[],
  unopened: ReadonlyMap<number, Refused> | null,
  deps: OpeningDeps,
): Promise<{ readonly opened: readonly Opened[]; readonly refused: ReadonlyMap<number, ObjectAnswer> }> {
  const opened: Opened[] = []
  const refused = new Map<number, ObjectAnswer>()
  let cost = 0
  for (const [at, envelope] of envelopes.entries()) {
    const result = unopened?.get(at) ?? (await openWhole(envelope, deps.platform))
    if ('code' in result) refused.set(at, refusedAnswer(idOf(envelope, deps.platform.sha256), result))
    else opened.push({ at, ...result })
    cost += 1 + ('code' in result ? 0 : result.inner.length) + lengthOf(envelope) / charactersOfCost
    if (cost < turnCost) continue
    cost = 0
    await deps.nextTurn?.()
  }
  return { opened, refused }
}

async function openWhole(envelope: unknown, platform: Platform): Promise<Omit<Opened, 'at'> | Refused> {
  const result = await open(envelope, platform)
  if (!result.ok) return result
  const inner: SignedObject[] = []
  for (const innerEnvelope of innerEnvelopes(result.value)) {
    const opened = await open(innerEnvelope, platform)
    if (!opened.ok) return opened
    inner.push(opened.value)
  }
  return { object: result.value, inner }
}

function lengthOf(envelope: unknown): number {
  const { payload } = (envelope ?? {}) as { readonly payload?: unknown }
  return typeof payload === 'string' ? payload.length : 0
}
