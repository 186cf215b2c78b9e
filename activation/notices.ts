/**
 * The author is told at once that the blog was declared down, by mail, ntfy or webhook, with a link to a door.
 *
 * The author hands contacts to some members; nobody else knows who holds them. So on a declaration each holder asks the
 * other mirrors "do you hold one, and have you told?", and the holders that answer take turns in the order of the mirror
 * list. The first tells at once. The second tells after ten minutes unless the author has been seen to act: one member
 * that claims to have told but has not cannot keep an author in the dark. The others tell only where fewer than two
 * have. So an author gets one message, two if the first goes unheeded, and never ten.
 */

import type { Ledger } from '../ledger/ledger.ts'
import type { Peers } from '../ledger/peers.ts'
import type { Cancel, Clock } from '../lib/clock.ts'
import { pause } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import type { Web } from '../lib/web.ts'
import type { BlogState } from '../protocol/blog-state.ts'
import { toHex, utf8 } from '../protocol/bytes.ts'
import { type Refused, refuse } from '../protocol/codes.ts'
import { keyRolesOf } from '../protocol/key-roles.ts'
import { blogOf, type Hash, type Key, type SignedObject, type Time } from '../protocol/objects.ts'
import type { Platform } from '../protocol/platform.ts'
import type { MemberView } from '../protocol/roster.ts'
import type { ContactConsents } from './contact-consents.ts'
import { type Way, waysOf } from './contact-ways.ts'
import type { Mailer } from './mailer.ts'
import type { NoticeStore } from './notice-store.ts'
import { type Notice, noticeOf, type Outage } from './notice-text.ts'
import { watchedAddress, watchersOf } from './watch/watchers.ts'

export type NoticesDeps = {
  readonly ledger: Ledger
  readonly peers: Peers
  readonly web: Web
  /** null where the operator has set no mail server: contacts by mail are then refused at once. */
  readonly mailer: Mailer | null
  readonly store: NoticeStore
  /** Which addresses have agreed to be written to. */
  readonly consents: Pick<ContactConsents, 'agreed'>
  readonly clock: Clock
  readonly platform: Platform
  readonly log: Log
}
export type NoticesOptions = {
  /** First key of this member. */
  readonly self: Key
  readonly url: string
  /** Between the turns of the holders. */
  readonly turnMs: number
  /** Pauses before the second and further tries to deliver. */
  readonly retryMs: readonly number[]
}

export type NoticeAnswer = { readonly holds: boolean; readonly toldAt: Time | null }

