import { rangeIdsMax, rangesMax } from '../../../protocol/reconcile.ts'
import { type HostileRequest, hostileRequest } from './request.ts'

const idAt = (n: number) => n.toString(16).padStart(64, '0')

/** As many ranges as a message may have, each with a fingerprint that nothing has. */
export function syncFingerprints(from: string): HostileRequest {
  const step = Math.floor(0xffff_ffff / rangesMax)
  const bound = (n: number) =>
    n === 0 || n === rangesMax ? '' : (n * step).toString(16).padStart(8, '0').padEnd(64, '0')
  const ranges = Array.from({ length: rangesMax }, (_, n) => ({
    from: bound(n),
    to: bound(n + 1),
    fp: 'ab'.repeat(16),
  }))
  return sync(from, ranges)
}

/** As many ids as a message may list. */
export function syncIds(from: string): HostileRequest {
  const count = 4096 / rangeIdsMax
  const ranges = Array.from({ length: count }, (_, n) => ({
    from: n === 0 ? '' : idAt(n * rangeIdsMax),
    to: n === count - 1 ? '' : idAt((n + 1) * rangeIdsMax),
    ids: Array.from({ length: rangeIdsMax }, (_, i) => idAt(n * rangeIdsMax + i)),
  }))
  return sync(from, ranges)
}

function sync(from: string, ranges: readonly object[]): HostileRequest {
  return hostileRequest('POST', '/dgos/v1/sync', JSON.stringify({ from, scope: 'network', ranges }))
}
