/** Pages as they were fetched, read and judged against the last good copy. */
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Clock } from '../../lib/clock.ts'
import { TOO_COSTLY } from '../../lib/workers.ts'
import type { CaptureReader } from './capture-reader.ts'
import type { CaptureStore, Visit } from './capture-store.ts'
import { isUndeclared } from './charset.ts'
import { type AsideReason, judgePage, type KnownItem, wallOfPage } from './last-good.ts'
import { isHtml } from './media-type.ts'
import { type ReadPage, sameEssence, underCanonicalPath } from './read-page.ts'
import type { Task } from './task.ts'

export type PageJudgeDeps = {
  readonly blobs: BlobStore
  readonly captures: CaptureStore
  readonly clock: Clock
  readonly reader: CaptureReader
}

export type Judged = {
  readonly page: ReadPage | null
  /** Why the page is not to be shown; null where it is. */
  readonly reason: AsideReason | null
}

export class PageJudge {
  readonly #deps: PageJudgeDeps

  constructor(deps: PageJudgeDeps) {
    this.#deps = deps
  }

  /**
   * One that says the same as the last good copy keeps that copy's bytes. `charset` is what the blog's feed says of its
   * own: the page's too, where that says nothing.
   */
  async judge(
    task: Task,
    path: string,
    visit: Visit,
    body: Uint8Array,
    items: readonly KnownItem[],
    charset: string | null = null,
  ): Promise<Judged> {
    const { blobs, captures, clock, reader } = this.#deps
    const { blog, address } = task
    const isPage = isHtml(visit.type)
    const type = charset !== null && isUndeclared(body, visit.type) ? `${visit.type}; charset=${charset}` : visit.type
    const read = isPage ? await reader.page(blog, { path, visit: { ...visit, type }, body, address }) : null
    if (read === TOO_COSTLY) return { page: null, reason: 'too-costly' }
    const page = read === null || path === '/' ? read : underCanonicalPath(read, address)
    const before = await this.before(task, path)
    const aside = await captures.aside(blog)
    const reason = judgePage(
      { status: 200, isPage, from: visit.from, facts: page?.facts ?? null, isWall: wallOfPage(body) !== null },
      {
        blog,
        address,
        previous: before?.facts ?? null,
        items,
        asideSinceMs: path === '/' && aside?.reason === 'shrunk' ? aside.sinceMs : null,
        nowMs: clock.nowMs(),
      },
    )
    if (reason !== null) return { page, reason }
    const same = before !== null && sameEssence(before, page!) && (await blobs.has(before.file.blob))
    return { page: same ? before : page, reason }
  }

  /** The page in the charset that the blog's feed names, where it names none itself. */
  async inCharset(task: Task, page: ReadPage, charset: string | null): Promise<ReadPage> {
    const body = charset === null ? null : await this.#deps.blobs.get(page.file.blob)
    if (body === null || !isUndeclared(body, page.file.type)) return page
    const type = `${page.file.type}; charset=${charset}`
    const { path, url } = page.file
    const visit = { ...page.file, from: url, type }
    const read = await this.#deps.reader.page(task.blog, { path, visit, body, address: task.address })
    if (read === TOO_COSTLY) return page
    const before = await this.before(task, path)
    return before !== null && sameEssence(before, read) ? before : read
  }

  /** A page of the last good copy, read again. null where there was none or its bytes are gone. */
  async before({ blog, address, previous }: Task, path: string): Promise<ReadPage | null> {
    const file = previous?.pages.find((page) => page.path === path)
    const body = file === undefined ? null : await this.#deps.blobs.get(file.blob)
    if (body === null) return null
    // By its own name: the page as it is today may rest, and this copy not.
    const visit = { ...file!, url: file!.blob, from: file!.url }
    const read = await this.#deps.reader.page(blog, { path, visit, body, address })
    return read === TOO_COSTLY ? null : read
  }
}
