/**
 * Now and then a mirror is asked for the hash of a random part of a blob that it should have, under a fresh nonce: a hash
 * it kept from yesterday does not help. Three failures in a row and this member leaves it out of the lists it signs; that
 * is a view of its own, not a verdict. Unreachable is not a failure: absence is watched elsewhere.
 */

import type { Ledger } from '../ledger/ledger.ts'
import type { Wire } from '../ledger/peers.ts'
import type { BlobStore } from '../lib/blob-store.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { concat, textOf, toHex, utf8 } from '../protocol/bytes.ts'
import { currentSnapshot } from '../protocol/heads.ts'
import type { Hash, Key } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import type { MemberView } from '../protocol/roster.ts'
import type { LiveSets } from './live-sets.ts'

export type AuditsDeps = {
  readonly ledger: Ledger
  readonly sets: LiveSets
  readonly blobs: BlobStore
  readonly wire: Wire
  readonly random: Random
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}
export type AuditsOptions = { readonly self: Key }

const failuresMax = 3
/** A mirror may need this long to fetch a new copy before it is asked for it. */
const settledMs = 10 * 60_000
const answerBytesMax = 1024

export class Audits {
  readonly #deps: AuditsDeps
  readonly #options: AuditsOptions
  readonly #failures = new Map<Key, number>()

  constructor(deps: AuditsDeps, options: AuditsOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Whether this member may stand on lists signed here. */
  isTrusted(member: Key): boolean {
    return (this.#failures.get(member) ?? 0) < failuresMax
  }

  /** Asks one random mirror of one random blog that is kept here too. */
  async round(): Promise<void> {
    const { ledger, sets, random } = this.#deps
    const own: Hash[] = []
    for (const blog of ledger.blogs()) if ((await sets.mirrorsOf(blog)).includes(this.#options.self)) own.push(blog)
    if (own.length === 0) return
    const blog = own[random.below(own.length)]!
    const others = (await sets.mirrorsOf(blog)).filter((key) => key !== this.#options.self)
    const member = ledger.roster().memberOf(others[random.below(Math.max(1, others.length))] ?? '')
    const blob = await this.#blobOf(blog)
    if (member !== null && blob !== null) await this.ask(member, blob)
  }

  /** true: proven, false: failed, null: no answer or nothing to compare with. */
  async ask(member: MemberView, blob: Hash): Promise<boolean | null> {
    const { blobs, random, sha256, wire, log } = this.#deps
    const bytes = await blobs.get(blob)
    if (bytes === null || bytes.length === 0) return null
    const from = random.below(bytes.length)
    const to = from + 1 + random.below(bytes.length - from)
    const nonce = random.bytes(32)
    const answer = await wire.request(member.url, {
      method: 'POST',
      path: 'dgos/v1/audits',
      body: utf8(JSON.stringify({ blob, from, to, nonce: toHex(nonce) })),
      contentType: 'application/json',
      bytesMax: answerBytesMax,
      timeMs: 30_000,
    })
    if (!answer.ok || answer.status >= 500 || answer.status === 429) return null
    const proven =
      answer.status === 200 && hashIn(answer.body) === toHex(sha256(concat(nonce, bytes.subarray(from, to))))
    this.#failures.set(member.id, proven ? 0 : (this.#failures.get(member.id) ?? 0) + 1)
    if (!proven) log.warn('audit-failed', { member: member.id, blob, failures: this.#failures.get(member.id) })
    return proven
  }

  async #blobOf(blog: Hash): Promise<Hash | null> {
    const { ledger, clock, random } = this.#deps
    const found = currentSnapshot(await ledger.blog(blog), clock.nowMs())
    if (found === null || found.snapshot.payload.time > clock.nowMs() - settledMs) return null
    const { pages, assets } = found.snapshot.payload
    const files = [...pages, ...assets].filter((snapshotFile) => snapshotFile.bytes > 0)
    return files[random.below(Math.max(1, files.length))]?.blob ?? null
  }
}

function hashIn(body: Uint8Array): string | null {
  try {
    return (JSON.parse(textOf(body) ?? '') as { hash?: string }).hash ?? null
  } catch {
    return null // not JSON: no proof
  }
}
