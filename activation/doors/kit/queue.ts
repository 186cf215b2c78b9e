/**
 * Signed posts on their way: kept in the browser until the mirrors have them, handed in to each again and again. A post's
 * id is a hash, so handing it in twice changes nothing.
 */
import type { Attachment, Envelope, Hash } from '../../../protocol/objects.ts'
import type { Holders } from '../../posts/holders.ts'
import { keptImage } from '../form/draft-keeper.ts'
import { handIn, holdersOf, putBlob } from './members.ts'

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
  holders: Holders | null
}

const sentMax = 50
const retryFirstMs = 5_000
const retryLastMs = 120_000
const countMs = 2_000

export type QueueDeps = { readonly mirrors: () => readonly string[]; readonly changed: () => void }

export class Queue {
  readonly #deps: QueueDeps
  readonly #name: string
  readonly sent: Sent[]
  #timer = 0
  #retryMs = retryFirstMs
  #running = false

  constructor(deps: QueueDeps, blog: Hash) {
    this.#deps = deps
    this.#name = `dgos.queue.${blog}`
    this.sent = read(this.#name)
    addEventListener('online', () => this.now())
  }

  /** True where the browser keeps it: else the author is told to save a file. */
  add(item: Pick<Sent, 'id' | 'title' | 'published' | 'objects' | 'attachments'>): boolean {
    if (!this.sent.some((one) => one.id === item.id))
      this.sent.unshift({ ...item, taken: [], refused: '', code: '', holders: null })
    this.#trim()
    return this.#keep()
  }

  get(id: Hash): Sent | null {
    return this.sent.find((one) => one.id === id) ?? null
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

  async #round(): Promise<void> {
    if (this.#running) return
    this.#running = true
    clearTimeout(this.#timer)
    const open = this.sent.filter((one) => !this.isDone(one))
    for (const item of open.toReversed()) await this.#hand(item)
    this.#running = false
    const counting = open.some((one) => one.taken.length > 0 && !this.isDone(one))
    if (!open.some((one) => !this.isDone(one))) return
    this.#retryMs = counting ? Math.max(countMs, this.#retryMs) : Math.min(retryLastMs, this.#retryMs * 2)
    this.#timer = window.setTimeout(() => void this.#round(), counting ? countMs : this.#retryMs)
  }

  /** To all mirrors side by side that have not taken it; then the count of who holds it. */
  async #hand(item: Sent): Promise<void> {
    const mirrors = this.#deps.mirrors()
    const left = mirrors.filter((one) => !item.taken.includes(one))
    await Promise.all(left.map((mirror) => this.#handTo(mirror, item)))
    if (item.taken.length > 0) item.holders = (await holdersOf(item.taken.slice(0, 3), item.id)) ?? item.holders
    this.#keep()
    this.#deps.changed()
  }

  async #handTo(mirror: string, item: Sent): Promise<void> {
    const answer = await handIn(mirror, item.objects)
    if (!answer.ok) return
    const last = answer.value.at(-1)
    if (last === undefined || last.result === 'refused') {
      item.refused = last?.message ?? ''
      item.code = last?.code ?? ''
      return
    }
    for (const { blob } of item.attachments) {
      const bytes = await keptImage(blob)
      if (bytes !== null) await putBlob(mirror, blob, bytes)
    }
    item.taken = [...item.taken, mirror]
    item.code = ''
    this.#deps.changed()
  }

  #keep(): boolean {
    try {
      localStorage.setItem(this.#name, JSON.stringify(this.sent))
      return true
    } catch {
      return false // storage is full or forbidden: the caller says so
    }
  }
}

function read(name: string): Sent[] {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? '[]') as Sent[]
    return Array.isArray(kept) ? kept : []
  } catch {
    return [] // forbidden, or written by something else
  }
}
