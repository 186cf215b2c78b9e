import { availableParallelism, loadavg } from 'node:os'

/**
 * Whether others use this machine. Times are then reported and not judged: they say more about the others. Asked before
 * a bench begins, whose own work is load too.
 */
export function isBusy(): boolean {
  return loadavg()[0]! > availableParallelism()
}
