/**
 * Formulas of strangers: MathML Core without what could hold other markup or act. Elements that hold text hold text alone,
 * so that what is written is read back as the same tree. `semantics` is its formula, `maction` its first face.
 */
import type { Element, Node } from '../capture/html-resources.ts'
import { escapeText } from './markup.ts'

const namespace = 'http://www.w3.org/1998/Math/MathML'
const depthMax = 64
const elementsMax = 5_000

const words = (text: string) => new Set(text.split(' '))
const groups = words(
  'math mrow mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder mover munderover mmultiscripts ' +
    'mprescripts none mtable mtr mtd mspace',
)
const tokens = words('mi mn mo ms mtext')
/** What a hostile page may contain of these after it was rebuilt. */
export const mathElements: ReadonlySet<string> = new Set([...groups, ...tokens])
const attributes = words(
  'class id dir display displaystyle scriptlevel mathvariant mathcolor mathbackground mathsize linethickness form fence ' +
    'separator stretchy symmetric largeop movablelimits accent accentunder minsize maxsize lspace rspace width height ' +
    'depth voffset columnspan rowspan columnalign rowalign columnspacing rowspacing alttext',
)

/** Markup of a `<math>` element of a parsed page. */
export function inertMath(element: Element): string {
  return new Formula().element(element, 0)
}

class Formula {
  #count = 0

  element(element: Element, depth: number): string {
    if (element.namespaceURI !== namespace || ++this.#count > elementsMax) return ''
    if (depth > depthMax) return `<mtext>${escapeText(textOf(element))}</mtext>`
    const { tagName } = element
    if (tagName === 'semantics' || tagName === 'maction') return this.#first(element, depth)
    if (tokens.has(tagName)) return this.#written(element, escapeText(textOf(element)))
    if (tagName === 'mfenced') return this.#fenced(element, depth)
    if (tagName === 'menclose') return `<mrow>${this.#children(element, depth)}</mrow>`
    return groups.has(tagName) ? this.#written(element, this.#children(element, depth)) : ''
  }

  #first(element: Element, depth: number): string {
    const first = element.childNodes.find((node): node is Element => 'tagName' in node)
    return first === undefined ? '' : this.element(first, depth + 1)
  }

  #children(element: Element, depth: number): string {
    let out = ''
    for (const child of element.childNodes) if ('tagName' in child) out += this.element(child, depth + 1)
    return out
  }

  /** An element of MathML 3 that browsers no longer draw. */
  #fenced(element: Element, depth: number): string {
    const told = (name: string, usual: string) => element.attrs.find((attr) => attr.name === name)?.value ?? usual
    const mark = (text: string) => (text === '' ? '' : `<mo>${escapeText(text.slice(0, 4))}</mo>`)
    const parts = element.childNodes.flatMap((child) => ('tagName' in child ? [this.element(child, depth + 1)] : []))
    const separator = mark(told('separators', ',').trim().slice(0, 1))
    return `<mrow>${mark(told('open', '('))}${parts.join(separator)}${mark(told('close', ')'))}</mrow>`
  }

  #written(element: Element, inside: string): string {
    const kept = element.attrs.filter(
      ({ name, value, prefix }) =>
        (prefix === undefined || prefix === '') &&
        attributes.has(name) &&
        (name === 'alttext' ? value.length < 500 : /^[\w#.%+ -]{0,100}$/.test(value)),
    )
    const attrs = kept.map(({ name, value }) => ` ${name}="${escapeText(value)}"`).join('')
    return `<${element.tagName}${attrs}>${inside}</${element.tagName}>`
  }
}

/** Text of a token, of markup in it too: a formula may name its units in HTML. */
function textOf(element: Element): string {
  let text = ''
  const stack: Node[] = [element]
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += node.value
    if ('tagName' in node && /^(annotation|annotation-xml|script|style|template)$/.test(node.tagName)) continue
    if ('childNodes' in node) stack.push(...[...node.childNodes].reverse())
  }
  return text
}
