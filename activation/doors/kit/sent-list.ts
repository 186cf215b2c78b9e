/** What was signed here, and how many mirrors hold each. */
import type { Hash } from '../../../protocol/objects.ts'
import { make, part } from '../form/page-parts.ts'
import { holdersText } from '../holders-text.ts'
import type { Queue, Sent } from './queue.ts'

export type SentListDeps = { readonly queue: Queue; readonly save: (id: Hash) => void }

export class SentList {
  readonly #deps: SentListDeps

  constructor(deps: SentListDeps) {
    this.#deps = deps
  }

  draw(): void {
    const { queue, save } = this.#deps
    part('sent').hidden = queue.sent.length === 0
    part('sent-list').replaceChildren(
      ...queue.sent.map((item) => {
        const value = String(item.holders?.held ?? 0)
        const max = String(Math.max(1, item.holders?.of ?? 10))
        return make(
          'li',
          { 'data-post': item.id },
          make('h3', {}, item.title === '' ? 'Untitled' : item.title),
          make('p', { role: 'status' }, wordsOf(item)),
          make('progress', { max, value, 'aria-label': 'Mirrors that hold the post' }),
          make(
            'p',
            { class: 'row' },
            make(
              'button',
              { type: 'button', class: 'quiet small', click: () => save(item.id) },
              'Save as a signed file',
            ),
          ),
        )
      }),
    )
  }
}

function wordsOf({ holders, taken, refused, code }: Sent): string {
  if (holders !== null && holders.held > 0) return holdersText(holders)
  if (taken.length > 0) return `${taken.length} members have taken it.`
  if (code === 'BLOG_NOT_DOWN')
    return 'Not taken yet: the network sees your blog as up. Sign again with "My blog is down" ticked, or wait for the watchers.'
  return refused === '' ? 'Signed. It waits here for a network.' : `Not taken yet: ${refused}`
}
