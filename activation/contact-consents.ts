/**
 * No mail to an address that has not agreed. A contact, or the notices of a door, is an author's word, and may name anybody: the address gets
 * one mail with a link first, once the blog is proven to be somebody's, and notices only when the link was followed and
 * its button pressed. Programs that look at links press none.
 *
 *   contact stored, or the blog proven → asked before? asked by many? → a mail with a link → agreed → notices
 */
import type { Ledger } from '../ledger/ledger.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { toHex, utf8 } from '../protocol/bytes.ts'
import { ok, type Result, refuse } from '../protocol/codes.ts'
import { isFoundation, isPrivate } from '../protocol/kinds.ts'
import { blogOf, type Hash, type SignedObject } from '../protocol/objects.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { escapeMarkup } from '../protocol/post-html.ts'
import { rootChain } from '../protocol/roots.ts'
import { waysOf } from './contact-ways.ts'
import type { Mailer } from './mailer.ts'
import type { NoticeStore } from './notice-store.ts'
import { plainPage } from './plain-page.ts'

export type ContactConsentsDeps = {
  readonly ledger: Ledger
  readonly store: NoticeStore
  /** null where the operator has set no mail server: there are then no contacts by mail. */
  readonly mailer: Mailer | null
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly sha256: Sha256
  /** Addresses that open doors for mail name as the place where their author is told. */
  readonly noticesOf?: (blog: Hash) => Promise<readonly string[]>
}
export type ContactConsentsOptions = { readonly url: string; readonly name: string }

const weekMs = 7 * 86_400_000
/** Mails that one address gets in a week from blogs that name it and that it has not agreed to. */
const asksOfAddressMax = 3
/** Mails with links that leave here in a day: the operator's mail server has a name to lose. */
const asksADayMax = 200

export class ContactConsents {
  readonly #deps: ContactConsentsDeps
  readonly #options: ContactConsentsOptions
  readonly #asking = new Set<Hash>()
  #cancel: Cancel = () => {}

  constructor(deps: ContactConsentsDeps, options: ContactConsentsOptions) {
    this.#deps = deps
    this.#options = options
  }

  start(): void {
    this.#cancel = this.#deps.ledger.onStored((objects) => this.#note(objects))
  }

  stop(): void {
    this.#cancel()
  }

  async agreed(blog: Hash, address: string): Promise<boolean> {
    return ((await this.#deps.store.consent(blog, address))?.agreedAt ?? null) !== null
  }

  /** What the link leads to: the blog and its address, or null where it leads nowhere. */
  async asked(token: string): Promise<{ readonly title: string } | null> {
    const found = await this.#deps.store.consentOf(this.#markOf(token))
    return found === null ? null : { title: await this.#titleOf(found.blog) }
  }

  /** The button was pressed. Again changes nothing. */
  async agree(token: string): Promise<Result<null>> {
    const { store, clock, log } = this.#deps
    const found = await store.consentOf(this.#markOf(token))
    if (found === null) return refuse('NOT_FOUND')
    await store.agree(found.blog, found.contact, clock.nowMs())
    log.info('contact-agreed', { blog: found.blog })
    return ok(null)
  }

  /** Asks those of a blog's addresses that have not been asked. */
  async ask(blog: Hash): Promise<void> {
    const { ledger, mailer } = this.#deps
    if (mailer === null || ledger.isUnproven(blog) || this.#asking.has(blog)) return
    this.#asking.add(blog)
    try {
      const ways = (await waysOf(ledger, blog)).filter(({ how }) => how === 'mail').map(({ to }) => to)
      const notices = (await this.#deps.noticesOf?.(blog)) ?? []
      for (const to of new Set([...ways, ...notices]))
        if (await this.#mayAsk(blog, to)) await this.#send(blog, to, mailer)
    } finally {
      this.#asking.delete(blog)
    }
  }

  #note(objects: readonly SignedObject[]): void {
    const telling = objects.filter(({ kind }) => isPrivate(kind) || isFoundation(kind))
    for (const blog of new Set(telling.map(blogOf)))
      if (blog !== null)
        this.ask(blog).catch((error) => this.#deps.log.error('contact-not-asked', { blog, error: String(error) }))
  }

  async #mayAsk(blog: Hash, to: string): Promise<boolean> {
    const { store, clock } = this.#deps
    const nowMs = clock.nowMs()
    const before = await store.consent(blog, to)
    if (before !== null && (before.agreedAt !== null || before.askedAt > nowMs - weekMs)) return false
    const { ofContact, ofAll } = await store.asked(to, nowMs - weekMs, nowMs - weekMs / 7)
    return ofContact < asksOfAddressMax && ofAll < asksADayMax
  }

  async #send(blog: Hash, to: string, mailer: Mailer): Promise<void> {
    const { store, clock, random, log } = this.#deps
    const token = toHex(random.bytes(16))
    const title = await this.#titleOf(blog)
    // First on disk: a mail that went twice is worse than one that did not go.
    await store.ask(blog, to, this.#markOf(token), clock.nowMs())
    const { url, name } = this.#options
    const text = [
      `The author of the blog "${title}" wants to be told here: when it does not answer, and of posts that came by mail.`,
      '',
      `If that is you, say yes:  ${url}contact/${token}`,
      '',
      `If not, do nothing: ${name} sends no further mail about it.`,
    ].join('\n')
    const id = this.#markOf(token).slice(0, 32)
    await mailer
      .send({ to, subject: `Mails about "${title}" to you?`, text, id })
      .catch((error: unknown) => log.warn('contact-not-asked', { blog, error: String(error).slice(0, 200) }))
  }

  async #titleOf(blog: Hash): Promise<string> {
    return rootChain(blog, (await this.#deps.ledger.blog(blog)).root)?.current.payload.title ?? ''
  }

  #markOf(token: string): Hash {
    return toHex(this.#deps.sha256(utf8(`dgos contact ${token}`)))
  }
}

/** The page behind the link: a button, or what came of it. */
export function contactPage(title: string, state: 'asked' | 'agreed' | 'unknown'): Uint8Array {
  const name = `“${escapeMarkup(title)}”`
  if (state === 'asked')
    return plainPage('Be told?', `<p>${told(name)}</p><form method="post"><button>Yes, tell me</button></form>`)
  if (state === 'agreed') return plainPage('You will be told', `<p>${told(name)}</p>`)
  return plainPage('Nothing here', '<p>This link leads nowhere, or no longer.</p>')
}

const told = (name: string) =>
  `When ${name} does not answer, and when a mail becomes a post of it, a mail comes to you.`
