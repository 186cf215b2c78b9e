/** Says on stderr what a long test is doing, and how long each step took. */
export class Stopwatch {
  readonly #beganMs = performance.now()

  async step<T>(what: string, act: () => Promise<T>): Promise<T> {
    const fromMs = performance.now()
    let outcome = 'failed'
    try {
      const done = await act()
      outcome = 'done'
      return done
    } finally {
      const seconds = (ms: number) => ((performance.now() - ms) / 1000).toFixed(1).padStart(6)
      process.stderr.write(`${seconds(this.#beganMs)} s  +${seconds(fromMs)} s  ${what}: ${outcome}\n`)
    }
  }
}
