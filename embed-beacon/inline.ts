/** The beacon to paste into a page whose host forbids scripts from elsewhere: everything in one, nothing loaded. */

import { verifyPortable } from '../protocol/signature.ts'
import { begin } from './beacon-loop.ts'
import { checkEvidence } from './evidence.ts'
import { followPins } from './pins.ts'
import { showOutages } from './show-outages.ts'

try {
  begin(() => ({
    notice: async () => showOutages,
    check: async () => checkEvidence,
    portable: async () => verifyPortable,
    pins: async () => followPins,
  }))
} catch {
  // The page goes first: a browser too old for the beacon has none.
}
