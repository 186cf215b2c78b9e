/**
 * The blog's side of the return: pull from the mirrors, check, import each post exactly once, see it published, confirm.
 *
 *   feeds of ≥ 2 mirrors → envelopes checked → find or create by public id → page visible → `imported` → mirrors redirect
 *
 * Exactly once rests on the blog alone: `create` keeps the public id with the post in one step, so a run that died after
 * it finds the post again, and a second run at the same time gets the first one's permalink. A text of the same draft that
 * comes late may give a post another public id: the blog goes on knowing it by the one it was imported under.
 */
import { CoalescedRuns } from '../../ledger/coalesced-runs.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Web } from '../../lib/web.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { badField } from '../../protocol/kinds.ts'
import type { Attachment, Envelope, Hash, Post, Time } from '../../protocol/objects.ts'
import type { Platform, Signer } from '../../protocol/platform.ts'
import { type ShownPost, shownPosts, withheld } from '../../protocol/posts.ts'
import { type PullOptions, pullBlob, pullPosts } from './pull.ts'

export type ImportPost = {
  /** What `find` and `create` know it by: the public id that the emergency post had when it was imported. */
  readonly id: Hash
  /** The id of the text. Another one means that the author has edited it since. */
  readonly text: Hash
  readonly post: Post
  readonly publishedMs: Time
  readonly attachments: readonly (Attachment & { readonly body: Uint8Array })[]
}

/** The blog software, as the import sees it. */
export type BlogPort = {
  find(id: Hash): Promise<{ readonly url: string; readonly text: Hash } | null>
  /** Publishes the post and keeps its id, both or neither. Where the id is known already: the permalink of that post. */
  create(post: ImportPost): Promise<string>
  update(post: ImportPost): Promise<string>
  /** Takes a post back that its author withdrew. */
  remove(id: Hash): Promise<void>
}

export type ImportClientDeps = {
  readonly web: Web
  readonly store: BlogPort
  readonly platform: Platform
  readonly clock: Clock
  readonly log: Log
  /** The blog's online key. */
  readonly signer: Signer
}
export type ImportClientOptions = PullOptions & {
  /** Mirrors that must have answered. One alone could withhold posts unnoticed. Default 2. */
  readonly sourcesMin?: number
}

export type ImportReport = {
  readonly sources: number
  /** Permalinks by public id: of posts imported now. */
  readonly created: ReadonlyMap<Hash, string>
  readonly updated: readonly Hash[]
  readonly removed: readonly Hash[]
  /** Posts whose images or page are not there yet: tried again in the next run. */
  readonly waiting: readonly Hash[]
  /** Posts that others name but that no mirror gave. */
  readonly withheld: readonly Hash[]
  /** Mirrors that took the confirmation; 0 where there was nothing to confirm. */
  readonly confirmedBy: number
}

const confirmedMax = 100
const visibleBytesMax = 64 * 1024
const visibleTimeMs = 15_000

export class ImportClient {
  readonly #deps: ImportClientDeps
  readonly #options: ImportClientOptions
  readonly #runs = new CoalescedRuns(() => this.#import())

