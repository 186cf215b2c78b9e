/**
 * Drawings of strangers: a small allow-list of shapes, paints and text. No scripts, styles from elsewhere, animation,
 * foreign objects, links or references beyond the drawing itself. The same rules for drawings inside pages and for files.
 */
import { boundedFragment } from '../capture/bounded-tree.ts'
import { attribute, type Element, elementsOf, type Node } from '../capture/html-resources.ts'
import { type CssLinks, inertCss, inertStyle } from './inert-css.ts'
import { inertDataUrl } from './inert-data.ts'
import { escapeText } from './markup.ts'

const svgNamespace = 'http://www.w3.org/2000/svg'
const depthMax = 64
const elementsMax = 20_000

const elements = new Set(
  (
    'svg g defs symbol use path rect circle ellipse line polyline polygon text tspan textPath clipPath mask pattern ' +
    'marker linearGradient radialGradient stop filter feBlend feColorMatrix feComponentTransfer feComposite feFlood ' +
    'feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feOffset feDropShadow feMorphology switch'
  ).split(' '),
)
const attributes = new Set(
  (
    'id class viewBox width height x y x1 x2 y1 y2 cx cy r rx ry fx fy fr d points transform fill fill-opacity ' +
    'fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray stroke-dashoffset ' +
    'stroke-opacity opacity color display visibility overflow clip-path clip-rule mask filter marker-start marker-mid ' +
    'marker-end markerWidth markerHeight markerUnits refX refY orient offset stop-color stop-opacity gradientUnits ' +
    'gradientTransform spreadMethod patternUnits patternContentUnits patternTransform clipPathUnits maskUnits ' +
    'maskContentUnits preserveAspectRatio text-anchor dominant-baseline alignment-baseline font-family font-size ' +
    'font-weight font-style letter-spacing word-spacing dx dy rotate textLength lengthAdjust startOffset pathLength ' +
    'vector-effect shape-rendering text-rendering paint-order role focusable version stdDeviation in in2 result type ' +
    'values mode operator k1 k2 k3 k4 flood-color flood-opacity tableValues slope intercept amplitude exponent radius ' +
    'filterUnits primitiveUnits color-interpolation-filters'
  ).split(' '),
)

type SvgOptions = {
  readonly links: CssLinks
  readonly file: boolean
  /** The element that a `use` of another file names; null where that file was not captured. */
  readonly elsewhere: (reference: string) => Element | null
}

/** Markup of an `<svg>` element of a parsed page, or '' where nothing of it may stay. */
export function inertSvg(element: Element, links: CssLinks, elsewhere: SvgOptions['elsewhere'] = () => null): string {
  return new Drawing({ links, file: false, elsewhere }).element(element, 0)
}

/** Elements of a file of drawings by their id, for pages that use one of them. */
export function drawingParts(text: string): ReadonlyMap<string, Element> {
  const parts = new Map<string, Element>()
  for (const element of elementsOf(boundedFragment(text))) {
    const id = attribute(element, 'id')
    if (id !== null && element.namespaceURI === svgNamespace && !parts.has(id)) parts.set(id, element)
  }
  return parts
}

/** A whole svg file, rebuilt as a document of its own; null where the text has no drawing. */
export function inertSvgFile(text: string): string | null {
  const fragment = boundedFragment(text)
  const root = find(fragment)
  if (root === null) return null
  const links: CssLinks = { file: () => null, sheet: () => null }
  const markup = new Drawing({ links, file: true, elsewhere: () => null }).element(root, 0)
  return markup === '' ? null : markup
}

function find(node: Node): Element | null {
  if ('tagName' in node && node.tagName === 'svg' && node.namespaceURI === svgNamespace) return node
  const children = 'childNodes' in node ? node.childNodes : []
  for (const child of children) if ('tagName' in child && child.tagName === 'svg') return find(child)
  return null
}

class Drawing {
  readonly #options: SvgOptions
  #count = 0

  constructor(options: SvgOptions) {
    this.#options = options
  }

  element(element: Element, depth: number): string {
    if (element.namespaceURI !== svgNamespace || depth > depthMax || ++this.#count > elementsMax) return ''
    if (element.tagName === 'style') return this.#style(element)
    if (element.tagName === 'a') return this.#children(element, depth)
    if (element.tagName === 'image') return this.#image(element)
    if (element.tagName === 'foreignObject') return this.#words(element)
    const used = element.tagName === 'use' ? this.#used(element) : null
    if (used !== null) return this.#inPlace(element, used, depth)
    if (!elements.has(element.tagName)) return ''
    const xmlns = this.#options.file && depth === 0 ? ` xmlns="${svgNamespace}"` : ''
    const name = element.tagName
    return `<${name}${xmlns}${this.#attributes(element)}>${this.#children(element, depth)}</${name}>`
  }

  #children(element: Element, depth: number): string {
    let out = ''
    const textual = ['text', 'tspan', 'textPath', 'a'].includes(element.tagName)
    for (const child of element.childNodes) {
      if ('tagName' in child) out += this.element(child, depth + 1)
      else if (textual && child.nodeName === '#text' && 'value' in child) out += escapeText(child.value)
    }
    return out
  }

