/** The part that is loaded when pinned members may have moved: once a week, or where not even two of them answer. */
import { handOver } from './parts.ts'
import { followPins } from './pins.ts'

handOver(followPins)
