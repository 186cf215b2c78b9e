/**
 * The author is told at once that the blog was declared down, by mail, ntfy or webhook, with a link to a door. And once a
 * week at most that a wall keeps most watchers out, with the rule that lets them in.
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
import { toHex, utf8 } from '../protocol/bytes.ts'
import { type Refused, refuse } from '../protocol/codes.ts'
import { keyRolesOf } from '../protocol/key-roles.ts'
import { blogOf, type Hash, type Key, type SignedObject, type Time } from '../protocol/objects.ts'
import type { Platform } from '../protocol/platform.ts'
import type { MemberView } from '../protocol/roster.ts'
import { seenWall } from '../protocol/seen-wall.ts'
import { wallOf } from '../protocol/walls.ts'
import { watchersOf } from '../protocol/watchers.ts'
import type { ContactConsents } from './contact-consents.ts'
import { type Way, waysOf } from './contact-ways.ts'
import type { Mailer } from './mailer.ts'
import type { NoticeStore } from './notice-store.ts'
import {
  backNoticeOf,
  homeNoticeOf,
  type Notice,
  noticeOf,
  type Outage,
  type Returned,
  type Walled,
  wallNoticeOf,
} from './notice-text.ts'
import { watchedAddress } from './watch/watchers.ts'

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

/** What is told first: the blog is down, or a wall keeps its guards out. */
export type About = 'down' | 'wall'
/** What is told afterwards, by whoever told that the blog was down: it is back; all posts are home. */
type After = 'back' | 'home'
export type NoticeAnswer = { readonly holds: boolean; readonly toldAt: Time | null }
/** Since when there is something to tell, and what is said. */
type Cause = { readonly since: Time; readonly subject: Outage | Walled | Returned; readonly notice: Notice }

