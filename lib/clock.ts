/** Time, handed in. A virtual clock stands in for it in simulations and tests, which never sleep. */

export type Cancel = () => void

export type Clock = {
  /** Milliseconds since 1970 UTC. May jump. */
  nowMs(): number
  /** Milliseconds that only grow: for measuring, never for the wire. */
  steadyMs(): number
  /** Runs `act` once after `ms`. The timer does not keep the process alive. */
  after(ms: number, act: () => void): Cancel
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  steadyMs: () => performance.now(),
  after(ms, act) {
    const timer = setTimeout(act, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Lets everything else that waits for the loop have it first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Resolves after `ms` of the given clock. */
export function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve)
  })
}

/** The value of `work`, or `late` where it is not there within `ms`. The work itself goes on; its failure is not lost before then. */
export async function within<T, L>(clock: Clock, ms: number, work: Promise<T>, late: L): Promise<T | L> {
  let cancel: Cancel = () => {}
  const timeout = new Promise<L>((resolve) => {
    cancel = clock.after(ms, () => resolve(late))
  })
  try {
    return await Promise.race([work, timeout])
  } finally {
    cancel()
  }
}
