/**
 * How many mirrors hold the posts on this page, told until all do. Over HTTP/1.1 a browser opens about six connections to one
 * address, and a stream keeps its own as long as one mirror is away: so only the newest post has a stream, and the
 * others are asked about one after the other.
 */
import type { Hash } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import { fetchReplicaStatus, memberRoot, replicaStream } from './member-client.ts'

/** From one question to the next: of many posts each waits longer for its turn. */
const askMs = 3000

type Watched = { readonly post: Hash; readonly tell: (holders: ReplicaStatus) => void }

export class ReplicaWatch {
  readonly #asked = new Set<Watched>()
  #newest: Watched | null = null
  #stream: EventSource | null = null
  #timer = 0
  #asking = false

  /** Tells now and at each change; what is returned ends that. */
  watch(post: Hash, tell: (holders: ReplicaStatus) => void): () => void {
    const watched = { post, tell }
    const before = this.#newest
    this.#close()
    if (before !== null) this.#ask(before)
    this.#newest = watched
    queueMicrotask(() => this.#open(watched)) // of many posts at once only the last gets as far as a stream
    return () => this.#end(watched)
  }

  #open(watched: Watched): void {
    if (this.#newest !== watched) return
    const stream = replicaStream(memberRoot(), watched.post)
    stream.onmessage = (event) => this.#tell(watched, JSON.parse(event.data as string) as ReplicaStatus)
    stream.onerror = () => {
      this.#close()
      this.#ask(watched)
    }
    this.#stream = stream
  }

  #close(): void {
    this.#stream?.close()
    this.#stream = null
    this.#newest = null
  }

  #ask(watched: Watched): void {
    this.#asked.add(watched)
    if (!this.#asking) void this.#round()
  }

  async #round(): Promise<void> {
    clearTimeout(this.#timer)
    this.#asking = true
    try {
      for (const watched of this.#asked) {
        const answer = await fetchReplicaStatus(memberRoot(), watched.post)
        if (answer.ok && this.#asked.has(watched)) this.#tell(watched, answer.value)
      }
    } finally {
      this.#asking = false
      if (this.#asked.size > 0) this.#timer = window.setTimeout(() => void this.#round(), askMs * this.#asked.size)
    }
  }

  #tell(watched: Watched, holders: ReplicaStatus): void {
    watched.tell(holders)
    if (holders.of > 0 && holders.held === holders.of) this.#end(watched)
  }

  #end(watched: Watched): void {
    this.#asked.delete(watched)
    if (this.#newest === watched) this.#close()
  }
}
