/**
 * How many mirrors hold the posts on this page, told until all do. Over HTTP/1.1 a browser opens about six connections to one
 * address, and a stream keeps its own as long as one mirror is away: so only the newest post has a stream, and the
 * others are asked about one after the other.
 */
import type { Hash } from '../../../protocol/objects.ts'
import type { Holders } from '../../posts/replica-status.ts'
import { fetchHolders, holdersStream } from './member-client.ts'

/** From one question to the next: of many posts each waits longer for its turn. */
const askMs = 3000

type Watched = { readonly post: Hash; readonly tell: (holders: Holders) => void }

export class HolderWatch {
  readonly #asked = new Set<Watched>()
  #newest: Watched | null = null
  #stream: EventSource | null = null
  #timer = 0
  #asking = false

  /** Tells now and at each change; what is returned ends that. */
  watch(post: Hash, tell: (holders: Holders) => void): () => void {
    const one = { post, tell }
    const before = this.#newest
    this.#close()
    if (before !== null) this.#ask(before)
    this.#newest = one
    queueMicrotask(() => this.#open(one)) // of many posts at once only the last gets as far as a stream
    return () => this.#end(one)
  }

  #open(one: Watched): void {
    if (this.#newest !== one) return
    const stream = holdersStream(one.post)
    stream.onmessage = (event) => this.#tell(one, JSON.parse(event.data as string) as Holders)
    stream.onerror = () => {
      this.#close()
      this.#ask(one)
    }
    this.#stream = stream
  }

  #close(): void {
    this.#stream?.close()
    this.#stream = null
    this.#newest = null
  }

  #ask(one: Watched): void {
    this.#asked.add(one)
    if (!this.#asking) void this.#round()
  }

  async #round(): Promise<void> {
    clearTimeout(this.#timer)
    this.#asking = true
    try {
      for (const one of this.#asked) {
        const answer = await fetchHolders(one.post)
        if (answer.ok && this.#asked.has(one)) this.#tell(one, answer.value)
      }
    } finally {
      this.#asking = false
      if (this.#asked.size > 0) this.#timer = window.setTimeout(() => void this.#round(), askMs * this.#asked.size)
    }
  }

  #tell(one: Watched, holders: Holders): void {
    one.tell(holders)
    if (holders.of > 0 && holders.held === holders.of) this.#end(one)
  }

  #end(one: Watched): void {
    this.#asked.delete(one)
    if (this.#newest === one) this.#close()
  }
}
