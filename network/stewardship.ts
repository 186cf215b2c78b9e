/**
 * For which blogs this member captures and signs. Anybody can name it in a root; it works for those that it let in (by
 * invitation, or because its door is open), that it named itself, or that it or another full member already signs heads for:
 * those are somebody's, and their sponsor pays. For the others it keeps and mirrors what every member does.
 */
import type { Ledger } from '../ledger/ledger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { BlogObjects } from '../protocol/blog-objects.ts'
import { blogOf, type Hash, type Key } from '../protocol/objects.ts'
import type { InvitationStore } from './invitation-store.ts'

export type StewardshipDeps = {
  readonly ledger: Ledger
  readonly invitations: InvitationStore
  readonly clock: Clock
  readonly log: Log
}
export type StewardshipOptions = {
  /** First key of this member. */
  readonly self: Key
  /** Whoever asks is let in. */
  readonly open: boolean
}

export class Stewardship {
  readonly #deps: StewardshipDeps
  readonly #options: StewardshipOptions

  constructor(deps: StewardshipDeps, options: StewardshipOptions) {
    this.#deps = deps
    this.#options = options
    deps.ledger.onStored((objects, via) => {
      if (via !== 'self') return
      for (const object of objects)
        if (object.kind === 'root' && object.payload.signers.includes(options.self)) this.#enrol(blogOf(object)!)
    })
  }

  async serves(blog: BlogObjects): Promise<boolean> {
    const { ledger, invitations } = this.#deps
    const { self, open } = this.#options
    if (open || (await invitations.isEnrolled(blog.blog))) return true
    const roster = ledger.roster()
    return blog.head.some(({ payload }) => {
      const signer = roster.memberOf(payload.key)
      return signer !== null && (signer.id === self || signer.standing === 'full')
    })
  }

  #enrol(blog: Hash): void {
    const { invitations, clock, log } = this.#deps
    invitations.enrol(blog, clock.nowMs()).catch((error) => log.error('not-enrolled', { blog, error: String(error) }))
  }
}
