/** Work of one name happens one after the other, in the order it came; of different names side by side. */
export class KeyedMutex {
  readonly #last = new Map<string, Promise<unknown>>()

  /** What the work gives or throws. Work before it that failed stops nothing. */
  async take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(name, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(name) === mine) this.#last.delete(name)
    }
  }
}
