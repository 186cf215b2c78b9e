/** The `srcset` attribute. Pure. */
export type Candidate = { readonly reference: string; readonly descriptor: string }

/**
 * Candidates of a `srcset`, after the HTML standard: commas inside a URL stay, a trailing comma ends it, commas in
 * parentheses belong to the descriptor. One pass, whatever the value.
 */
export function srcsetCandidates(value: string): Candidate[] {
  const found: Candidate[] = []
  const word = /[^\s]+/g
  for (let at = 0; at < value.length; ) {
    word.lastIndex = at
    const run = word.exec(value)
    if (run === null) break
    at = run.index + run[0].length
    const text = withoutCommas(run[0])
    if (text === '') continue
    const ended = run[0].endsWith(',')
    const end = ended ? at : descriptorEnd(value, at)
    found.push({ reference: text, descriptor: value.slice(at, end).trim() })
    at = ended ? end : end + 1
  }
  return found
}

function withoutCommas(text: string): string {
  let start = 0
  let end = text.length
  while (text[start] === ',') start++
  while (end > start && text[end - 1] === ',') end--
  return text.slice(start, end)
}

function descriptorEnd(value: string, from: number): number {
  let depth = 0
  for (let at = from; at < value.length; at++) {
    if (value[at] === '(') depth++
    else if (value[at] === ')') depth = Math.max(0, depth - 1)
    else if (value[at] === ',' && depth === 0) return at
  }
  return value.length
}