  /** A picture inside a drawing, where the mirror keeps it. */
  #image(element: Element): string {
    const reference = attribute(element, 'href') ?? ''
    const path = /^\s*data:/i.test(reference) ? inertDataUrl(reference) : this.#options.links.file(reference)
    return path === null ? '' : `<image href="${escapeText(path)}"${this.#attributes(element)}></image>`
  }

  /** Words that another language wrote into the drawing, a line each, in the middle of their box. */
  #words(element: Element): string {
    const lines = linesIn(element)
    if (lines.length === 0) return ''
    const number = (name: string) => Number.parseFloat(attribute(element, name) ?? '') || 0
    const x = number('x') + number('width') / 2
    const y = number('y') + number('height') / 2
    const place = (value: number) => String(Math.round(value * 100) / 100)
    const spans = lines.map((line, i) => {
      const dy = i === 0 ? -0.6 * (lines.length - 1) : 1.2
      return `<tspan x="${place(x)}" dy="${place(dy)}em">${escapeText(line)}</tspan>`
    })
    return `<text x="${place(x)}" y="${place(y)}" text-anchor="middle" dominant-baseline="central">${spans.join('')}</text>`
  }

  #used(element: Element): Element | null {
    const reference = (attribute(element, 'href') ?? '').trim()
    return reference === '' || reference.startsWith('#') ? null : this.#options.elsewhere(reference)
  }

  /** What a `use` names in another file is written where it is used: no browser would fetch it for a copy. */
  #inPlace(use: Element, part: Element, depth: number): string {
    const inside = this.#children(part, depth + 1)
    const named = (from: Element, ...names: readonly string[]) =>
      names.map((name) => {
        const value = attribute(from, name)
        return value === null || !isPlain(value) ? '' : ` ${name}="${escapeText(value)}"`
      })
    if (part.tagName !== 'symbol' && part.tagName !== 'svg')
      return `<g${named(use, 'class', 'transform', 'fill').join('')}>${this.element(part, depth + 1)}</g>`
    const box = [
      ...named(part, 'viewBox', 'preserveAspectRatio'),
      ...named(use, 'x', 'y', 'width', 'height', 'class', 'fill'),
    ]
    return `<svg${box.join('')}>${inside}</svg>`
  }

  #style(element: Element): string {
    const css = element.childNodes.map((child) => ('value' in child ? child.value : '')).join('')
    return `<style>${escapeText(inertCss(css, this.#options.links))}</style>`
  }

  #attributes(element: Element): string {
    let out = ''
    for (const { name, value, prefix } of element.attrs) {
      if (name === 'style') {
        const style = inertStyle(value, this.#options.links)
        if (style !== '') out += ` style="${escapeText(style)}"`
      } else if (name === 'href' && element.tagName === 'use') {
        if (/^#[\w.:-]{1,200}$/.test(value.trim())) out += ` href="${escapeText(value.trim())}"`
      } else if (prefix === undefined || prefix === '') {
        const plain = name === 'class' || /^(aria-[a-z]+|role)$/.test(name) || (attributes.has(name) && isPlain(value))
        if (plain) out += ` ${name}="${escapeText(value)}"`
      }
    }
    return out
  }
}

const blocks = new Set('p div li br tr h1 h2 h3 h4 h5 h6'.split(' '))
const linesMax = 20

function linesIn(element: Element): string[] {
  let text = ''
  const stack: Node[] = [element]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += node.value.replace(/\s+/g, ' ')
    if (!('tagName' in node) || /^(script|style|template|noscript)$/.test(node.tagName)) continue
    if (blocks.has(node.tagName)) text += '\n'
    stack.push(...[...node.childNodes].reverse())
  }
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').slice(0, linesMax)
}

/** A paint may point inside the drawing and nowhere else; escapes could hide an address. */
function isPlain(value: string): boolean {
  if (value.includes('\\')) return false
  const rest = value.replace(/url\(\s*["']?#[\w.:-]+["']?\s*\)/gi, '')
  return !/url|image|script|src\s*\(|var\s*\(|data:|\/\//i.test(rest)
}
