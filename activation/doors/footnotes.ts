/**
 * Footnotes for Markdown: `text[^a]` and, on a line of its own, `[^a]: what it says` (further lines indented).
 * A plugin of markdown-it that keeps the notes apart; the caller writes them at the end of the document.
 */
import type { MarkdownIt } from 'markdown-it'

export type Notes = {
  /** Texts by label, in Markdown. */
  readonly texts: Map<string, string>
  /** Labels in order of first mention: the first is note 1. */
  readonly order: string[]
}

/** The normal form counts notes with three digits. */
const notesMax = 999

const definition = /^\[\^([^\]\s]+)\]:/
const labelCharactersMax = 60
const reference = /\[\^([^\]\s]{1,60})\]/y

export function newNotes(): Notes {
  return { texts: new Map(), order: [] }
}

/** The env handed to `markdown.parse` must hold the notes as `env.notes`. */
export function footnotes(markdown: MarkdownIt): void {
  markdown.block.ruler.before('reference', 'footnote', readDefinition, { alt: ['paragraph', 'reference'] })
  markdown.inline.ruler.before('link', 'footnote', readReference)
}

type BlockRule = Parameters<MarkdownIt['block']['ruler']['before']>[2]
type InlineRule = Parameters<MarkdownIt['inline']['ruler']['before']>[2]

const readDefinition: BlockRule = (state, startLine, endLine, silent) => {
  const line = (at: number) => state.src.slice(state.bMarks[at]! + state.tShift[at]!, state.eMarks[at]!)
  if (state.level > 0 || state.sCount[startLine]! - state.blkIndent >= 4) return false
  const match = definition.exec(line(startLine))
  if (match === null || match[1]!.length > labelCharactersMax) return false
  if (silent) return true
  const parts = [line(startLine).slice(match[0].length).trimStart()]
  let next = startLine + 1
  for (; next < endLine; next++) {
    const blank = line(next).trim() === ''
    const indented = (at: number) => at < endLine && state.sCount[at]! >= 2 && line(at).trim() !== ''
    if (!indented(next) && !(blank && indented(next + 1))) break
    parts.push(state.src.slice(state.bMarks[next]!, state.eMarks[next]!).replace(/^(?:\t| {1,4})/, ''))
  }
  const { texts } = notesOf(state.env)
  if (!texts.has(match[1]!)) texts.set(match[1]!, parts.join('\n'))
  state.line = next
  return true
}

const readReference: InlineRule = (state, silent) => {
  reference.lastIndex = state.pos
  const match = state.src[state.pos] === '[' ? reference.exec(state.src) : null
  if (match === null) return false
  const { texts, order } = notesOf(state.env)
  const label = match[1]!
  if (!texts.has(label) || (!order.includes(label) && order.length >= notesMax)) return false
  if (!silent) {
    const first = !order.includes(label)
    if (first) order.push(label)
    state.push('footnote', '', 0).meta = { number: order.indexOf(label) + 1, first }
  }
  state.pos += match[0].length
  return true
}

function notesOf(env: unknown): Notes {
  return (env as { notes: Notes }).notes
}
