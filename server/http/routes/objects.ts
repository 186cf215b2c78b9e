/** The one write of the protocol, and reading objects by id. */

import { envelopeBytes } from '../../../ledger/batch.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import type { ObjectAnswer } from '../../../ledger/peers.ts'
import type { Clock } from '../../../lib/clock.ts'
import { hintBytes, readHint } from '../../../protocol/author-hint.ts'
import { fromHex, isHash } from '../../../protocol/bytes.ts'
import { typeOf } from '../../../protocol/envelope.ts'
import { delegated, isPosting, isRecovery, type KeyRoles, keyRolesOf } from '../../../protocol/key-roles.ts'
import { isPrivate } from '../../../protocol/kinds.ts'
import { batchBytesMax, batchObjectsMax } from '../../../protocol/limits.ts'
import type { Envelope, Hash, Key, SignedObject, Time } from '../../../protocol/objects.ts'
import type { VerifyEd25519 } from '../../../protocol/platform.ts'
import { parseBatch } from '../../../protocol/request.ts'
import { type ApiRequest, json, type RequestHead, type Route, refusal, refused } from '../api.ts'
import { addressBlock, type Rates } from '../rates.ts'

export type ObjectRoutesDeps = {
  readonly ledger: Ledger
  /** Objects by signing key. */
  readonly keyRates: Rates
  /** New blogs by address: a root costs nothing to make, and every member would keep it. */
  readonly rootRates: Rates
  /** Signatures by address: each is one unit, those inside an object too, whatever the batch. */
  readonly signatureRates?: Rates
  /** By which the words about bodies that are still to come are judged; without it there are none. */
  readonly hints?: { readonly host: string; readonly clock: Clock; readonly verify: VerifyEd25519 }
  /** Whether the operator does not hand out this object. */
  readonly refusesObject?: (object: SignedObject) => Promise<boolean>
  /** This member's receipt for a post that another has handed in; null where it does not hold it whole. */
  readonly receiptOf?: (post: Hash) => Promise<Envelope | null>
  /** Told how many were stored, known, superseded and refused. */
  readonly counted?: (result: string) => void
}

const immutable = { 'cache-control': 'public, max-age=31536000, immutable' }

export function objectRoutes(deps: ObjectRoutesDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/dgos/v1/objects',
      open: true,
      bodyBytesMax: batchBytesMax,
      wanted: async (head) => ({ known: await authorOf(deps, head) }),
      handle: (request) => take(deps, request),
    },
    { method: 'GET', path: '/dgos/v1/objects', open: true, cost: 4, handle: (request) => several(deps, request) },
    {
      method: 'GET',
      path: '/dgos/v1/objects/:id',
      open: true,
      handle: async (_, { id }) => {
        const object = isHash(id!) ? await deps.ledger.object(id!) : null
        if (object === null || isPrivate(object.kind)) return refused(404, 'NOT_FOUND')
        if ((await deps.refusesObject?.(object)) === true) return refused(451, 'REFUSED')
        return json(object.envelope, immutable)
      },
    },
  ]
}

/** The blog whose key has said that the body is its own; null for strangers. A signature is one unit here too. */
async function authorOf(
  { hints, ledger, signatureRates }: ObjectRoutesDeps,
  head: RequestHead,
): Promise<string | null> {
  const said = head.query.get('by')
  if (hints === undefined || said === null) return null
  const { host, clock, verify } = hints
  const hint = readHint(said, clock.nowMs())
  if (hint === null || ledger.isUnproven(hint.blog)) return null
  const { blog, key, signature } = hint
  const roles = keyRolesOf(await ledger.blog(blog))
  if (roles === null || !isAuthors(roles, key, clock.nowMs())) return null
  if ((signatureRates?.take(head.remote, 1) ?? 0) > 0) return null
  return (await verify(fromHex(key), hintBytes(hint, host), signature)) ? `author ${blog}` : null
}

function isAuthors(roles: KeyRoles, key: Key, nowMs: Time): boolean {
  return isPosting(roles, key) || isRecovery(roles, key) || delegated(roles, key, 'post', nowMs) !== null
}

