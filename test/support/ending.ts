import type { Cleanup } from './temporary-folder.ts'

/** A context for hooks of a whole file and for measurements, which have no test's: ends what was begun, the last first. */
export class Ending implements Cleanup {
  readonly #acts: (() => Promise<void> | void)[] = []

  after(act: () => Promise<void> | void): void {
    this.#acts.push(act)
  }

  async end(): Promise<void> {
    for (const act of this.#acts.splice(0).reverse()) await act()
  }
}
