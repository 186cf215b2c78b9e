/**
 * How much a JSON text of somebody else's would take in memory: empty objects are three bytes each as text, and twenty
 * times that once parsed.
 */

const quote = 0x22
const backslash = 0x5c
const opening = new Set([0x2c, 0x5b, 0x7b])

/** Whether the text (UTF-8) has more than `max` objects, lists and commas outside of its strings. */
export function hasMorePartsThan(json: Uint8Array, max: number): boolean {
  let parts = 0
  let inString = false
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!
    if (inString) {
      if (byte === backslash) at++
      else if (byte === quote) inString = false
    } else if (byte === quote) inString = true
    else if (opening.has(byte) && ++parts > max) return true
  }
  return false
}
