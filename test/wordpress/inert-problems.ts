/** What must not stand in a page that PHP rebuilt, asked of its tree as browsers read it. */
import { parse } from 'parse5'
import { attribute, type Element, elementsOf, styleText } from '../../mirror/capture/html-resources.ts'
import { cssProblem } from '../../mirror/pages/inert-css.ts'
import { isCustomElement, keptElements } from '../../mirror/pages/inert-elements.ts'
import { mathElements } from '../../mirror/pages/inert-math.ts'
import { base } from './pages-php.ts'

const structure = new Set(['input', 'select', 'option', 'optgroup', 'html', 'head', 'body', 'meta', 'style'])
const policy = "default-src 'none'"

/** The first thing in a rebuilt page that should not be there, or null. */
export function problemIn(text: string, scriptingEnabled: boolean): string | null {
  for (const element of elementsOf(parse(text, { scriptingEnabled }))) {
    const problem = elementProblem(element)
    if (problem !== null) return problem
  }
  return null
}

function elementProblem(element: Element): string | null {
  const { tagName, namespaceURI } = element
  if (namespaceURI.endsWith('/MathML')) {
    if (!mathElements.has(tagName)) return `math <${tagName}>`
    return element.attrs.some(({ name }) => /^(on|href|xlink|style|src)/i.test(name)) ? 'math attribute' : null
  }
  if (!keptElements.has(tagName) && !structure.has(tagName) && !isCustomElement(tagName)) return `<${tagName}>`
  if (!namespaceURI.endsWith('/xhtml')) return `namespace ${namespaceURI}`
  if (tagName === 'input' && !/^(radio|checkbox)$/.test(attribute(element, 'type') ?? '')) return 'input'
  if (/^(input|option)$/.test(tagName) && attribute(element, 'value') !== null) return 'value'
  if (tagName === 'select' && attribute(element, 'name') !== null) return 'select name'
  const css = tagName === 'style' ? styleText(element) : (attribute(element, 'style') ?? '')
  const wrong = cssProblem(css.replaceAll(base, '/m/'))
  if (wrong !== null || css.replace(/"[^"\n]*"/g, '""').includes('@import')) return `style ${css.slice(0, 99)}`
  if (attribute(element, 'http-equiv') !== null && attribute(element, 'content') !== policy) return 'meta http-equiv'
  for (const { name, value } of element.attrs) {
    if (/^on/i.test(name) || /^(srcdoc|ping|action|formaction|is|attributionsrc)$/.test(name))
      return `${tagName} ${name}`
    const loads = ['src', 'srcset', 'background', 'poster', 'data'].includes(name)
    if (loads && !value.startsWith(base) && !/^data:image\/(png|gif|jpeg|webp|avif);/.test(value))
      return `${tagName} ${name}=${value.slice(0, 60)}`
    if (name === 'href' && (tagName === 'link' || !/^(about:srcdoc#|https?:\/\/|mailto:|tel:)/.test(value)))
      return `${tagName} href=${value.slice(0, 60)}`
  }
  return null
}