async function take(deps: ObjectRoutesDeps, request: ApiRequest) {
  const { ledger, keyRates, rootRates, signatureRates, counted } = deps
  const batch = parseBatch(request.body)
  if (!batch.ok) return refusal(batch)
  const objects = batch.value
  const signatures = objects.reduce((sum: number, envelope) => sum + signaturesOf(envelope), 0)
  const addressMs = signatureRates?.take(request.remote, signatures) ?? 0
  if (addressMs > 0) return refused(429, 'RATE', 'signatures from this address', retryAfter(addressMs))
  const keyMs = Math.max(0, ...[...byKey(objects)].map(([key, count]) => keyRates.take(key, count)))
  if (keyMs > 0) return refused(429, 'RATE', 'key', retryAfter(keyMs))
  const rootMs = rootRates.take(request.remote, objects.filter(isRoot).length)
  if (rootMs > 0) return refused(429, 'RATE', 'new blogs', retryAfter(rootMs))
  const answers = await ledger.accept(
    objects,
    request.query.has('from') ? 'peer' : 'author',
    addressBlock(request.remote),
  )
  for (const answer of answers) counted?.(answer.result)
  const asks = request.query.has('receipts') && request.query.has('from')
  return json({ answers: asks ? await withReceipts(answers, objects, deps) : answers })
}

/** The answers about posts with this member's receipts, where it holds them whole. */
function withReceipts(
  answers: readonly ObjectAnswer[],
  objects: readonly unknown[],
  { receiptOf }: ObjectRoutesDeps,
): Promise<readonly ObjectAnswer[]> {
  return Promise.all(
    answers.map(async (answer, i) => {
      const isPost = (objects[i] as { payloadType?: unknown } | null)?.payloadType === typeOf('post')
      if (!isPost || answer.id === null || answer.result === 'refused' || receiptOf === undefined) return answer
      const receipt = await receiptOf(answer.id)
      return receipt === null ? answer : { ...answer, receipt }
    }),
  )
}

function retryAfter(ms: number) {
  return { 'retry-after': String(Math.ceil(ms / 1000)) }
}

/** Signatures that are checked for an envelope: its own, and of those that its payload may carry, as its text shows. */
function signaturesOf(envelope: unknown): number {
  const { payload, payloadType } = (envelope ?? {}) as { payload?: unknown; payloadType?: unknown }
  if (typeof payload !== 'string' || !bearing.has(payloadType)) return 1
  return Buffer.from(payload, 'base64').toString('latin1').split('"payloadType"').length
}

const bearing: ReadonlySet<unknown> = new Set([typeOf('declaration'), typeOf('observation')])

function isRoot(envelope: unknown): boolean {
  return (envelope as { payloadType?: unknown } | null)?.payloadType === typeOf('root')
}

/** How many envelopes name each key. The name is only a claim, but a false one spends the claimant's address as well. */
function byKey(envelopes: readonly unknown[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const envelope of envelopes) {
    const key = (envelope as { signatures?: { keyid?: unknown }[] } | null)?.signatures?.[0]?.keyid
    if (isHash(key)) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** `?ids=a,b,…`: those that are here, as many as fit one answer; `left` names the others that are here. */
async function several({ ledger, refusesObject }: ObjectRoutesDeps, request: ApiRequest) {
  const ids = (request.query.get('ids') ?? '').split(',')
  if (ids.length > batchObjectsMax || !ids.every(isHash)) {
    return refused(400, 'BAD_REQUEST', `send ?ids= with at most ${batchObjectsMax} ids`)
  }
  const objects: Envelope[] = []
  const left: Hash[] = []
  let bytes = 0
  for (const id of ids) {
    const object = await ledger.object(id)
    if (object === null || isPrivate(object.kind) || (await refusesObject?.(object)) === true) continue
    bytes += envelopeBytes(object.envelope)
    if (objects.length > 0 && bytes > batchBytesMax - 64 * 1024) left.push(id)
    else objects.push(object.envelope)
  }
  return json({ objects, left })
}
