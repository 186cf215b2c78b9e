/** One case of authority, as its three files write them. */
import { hourMs, type Sheet, t0 } from './forge.ts'

export const nowMs = t0 + 2 * hourMs

export type Say = {
  readonly blog?: string | null
  readonly objects?: readonly string[]
  readonly inner?: readonly string[]
  /** Where the network is not that of all cases. */
  readonly network?: readonly string[]
  readonly at?: number
  /** Where one object has several cases. */
  readonly name?: string
}

export function say(sheet: Sheet, object: string, why: string, expected: string, given: Say = {}): void {
  const { blog = 'root1', objects = ['root1'], inner, network, at = nowMs, name = object } = given
  const input = {
    ...{ object, blog, objects },
    ...(inner === undefined ? {} : { inner }),
    ...(network === undefined ? {} : { network }),
    nowMs: at,
  }
  sheet.case(name, why, input, expected === 'accepted' ? expected : { code: expected })
}
