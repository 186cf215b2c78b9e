/**
 * JSON as payloads may use it. JavaScript and PHP agree on every document this accepts: whole numbers within ±(2^53−1),
 * no name twice, no name that looks like a number or starts with anything but a letter, depth ≤ 8, no lone surrogate,
 * no NUL, one object at the top. The text is scanned first and only then given to the platform's parser.
 */
import { jsonDepthMax } from './limits.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const stringToken = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const numberToken = /-?(?:0|[1-9][0-9]*)/y
const wordToken = /true|false|null/y
const space = /[ \t\r\n]*/y
const nameGrammar = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/

/** The parsed object, or a word for what is wrong with it. Never throws. */
export function parseStrictJson(
  text: string,
): { ok: true; value: { [name: string]: Json } } | { ok: false; why: string } {
  const why = new Scanner(text).document()
  if (why !== null) return { ok: false, why }
  return { ok: true, value: JSON.parse(text) }
}

class Scanner {
  #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** null where the whole text is one acceptable object. */
  document(): string | null {
    this.#skipSpace()
    if (this.#text[this.#at] !== '{') return 'not an object'
    const why = this.#value(0)
    if (why !== null) return why
    this.#skipSpace()
    return this.#at === this.#text.length ? null : 'text after the object'
  }

  #skipSpace(): void {
    space.lastIndex = this.#at
    space.test(this.#text)
    this.#at = space.lastIndex
  }

  #take(token: RegExp): string | null {
    token.lastIndex = this.#at
    const match = token.exec(this.#text)
    if (match === null) return null
    this.#at = token.lastIndex
    return match[0]
  }

  #value(depth: number): string | null {
    const first = this.#text[this.#at]
    if (first === undefined) return 'ends too early'
    if (first === '{') return this.#members('}', depth + 1)
    if (first === '[') return this.#members(']', depth + 1)
    if (first === '"') return this.#string() === null ? 'bad string' : null
    if (this.#take(wordToken) !== null) return null
    const number = this.#take(numberToken)
    if (number === null || number === '-0') return 'bad value'
    if (!Number.isSafeInteger(Number(number))) return 'number out of range'
    return /[.eE0-9]/.test(this.#text[this.#at] ?? ' ') ? 'not a whole number' : null
  }

  /** The decoded string, or null where it is malformed, holds NUL or a lone surrogate. */
  #string(): string | null {
    const token = this.#take(stringToken)
    if (token === null) return null
    const value = JSON.parse(token) as string
    return value.isWellFormed() && !value.includes('\u0000') ? value : null
  }

  #members(close: '}' | ']', depth: number): string | null {
    if (depth > jsonDepthMax) return 'too deep'
    const names = new Set<string>()
    this.#at++
    this.#skipSpace()
    if (this.#text[this.#at] === close) {
      this.#at++
      return null
    }
    for (;;) {
      if (close === '}') {
        const why = this.#name(names)
        if (why !== null) return why
      }
      const why = this.#value(depth)
      if (why !== null) return why
      this.#skipSpace()
      const mark = this.#text[this.#at++]
      if (mark === undefined) return 'ends too early'
      if (mark === close) return null
      if (mark !== ',') return 'bad separator'
      this.#skipSpace()
    }
  }

  #name(names: Set<string>): string | null {
    if (this.#at >= this.#text.length) return 'ends too early'
    const name = this.#string()
    if (name === null || !nameGrammar.test(name)) return 'bad name'
    if (names.has(name)) return 'name twice'
    names.add(name)
    this.#skipSpace()
    if (this.#text[this.#at++] !== ':') return 'bad separator'
    this.#skipSpace()
    return null
  }
}
