/** Two at a time: there are two cores. */
export async function inPairs<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async () => {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) await act(entry)
  }
  await Promise.all([worker(), worker()])
}
