/**
 * Bodies of requests between members, and from doors to members. Every body is one JSON object under the same strict
 * rules as payloads, read before anything in it is looked at; an object inside that is wrong is refused alone, by `open`.
 */
import { isHash, textOf } from './bytes.ts'
import { ok, type Result, refuse } from './codes.ts'
import { type Json, parseStrictJson } from './json.ts'
import { batchBytesMax, batchObjectsMax, blobBytesMax } from './limits.ts'
import type { Hash, Key } from './objects.ts'
import { parseRanges, type Range } from './reconcile.ts'

/** Body of a sync or an audit. A message of reconciliation lists at most 4096 ids in at most 1024 ranges. */
export const askBytesMax = 512 * 1024

export type SyncRequest = {
  readonly from: Key
  readonly scope: 'network' | 'mirrors'
  readonly ranges: readonly Range[]
}
export type AuditRequest = { readonly blob: Hash; readonly from: number; readonly to: number; readonly nonce: Hash }

/** `{"objects": [envelope, …]}` with 1 to 64 envelopes. The envelopes themselves are still unchecked. */
export function parseBatch(body: Uint8Array): Result<readonly unknown[]> {
  const read = bodyOf(body, batchBytesMax)
  if (!read.ok) return read
  const { objects } = read.value
  if (!Array.isArray(objects) || objects.length === 0) {
    return refuse('BAD_REQUEST', `send {"objects": […]} with 1 to ${batchObjectsMax} envelopes`)
  }
  return objects.length > batchObjectsMax ? refuse('TOO_LARGE', `${batchObjectsMax} objects a request`) : ok(objects)
}

/** `{"from": member key, "scope": "network" | "mirrors", "ranges": […]}`. `from` is a claim: it decides nothing but load. */
export function parseSync(body: Uint8Array): Result<SyncRequest> {
  const read = bodyOf(body, askBytesMax)
  if (!read.ok) return read
  const { from, scope } = read.value
  if (!isHash(from)) return refuse('BAD_REQUEST', 'from')
  if (scope !== 'network' && scope !== 'mirrors') return refuse('BAD_REQUEST', 'scope')
  const ranges = parseRanges(read.value.ranges)
  return ranges === null ? refuse('BAD_REQUEST', 'ranges') : ok({ from, scope, ranges })
}

/** `{"blob": hash, "from": first byte, "to": byte after the last, "nonce": 32 bytes hex}`. */
export function parseAudit(body: Uint8Array): Result<AuditRequest> {
  const read = bodyOf(body, askBytesMax)
  if (!read.ok) return read
  const { blob, from, to, nonce } = read.value
  if (!isHash(blob) || !isHash(nonce)) return refuse('BAD_REQUEST', 'blob')
  if (typeof from !== 'number' || typeof to !== 'number') return refuse('BAD_REQUEST', 'from')
  if (from < 0 || to <= from || to > blobBytesMax) return refuse('BAD_REQUEST', 'to')
  return ok({ blob, from, to, nonce })
}

function bodyOf(body: Uint8Array, bytesMax: number): Result<{ readonly [name: string]: Json }> {
  if (body.length > bytesMax) return refuse('TOO_LARGE', `${bytesMax} bytes a request`)
  const text = textOf(body)
  if (text === null) return refuse('BAD_JSON', 'not UTF-8')
  const parsed = parseStrictJson(text)
  return parsed.ok ? ok(parsed.value) : refuse('BAD_JSON', parsed.why)
}
