/** The tag, the paste version and the badge, as text for a blogger to copy. Pure. */
import { escapeText } from '../../mirror/pages/markup.ts'
import type { Hash, Key } from '../../protocol/objects.ts'

export const modes = ['notice', 'links', 'roll', 'redirect'] as const
export type Mode = (typeof modes)[number]

export type TagFacts = {
  readonly network: Hash
  /** The members to pin, this one first. */
  readonly pins: readonly { readonly url: string; readonly key: Key }[]
  readonly integrity: string
}
export type TagChoice = { readonly modes: readonly Mode[]; readonly linkedOnly: boolean }

/** Members that a tag pins. */
export const pinsMax = 7

/**
 * Tries another member under the same hash where the first fails, or is silent for 0.6 s: a member that is black-holed gives
 * no error for minutes. Where a policy forbids scripts inside the page, a second whole tag does the same.
 */
const secondSource =
  "!function(o){function f(){if(f.d||document.querySelector('[data-dgos]'))return;f.d=1;var s=document.createElement('script');[].forEach.call(o.attributes,function(a){s.setAttribute(a.name,a.value)});s.src=o.dataset.second;o.after(s)}o.onerror=f;setTimeout(f,600)}(document.currentScript.previousElementSibling)"

/** One tag, in one line. */
export function tagText(facts: TagFacts, choice: TagChoice): string {
  const [first, second] = facts.pins
  const opening = `<script async src="${first?.url ?? ''}beacon.js" integrity="${facts.integrity}" crossorigin="anonymous"${dataOf(facts, choice)}`
  if (second === undefined) return `${opening}></script>`
  return `${opening} data-second="${second.url}beacon.js"></script><script>${secondSource}</script>`
}

/** For pages whose policy forbids inline handlers: the same tag from two members; the second finds the first at work. */
export function strictTagText(facts: TagFacts, choice: TagChoice): string {
  const tags = facts.pins
    .slice(0, 2)
    .map(
      ({ url }) =>
        `<script async src="${url}beacon.js" integrity="${facts.integrity}" crossorigin="anonymous"${dataOf(facts, choice)}></script>`,
    )
  return tags.join('\n')
}

/** The whole beacon inside the page. */
export function pasteText(facts: TagFacts, choice: TagChoice, script: string): string {
  return `<script${dataOf(facts, choice)}>${script.trim().replaceAll('</script', '<\\/script')}</script>\n`
}

/** No script at all: a picture that says whether blogs are down, and a link to where they are. */
export function badgeText(url: string): string {
  return `<a href="${url}"><img src="${url}beacon/badge.svg" alt="Blogs of our network: where to read them when they are down" width="220" height="28"></a>`
}

/** What a content security policy has to allow. */
export function policyLines({ pins }: TagFacts): readonly string[] {
  const origins = (list: TagFacts['pins']) => [...new Set(list.map((pin) => new URL(pin.url).origin))].join(' ')
  return [`script-src ${origins(pins.slice(0, 2))}`, `connect-src ${origins(pins)}`, 'trusted-types dgos']
}

function dataOf({ network, pins }: TagFacts, choice: TagChoice): string {
  const members = pins.map((pin) => `${pin.url}=${pin.key}`).join(',')
  const mode =
    choice.modes.length === 0 || choice.modes.join() === 'notice' ? '' : ` data-mode="${choice.modes.join(' ')}"`
  const show = choice.linkedOnly ? ' data-show="linked"' : ''
  return `${mode}${show} data-network="${network}" data-members="${escapeText(members)}"`
}
