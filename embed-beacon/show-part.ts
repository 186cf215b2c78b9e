/** The part that is loaded when a list has entries. */
import { handOver } from './parts.ts'
import { showOutages } from './show-outages.ts'

handOver(showOutages)
