/** How much there is to read. Pure. */

/** Thai, Lao, Burmese, Khmer, Japanese, Chinese: they put no blanks between their words, of which one is about two characters. */
const unspaced = /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u{20000}-\u{3ffff}]/gu
const unspacedLength = 2

/** Words of a text. Signs alone are no words. */
export function wordCount(text: string): number {
  let count = 0
  for (const word of text.split(/\s+/)) {
    const characters = word.match(unspaced)?.length ?? 0
    if (characters > 0) count += Math.ceil(characters / unspacedLength)
    else if (/[\p{L}\p{N}]/u.test(word)) count++
  }
  return count
}
