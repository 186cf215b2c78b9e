/** Waiting for real processes, sockets and browsers: the one place of the tests where real time passes unasked. */

/** Asks soon at first, and then ever less often: many processes share the machine. */
const [firstPauseMs, longestPauseMs] = [10, 250]

export type UntilOptions = {
  /** For at most this long. A busy test machine is slow; nobody waits as long where all is well. */
  readonly withinMs?: number
  /** Whether the wait goes on where `find` throws, as it does while a server is coming up, or ends with what it threw. */
  readonly onError?: 'retry' | 'fail'
  /** What was seen instead, for the message. */
  readonly seen?: () => string
}

type Found<T> = Exclude<NonNullable<T>, false>

/**
 * What `find` finds at last: it is asked again as long as it gives null, undefined or false. Throws after `withinMs`,
 * with what was waited for and the last thing that `find` threw.
 */
export async function until<T>(
  find: () => T | Promise<T>,
  what: string,
  { withinMs = 90_000, onError = 'retry', seen = () => '' }: UntilOptions = {},
): Promise<Found<T>> {
  const endMs = performance.now() + withinMs
  let pauseMs = firstPauseMs
  for (;;) {
    let cause: unknown
    try {
      const found = await find()
      if (found !== null && found !== undefined && found !== false) return found as Found<T>
    } catch (error) {
      if (onError === 'fail') throw error
      cause = error
    }
    if (performance.now() > endMs)
      throw new Error(`waited ${withinMs} ms in vain: ${what} ${seen()}`.trimEnd(), { cause })
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    pauseMs = Math.min(2 * pauseMs, longestPauseMs)
  }
}
