/** What must not stand in a rebuilt page, asked of its tree as browsers read it. */
import { parse } from 'parse5'
import { attribute, type Element, elementsOf, openShadows, styleText } from '../../mirror/capture/html-resources.ts'
import { cssProblem } from '../../mirror/pages/inert-css.ts'
import { isCustomElement, keptElements } from '../../mirror/pages/inert-elements.ts'
import { mathElements } from '../../mirror/pages/inert-math.ts'

const structure = new Set([
  'input',
  'select',
  'option',
  'optgroup',
  'slot',
  'html',
  'head',
  'body',
  'title',
  'meta',
  'link',
  'style',
])

/** The first thing in a rebuilt page that should not be there, or null. */
export function problemIn(text: string, scriptingEnabled: boolean): string | null {
  const document = parse(text, { scriptingEnabled })
  openShadows(document)
  for (const element of elementsOf(document)) {
    const problem = elementProblem(element)
    if (problem !== null) return problem
  }
  return null
}

function elementProblem(element: Element): string | null {
  const { tagName, namespaceURI } = element
  const svg = namespaceURI.endsWith('/svg')
  if (
    namespaceURI.endsWith('/xhtml') &&
    !keptElements.has(tagName) &&
    !structure.has(tagName) &&
    !isCustomElement(tagName)
  )
    return `<${tagName}>`
  if (svg && /^(script|foreignObject|animate.*|set|a|handler|feImage|title|desc)$/.test(tagName))
    return `svg <${tagName}>`
  if (namespaceURI.endsWith('/MathML')) {
    if (!mathElements.has(tagName)) return `math <${tagName}>`
    if (element.attrs.some(({ name }) => /^(on|href|xlink|style|src)/i.test(name))) return 'math attribute'
    return null
  }
  if (!svg && !namespaceURI.endsWith('/xhtml')) return `namespace ${namespaceURI}`
  if (tagName === 'input' && !/^(radio|checkbox)$/.test(attribute(element, 'type') ?? '')) return 'input'
  if (/^(input|option)$/.test(tagName) && attribute(element, 'value') !== null) return 'value'
  if (tagName === 'select' && attribute(element, 'name') !== null) return 'select name'
  if (tagName === 'button' && attribute(element, 'type') !== 'button') return 'button'
  if (tagName === 'style' && cssProblem(styleText(element)) !== null) return cssProblem(styleText(element))
  if (tagName === 'meta' && attribute(element, 'http-equiv') !== null) return 'meta http-equiv'
  const rel = attribute(element, 'rel') ?? ''
  const ahead = rel === 'preload' && attribute(element, 'as') === 'font'
  if (tagName === 'link' && !ahead && !['stylesheet', 'canonical', 'icon'].includes(rel)) return `link ${rel}`
  for (const { name, value } of element.attrs) {
    if (/^on/i.test(name) || /^(srcdoc|ping|action|formaction|is|attributionsrc|http-equiv)$/.test(name))
      return `${tagName} ${name}`
    if (name === 'style' && cssProblem(value) !== null) return cssProblem(value)
    if (
      ['src', 'srcset', 'background', 'poster', 'data'].includes(name) &&
      !/^(\/m\/|data:image\/(png|gif|jpeg|webp|avif);)/.test(value)
    )
      return `${tagName} ${name}=${value.slice(0, 60)}`
    if (svg && tagName === 'image' && name === 'href' && /^data:image\/(png|gif|jpeg|webp|avif);/.test(value)) continue
    if (svg && tagName === 'image' && name === 'href' && !value.startsWith('/m/')) return 'svg image elsewhere'
    if (name === 'href' && !/^(#|https?:\/\/|mailto:|tel:|\/m\/)/.test(value))
      return `${tagName} href=${value.slice(0, 60)}`
    if (name === 'href' && tagName === 'link' && rel !== 'canonical' && !value.startsWith('/m/')) return 'foreign sheet'
  }
  return null
}
