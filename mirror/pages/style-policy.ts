/** What a page's own rules say of its styles: which count, and which attributes they ask about. Pure. */
import { attribute, type Document, elementsOf, styleText } from '../capture/html-resources.ts'

export type StylePolicy = {
  /** Whether `style` attributes count. */
  readonly attributes: boolean
  /** Whether a `<style>` with that nonce counts. */
  styles(nonce: string | null): boolean
}

export const everyStyle: StylePolicy = { attributes: true, styles: () => true }

/** The page's own policy, where it stands in the page: a browser does not apply what it forbids. */
export function stylePolicy(document: Document): StylePolicy {
  for (const element of elementsOf(document)) {
    if (element.tagName !== 'meta' || attribute(element, 'http-equiv')?.toLowerCase() !== 'content-security-policy')
      continue
    const lists = (attribute(element, 'content') ?? '').split(';').map((part) => part.trim().toLowerCase().split(/\s+/))
    const original = (attribute(element, 'content') ?? '').split(/[;\s]+/)
    const list = (...names: readonly string[]) =>
      names.map((name) => lists.find(([first]) => first === name)).find((list) => list !== undefined)
    const forElements = list('style-src-elem', 'style-src', 'default-src')
    const forAttributes = list('style-src-attr', 'style-src', 'default-src')
    const nonces = original.flatMap((word) => /^'nonce-(.{1,200})'$/i.exec(word)?.[1] ?? [])
    const named = (sources: readonly string[] | undefined) =>
      sources?.some((source) => /^'(nonce|sha(256|384|512))-/.test(source)) === true
    const open = (sources: readonly string[] | undefined) =>
      sources === undefined || (sources.includes("'unsafe-inline'") && !named(sources))
    const hashed = forElements?.some((forElement) => forElement.startsWith("'sha")) === true
    return {
      attributes: open(forAttributes),
      styles: (nonce) => open(forElements) || hashed || (nonce !== null && nonces.includes(nonce)),
    }
  }
  return everyStyle
}

/** Attributes that a copy leaves out or spells anew, though styles ask about them. */
export const renamedAttributes: ReadonlySet<string> = new Set(
  'href src srcset target rel type loading itemprop itemtype itemscope property placeholder required tabindex'.split(
    ' ',
  ),
)
export const askedCharactersMax = 300

/** The name under which such an attribute stands in a copy, in its markup and in its styles alike. */
export function askedName(name: string): string {
  return `data-dgos-${name}`
}

/** Those that the styles of a page ask about. */
export function askedAttributes(document: Document, texts: ReadonlyMap<string, string>): ReadonlySet<string> {
  const styles = [...elementsOf(document)].filter((element) => element.tagName === 'style').map(styleText)
  const asked = new Set<string>()
  for (const css of [...styles, ...texts.values()])
    for (const [, name] of css.matchAll(/\[\s{0,3}([a-z]{3,20})\s{0,3}[\]~|^$*=]/g))
      if (renamedAttributes.has(name!)) asked.add(name!)
  return asked
}
