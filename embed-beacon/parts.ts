/**
 * The parts that only some readers need. The tag loads them from beside the beacon, with hashes that the build wrote into
 * whoever loads them: a page that pins beacon.js by `integrity` has pinned everything. Where one source is dead, the next
 * is tried under the same hash. A query in the address of the beacon is one against old files in caches, and goes with the
 * parts. A part hands itself to the script element that loads it. The paste version carries them all.
 */
import type { VerifyEd25519 } from '../protocol/platform.ts'
import type { Check } from './evidence.ts'
import type { FollowPins } from './pins.ts'
import type { ShowOutages } from './show-outages.ts'

export type PartHash = { readonly file: string; readonly integrity: string }
export type Load = <T>(part: PartHash) => Promise<T>
export type Parts = {
  /** When a list has entries. */
  readonly notice: () => Promise<ShowOutages>
  /** When a reader follows, or is led. */
  readonly check: () => Promise<Check>
  /** Where pinned members may have moved or gone. */
  readonly pins: () => Promise<FollowPins>
  /** Where WebCrypto has no Ed25519. */
  readonly portable: () => Promise<VerifyEd25519>
}

type PartElement = HTMLScriptElement & { dgos?: (part: unknown) => void }
type TrustedTypes = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

/** A place that is silent for so long has the next one asked beside it. */
const hedgeMs = 600
const patienceMs = 8000

/** Loads parts from the first of these places that hands out the bytes of the hash; rejects where none does. */
export function loaderOf(own: HTMLScriptElement, places: readonly string[]): Load {
  return ({ file, integrity }) =>
    new Promise((resolve, reject) => {
      let next = 0
      const tryNext = () => {
        const place = places[next++]
        if (place === undefined) return
        const element: PartElement = document.createElement('script')
        element.crossOrigin = '' // anonymous
        element.integrity = integrity
        element.nonce = own.nonce
        element.dgos = (part) => {
          next = places.length
          resolve(part as never)
        }
        element.onerror = tryNext
        element.src = trusted(new URL(file + new URL(place).search, place).href)
        document.head.append(element)
        setTimeout(tryNext, hedgeMs)
      }
      tryNext()
      setTimeout(reject, patienceMs)
    })
}

/** Pages that require Trusted Types refuse plain text as an address of scripts. */
function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes }
  policy ??= trustedTypes?.createPolicy('dgos', { createScriptURL: (same) => same })
  return policy?.createScriptURL(url) ?? url
}
let policy: ReturnType<TrustedTypes['createPolicy']> | undefined

/** Called by a part as it runs. */
export function handOver(part: unknown): void {
  const element = document.currentScript as PartElement | null
  element?.dgos?.(part)
  element?.remove()
}
