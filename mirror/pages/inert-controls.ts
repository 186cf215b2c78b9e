/** Controls without their doing: words stay, ticks stay, nothing can be typed or sent. */
import { attribute, type Element } from '../capture/html-resources.ts'
import { escapeText } from './markup.ts'

/** What is left of an `input`: a tick or choice that a style may hold on to, the words of a button, or nothing. */
export function inertInput(element: Element, form: number, attributes: string): string {
  const type = (attribute(element, 'type') ?? 'text').toLowerCase()
  if (type === 'submit' || type === 'button' || type === 'reset') {
    const words = attribute(element, 'value') ?? (type === 'submit' ? 'Submit' : '')
    return words.trim() === '' ? '' : `<button type="button"${attributes}>${escapeText(words.slice(0, 200))}</button>`
  }
  if (type !== 'radio' && type !== 'checkbox') return ''
  const has = (name: string) => (attribute(element, name) === null ? '' : ` ${name}`)
  const group = type === 'radio' ? (attribute(element, 'name') ?? '') : ''
  // choices of two forms may share a name: without forms they would be one group
  const name = group === '' || group.length > 200 ? '' : ` name="f${form}-${escapeText(group)}"`
  return `<input type="${type}"${name}${has('checked')}${has('disabled')}${attributes}>`
}
