/** The part that is loaded when a reader follows the notice. */
import { checkEvidence } from './evidence.ts'
import { handOver } from './parts.ts'

handOver(checkEvidence)