  constructor(deps: ImportClientDeps, options: ImportClientOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** One whole import. Safe to call at any time and again; calls at the same time share one run. */
  run(): Promise<ImportReport> {
    return this.#runs.current(this.#options.blog)
  }

  async #import(): Promise<ImportReport> {
    const { blog, sources } = await pullPosts(this.#deps, this.#options)
    const done = {
      created: new Map<Hash, string>(),
      updated: [] as Hash[],
      removed: [] as Hash[],
      waiting: [] as Hash[],
    }
    const report = { ...done, sources: sources.length, withheld: withheld(blog), confirmedBy: 0 }
    if (sources.length < (this.#options.sourcesMin ?? 2)) return report
    const links: { post: Hash; url: string }[] = []
    for (const shown of shownPosts(blog, this.#deps.clock.nowMs()).toReversed()) {
      const url = await this.#take(shown, done)
      if (url === null) continue
      if (url === shown.importedAt) continue
      const link = { post: shown.id, url }
      if (this.#isSealable(link) && (await this.#isVisible(url))) links.push(link)
      else done.waiting.push(shown.id)
    }
    const confirmedBy = links.length === 0 ? 0 : await this.#confirm(links)
    this.#deps.log.info('import', { sources: sources.length, created: done.created.size, confirmed: links.length })
    return { ...report, confirmedBy }
  }

  /** The permalink of one post, imported now or before; null where it is withdrawn or has to wait. */
  async #take(
    shown: ShownPost,
    done: { created: Map<Hash, string>; updated: Hash[]; removed: Hash[]; waiting: Hash[] },
  ): Promise<string | null> {
    const { store } = this.#deps
    const found = await this.#found(shown)
    if (shown.withdrawn) {
      if (found === null) return null
      await store.remove(found.id)
      done.removed.push(shown.id)
      return null
    }
    if (found?.text === shown.current.id) return found.url
    const post = await this.#whole(shown, found?.id ?? shown.id)
    if (post === null) {
      done.waiting.push(shown.id)
      return null
    }
    if (found !== null) {
      done.updated.push(shown.id)
      return store.update(post)
    }
    const url = await store.create(post)
    done.created.set(shown.id, url)
    return url
  }

  /** The post as the blog has it, under whichever of its ids. */
  async #found(shown: ShownPost): Promise<{ readonly id: Hash; readonly url: string; readonly text: Hash } | null> {
    for (const id of shown.ids) {
      const found = await this.#deps.store.find(id)
      if (found !== null) return { id, ...found }
    }
    return null
  }

  /** The post with the bytes of its images, or null where one of them is nowhere to be had. */
  async #whole(shown: ShownPost, id: Hash): Promise<ImportPost | null> {
    const attachments: (Attachment & { body: Uint8Array })[] = []
    for (const attachment of shown.current.payload.attachments) {
      const body = await pullBlob(this.#deps, this.#options.mirrors, attachment.blob)
      if (body === null) return null
      attachments.push({ ...attachment, body })
    }
    const publishedMs = shown.history[0]!.payload.published
    return { id, text: shown.current.id, post: shown.current.payload, publishedMs, attachments }
  }

  /** Permalinks follow the grammar of kinds.json: lower-case host, percent-encoded path. Another one is the blog software's fault. */
  #isSealable(link: { readonly post: Hash; readonly url: string }): boolean {
    const { network, blog } = this.#options
    const fields = { network, blog, key: this.#deps.signer.key, time: this.#deps.clock.nowMs(), posts: [link] }
    const wrong = badField('imported', fields)
    if (wrong !== null) this.#deps.log.error('permalink-unfit', { url: link.url.slice(0, 200) })
    return wrong === null
  }

  /** Whether readers get the page: mirrors will send them there. */
  async #isVisible(url: string): Promise<boolean> {
    const headers = { 'user-agent': this.#options.userAgent }
    const request = { url, headers, bytesMax: visibleBytesMax, cut: true, timeMs: visibleTimeMs, redirectsMax: 3 }
    const answer = await this.#deps.web.fetch(request)
    return answer.ok && answer.status === 200
  }

  /** Signs the confirmation and hands it to every mirror. The number that took it. */
  async #confirm(links: readonly { readonly post: Hash; readonly url: string }[]): Promise<number> {
    const { clock, signer, platform } = this.#deps
    const envelopes: Envelope[] = []
    for (let at = 0; at < links.length; at += confirmedMax) {
      const fields = { network: this.#options.network, time: clock.nowMs(), blog: this.#options.blog }
      const posts = links.slice(at, at + confirmedMax)
      envelopes.push((await seal('imported', { ...fields, posts }, signer, platform.sha256)).envelope)
    }
    const body = utf8(JSON.stringify({ objects: envelopes }))
    const taken = await Promise.all(this.#options.mirrors.map((mirror) => this.#hand(mirror, body, envelopes.length)))
    return taken.filter(Boolean).length
  }

  async #hand(mirror: string, body: Uint8Array, count: number): Promise<boolean> {
    const answer = await this.#deps.web.fetch({
      url: `${mirror}dgos/v1/objects`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': this.#options.userAgent },
      body,
      bytesMax: visibleBytesMax,
      timeMs: visibleTimeMs,
      redirectsMax: 0,
    })
    if (!answer.ok || answer.status !== 200) return false
    try {
      const { answers } = JSON.parse(new TextDecoder().decode(answer.body)) as { answers: { result: string }[] }
      return answers.length === count && answers.every((answer) => answer.result !== 'refused')
    } catch {
      return false // not an answer of this protocol
    }
  }
}
