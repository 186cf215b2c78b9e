/**
 * Drawings of strangers: a small allow-list of shapes, paints and text. No scripts, styles from elsewhere, animation,
 * foreign objects, links or references beyond the drawing itself. The same rules for drawings inside pages and for files.
 */
import { parseFragment } from 'parse5'
import type { Element, Node } from '../capture/html-resources.ts'
import { type CssLinks, inertCss, inertStyle } from './inert-css.ts'
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

type SvgOptions = { readonly links: CssLinks; readonly file: boolean }

/** Markup of an `<svg>` element of a parsed page, or '' where nothing of it may stay. */
export function inertSvg(element: Element, links: CssLinks): string {
  return new Drawing({ links, file: false }).element(element, 0)
}

/** A whole svg file, rebuilt as a document of its own; null where the text has no drawing. */
export function inertSvgFile(text: string): string | null {
  const fragment = parseFragment(text)
  const root = find(fragment)
  if (root === null) return null
  const links: CssLinks = { file: () => null, sheet: () => null }
  const markup = new Drawing({ links, file: true }).element(root, 0)
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
    if (element.tagName === 'style' && this.#options.file) return this.#style(element)
    if (element.tagName === 'a') return this.#children(element, depth)
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

/** A paint may point inside the drawing and nowhere else; escapes could hide an address. */
function isPlain(value: string): boolean {
  if (value.includes('\\')) return false
  const rest = value.replace(/url\(\s*["']?#[\w.:-]{1,200}["']?\s*\)/gi, '')
  return !/url|image|script|src\s*\(|var\s*\(|data:|\/\//i.test(rest)
}
