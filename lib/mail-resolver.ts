/** DNS as DKIM asks it: TXT records with their parts, errors thrown with the code of node:dns. */
import { Resolver } from 'node:dns/promises'

export type MailResolver = (name: string, type: string) => Promise<string[][]>

const timeoutMs = 4_000

/** `server` is host:port of a name server; null asks the system's. */
export function mailResolver(server: string | null): MailResolver {
  return async (name, type) => {
    const resolver = new Resolver({ timeout: timeoutMs, tries: 2 })
    if (server !== null) resolver.setServers([server])
    if (type !== 'TXT') throw Object.assign(new Error(`only TXT is asked, not ${type}`), { code: 'ENODATA' })
    return resolver.resolveTxt(name)
  }
}
