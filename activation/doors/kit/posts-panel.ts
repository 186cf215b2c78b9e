/** Posts that the network has, signed here or on another device: each with what it said before, to be changed or taken back. */
import type { SignedObject } from '../../../protocol/objects.ts'
import type { ShownPost } from '../../../protocol/posts.ts'
import { withdrawButton } from '../form/editing.ts'
import { make, part, say } from '../form/page-parts.ts'

export type PostsPanelDeps = {
  readonly posts: () => Promise<readonly ShownPost[] | null>
  readonly edit: (post: SignedObject<'post'>) => void
  readonly withdraw: (post: SignedObject<'post'>) => void
}

export class PostsPanel {
  readonly #deps: PostsPanelDeps

  constructor(deps: PostsPanelDeps) {
    this.#deps = deps
  }

  start(): void {
    part('earlier-look').addEventListener('click', () => void this.#look())
  }

  async #look(): Promise<void> {
    const place = part('earlier-answer')
    say(place, null, 'Asking your mirrors for the posts…')
    const posts = await this.#deps.posts()
    if (posts === null) return say(place, 'alarm', 'No mirror answers: this needs a network.')
    if (posts.length === 0) return say(place, null, 'Your mirrors have no post of this blog.')
    place.replaceChildren()
    part('earlier-list').replaceChildren(...posts.map((post) => this.#row(post)))
  }

  #row({ id, current, history, withdrawn, importedAt }: ShownPost): HTMLElement {
    const { title, published } = current.payload
    const before = history.slice(0, -1).toReversed()
    const name = withdrawn ? 'Withdrawn' : title === '' ? 'Untitled' : title
    const place = importedAt === null ? [] : [make('p', { class: 'small soft' }, `Now on the blog: ${importedAt}`)]
    return make(
      'li',
      { 'data-post': id },
      make('h3', {}, name),
      dateOf(published),
      ...place,
      ...texts(before),
      this.#buttons(current),
    )
  }

  #buttons(current: SignedObject<'post'>): HTMLElement {
    const { edit, withdraw } = this.#deps
    const button = make('button', { type: 'button', class: 'quiet small', click: () => edit(current) }, 'Edit')
    const gone = current.payload.withdrawn === true
    return make('p', { class: 'row' }, ...(gone ? [] : [button, withdrawButton(() => withdraw(current))]))
  }
}

function texts(before: readonly SignedObject<'post'>[]): readonly HTMLElement[] {
  if (before.length === 0) return []
  const rows = before.map(({ payload }) =>
    make(
      'li',
      {},
      dateOf(payload.published),
      make('p', { class: 'small' }, payload.title),
      make('pre', {}, payload.source ?? ''),
    ),
  )
  const text = `${before.length} earlier text${before.length === 1 ? '' : 's'}`
  return [make('details', {}, make('summary', {}, text), make('ol', {}, ...rows))]
}

function dateOf(ms: number): HTMLElement {
  const date = new Date(ms)
  return make('time', { datetime: date.toISOString(), class: 'small soft' }, date.toLocaleString())
}
