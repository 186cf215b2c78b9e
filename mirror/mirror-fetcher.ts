/** Members that have what this one lacks: the signer of a head and its mirrors. Whatever they hand out is checked here. */

import type { Ledger } from '../ledger/ledger.ts'
import type { Peers } from '../ledger/peers.ts'
import type { BlobStore } from '../lib/blob-store.ts'
import type { Log } from '../lib/log.ts'
import { type Random, shuffled } from '../lib/random.ts'
import { toHex } from '../protocol/bytes.ts'
import type { Hash, Key, SignedObject } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { mapConcurrent } from './capture/assets.ts'
import type { WantedBlob } from './retention.ts'

export type MirrorFetcherDeps = {
  readonly ledger: Ledger
  readonly blobs: BlobStore
  readonly peers: Peers
  readonly random: Random
  readonly log: Log
  readonly sha256: Sha256
}
/** `self` is the key this member signs with: it does not ask itself. */
export type MirrorFetcherOptions = { readonly self: Key }

/** Blobs in one pull that a holder may fail to hand out before it is left alone until the next: it is dead, or new itself. */
const refusalsMax = 3

export class MirrorFetcher {
  readonly #deps: MirrorFetcherDeps
  readonly #options: MirrorFetcherOptions

  constructor(deps: MirrorFetcherDeps, options: MirrorFetcherOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** Which of the blobs arrived, in the same order. Each blob begins with another holder, so that none carries all. */
  async blobs(wanted: readonly WantedBlob[], head: SignedObject<'head'>): Promise<readonly boolean[]> {
    const holders = this.#of(head)
    const tasks = wanted.map((wantedBlob, i) => {
      const first = i % (holders.length || 1)
      return { blob: wantedBlob, from: [...holders.slice(first), ...holders.slice(0, first)] }
    })
    const silent = new Map<string, number>()
    return mapConcurrent(tasks, ({ blob, from }) => this.#blob(blob, from, silent))
  }

  /** Whether the object is in the ledger now. */
  async object(id: Hash, head: SignedObject<'head'>): Promise<boolean> {
    const { peers, ledger } = this.#deps
    for (const url of this.#of(head)) {
      const envelope = await peers.get(url, `dgos/v1/objects/${id}`)
      if (envelope === null) continue
      const [answer] = await ledger.accept([envelope], 'peer')
      if (answer?.id === id && answer.result !== 'refused') return (await ledger.object(id)) !== null
    }
    return false
  }

  /** The signer, then the other mirrors in random order, so that ten mirrors do not all ask one. */
  #of(head: SignedObject<'head'>): readonly string[] {
    const { ledger, random } = this.#deps
    const roster = ledger.roster()
    const self = roster.memberOf(this.#options.self)?.id
    const mirrors = shuffled(random, head.payload.mirrors)
    const members = [head.payload.key, ...mirrors]
      .map((key) => roster.memberOf(key))
      .filter((member) => member !== null)
    return [...new Set(members.filter((member) => member.id !== self).map((member) => member.url))]
  }

  /** A holder that hands out other bytes than were asked for is passed over, and named in the log. */
  async #blob({ blob, bytes }: WantedBlob, holders: readonly string[], silent: Map<string, number>): Promise<boolean> {
    const { peers, blobs, log, sha256 } = this.#deps
    for (const url of holders) {
      const refusals = silent.get(url) ?? 0
      if (refusals >= refusalsMax) continue
      const body = await peers.blob(url, blob)
      if (body === null) {
        silent.set(url, refusals + 1)
        continue
      }
      if (body.length === bytes && toHex(sha256(body)) === blob) {
        await blobs.put(body)
        return true
      }
      log.warn('blob-mismatch', { from: url, expected: blob, bytes: body.length })
    }
    return false
  }
}
