/** Who waits to hear that more members hold a post. Each reader gets the newest value, never a backlog. */
import type { Hash } from '../../protocol/objects.ts'
import type { ReplicaStatus } from './replica-status.ts'

/** Readers at one time. Each is an open connection; more are told to reload instead. */
const readersMax = 500

type Reader = { readonly wake: () => void }

export class ReplicaFeed {
  readonly #readers = new Map<Hash, Set<Reader>>()
  #count = 0

  /** Tells those who watch these posts that something changed. */
  changed(posts: Iterable<Hash>): void {
    for (const post of posts) for (const reader of this.#readers.get(post) ?? []) reader.wake()
  }

  /** The present holders, then each change, until every mirror holds the post or the reader leaves. */
  watch(post: Hash, read: () => Promise<ReplicaStatus | null>): AsyncIterable<ReplicaStatus> {
    return { [Symbol.asyncIterator]: () => this.#iterator(post, read) }
  }

  stop(): void {
    for (const readers of this.#readers.values()) for (const reader of readers) reader.wake()
    this.#readers.clear()
    this.#count = -1
  }

  #iterator(post: Hash, read: () => Promise<ReplicaStatus | null>): AsyncIterator<ReplicaStatus> {
    let told: string | null = null
    let changed = true
    let over = this.#count < 0 || this.#count >= readersMax
    let resume: () => void = () => {}
    const reader: Reader = {
      wake: () => {
        changed = true
        resume()
      },
    }
    if (!over) this.#add(post, reader)
    const end = (): IteratorResult<ReplicaStatus> => {
      over = true
      this.#remove(post, reader)
      resume()
      return { done: true, value: undefined }
    }
    const next = async (): Promise<IteratorResult<ReplicaStatus>> => {
      while (!over) {
        if (!changed) await new Promise<void>((resolve) => (resume = resolve))
        if (over || !this.#readers.get(post)?.has(reader)) break
        changed = false
        const holders = await read()
        if (holders === null) break
        const text = JSON.stringify(holders)
        if (text === told) continue
        told = text
        if (holders.of > 0 && holders.held === holders.of) {
          end()
        }
        return { done: false, value: holders }
      }
      return end()
    }
    return { next, return: async () => end() }
  }

  #add(post: Hash, reader: Reader): void {
    this.#count++
    this.#readers.set(post, (this.#readers.get(post) ?? new Set()).add(reader))
  }

  #remove(post: Hash, reader: Reader): void {
    const readers = this.#readers.get(post)
    if (readers?.delete(reader) !== true) return
    this.#count--
    if (readers.size === 0) this.#readers.delete(post)
  }
}
