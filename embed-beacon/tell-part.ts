/** The part that is loaded when a list has entries. */
import { handOver } from './parts.ts'
import { tell } from './tell.ts'

handOver(tell)
