/**
 * Cookies within one chain of redirects at one origin: some servers show their page only to those who bring back what
 * they were given. Nothing outlives the chain, and nothing is told to another origin.
 */
const cookiesMax = 20
const bytesMax = 4096

export class CookieChain {
  readonly #byOrigin = new Map<string, Map<string, string>>()

  /** Keeps what an answer set, or takes out what it ended. */
  take(origin: string, setCookie: readonly string[]): void {
    const known = this.#byOrigin.get(origin) ?? new Map<string, string>()
    this.#byOrigin.set(origin, known)
    for (const line of setCookie.slice(0, cookiesMax)) {
      const match = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200})=([!#-+\--:<-[\]-~"]{0,2000})\s*(;|$)/.exec(line)
      if (match === null) continue
      if (/;\s*max-age\s*=\s*(0|-\d)/i.test(line)) known.delete(match[1]!)
      else if (known.size < cookiesMax || known.has(match[1]!)) known.set(match[1]!, match[2]!)
    }
  }

  /** The header for the next request to that origin; none where nothing was set. */
  header(origin: string): Readonly<Record<string, string>> {
    const text = [...(this.#byOrigin.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
    return text === '' || text.length > bytesMax ? {} : { cookie: text }
  }
}
