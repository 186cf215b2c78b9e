import { type HostileRequest, hostileRequest } from './request.ts'

/** As much of one character as a server lets through in a path or a query. */
const wordBytes = 12_000

/** A route's path with one very long word in each of its places; the same word is asked for in the query. */
export function longWords(path: string, word = 'a'.repeat(wordBytes)): HostileRequest {
  const places = path.split('/').filter((part) => part.startsWith(':')).length
  const each = word.slice(0, Math.floor(wordBytes / (places + 1)))
  const asked = path.replace(/:[a-z]+\*?/gi, each)
  return hostileRequest('GET', `${asked}?ids=${each}`)
}

/** Thousands of short segments and of names in the query. */
export function manyWords(path: string): HostileRequest {
  const asked = path.replace(/:[a-z]+\*/gi, 'a/'.repeat(2_000)).replace(/:[a-z]+/gi, 'a')
  return hostileRequest('GET', `${asked}?${'a&'.repeat(3_000)}`)
}
