/** What was signed here, and how many mirrors hold each. */
import type { Hash, SignedObject } from '../../../protocol/objects.ts'
import { withdrawButton } from '../form/editing.ts'
import { copyButton, make, part } from '../form/page-parts.ts'
import { postOf } from '../form/session.ts'
import { replicaText } from '../replica-text.ts'
import type { Queue, Sent } from './queue.ts'

export type SentListDeps = {
  readonly queue: Queue
  readonly save: (id: Hash) => void
  /** Where readers find the posts; null where that is not known. */
  readonly page: () => string | null
  readonly edit: (post: SignedObject<'post'>) => void
  readonly withdraw: (post: SignedObject<'post'>) => void
}

export class SentList {
  readonly #deps: SentListDeps

  constructor(deps: SentListDeps) {
    this.#deps = deps
  }

  draw(): void {
    const { queue } = this.#deps
    part('sent').hidden = queue.sent.length === 0
    part('sent-list').replaceChildren(
      ...queue.sent.map((sent) => {
        const value = String(sent.holders?.held ?? 0)
        const max = String(Math.max(1, sent.holders?.of ?? 10))
        return make(
          'li',
          { 'data-post': sent.id },
          make('h3', {}, nameOf(sent)),
          make('p', { role: 'status', class: sent.holders?.safe === true ? 'result good' : 'result' }, wordsOf(sent)),
          make('progress', { max, value, 'aria-label': 'Mirrors that hold the post' }),
          make(
            'p',
            { class: 'row' },
            make(
              'button',
              { type: 'button', class: 'quiet small', click: () => this.#deps.save(sent.id) },
              'Save as a signed file',
            ),
            ...this.#changes(sent),
          ),
          ...this.#share(sent),
        )
      }),
    )
  }

  /** A link for friends and readers, once there is something to be seen behind it. */
  #share(item: Sent): readonly HTMLElement[] {
    const page = this.#deps.page()
    if (page === null || item.holders?.safe !== true || isWithdrawn(item)) return []
    const url = `${page}p/${publicId(item)}`
    const link = make('a', { href: url, target: '_blank', rel: 'noopener' }, 'See it as readers do')
    return [make('p', { class: 'row' }, link), copyButton(url, 'Copy the link')]
  }

  /** Only the newest text of a post can be changed: what replaced it is changed instead. */
  #changes(shown: Sent): readonly HTMLElement[] {
    const post = postOf(shown.objects.at(-1)!, shown.id)
    const later = this.#deps.queue.sent.some(
      (sent) => postOf(sent.objects.at(-1)!, sent.id).payload.replaces === shown.id,
    )
    if (later || post.payload.withdrawn === true) return []
    const { edit, withdraw } = this.#deps
    return [
      make('button', { type: 'button', class: 'quiet small', click: () => edit(post) }, 'Edit'),
      withdrawButton(() => withdraw(post)),
    ]
  }
}

/** The first id of what it replaces: it never changes with edits. */
function publicId({ objects, id }: Sent): Hash {
  return postOf(objects.at(-1)!, id).payload.replaces ?? id
}

function isWithdrawn(item: Sent): boolean {
  return postOf(item.objects.at(-1)!, item.id).payload.withdrawn === true
}

function nameOf(item: Sent): string {
  if (isWithdrawn(item)) return 'Withdrawn'
  return item.title === '' ? 'Untitled' : item.title
}

function wordsOf(item: Sent): string {
  const { holders, taken, refused, code } = item
  if (holders !== null && holders.held > 0) return replicaText(holders, isWithdrawn(item))
  if (taken.length > 0) return 'Sent. Checking that three people hold it…'
  if (code === 'BLOG_NOT_DOWN')
    return 'Not taken yet: the network sees your blog as up. Sign again with "My blog is down" ticked, or wait for the watchers.'
  return refused === '' ? 'Signed. It waits here for a network.' : `Not taken yet: ${refused}`
}
