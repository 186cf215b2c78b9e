/**
 * The parts that only some readers need, loaded from beside the beacon with hashes that the build wrote into whoever loads
 * them: a page that pins beacon.js by `integrity` has pinned everything. A part hands itself to the script element that
 * loads it. beacon.js → notice (when a list has entries) → check (when a reader follows); portable where there is no WebCrypto.
 */
export type PartHash = { readonly file: string; readonly integrity: string }
export type Load = <T>(part: PartHash) => Promise<T>

type PartElement = HTMLScriptElement & { dgos?: (part: unknown) => void }
type TrustedTypes = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string }
}

/** Loads parts from beside the beacon's own script. Rejects where the bytes are not those of the hash. */
export function loaderOf(own: HTMLScriptElement): Load {
  return ({ file, integrity }) =>
    new Promise((resolve, reject) => {
      const element: PartElement = document.createElement('script')
      element.crossOrigin = 'anonymous'
      element.integrity = integrity
      element.nonce = own.nonce
      element.dgos = resolve as (part: unknown) => void
      element.onerror = reject
      element.src = trusted(new URL(file, own.src).href)
      document.head.append(element)
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
