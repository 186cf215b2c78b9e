/** The part of the internet in which a url lies: IPv4 /16 or IPv6 /32, as vouchers name it. */
import { lookup } from 'node:dns/promises'
import { truncated } from '../http/rates.ts'

/** "203.0.0.0/16", "2001:db8::/32"; "unknown" where the name does not resolve. */
export async function addressBlock(url: string): Promise<string> {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  try {
    const { address, family } = await lookup(host)
    const parts = truncated(address).split(family === 4 ? '.' : ':')
    return family === 4 ? `${parts[0]}.${parts[1]}.0.0/16` : `${parts[0]}:${parts[1]}::/32`
  } catch {
    return 'f'.repeat(4) // no address: a block of its own, shared with others that have none
  }
}