/** A blog that falls, returns and falls again makes one notice in this time. */
const againMs = 3_600_000
const askMs = 3_000
const postBytesMax = 16 * 1024
const postTimeMs = 15_000
const tellersMax = 2
const mailGrammar = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])$/
const urlGrammar = /^https?:\/\/[^\s<>"]{1,490}$/

export class Notices {
  readonly #deps: NoticesDeps
  readonly #options: NoticesOptions
  /** Outages that this member is dealing with, by blog. */
  readonly #running = new Set<Hash>()
  #cancel: Cancel = () => {}
  #stopped = false

  constructor(deps: NoticesDeps, options: NoticesOptions) {
    this.#deps = deps
    this.#options = options
    deps.ledger.addPolicy('contact', (object) => this.#unservable(object as SignedObject<'contact'>))
  }

  async start(): Promise<void> {
    this.#cancel = this.#deps.ledger.onStored((objects) => {
      for (const object of objects) if (object.kind === 'declaration') this.#consider(blogOf(object)!)
    })
    for (const blog of this.#deps.ledger.blogs()) this.#consider(blog)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  /** What other keepers of a contact ask: GET dgos/v1/notices/<blog>. Names no contact. */
  async answer(blog: Hash): Promise<NoticeAnswer> {
    const ways = await this.#waysOf(blog)
    const times = await Promise.all(ways.map((way) => this.#deps.store.toldAt(blog, nameOf(way))))
    const told = times.filter((time) => time !== null)
    return { holds: ways.length > 0, toldAt: told.length === 0 ? null : Math.max(...told) }
  }

  #unservable({ payload }: SignedObject<'contact'>): Refused | null {
    for (const { how, to } of payload.notify) {
      const fits = how === 'mail' ? mailGrammar.test(to) : urlGrammar.test(to)
      if (!fits) return refuse('BAD_FIELDS', `/notify: not an address for ${how}`)
      if (how === 'mail' && this.#deps.mailer === null) return refuse('REFUSED', 'this member sends no mail')
    }
    return null
  }

  #consider(blog: Hash): void {
    if (this.#running.has(blog)) return
    this.#running.add(blog)
    this.#tellInTurn(blog)
      .catch((error) => this.#deps.log.error('notice-failed', { blog, error: String(error) }))
      .finally(() => this.#running.delete(blog))
  }

  async #tellInTurn(blog: Hash): Promise<void> {
    const state = await this.#toldOf(blog)
    if (state === null) return
    const mine = await this.answer(blog)
    if (!mine.holds || (mine.toldAt !== null && mine.toldAt > state.since - againMs)) return
    if (await this.#authorActed(blog, state.since)) return
    const contactKeepers = await this.#contactKeepersBefore(blog)
    for (let turn = contactKeepers.length; turn > 0; turn--) {
      await pause(this.#deps.clock, this.#options.turnMs)
      if (this.#stopped || (await this.#toldOf(blog)) === null || (await this.#authorActed(blog, state.since))) return
      const told = (await this.#ask(contactKeepers, blog)).filter(
        (noticeAnswer) => (noticeAnswer.toldAt ?? 0) > state.since - againMs,
      )
      if (told.length >= tellersMax) return
    }
    await this.#tell(blog)
  }

  /** The state, where it is one that an author is told of: a verdict that others reached, not a drill and not the author's own word. */
  async #toldOf(blog: Hash): Promise<(BlogState & { readonly since: Time }) | null> {
    const state = await this.#deps.ledger.state(blog)
    const tells = state.state === 'down' && state.by === 'quorum' && !state.exercise && state.since !== null
    return tells ? { ...state, since: state.since! } : null
  }

  /** An author's word or post since then: somebody knows. */
  async #authorActed(blog: Hash, since: Time): Promise<boolean> {
    const { declaration, post } = await this.#deps.ledger.blog(blog)
    return [...declaration.filter((entry) => entry.payload.by === 'author'), ...post].some(
      (entry) => entry.payload.time >= since,
    )
  }

  /** The mirrors that stand before this member on the list and say that they keep a contact. */
  async #contactKeepersBefore(id: Hash): Promise<readonly MemberView[]> {
    const { ledger, clock } = this.#deps
    const watchers = watchersOf(await ledger.blog(id), ledger.roster(), clock.nowMs())
    const rank = watchers.findIndex((watcher) => watcher.id === this.#options.self)
    const others = rank < 0 ? watchers : watchers.slice(0, rank)
    const answers = await this.#ask(others, id)
    return others.filter((_, i) => answers[i]!.holds)
  }

  async #ask(members: readonly MemberView[], blog: Hash): Promise<readonly NoticeAnswer[]> {
    const { peers } = this.#deps
    const answers = members.map((member) => peers.get(member.url, `dgos/v1/notices/${blog}`, askMs))
    return (await Promise.all(answers)).map(readAnswer)
  }

  /** Where the author can be told now: addresses of mail only where they have agreed. */
  async #waysOf(id: Hash): Promise<readonly Way[]> {
    const ways: Way[] = []
    for (const way of await waysOf(this.#deps.ledger, id))
      if (way.how !== 'mail' || (await this.#deps.consents.agreed(id, way.to))) ways.push(way)
    return ways
  }

  async #tell(blog: Hash): Promise<void> {
    const state = await this.#toldOf(blog)
    const outage = state === null ? null : await this.#outageOf(blog, state)
    if (outage === null) return
    const notice = noticeOf(outage)
    const ways = await this.#waysOf(blog)
    await Promise.all(ways.map((way) => this.#deliver(way, outage, notice)))
  }

  async #outageOf(id: Hash, state: BlogState & { readonly since: Time }): Promise<Outage | null> {
    const { ledger, clock, platform } = this.#deps
    const blog = await ledger.blog(id)
    const root = keyRolesOf(blog)?.chain.current.payload
    const address = watchedAddress(blog, ledger.roster(), clock.nowMs(), platform.sha256) ?? root?.addresses[0]
    if (root === undefined || address === undefined) return null
    const declaration = state.declaration!
    const votes = declaration.payload.votes?.length ?? 0
    const memberUrl = this.#options.url
    return { blog: id, title: root.title, address, since: state.since, votes, declaration: declaration.id, memberUrl }
  }

  /** Tries a few times, then gives up: the turn of the next contact keeper comes anyway. */
  async #deliver(way: Way, outage: Outage, notice: Notice): Promise<void> {
    const { clock, store, log } = this.#deps
    for (const waitMs of [0, ...this.#options.retryMs]) {
      if (waitMs > 0) await pause(clock, waitMs)
      if (this.#stopped) return
      const failure = await this.#send(way, outage, notice)
      if (failure === null) {
        await store.put(outage.blog, nameOf(way), clock.nowMs())
        log.info('author-told', { blog: outage.blog, how: way.how })
        return
      }
      log.warn('author-not-told', { blog: outage.blog, how: way.how, failure: failure.slice(0, 200) })
    }
  }

  async #send({ how, to }: Way, outage: Outage, notice: Notice): Promise<string | null> {
    if (how === 'mail') return this.#mail(to, outage, notice)
    if (how === 'webhook') return this.#post(to, { event: 'blog-down', ...outage, ...notice })
    const [base, topic] = [to.slice(0, to.lastIndexOf('/') + 1), to.slice(to.lastIndexOf('/') + 1)]
    const message = { topic, title: notice.subject, message: notice.text, click: notice.door, priority: 4 }
    return this.#post(base, { ...message, tags: ['warning'] })
  }

  async #mail(to: string, outage: Outage, notice: Notice): Promise<string | null> {
    if (this.#deps.mailer === null) return 'no mail server'
    const id = toHex(this.#deps.platform.sha256(utf8(`${outage.blog} ${outage.since} ${to}`))).slice(0, 32)
    try {
      await this.#deps.mailer.send({ to, subject: notice.subject, text: notice.text, id })
      return null
    } catch (error) {
      return error instanceof Error ? error.message : String(error) // a mail server that refuses is an answer
    }
  }

  async #post(url: string, body: unknown): Promise<string | null> {
    const answer = await this.#deps.web.fetch({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: utf8(JSON.stringify(body)),
      bytesMax: postBytesMax,
      cut: true,
      timeMs: postTimeMs,
      redirectsMax: 0,
    })
    if (!answer.ok) return answer.reason
    return answer.status >= 200 && answer.status < 300 ? null : `status ${answer.status}`
  }
}

function nameOf({ how, to }: Way): string {
  return `${how}:${to}`
}

/** Anything but a proper answer counts as: holds nothing, has told nobody. */
function readAnswer(answer: unknown): NoticeAnswer {
  const { holds, toldAt } = (answer ?? {}) as Record<string, unknown>
  return { holds: holds === true, toldAt: Number.isSafeInteger(toldAt) ? (toldAt as number) : null }
}
