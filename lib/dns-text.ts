/** DNS TXT records, handed in. */
import { Resolver } from 'node:dns/promises'

/** The texts under a name, each put together from its parts; none where the name has none or does not answer. */
export type DnsText = (name: string) => Promise<readonly string[]>

const timeoutMs = 3_000
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
