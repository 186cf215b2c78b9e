/** The part that is loaded when a list has entries. */
import { handOver } from './parts.ts'
import { tell } from './show-outages.ts'

handOver(tell)
