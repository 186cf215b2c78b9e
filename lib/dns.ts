/** DNS, handed in: TXT records as they are, and as DKIM asks them (with their parts, errors with the code of node:dns). */
import { Resolver } from 'node:dns/promises'

/** The texts under a name, each put together from its parts; none where the name has none or does not answer. */
export type DnsText = (name: string) => Promise<readonly string[]>

const timeoutMs = 3_000
const mailTimeoutMs = 4_000
const textsMax = 50

export const systemDnsText: DnsText = async (name) => {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 2 })
  try {
    const records = await resolver.resolveTxt(name)
    return records.slice(0, textsMax).map((parts) => parts.join(''))
  } catch {
    return [] // an unreachable resolver has shown no marker; the next look asks again
  }
}

export type MailResolver = (name: string, type: string) => Promise<string[][]>

/** `server` is host:port of a name server; null asks the system's. */
export function mailResolver(server: string | null): MailResolver {
  return async (name, type) => {
    const resolver = new Resolver({ timeout: mailTimeoutMs, tries: 2 })
    if (server !== null) resolver.setServers([server])
    if (type !== 'TXT') throw Object.assign(new Error(`only TXT is asked, not ${type}`), { code: 'ENODATA' })
    return resolver.resolveTxt(name)
  }
}
