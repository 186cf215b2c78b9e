/** A site of the bench: how it is made, and which of its pages are looked at. */
import type { Origin } from '../../test/sites/workshop.ts'
import type { Cleanup } from '../../test/support/temporary-folder.ts'

export type FidelitySite = {
  readonly name: string
  /** Pages of a generator, or written by hand in the manner of one. */
  readonly by: 'generator' | 'hand'
  /** Nothing is to be seen without scripts: the feed's articles stand in, and shares do not count. */
  readonly scripted?: boolean
  make(t: Cleanup): Promise<Origin>
  /** Below the address, "" for the front page. A page that the capture did not take is left out and said. */
  readonly pages: readonly string[]
}
