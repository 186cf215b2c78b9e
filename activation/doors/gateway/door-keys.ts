/**
 * How an author opens a door for e-mail or an app at one member:
 *
 *   author asks ─► member makes a key, and a secret: a mail address or a token ─► author signs a delegation to that key
 *
 * Anybody may ask, since the key means nothing until a posting key of the blog delegates to it; what nobody delegated to is
 * forgotten after a while. The delegation expires, is limited to ten posts a day, and the author ends it by revoking it.
 */

import type { Ledger } from '../../../ledger/ledger.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Random } from '../../../lib/random.ts'
import { fromHex, toHex, utf8 } from '../../../protocol/bytes.ts'
import { accept, type Result, refuse } from '../../../protocol/codes.ts'
import { delegated, voicesOf } from '../../../protocol/key-roles.ts'
import type { Hash, Key, SignedObject } from '../../../protocol/objects.ts'
import type { Sha256, Signer } from '../../../protocol/platform.ts'
import { rootChain } from '../../../protocol/roots.ts'
import { signerFromSeed } from '../../../protocol/signature.ts'
import type { PassRow, PassStore } from './gateway-store.ts'

export type PassesDeps = {
  readonly store: PassStore
  readonly ledger: Ledger
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
}
export type Pass = {
  readonly row: PassRow
  readonly signer: Signer
  readonly delegation: SignedObject<'delegation'>
}
export type PassRequest = {
  readonly how: 'mail' | 'app'
  readonly blog: Hash
  readonly name: string
  /** For mail: where the author is told, and the addresses that the author writes from. */
  readonly notice?: string
  readonly senders?: readonly string[]
  /** For mail: a public OpenPGP key, armored, that the root names. */
  readonly openpgp?: string
}
export type OpenedPass = { readonly key: Key; readonly secret: string; readonly codes: readonly string[] }

/** Passes without a delegation wait this long, and so many of them for one blog. */
const waitMs = 3_600_000
const waitingMax = 10
const codesOfList = 20
/** No letters that look alike. 32 of them: 5 bits each. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789'

export class Passes {
  readonly #deps: PassesDeps

  constructor(deps: PassesDeps) {
    this.#deps = deps
  }

  async open(request: PassRequest): Promise<Result<OpenedPass>> {
    const { store, ledger, clock, random, sha256 } = this.#deps
    const blog = await ledger.blog(request.blog)
    const root = rootChain(request.blog, blog.root)?.current.payload
    if (root === undefined) return refuse('UNKNOWN_BLOG')
    if (root.closed === true) return refuse('BLOG_CLOSED')
    const hosts = root.addresses.map((one) => new URL(one).hostname)
    if (request.how === 'mail') {
      const notice = request.notice ?? ''
      if (!isMailAddress(notice)) return refuse('BAD_FIELDS', 'notice: a mail address is needed')
      if (hosts.some((host) => sharesDomain(notice, host)))
        return refuse('BAD_FIELDS', 'notice: not under the domain of the blog, whose mail may be down with it')
    }
    if (request.openpgp !== undefined) {
      const { openpgpFingerprint } = await import('../mail/openpgp.ts')
      const fingerprint = await openpgpFingerprint(request.openpgp)
      if (!fingerprint.ok) return fingerprint
      if (root.openpgp?.includes(fingerprint.value) !== true)
        return refuse(
          'BAD_FIELDS',
          `openpgp: the root does not name ${fingerprint.value}: dgos blog keys openpgp <file>`,
        )
    }
    await this.#forgetWaiting(request.blog)
    const waiting = await this.#waiting(request.blog)
    if (waiting.length >= waitingMax) return refuse('RATE', 'too many doors of this blog wait for their delegation')
    const seed = random.bytes(32)
    const secret = word(random, 26)
    const codes = request.how === 'mail' ? Array.from({ length: codesOfList }, () => word(random, 10)) : []
    await store.put({
      id: this.#idOf(secret),
      how: request.how,
      blog: request.blog,
      seed: toHex(seed),
      name: request.name,
      notice: request.notice ?? null,
      senders: (request.senders ?? []).map((one) => one.toLowerCase()),
      codes: codes.map((one) => toHex(sha256(utf8(one)))),
      openpgp: request.openpgp ?? null,
      at: clock.nowMs(),
    })
    return accept({ key: signerFromSeed(seed).key, secret, codes })
  }

  /** The pass of a secret whose delegation counts now. */
  async find(how: PassRow['how'], secret: string): Promise<Result<Pass>> {
    const { store, ledger, clock } = this.#deps
    const row = /^[a-z2-9]{26}$/.test(secret) ? await store.get(this.#idOf(secret)) : null
    if (row === null || row.how !== how) return refuse('NOT_ALLOWED', 'unknown address or token')
    const signer = signerFromSeed(fromHex(row.seed))
    const voices = voicesOf(await ledger.blog(row.blog))
    if (voices === null || voices.chain.current.payload.closed === true) return refuse('BLOG_CLOSED')
    const delegation = delegated(voices, signer.key, 'post', clock.nowMs())
    if (delegation !== null) return accept({ row, signer, delegation })
    if (voices.revoked.has(signer.key)) return refuse('KEY_REVOKED', 'the author has closed this door')
    return voices.delegations.has(signer.key)
      ? refuse('EXPIRED', 'the delegation has run out')
      : refuse('NOT_ALLOWED', 'the author has not signed the delegation yet')
  }

  #idOf(secret: string): Hash {
    return toHex(this.#deps.sha256(utf8(`dgos door ${secret}`)))
  }

  async #waiting(blog: Hash): Promise<readonly PassRow[]> {
    const voices = voicesOf(await this.#deps.ledger.blog(blog))
    const rows = await this.#deps.store.ofBlog(blog)
    return rows.filter((one) => {
      const { key } = signerFromSeed(fromHex(one.seed))
      return voices?.delegations.has(key) !== true && voices?.revoked.has(key) !== true
    })
  }

  async #forgetWaiting(blog: Hash): Promise<void> {
    const old = this.#deps.clock.nowMs() - waitMs
    for (const one of await this.#waiting(blog)) if (one.at < old) await this.#deps.store.remove(one.id)
  }
}

export function isMailAddress(text: string): boolean {
  return /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text) && text.length <= 254
}

/** Whether the mail of an address goes with a host: the same domain, or one above or below the other. */
export function sharesDomain(mail: string, host: string): boolean {
  const domain = mail.slice(mail.lastIndexOf('@') + 1).toLowerCase()
  return domain === host || host.endsWith(`.${domain}`) || domain.endsWith(`.${host}`)
}

function word(random: Random, length: number): string {
  return Array.from({ length }, () => letters[random.below(letters.length)]).join('')
}
