/** The beacon as the tag loads it: see beacon-loop.ts. */
import { begin } from './beacon-loop.ts'
import { loaderOf, type PartHash } from './parts.ts'

/** Written in by the build (server/bundles/recipes.ts). */
declare const noticePart: PartHash
declare const checkPart: PartHash
declare const portablePart: PartHash
declare const pinsPart: PartHash

try {
  begin((own, { second, pins }) => {
    const load = loaderOf(own, [own.src, ...second, ...pins.map((pin) => pin.url)])
    return {
      notice: () => load(noticePart),
      check: () => load(checkPart),
      portable: () => load(portablePart),
      pins: () => load(pinsPart),
    }
  })
} catch {
  // The page goes first: a browser too old for the beacon has none.
}
