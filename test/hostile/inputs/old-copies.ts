import { type HostileRequest, hostileRequest } from './request.ts'

/** Older copies of a blog, one after the other and again: each has to be built where it is not in memory. */
export function oldCopies(host: string, stamps: readonly string[], times: number): readonly HostileRequest[] {
  const once = stamps.map((stamp) => hostileRequest('GET', `/m/${host}/at/${stamp}/copy/`))
  return Array.from({ length: times }, () => once).flat()
}
