import type { Aside, CaptureStore, Round, Visit } from '../../mirror/capture/capture-store.ts'
import type { Hash, Time } from '../../protocol/objects.ts'

/** A capturer's memory without a disk, under the same contract as the SQL store. */
export class MemoryCaptureStore implements CaptureStore {
  readonly #visits = new Map<Hash, Map<string, Visit>>()
  readonly #rounds = new Map<Hash, Round>()
  readonly #asides = new Map<Hash, Aside>()

  async visit(blog: Hash, url: string): Promise<Visit | null> {
    return this.#visits.get(blog)?.get(url) ?? null
  }

  async visits(blog: Hash): Promise<readonly Visit[]> {
    return [...(this.#visits.get(blog)?.values() ?? [])]
  }

  async putVisits(blog: Hash, visits: readonly Visit[]): Promise<void> {
    const known = this.#visits.get(blog) ?? new Map<string, Visit>()
    for (const visit of visits) known.set(visit.url, visit)
    this.#visits.set(blog, known)
  }

  async removeVisits(blog: Hash, urls: readonly string[]): Promise<void> {
    for (const url of urls) this.#visits.get(blog)?.delete(url)
  }

  async dropVisits(blog: Hash, beforeMs: Time): Promise<void> {
    const known = this.#visits.get(blog)
    for (const visit of known?.values() ?? []) if (visit.checkedMs < beforeMs) known!.delete(visit.url)
  }

  async round(blog: Hash): Promise<Round | null> {
    return this.#rounds.get(blog) ?? null
  }

  async putRound(blog: Hash, round: Round): Promise<void> {
    this.#rounds.set(blog, round)
  }

  async aside(blog: Hash): Promise<Aside | null> {
    return this.#asides.get(blog) ?? null
  }

  async putAside(blog: Hash, aside: Aside | null): Promise<void> {
    if (aside === null) this.#asides.delete(blog)
    else this.#asides.set(blog, aside)
  }

  async blobs(blog: Hash): Promise<readonly Hash[]> {
    const aside = this.#asides.get(blog)?.blob ?? null
    return [...(await this.visits(blog)).map((visit) => visit.blob), ...(aside === null ? [] : [aside])]
  }

  async blogs(): Promise<readonly Hash[]> {
    return [...new Set([...this.#visits.keys(), ...this.#rounds.keys(), ...this.#asides.keys()])].sort()
  }

  async forget(blog: Hash): Promise<void> {
    this.#visits.delete(blog)
    this.#rounds.delete(blog)
    this.#asides.delete(blog)
  }
}
