/**
 * Where pages keep the addresses of pictures that a script would put in their place. There are hundreds of such scripts:
 * what is recognised is the pattern, a made-up attribute that holds the address of a picture, not a list of names. Pure.
 */
import type { DefaultTreeAdapterMap } from 'parse5'
import { srcsetCandidates } from './srcset.ts'

type Element = DefaultTreeAdapterMap['element']

export type LazyPictures = {
  /** Addresses that win over `src`, the surest first; of those that only may, none where `src` is a picture already. */
  readonly sources: readonly string[]
  /** Values in the form of a `srcset`. */
  readonly sets: readonly string[]
  /** Pictures behind the element. */
  readonly backgrounds: readonly string[]
}

const pictureEnd = /\.(png|jpe?g|gif|webp|avif|svg|bmp)(?:[?#]|$)/i
/** Pictures that are not the one to be seen here: for zooming, sharing, pointing at, or to stand in until then. */
const otherUse =
  /zoom|full|large|hover|pin|share|og|media|flag|avatar-alt|placeholder|orig-file|medium-file|download|link|href|lightbox|popup|caption|title|alt/
const surely = /(^|-)(src|lazy|original|echo|lazyload|ll|nitro|splide|flickity|hi-res)(-|$)/
const behind = /(^|-)(bg|background|bgset|backgrounds?-image)(-|$)/
const stand = /placeholder|blank|spacer|loading|loader|lazy|pixel|1x1|transparent|grey|gray/i
const pictureName = /\.(png|gif|svg|jpe?g|webp)/i
const valueMax = 4_000

export function lazyPictures(element: Element): LazyPictures {
  const sources: string[] = []
  const maybe: string[] = []
  const sets: string[] = []
  const backgrounds: string[] = []
  const shows = isPictureElement(element)
  for (const { name, value } of element.attrs) {
    if (!isMadeUp(name) || value === '' || value.length > valueMax) continue
    const text = unwrapped(value.trim())
    if (/set(-|$)/.test(name) && isSet(value)) {
      if (behind.test(name) || !shows) backgrounds.push(lastOf(value))
      else sets.push(value)
    } else if (otherUse.test(name) || !isAddress(text)) continue
    else if (
      behind.test(name) ||
      (!shows && pictureEnd.test(text) && (surely.test(name) || element.childNodes.length === 0))
    )
      backgrounds.push(text)
    else if (shows && surely.test(name)) sources.push(text)
    else if (shows && pictureEnd.test(text)) maybe.push(text)
  }
  const src = element.attrs.find(({ name }) => name === 'src')?.value ?? ''
  return { sources: standsIn(src) ? [...sources, ...maybe] : sources, sets, backgrounds }
}

/** Whether a `srcset` only holds a place until a script takes it away: one picture that stands in, beside one that does not. */
export function isPlaceholderSet(srcset: string, src: string): boolean {
  const [first, ...others] = srcsetCandidates(srcset)
  return (
    first !== undefined && others.length === 0 && first.descriptor === '' && standsIn(first.reference) && !standsIn(src)
  )
}

/** A picture that only holds the place of another, by its name. */
function standsIn(src: string): boolean {
  if (/^\s*(data:|about:|$)/i.test(src)) return true
  return src.split('/').some((name) => stand.test(name) && pictureName.test(name))
}

/** `img`, and elements of a program's own that are called so. */
export function isPictureElement({ tagName }: Element): boolean {
  return tagName === 'img' || tagName === 'source' || /^[a-z][a-z0-9]*(-[a-z0-9]+)*-(img|image|picture)$/.test(tagName)
}

function isMadeUp(name: string): boolean {
  return name.includes('-') && !name.startsWith('aria-') && !name.startsWith('xml')
}

function isAddress(address: string): boolean {
  return (
    /^[^\s<>"{}|\\]{1,2000}$/.test(address) && /[./]/.test(address) && !/^(javascript|data|blob|about):/i.test(address)
  )
}

/** At least one address with a width or density. */
function isSet(value: string): boolean {
  return srcsetCandidates(value).some(({ descriptor }) => /^[0-9.]+[wx]$/.test(descriptor))
}

function lastOf(value: string): string {
  return value.trim().split(/\s+/)[0] ?? ''
}

/** Some scripts write `url(x)` into the attribute, some write x. */
function unwrapped(value: string): string {
  if (!/^url\(/i.test(value) || !value.endsWith(')')) return value
  const inside = value.slice(4, -1).trim()
  const first = inside.startsWith('"') || inside.startsWith("'") ? 1 : 0
  const last = inside.length > first && (inside.endsWith('"') || inside.endsWith("'")) ? 1 : 0
  return inside.slice(first, inside.length - last)
}
