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
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import { delegated, keyRolesOf } from '../../../protocol/key-roles.ts'
import type { Hash, Key, SignedObject } from '../../../protocol/objects.ts'
import type { Sha256, Signer } from '../../../protocol/platform.ts'
import { rootChain } from '../../../protocol/roots.ts'
import { signerFromSeed } from '../../../protocol/signature.ts'
import type { DoorKeyRow, GatewayStore } from './gateway-store.ts'

export type DoorKeysDeps = {
  readonly store: GatewayStore
  readonly ledger: Ledger
  readonly clock: Clock
  readonly random: Random
  readonly sha256: Sha256
  /** The fingerprint of an armored public OpenPGP key, or why it is none. */
  readonly openpgpFingerprint: (armored: string) => Promise<Result<string>>
}
export type DoorKey = {
  readonly row: DoorKeyRow
  readonly signer: Signer
  readonly delegation: SignedObject<'delegation'>
}
export type DoorKeyRequest = {
  readonly how: 'mail' | 'app'
  readonly blog: Hash
  readonly name: string
  /** For mail: where the author is told, and the addresses that the author writes from. */
  readonly notice?: string
  readonly senders?: readonly string[]
  /** For mail: a public OpenPGP key, armored, that the root names. */
  readonly openpgp?: string
}
export type OpenedDoorKey = { readonly key: Key; readonly secret: string; readonly codes: readonly string[] }

/** DoorKeys without a delegation wait this long, and so many of them for one blog. */
const waitMs = 3_600_000
const waitingMax = 10
const codesOfList = 20
/** No letters that look alike. 32 of them: 5 bits each. */
const letters = 'abcdefghijkmnpqrstuvwxyz23456789'

export class DoorKeys {
  readonly #deps: DoorKeysDeps

  constructor(deps: DoorKeysDeps) {
    this.#deps = deps
  }

  async open(request: DoorKeyRequest): Promise<Result<OpenedDoorKey>> {
    const { store, ledger, clock, random, sha256 } = this.#deps
    const blog = await ledger.blog(request.blog)
    const root = rootChain(request.blog, blog.root)?.current.payload
    if (root === undefined) return refuse('UNKNOWN_BLOG')
    if (root.closed === true) return refuse('BLOG_CLOSED')
    const hosts = root.addresses.map((address) => new URL(address).hostname)
    if (request.how === 'mail') {
      const notice = request.notice ?? ''
      if (!isMailAddress(notice)) return refuse('BAD_FIELDS', 'notice: a mail address is needed')
      if (hosts.some((host) => sharesDomain(notice, host)))
        return refuse('BAD_FIELDS', 'notice: not under the domain of the blog, whose mail may be down with it')
    }
    if (request.openpgp !== undefined) {
      const fingerprint = await this.#deps.openpgpFingerprint(request.openpgp)
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
    const secret = randomText(random, 26)
    const codes = request.how === 'mail' ? Array.from({ length: codesOfList }, () => randomText(random, 10)) : []
    await store.put({
      id: this.#idOf(secret),
      how: request.how,
      blog: request.blog,
      seed: toHex(seed),
      name: request.name,
      notice: request.notice ?? null,
      senders: (request.senders ?? []).map((sender) => sender.toLowerCase()),
      codes: codes.map((code) => toHex(sha256(utf8(code)))),
      openpgp: request.openpgp ?? null,
      at: clock.nowMs(),
    })
    return ok({ key: signerFromSeed(seed).key, secret, codes })
  }

  /** The key of a secret whose delegation counts now. */
  async find(how: DoorKeyRow['how'], secret: string): Promise<Result<DoorKey>> {
    const { store, ledger, clock } = this.#deps
    const row = /^[a-z2-9]{26}$/.test(secret) ? await store.get(this.#idOf(secret)) : null
    if (row === null || row.how !== how) return refuse('NOT_ALLOWED', 'unknown address or token')
    const signer = signerFromSeed(fromHex(row.seed))
    const roles = keyRolesOf(await ledger.blog(row.blog))
    if (roles === null || roles.chain.current.payload.closed === true) return refuse('BLOG_CLOSED')
    const delegation = delegated(roles, signer.key, 'post', clock.nowMs())
    if (delegation !== null) return ok({ row, signer, delegation })
    if (roles.revoked.has(signer.key)) return refuse('KEY_REVOKED', 'the author has closed this door')
    return roles.delegations.has(signer.key)
      ? refuse('EXPIRED', 'the delegation has run out')
      : refuse('NOT_ALLOWED', 'the author has not signed the delegation yet')
  }

  /** Where authors are told of what came through the open doors for mail of a blog. */
  async noticesOf(blog: Hash): Promise<readonly string[]> {
    const roles = keyRolesOf(await this.#deps.ledger.blog(blog))
    if (roles === null) return []
    const nowMs = this.#deps.clock.nowMs()
    const rows = await this.#deps.store.ofBlog(blog)
    const open = rows.filter(({ seed }) => delegated(roles, signerFromSeed(fromHex(seed)).key, 'post', nowMs) !== null)
    return [...new Set(open.flatMap(({ notice }) => (notice === null ? [] : [notice])))]
  }

  #idOf(secret: string): Hash {
    return toHex(this.#deps.sha256(utf8(`dgos door ${secret}`)))
  }

  async #waiting(blog: Hash): Promise<readonly DoorKeyRow[]> {
    const roles = keyRolesOf(await this.#deps.ledger.blog(blog))
    const rows = await this.#deps.store.ofBlog(blog)
    return rows.filter((row) => {
      const { key } = signerFromSeed(fromHex(row.seed))
      return roles?.delegations.has(key) !== true && roles?.revoked.has(key) !== true
    })
  }

  async #forgetWaiting(blog: Hash): Promise<void> {
    const old = this.#deps.clock.nowMs() - waitMs
    for (const doorKey of await this.#waiting(blog)) if (doorKey.at < old) await this.#deps.store.remove(doorKey.id)
  }
}

export function isMailAddress(address: string): boolean {
  return (
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(address) && address.length <= 254
  )
}

/** Whether the mail of an address goes with a host: the same domain, or one above or below the other. */
export function sharesDomain(mail: string, host: string): boolean {
  const domain = mail.slice(mail.lastIndexOf('@') + 1).toLowerCase()
  return domain === host || host.endsWith(`.${domain}`) || domain.endsWith(`.${host}`)
}

function randomText(random: Random, length: number): string {
  return Array.from({ length }, () => letters[random.below(letters.length)]).join('')
}
