/** The first of several that answers, each started a little after the one before: a dead mirror costs a moment, not a timeout. */

export const headStartMs = 400

/**
 * null where none passes. `passes` must not throw. `atOnce` start together, so that the nearer one wins; a failure starts
 * the next one at once.
 */
export function firstPassing<T>(
  items: readonly T[],
  passes: (item: T) => Promise<boolean>,
  atOnce = 1,
): Promise<T | null> {
  return new Promise((resolve) => {
    let started = 0
    let failed = 0
    const startNext = () => {
      const item = items[started]
      if (item === undefined) return
      const place = ++started
      passes(item).then((good) => {
        if (good) resolve(item)
        else if (++failed === items.length) resolve(null)
        else if (place === started || atOnce > 1) startNext()
      })
      if (place < atOnce) startNext()
      else
        setTimeout(() => {
          if (place === started) startNext()
        }, headStartMs)
    }
    if (items.length === 0) resolve(null)
    startNext()
  })
}
