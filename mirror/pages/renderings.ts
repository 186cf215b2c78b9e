/**
 * Renderings of blogs under way: of each blog at most one that runs and one that waits for it, however many ask. What is
 * stored while one runs is seen by the next.
 */
import type { Hash } from '../../protocol/objects.ts'

type Turn<T> = { readonly running: Promise<T>; next: Promise<T> | null }

export class Renderings<T> {
  readonly #render: (blog: Hash) => Promise<T>
  readonly #turns = new Map<Hash, Turn<T>>()

  constructor(render: (blog: Hash) => Promise<T>) {
    this.#render = render
  }

  has(blog: Hash): boolean {
    return this.#turns.has(blog)
  }

  /** The one that runs, else one that begins now: for readers, who take what there is. */
  current(blog: Hash): Promise<T> {
    return this.#turns.get(blog)?.running ?? this.#begin(blog)
  }

  /** One that begins after this call: for changes. A failed one before it does not fail it. */
  next(blog: Hash): Promise<T> {
    const turn = this.#turns.get(blog)
    if (turn === undefined) return this.#begin(blog)
    const begin = () => this.#begin(blog)
    turn.next ??= turn.running.then(begin, begin)
    return turn.next
  }

  /** Resolves when nothing is being rendered. */
  async idle(): Promise<void> {
    while (this.#turns.size > 0) {
      const turns = [...this.#turns.values()]
      await Promise.allSettled(turns.map(({ running, next }) => next ?? running))
    }
  }

  #begin(blog: Hash): Promise<T> {
    const turn: Turn<T> = { running: this.#render(blog), next: null }
    this.#turns.set(blog, turn)
    const done = () => {
      if (turn.next === null) this.#turns.delete(blog)
    }
    turn.running.then(done, done)
    return turn.running
  }
}