/** A blog that falls, returns and falls again makes one notice in this time. */
const againMs = 3_600_000
/** A wall that stands this long is told of; it may be raised and lowered often, and is told of again after a week. */
const walledMs = 30 * 60_000
const walledAgainMs = 7 * 86_400_000
const askMs = 3_000
const postBytesMax = 16 * 1024
const postTimeMs = 15_000
const events = { down: 'blog-down', wall: 'blog-behind-wall', back: 'blog-back', home: 'posts-home' } as const
const tellersMax = { down: 2, wall: 1 } as const
const mailGrammar = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])$/
const urlGrammar = /^https?:\/\/[^\s<>"]{1,490}$/

export class Notices {
  readonly #deps: NoticesDeps
  readonly #options: NoticesOptions
  /** What this member is dealing with: about what, and of which blog. */
  readonly #running = new Set<string>()
  #cancel: Cancel = () => {}
  #stopped = false

  constructor(deps: NoticesDeps, options: NoticesOptions) {
    this.#deps = deps
    this.#options = options
    deps.ledger.addPolicy('contact', (object) => this.#unservable(object as SignedObject<'contact'>))
  }

  async start(): Promise<void> {
    this.#cancel = this.#deps.ledger.onStored((objects) => {
      for (const object of objects) {
        if (object.kind === 'declaration') this.#consider(blogOf(object)!, 'down')
        if (object.kind === 'declaration' || object.kind === 'imported') this.#considerAfter(blogOf(object)!)
        if (object.kind === 'observation' && object.payload.state === 'defended')
          this.#consider(blogOf(object)!, 'wall')
      }
    })
    for (const blog of this.#deps.ledger.blogs()) this.#consider(blog, 'down')
  }

  stop(): void {
    this.#stopped = true
    this.#cancel()
  }

  /** What other keepers of a contact ask: GET dgos/v1/notices/<blog>. Names no contact. */
  async answer(blog: Hash, about: About = 'down'): Promise<NoticeAnswer> {
    const ways = await this.#waysOf(blog)
    const times = await Promise.all(ways.map((way) => this.#deps.store.toldAt(blog, nameOf(way, about))))
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

  #consider(blog: Hash, about: About): void {
    const name = `${about} ${blog}`
    if (this.#running.has(name)) return
    this.#running.add(name)
    this.#tellInTurn(blog, about)
      .catch((error) => this.#deps.log.error('notice-failed', { blog, error: String(error) }))
      .finally(() => this.#running.delete(name))
  }

  #considerAfter(blog: Hash): void {
    const name = `after ${blog}`
    if (this.#running.has(name)) return
    this.#running.add(name)
    this.#tellAfter(blog)
      .catch((error) => this.#deps.log.error('notice-failed', { blog, error: String(error) }))
      .finally(() => this.#running.delete(name))
  }

  /** Whoever told a contact that the blog is down tells it what became of that: once that it is back, once that all is home. */
  async #tellAfter(blog: Hash): Promise<void> {
    const { ledger, store } = this.#deps
    const { state, unimported } = await ledger.state(blog)
    if (state !== 'returning' && state !== 'up') return
    for (const way of await this.#waysOf(blog)) {
      const down = await store.toldAt(blog, nameOf(way, 'down'))
      if (down === null) continue
      const back = (await store.toldAt(blog, nameOf(way, 'back'))) ?? 0
      if (back < down) await this.#deliverAfter(way, 'back', blog, unimported.length)
      else if (unimported.length === 0 && (await this.#cameHome(blog, back)))
        if (((await store.toldAt(blog, nameOf(way, 'home'))) ?? 0) < back)
          await this.#deliverAfter(way, 'home', blog, 0)
    }
  }

  /** Whether posts were taken in since then. */
  async #cameHome(blog: Hash, since: Time): Promise<boolean> {
    return (await this.#deps.ledger.blog(blog)).imported.some((entry) => entry.payload.time >= since)
  }

  async #deliverAfter(way: Way, about: After, blog: Hash, waiting: number): Promise<void> {
    const known = await this.#knownOf(blog)
    if (known === null) return
    const subject = { ...known, since: this.#deps.clock.nowMs(), waiting }
    const notice = about === 'back' ? backNoticeOf(subject) : homeNoticeOf(subject)
    await this.#deliver(way, about, { since: subject.since, subject, notice })
  }

  async #tellInTurn(blog: Hash, about: About): Promise<void> {
    const mine = await this.answer(blog, about)
    const cause = mine.holds ? await this.#causeOf(blog, about) : null
    if (cause === null) return
    const againFromMs = about === 'down' ? cause.since - againMs : this.#deps.clock.nowMs() - walledAgainMs
    if ((mine.toldAt ?? 0) > againFromMs || (await this.#authorActed(blog, about, cause.since))) return
    const contactKeepers = await this.#contactKeepersBefore(blog, about)
    for (let turn = contactKeepers.length; turn > 0; turn--) {
      await pause(this.#deps.clock, this.#options.turnMs)
      if (this.#stopped || (await this.#causeOf(blog, about)) === null) return
      if (await this.#authorActed(blog, about, cause.since)) return
      const told = (await this.#ask(contactKeepers, blog, about)).filter(({ toldAt }) => (toldAt ?? 0) > againFromMs)
      if (told.length >= tellersMax[about]) return
    }
    await this.#tell(blog, about)
  }

  #causeOf(blog: Hash, about: About): Promise<Cause | null> {
    return about === 'down' ? this.#outageOf(blog) : this.#wallOf(blog)
  }

  /** An author's word or post since the blog fell: somebody knows. */
  async #authorActed(blog: Hash, about: About, since: Time): Promise<boolean> {
    if (about !== 'down') return false
    const { declaration, post } = await this.#deps.ledger.blog(blog)
    return [...declaration.filter((declaration) => declaration.payload.by === 'author'), ...post].some(
      (object) => object.payload.time >= since,
    )
  }

  /** The mirrors that stand before this member on the list and say that they keep a contact. */
  async #contactKeepersBefore(id: Hash, about: About): Promise<readonly MemberView[]> {
    const { ledger, clock } = this.#deps
    const watchers = watchersOf(await ledger.blog(id), ledger.roster(), clock.nowMs())
    const rank = watchers.findIndex((watcher) => watcher.id === this.#options.self)
    const others = rank < 0 ? watchers : watchers.slice(0, rank)
    const answers = await this.#ask(others, id, about)
    return others.filter((_, i) => answers[i]!.holds)
  }

  async #ask(members: readonly MemberView[], blog: Hash, about: About): Promise<readonly NoticeAnswer[]> {
    const { peers } = this.#deps
    const path = `dgos/v1/notices/${blog}${about === 'down' ? '' : `?about=${about}`}`
    const answers = members.map((member) => peers.get(member.url, path, askMs))
    return (await Promise.all(answers)).map(readAnswer)
  }

  /** Where the author can be told now: addresses of mail only where they have agreed. */
  async #waysOf(id: Hash): Promise<readonly Way[]> {
    const ways: Way[] = []
    for (const way of await waysOf(this.#deps.ledger, id))
      if (way.how !== 'mail' || (await this.#deps.consents.agreed(id, way.to))) ways.push(way)
    return ways
  }

  async #tell(blog: Hash, about: About): Promise<void> {
    const cause = await this.#causeOf(blog, about)
    if (cause === null) return
    const ways = await this.#waysOf(blog)
    await Promise.all(ways.map((way) => this.#deliver(way, about, cause)))
  }

  /** A verdict that others reached, not a drill and not the author's own word. */
  async #outageOf(id: Hash): Promise<Cause | null> {
    const state = await this.#deps.ledger.state(id)
    const { since, declaration } = state
    if (state.state !== 'down' || state.by !== 'quorum' || state.exercise || since === null) return null
    const known = await this.#knownOf(id)
    if (known === null) return null
    const votes = declaration!.payload.votes?.length ?? 0
    const subject = { ...known, since, votes, declaration: declaration!.id }
    return { since, subject, notice: noticeOf(subject) }
  }

  /** A wall that has kept too many watchers out for half an hour. */
  async #wallOf(id: Hash): Promise<Cause | null> {
    const { ledger, clock } = this.#deps
    const nowMs = clock.nowMs()
    const seen = seenWall(await ledger.blog(id), ledger.roster(), nowMs)
    const wall = seen === null ? null : wallOf(seen.reason)
    if (seen === null || wall === null || !seen.blinds || nowMs - seen.since < walledMs) return null
    const known = await this.#knownOf(id)
    if (known === null) return null
    const subject = { ...known, ...seen, wall: wall.title, letIn: wall.letIn }
    return { since: seen.since, subject, notice: wallNoticeOf(subject) }
  }

  async #knownOf(id: Hash) {
    const { ledger, clock, platform } = this.#deps
    const blog = await ledger.blog(id)
    const root = keyRolesOf(blog)?.chain.current.payload
    const address = watchedAddress(blog, ledger.roster(), clock.nowMs(), platform.sha256) ?? root?.addresses[0]
    if (root === undefined || address === undefined) return null
    return { blog: id, title: root.title, address, memberUrl: this.#options.url }
  }

  /** Tries a few times, then gives up: the turn of the next contact keeper comes anyway. */
  async #deliver(way: Way, about: About | After, cause: Cause): Promise<void> {
    const { blog } = cause.subject
    const { clock, store, log } = this.#deps
    for (const waitMs of [0, ...this.#options.retryMs]) {
      if (waitMs > 0) await pause(clock, waitMs)
      if (this.#stopped) return
      const failure = await this.#send(way, about, cause)
      if (failure === null) {
        await store.put(blog, nameOf(way, about), clock.nowMs())
        log.info('author-told', { blog, about, how: way.how })
        return
      }
      log.warn('author-not-told', { blog, about, how: way.how, failure: failure.slice(0, 200) })
    }
  }

  async #send({ how, to }: Way, about: About | After, { subject, notice }: Cause): Promise<string | null> {
    if (how === 'mail') return this.#mail(to, about, subject, notice)
    const event = events[about]
    if (how === 'webhook') return this.#post(to, { event, ...subject, ...notice })
    const [base, topic] = [to.slice(0, to.lastIndexOf('/') + 1), to.slice(to.lastIndexOf('/') + 1)]
    const message = {
      topic,
      title: notice.subject,
      message: notice.text,
      click: notice.door,
      priority: about === 'down' ? 4 : 3,
    }
    return this.#post(base, { ...message, tags: ['warning'] })
  }

  async #mail(
    to: string,
    about: About | After,
    { blog, since }: Cause['subject'],
    notice: Notice,
  ): Promise<string | null> {
    if (this.#deps.mailer === null) return 'no mail server'
    const what = about === 'down' ? blog : `${about} ${blog}`
    const id = toHex(this.#deps.platform.sha256(utf8(`${what} ${since} ${to}`))).slice(0, 32)
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

function nameOf({ how, to }: Way, about: About | After): string {
  return `${about === 'down' ? '' : `${about} `}${how}:${to}`
}

/** Anything but a proper answer counts as: holds nothing, has told nobody. */
function readAnswer(answer: unknown): NoticeAnswer {
  const { holds, toldAt } = (answer ?? {}) as Record<string, unknown>
  return { holds: holds === true, toldAt: Number.isSafeInteger(toldAt) ? (toldAt as number) : null }
}
