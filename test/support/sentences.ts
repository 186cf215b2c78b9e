/** Documents with one sentence a line, so that a change of one shows as one. Pure: Markdown in, the same Markdown out. */

/** These end in a point and no sentence. */
const abbreviations = /(?:^|[\s(])(?:e\.g|i\.e|cf|vs|No|St|Dr|etc|al|approx|[A-Z])\.$/
/** How a sentence begins. Not as an item of a list: on a line of its own it would become one. */
const opening = /^(?![-*+] |\d+\. )["“‘(*_[]*[\p{Lu}\p{N}`]/u
const itemStart = /^(\s*)([-*+]|\d+\.)\s+/
const fence = /^\s*(```|~~~)/
/** Lines that stay as they are: indented code, headings, tables, html, rules, link definitions, quotations. */
const verbatim = /^ {4}|^\s*(#{1,6}\s|\||<|>|(?:-{3,}|\*{3,}|={3,})\s*$|\[[^\]]+\]:\s)/

export function oneSentenceALine(markdown: string): string {
  const out: string[] = []
  let paragraph: { readonly indent: string; readonly first: string; texts: string[] } | null = null
  let isCode = false
  const flush = () => {
    if (paragraph === null) return
    const { first, indent, texts } = paragraph
    for (const [i, sentence] of sentencesOf(texts.join(' ')).entries()) out.push((i === 0 ? first : indent) + sentence)
    paragraph = null
  }
  for (const line of markdown.split('\n')) {
    const isFence = fence.test(line)
    if (isCode || isFence || verbatim.test(line) || line.trim() === '') {
      flush()
      out.push(line)
      if (isFence) isCode = !isCode
      continue
    }
    const item = itemStart.exec(line)
    if (item !== null) flush()
    const lead = item?.[0] ?? /^\s*/.exec(line)![0]
    const text = line.slice(lead.length).trimEnd()
    if (paragraph === null) paragraph = { first: lead, indent: ' '.repeat(lead.length), texts: [text] }
    else paragraph.texts.push(text)
  }
  flush()
  return out.join('\n')
}

/** Not inside code, links and brackets, nor after a bold label that begins a paragraph. */
export function sentencesOf(text: string): readonly string[] {
  const sentences: string[] = []
  let start = 0
  let depth = 0
  let isCode = false
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!
    if (letter === '`') isCode = !isCode
    if (isCode) continue
    if ('(['.includes(letter)) depth++
    if (')]'.includes(letter)) depth = Math.max(0, depth - 1)
    if (letter !== ' ' || depth > 0) continue
    const before = text.slice(start, i)
    const ends = /[.!?…]["”’')\]*_`]*$/.test(before) && !abbreviations.test(before)
    const begins = opening.test(text.slice(i + 1))
    if (!ends || !begins || /^\*\*[^*]+\*\*$/.test(before)) continue
    sentences.push(before)
    start = i + 1
  }
  return [...sentences, text.slice(start)]
}
