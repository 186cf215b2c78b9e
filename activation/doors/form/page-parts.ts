/** The parts of the page by their id, and a short way to make new ones. Text is always set as text, never as markup. */

export function part<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found as T
}

type Properties = Readonly<Record<string, string | boolean | (() => void)>>

/** `make('p', { class: 'soft' }, 'text', other)`. A function as property is called on click. */
export function make(tag: string, properties: Properties = {}, ...children: readonly (Node | string)[]): HTMLElement {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener('click', value)
    else if (typeof value === 'boolean') element.toggleAttribute(name, value)
    else element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

export type Tone = 'good' | 'warn' | 'alarm'

/** One message in a place, instead of what stood there. */
export function say(place: HTMLElement, tone: Tone | null, ...parts: readonly (Node | string)[]): void {
  place.replaceChildren(make('div', { class: `notice ${tone ?? ''}` }, make('p', {}, ...parts)))
}

/** Copies a long text; where the browser forbids that, the text beside it can still be selected. */
export function copyButton(text: string, label = 'Copy'): HTMLElement {
  const button = make('button', { type: 'button', class: 'quiet small' }, label)
  button.addEventListener('click', async () => {
    button.textContent = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'Select it and copy by hand',
    )
  })
  return make('p', { class: 'row' }, button)
}

/** Preview and language beside the text, where there is room for both. */
export function openOnWideScreens(): void {
  const wide = matchMedia('(min-width: 54rem)')
  const show = () => {
    part<HTMLDetailsElement>('more-writing').open = wide.matches
  }
  wide.addEventListener('change', show)
  show()
}
