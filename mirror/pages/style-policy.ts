/** What a page's own rules say of its styles: which count, and which attributes they ask about. Pure. */
import { attribute, type Document, elementsOf, styleText } from '../capture/html-resources.ts'

export type StylePolicy = {
  /** Whether `style` attributes count. */
  readonly attributes: boolean
  /** Whether a `<style>` with that nonce counts. */
  styles(nonce: string | null): boolean
}

export const everyStyle: StylePolicy = { attributes: true, styles: () => true }

/** The page's own policies, of its headers (as `policyOf` gives them) and in the page: a browser does not apply what one of them forbids. */
export function stylePolicy(document: Document, header = ''): StylePolicy {
  const texts = header.split(',')
  for (const element of elementsOf(document))
    if (element.tagName === 'meta' && attribute(element, 'http-equiv')?.toLowerCase() === 'content-security-policy')
      texts.push(...(attribute(element, 'content') ?? '').split(','))
  const policies = texts.filter((text) => text.trim() !== '').map(read)
  return {
    attributes: policies.every((policy) => policy.attributes),
    styles: (nonce) => policies.every((policy) => policy.styles(nonce)),
  }
}

function read(text: string): StylePolicy {
  const lists = text.split(';').map((part) => part.trim().toLowerCase().split(/\s+/))
  const list = (...names: readonly string[]) =>
    names.map((name) => lists.find(([first]) => first === name)).find((entry) => entry !== undefined)
  const forElements = list('style-src-elem', 'style-src', 'default-src')
  const nonces = text.split(/[;\s]+/).flatMap((word) => /^'nonce-(.{1,200})'$/i.exec(word)?.[1] ?? [])
  const hashed = forElements?.some((source) => source.startsWith("'sha")) === true
  return {
    attributes: isOpen(list('style-src-attr', 'style-src', 'default-src')),
    styles: (nonce) => isOpen(forElements) || hashed || (nonce !== null && nonces.includes(nonce)),
  }
}

function isOpen(sources: readonly string[] | undefined): boolean {
  if (sources === undefined) return true
  const named = sources.some((source) => /^'(nonce|sha(256|384|512))-/.test(source))
  return sources.includes("'unsafe-inline'") && !named
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
  for (const text of [...styles, ...texts.values()])
    for (const [, name] of text.matchAll(/\[\s{0,3}([a-z]{3,20})\s{0,3}[\]~|^$*=]/g))
      if (renamedAttributes.has(name!)) asked.add(name!)
  return asked
}
