/** Work done a few at a time, with a bounded line of those who wait. The bound is what keeps a flood from becoming memory. */

export type BoundedQueueOptions = {
  /** Tasks that run at one time. */
  readonly concurrency: number
  /** Tasks that may wait besides. One more is refused. */
  readonly lengthMax: number
}

type Task = { start(): void }

export class BoundedQueue {
  readonly #concurrency: number
  readonly #lengthMax: number
  readonly #waiting: Task[] = []
  #drained: (() => void)[] = []
  #active = 0

  constructor({ concurrency, lengthMax }: BoundedQueueOptions) {
    this.#concurrency = concurrency
    this.#lengthMax = lengthMax
  }

  get active(): number {
    return this.#active
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** The outcome of `act`, in its turn, or null at once where the line is full. */
  add<T>(act: () => Promise<T>): Promise<T> | null {
    if (this.#active >= this.#concurrency && this.#waiting.length >= this.#lengthMax) return null
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({
        start: () =>
          act()
            .then(resolve, reject)
            .finally(() => this.#finished()),
      })
      this.#startNext()
    })
  }

  /** Resolves when nothing runs and nothing waits. */
  drain(): Promise<void> {
    if (this.#active === 0 && this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#drained.push(resolve)
    })
  }

  #startNext(): void {
    while (this.#active < this.#concurrency) {
      const task = this.#waiting.shift()
      if (task === undefined) return
      this.#active++
      task.start()
    }
  }

  #finished(): void {
    this.#active--
    this.#startNext()
    if (this.#active > 0 || this.#waiting.length > 0) return
    const drained = this.#drained
    this.#drained = []
    for (const tell of drained) tell()
  }
}
