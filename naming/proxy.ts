/**
 * What a member does for a browser that uses it as a proxy. Pure. It is a proxy for blogs of the network and for nothing else:
 * whoever asks for another host, another port, another method or another way gets 403.
 */
import type { BlogFacts } from '../mirror/pages/facts.ts'
import { hostPath } from '../protocol/addresses.ts'
import { isAway } from './zone.ts'

export type ProxyAct =
  /** The member's own copy, as it shows it under the blog's own name. */
  | { readonly act: 'copy'; readonly host: string; readonly target: string }
  /** The blog itself answers: one document is fetched and handed on. */
  | { readonly act: 'fetch'; readonly url: string }
  /** Bytes to and from the blog's own server, unread. */
  | { readonly act: 'tunnel'; readonly host: string; readonly port: number }
  | { readonly act: 'refuse' }

export const refusal: ProxyAct = { act: 'refuse' }

const absoluteForm = /^http:\/\/([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[1-9][0-9]{0,4})?)(\/[!-~]{0,4000})?$/i
const tunnelForm = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?):443$/i

/** The host of a request in absolute form, as addresses have it; null where it is no request for a proxy. */
export function proxiedHost(method: string, target: string): string | null {
  const form = method === 'CONNECT' ? tunnelForm : method === 'GET' || method === 'HEAD' ? absoluteForm : null
  return form?.exec(target)?.[1]?.toLowerCase().replace(/:80$/, '') ?? null
}

/** `facts` are those of the blog that has proven the host first; null where there is none. */
export function proxyAct(method: string, target: string, facts: BlogFacts | null): ProxyAct {
  const host = proxiedHost(method, target)
  if (host === null || facts === null || facts.roles.chain.current.payload.closed === true) return refusal
  const addresses = facts.proven.map(({ address }) => address).filter((address) => hostPath(address) === host)
  if (method === 'CONNECT') {
    const isLiving = facts.state.state === 'up' && addresses.some((address) => address.startsWith('https:'))
    return isLiving ? { act: 'tunnel', host, port: 443 } : refusal
  }
  if (addresses.length === 0) return refusal
  const path = absoluteForm.exec(target)![2] ?? '/'
  if (isAway(facts)) return { act: 'copy', host, target: path }
  return { act: 'fetch', url: `http://${host}${path}` }
}
