/** Pages written by us: a template that escapes whatever it is handed, so that nothing becomes markup by accident. */
import { escapeMarkup } from '../../protocol/post-html.ts'

/** Text that is already markup. Made only by `html`, `trusted` and `join`. */
export type Markup = { readonly markup: string }

type Value = Markup | string | number | null | undefined | false | readonly (Markup | null | false)[]

/** Values are escaped, Markup is not; null, undefined and false leave nothing. Serves XML as well. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let markup = parts[0]!
  for (let i = 0; i < values.length; i++) markup += shown(values[i]) + parts[i + 1]!
  return { markup }
}

/** Markup from a source that was checked elsewhere. Say at the call why it may be trusted. */
export function trusted(markup: string): Markup {
  return { markup }
}

function shown(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  if ('markup' in value) return value.markup
  return value.map((part) => (part === null || part === false ? '' : part.markup)).join('')
}

/** For element text and quoted attributes of HTML and XML. Characters that XML 1.0 cannot carry are left out. */
export function escapeText(text: string): string {
  return escapeMarkup(text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')).replaceAll(
    "'",
    '&#39;',
  )
}

/** "2026-11-20 21:04 UTC", for people everywhere: pages have no script that could ask for the reader's zone. */
export function timeElement(timeMs: number): Markup {
  const iso = new Date(timeMs).toISOString()
  return html`<time datetime="${iso}">${timeText(timeMs)}</time>`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function timeText(timeMs: number): string {
  const date = new Date(timeMs)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`
  return `${day}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`
}

/** "a few seconds", "12 minutes", "3 hours", "5 days". */
export function spanText(ms: number): string {
  const units: readonly [string, number][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
  ]
  for (const [name, size] of units) {
    const count = Math.floor(ms / size)
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'}`
  }
  return 'a few seconds'
}
