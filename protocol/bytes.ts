/** Byte strings: the few operations every other file of the contract needs. Runs in Node and in browsers. */

const encoder = new TextEncoder()
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function utf8(text: string): Uint8Array {
  return encoder.encode(text)
}

/** Text of UTF-8 bytes, or null where they are not well-formed UTF-8 (overlong forms and surrogates included). */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return strictDecoder.decode(bytes)
  } catch {
    return null
  }
}

/** UTF-8 length of a text in bytes. Every length of the contract is counted this way, never in UTF-16 units. */
export function byteLength(text: string): number {
  return encoder.encode(text).length
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Whether something is 32 bytes in lower-case hex: the name of an object or of bytes, or a key. */
export function isHash(value: string): boolean
export function isHash(value: unknown): value is string
export function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}

const hexOf = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += hexOf[byte]
  return text
}

/** Value of a lower-case hex digit by its code unit; 255 for anything else. */
const digits = new Uint8Array(128).fill(255)
for (let i = 0; i < 16; i++) digits[i.toString(16).charCodeAt(0)] = i

/** Bytes of an even number of lower-case hex digits. Throws RangeError on anything else: callers check the grammar first. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1)
  let wrong = text.length & 1
  for (let i = 0; i < bytes.length; i++) {
    const high = digits[text.charCodeAt(2 * i)] ?? 255
    const low = digits[text.charCodeAt(2 * i + 1)] ?? 255
    wrong |= (high | low) & 0xf0
    bytes[i] = (high << 4) | low
  }
  if (wrong !== 0) throw new RangeError('not lower-case hex')
  return bytes
}

/** Order of two ASCII strings by code unit: −1, 0 or 1. Used for every sort of the contract (PHP's strcmp agrees). */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Each byte as one character. For searching bytes whose charset does not matter. */
export function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}
