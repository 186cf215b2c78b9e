/** Controls without their doing: words stay, ticks stay, nothing can be typed or sent. */
import { attribute, type Element, elementsOf, type Node } from '../capture/html-resources.ts'
import { openedStyle } from './disclosures.ts'
import { escapeText } from './markup.ts'
import type { NarrowMenu } from './narrow-menus.ts'

const wordsMax = 200
const optionsMax = 500

/** What is left of an `input`: a tick or choice that a style may hold on to, the words of a button, or nothing. */
export function inertInput(element: Element, form: number, attributes: string): string {
  const type = (attribute(element, 'type') ?? 'text').toLowerCase()
  if (type === 'submit' || type === 'button' || type === 'reset') {
    const words = attribute(element, 'value') ?? (type === 'submit' ? 'Submit' : '')
    return words.trim() === ''
      ? ''
      : `<button type="button"${attributes}>${escapeText(words.slice(0, wordsMax).toWellFormed())}</button>`
  }
  if (type !== 'radio' && type !== 'checkbox') return ''
  const has = (name: string) => (attribute(element, name) === null ? '' : ` ${name}`)
  const group = type === 'radio' ? (attribute(element, 'name') ?? '') : ''
  // choices of two forms may share a name: without forms they would be one group
  const name = group === '' || group.length > wordsMax ? '' : ` name="f${form}-${escapeText(group)}"`
  return `<input type="${type}"${name}${has('checked')}${has('disabled')}${attributes}>`
}

/** A list to choose from: its words, and which is chosen. Without name and values choosing tells nobody anything. */
export function inertSelect(element: Element, attributes: string): string {
  const has = (of: Element, name: string) => (attribute(of, name) === null ? '' : ` ${name}`)
  const size = /^[0-9]{1,2}$/.test(attribute(element, 'size') ?? '') ? ` size="${attribute(element, 'size')}"` : ''
  const out = [`<select${has(element, 'multiple')}${has(element, 'disabled')}${size}${attributes}>`]
  let group: Element | null = null
  for (const option of optionsOf(element)) {
    const parent = option.parentNode
    const around: Element | null =
      parent !== null && 'tagName' in parent && parent.tagName === 'optgroup' ? parent : null
    if (around !== group) {
      if (group !== null) out.push('</optgroup>')
      if (around !== null) out.push(`<optgroup label="${wordsIn(attribute(around, 'label') ?? '')}">`)
      group = around
    }
    const words = attribute(option, 'label') ?? textOf(option)
    out.push(`<option${has(option, 'selected')}${has(option, 'disabled')}>${wordsIn(words)}</option>`)
  }
  if (group !== null) out.push('</optgroup>')
  return `${out.join('')}</select>`
}

function optionsOf(select: Element): readonly Element[] {
  return [...elementsOf(select)].filter((element) => element.tagName === 'option').slice(0, optionsMax)
}

function wordsIn(text: string): string {
  return escapeText(text.replace(/\s+/g, ' ').trim().slice(0, wordsMax).toWellFormed())
}

function textOf(element: Element): string {
  const stack: Node[] = [element]
  let text = ''
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.nodeName === '#text' && 'value' in node) text += node.value
    if ('childNodes' in node) stack.push(...[...node.childNodes].reverse())
  }
  return text
}

/** The tick that shows a menu which a script's button would open in a narrow window. */
export function narrowTick({ label, width }: NarrowMenu): string {
  return `<label class="dgos-narrow dgos-${Math.ceil(width)}"><input type="checkbox"> ${escapeText(label)}</label>`
}

/** What the ticks do, and that there are none in a wide window. */
export function narrowStyle(menus: readonly NarrowMenu[]): string {
  if (menus.length === 0) return ''
  const widths = [...new Set(menus.map(({ width }) => width))]
  const rules = widths.map((width) => {
    const name = `.dgos-${Math.ceil(width)}`
    return `@media (max-width:${width}px){${name}{display:inline-block!important;padding:.5em}${name}:has(:checked)+*{${openedStyle}}}`
  })
  return `<style>.dgos-narrow{display:none!important}${rules.join('')}</style>`
}
