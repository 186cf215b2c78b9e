/**
 * Signed posts on their way: kept in the browser until the mirrors have them, handed in to each again and again. A post's
 * id is a hash, so handing it in twice changes nothing. Several windows may have the kit open: all of them keep one list, so
 * each takes over what another has kept before it writes.
 */
import type { Attachment, Envelope, Hash } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import { keptImage } from '../form/draft-keeper.ts'
import { type Hint, sendBlob, sendObjects } from '../form/member-client.ts'
import { replicaStatusOf } from './members.ts'

export type Sent = {
  readonly id: Hash
  readonly title: string
  readonly published: number
  /** The post, and with it the author's word that the blog is down where it was given. */
  objects: readonly Envelope[]
  readonly attachments: readonly Attachment[]
  /** Mirrors that have taken it, by url. */
  taken: readonly string[]
  /** What a mirror said that took it not, in words. */
  refused: string
  code: string
  holders: ReplicaStatus | null
  /** When mirrors were asked last. */
  askedMs: number
}

const sentMax = 50
const retryFirstMs = 5_000
const retryLastMs = 120_000
const countMs = 2_000

export type QueueDeps = {
  readonly mirrors: () => readonly string[]
  readonly changed: () => void
  /** Of the kit while it is open. */
  readonly hint?: Hint
}

export class Queue {
  readonly #deps: QueueDeps
  readonly #name: string
  readonly sent: Sent[]
  /** Ids that the browser has been seen to keep. */
  #kept: ReadonlySet<Hash>
  #timer = 0
  #retryMs = retryFirstMs
  #running = false

  constructor(deps: QueueDeps, blog: Hash) {
    this.#deps = deps
    this.#name = `dgos.queue.${blog}`
    this.sent = read(this.#name)
    this.#kept = idsOf(this.sent)
    addEventListener('online', () => this.now())
    addEventListener('storage', ({ key }) => {
      if (key === this.#name) this.#heard()
    })
  }

  /** True where the browser keeps it: else the author is told to save a file. */
  add(added: Pick<Sent, 'id' | 'title' | 'published' | 'objects' | 'attachments'>): boolean {
    if (!this.sent.some((sent) => sent.id === added.id))
      this.sent.unshift({ ...added, taken: [], refused: '', code: '', holders: null, askedMs: 0 })
    return this.#keep()
  }

  get(id: Hash): Sent | null {
    return this.sent.find((sent) => sent.id === id) ?? null
  }

  /** Tries at once all that is not yet everywhere. */
  now(): void {
    this.#retryMs = retryFirstMs
    void this.#round()
  }

  /** The oldest go first, and only what all mirrors have: nothing that is still on its way is ever dropped. */
  #trim(): void {
    for (let i = this.sent.length - 1; i >= 0 && this.sent.length > sentMax; i--)
      if (this.isDone(this.sent[i]!)) this.sent.splice(i, 1)
  }

  /** All of a post's mirrors have it. */
  isDone({ holders }: Sent): boolean {
    return holders !== null && holders.of > 0 && holders.held >= holders.of
  }

  #open(): readonly Sent[] {
    return this.sent.filter((sent) => !this.isDone(sent))
  }

  async #round(): Promise<void> {
    if (this.#running) return
    this.#running = true
    try {
      for (const sent of this.#open().toReversed()) await this.#hand(sent).catch(noted(sent))
    } finally {
      this.#running = false
      this.#next()
    }
  }

  /** Waits for the next round, where one is needed. */
  #next(): void {
    clearTimeout(this.#timer)
    const open = this.#open()
    if (open.length === 0) return
    const counting = open.some((sent) => sent.taken.length > 0)
    this.#timer = window.setTimeout(() => void this.#round(), counting ? countMs : this.#retryMs)
    if (!counting) this.#retryMs = Math.min(retryLastMs, this.#retryMs * 2)
  }

  /** To all mirrors side by side that have not taken it; then the count of who holds it. */
  async #hand(sent: Sent): Promise<void> {
    const mirrors = this.#deps.mirrors()
    const left = mirrors.filter((mirror) => !sent.taken.includes(mirror))
    await Promise.all(left.map((mirror) => this.#handTo(mirror, sent).catch(noted(sent))))
    if (sent.taken.length > 0) sent.holders = (await replicaStatusOf(sent.taken.slice(0, 3), sent.id)) ?? sent.holders
    sent.askedMs = Date.now()
    this.#keep()
    this.#deps.changed()
  }

  async #handTo(mirror: string, sent: Sent): Promise<void> {
    const answer = await sendObjects(mirror, sent.objects, this.#deps.hint)
    if (!answer.ok) return
    const last = answer.value.at(-1)
    if (last === undefined || last.result === 'refused') {
      sent.refused = last?.message ?? ''
      sent.code = last?.code ?? ''
      return
    }
    for (const { blob } of sent.attachments) {
      const bytes = await keptImage(blob)
      const put = bytes === null ? null : await sendBlob(mirror, blob, bytes)
      if (put?.ok === false && put.code === 'UNREACHABLE') return // broken off: the next round sends it again
    }
    sent.taken = [...sent.taken, mirror]
    sent.code = ''
    this.#deps.changed()
  }

  /** Another window has kept something. What is new to this one it hands in too: the other may be closed. */
  #heard(): void {
    const before = idsOf(this.sent)
    if (this.#takeOver()) this.#keep()
    if (!this.#running && this.sent.some((sent) => !before.has(sent.id))) this.#next()
    this.#deps.changed()
  }

  /**
   * Joins what the browser keeps to what is known here; true where it does not keep all of it. What all mirrors have and is
   * no longer kept another window has dropped to make room: it stays dropped.
   */
  #takeOver(): boolean {
    const kept = read(this.#name)
    const ids = idsOf(kept)
    const more = this.sent.filter((sent) => !ids.has(sent.id) && !(this.#kept.has(sent.id) && this.isDone(sent)))
    const both = kept.map((sent) => joined(this.get(sent.id), sent))
    this.sent.splice(0, this.sent.length, ...more, ...both)
    this.#kept = ids
    return more.length > 0
  }

  #keep(): boolean {
    this.#takeOver()
    this.#trim()
    try {
      localStorage.setItem(this.#name, JSON.stringify(this.sent))
      this.#kept = idsOf(this.sent)
      return true
    } catch {
      return false // storage is full or forbidden: the caller says so
    }
  }
}

/** A member or a browser that does what nobody foresaw holds up nothing else: the author reads what it was. */
function noted(sent: Sent): (error: Error) => void {
  return (error) => {
    sent.refused = error.message
  }
}

function idsOf(sent: readonly Sent[]): ReadonlySet<Hash> {
  return new Set(sent.map((sent) => sent.id))
}

/** Into the item of this window, which may be on its way just now. */
function joined(own: Sent | null, kept: Sent): Sent {
  if (own === null) return kept
  own.taken = [...new Set([...kept.taken, ...own.taken])]
  if (own.askedMs > kept.askedMs) return own
  const { holders, refused, code, askedMs } = kept
  return Object.assign(own, { holders, refused, code, askedMs })
}

function read(name: string): Sent[] {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? '[]') as Sent[]
    return Array.isArray(kept) ? kept : []
  } catch {
    return [] // forbidden, or written by something else
  }
}
