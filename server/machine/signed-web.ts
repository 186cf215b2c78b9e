/** The open web as a guard asks it: each GET signed by the member's key, anew at each hop. See protocol/http-signature.ts. */
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Web } from '../../lib/web.ts'
import { encodeBase64 } from '../../protocol/base64.ts'
import { signatureHeaders } from '../../protocol/http-signature.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'

export type SignedWebDeps = {
  readonly web: Web
  readonly clock: Clock
  readonly random: Random
  readonly signer: Signer
  readonly sha256: Sha256
}

const nonceBytes = 64

/** `agent` is the member's origin, where its key directory stands. */
export function signedWeb({ web, clock, random, signer, sha256 }: SignedWebDeps, { agent }: { agent: string }): Web {
  const sign = (url: URL) => {
    const nonce = encodeBase64(random.bytes(nonceBytes))
    return signatureHeaders({ authority: url.host, agent, nowMs: clock.nowMs(), nonce }, signer, sha256)
  }
  return { fetch: (request) => web.fetch((request.method ?? 'GET') === 'GET' ? { ...request, sign } : request) }
}

/** Names the program and how to reach who runs it, in every request to a blog. */
export function userAgentOf({ url, contact }: { readonly url: string; readonly contact: string }): string {
  return `dgos/0.1 (+${url}; ${contact.replace(/[^ -~]/g, '') || 'no contact given'})`.slice(0, 300)
}
