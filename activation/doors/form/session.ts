/** One blog, one outage key: unlocked, it signs; locked again, it is gone. Nothing of it leaves the page but signed objects. */
import { sha256 } from '@noble/hashes/sha2.js'
import { sayHint } from '../../../protocol/author-hint.ts'
import { toHex } from '../../../protocol/bytes.ts'
import type { Result } from '../../../protocol/codes.ts'
import { reopen, seal } from '../../../protocol/envelope.ts'
import { delegatedUntilMsMax } from '../../../protocol/limits.ts'
import type { Envelope, Hash, SignedObject } from '../../../protocol/objects.ts'
import type { Signer } from '../../../protocol/platform.ts'
import { signerFromSeed } from '../../../protocol/signature.ts'
import { type Draft, postFields } from '../draft.ts'
import { openVault } from '../vault.ts'
import type { VaultDocument } from '../vault-document.ts'

/** A device whose clock is further off signs with the member's time. */
const clockOffMsMax = 120_000

export class Session {
  readonly vault: VaultDocument
  readonly #delegations: readonly SignedObject<'delegation'>[]
  readonly #offMs: number
  #prevs: readonly Hash[]
  #signer: Signer | null = null

  constructor(vault: VaultDocument) {
    this.vault = vault
    this.#delegations = vault.delegations.map((delegation) => reopen('', delegation) as SignedObject<'delegation'>)
    this.#prevs = vault.prevs
    const offMs = vault.now - Date.now()
    this.#offMs = Math.abs(offMs) > clockOffMsMax ? offMs : 0
  }

  get hasVault(): boolean {
    return this.#delegations.length > 0
  }

  get isUnlocked(): boolean {
    return this.#signer !== null
  }

  /** Whether the unlocked key may say that the blog is down; of locked keys, whether any may. */
  get mayDeclare(): boolean {
    const keys = this.#delegations.filter(
      (delegation) => this.#signer === null || delegation.payload.to === this.#signer.key,
    )
    return keys.some((key) => key.payload.may.includes('declaration'))
  }

  /** Tries the keys newest first: an author with two passphrases may use either. */
  async unlock(
    passphrase: string,
    onProgress: (part: number) => void,
  ): Promise<'open' | 'wrong-passphrase' | 'damaged'> {
    let worst: 'wrong-passphrase' | 'damaged' = 'wrong-passphrase'
    for (const { payload } of this.#delegations) {
      const opened = await openVault(payload.vault!, passphrase, { onProgress })
      if (opened.ok) {
        const signer = signerFromSeed(opened.seed)
        if (signer.key === payload.to) {
          this.#signer = signer
          return 'open'
        }
      }
      if (opened.ok || opened.reason === 'damaged') worst = 'damaged'
    }
    return worst
  }

  lock(): void {
    this.#signer = null
  }

  /** Whether a post was signed by the unlocked key, or may have been while it is locked. */
  isOwn(post: SignedObject<'post'>): boolean {
    return this.#signer === null || post.payload.key === this.#signer.key
  }

  async sign(draft: Draft): Promise<Result<SignedObject<'post'>>> {
    const { network, blog, address } = this.vault
    const context = { network, blog, prevs: this.#prevs, nowMs: this.#nowMs(), base: address, through: 'form' }
    const fields = postFields(draft, context)
    return fields.ok ? { ok: true, value: await seal('post', fields.value, this.#signer!, sha256) } : fields
  }

  async declareDown(): Promise<SignedObject<'declaration'>> {
    const { network, blog } = this.vault
    const time = this.#nowMs()
    const declaration = { state: 'down' as const, by: 'author' as const, until: time + delegatedUntilMsMax }
    return seal('declaration', { network, blog, time, ...declaration }, this.#signer!, sha256)
  }

  /** Says ahead whose the objects are. */
  async hint(host: string): Promise<string | null> {
    return this.#signer === null ? null : sayHint(this.#signer, this.vault.blog, host, this.#nowMs())
  }

  /** The next post follows this one. */
  sent(post: SignedObject<'post'>): void {
    this.#prevs = [post.id]
  }

  #nowMs(): number {
    return Date.now() + this.#offMs
  }
}

export function newMark(): Hash {
  return toHex(crypto.getRandomValues(new Uint8Array(32)))
}

export function postOf(envelope: Envelope, id: Hash): SignedObject<'post'> {
  return reopen(id, envelope) as SignedObject<'post'>
}
