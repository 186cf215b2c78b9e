/** The posts of this outage key: how many mirrors hold each, live, and the way to edit or withdraw it. */
import type { Hash, SignedObject } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import { replicaText } from '../replica-text.ts'
import { withdrawButton } from './editing.ts'
import { make, part } from './page-parts.ts'
import type { ReplicaWatch } from './replica-watch.ts'

type PostObject = SignedObject<'post'>
export type PostActions = {
  readonly edit: (post: PostObject) => void
  readonly withdraw: (post: PostObject) => void
  /** Where readers find the posts. */
  readonly page: string
}

export class PostsList {
  readonly #list = part('sent-list')
  readonly #watch: ReplicaWatch
  readonly #actions: PostActions
  /** Ends the watching of a post, by its draft. */
  readonly #ends = new Map<Hash, () => void>()

  constructor(watch: ReplicaWatch, actions: PostActions) {
    this.#watch = watch
    this.#actions = actions
  }

  clear(): void {
    for (const end of this.#ends.values()) end()
    this.#ends.clear()
    this.#list.replaceChildren()
    part('sent').hidden = true
  }

  /** Puts a post on top, in place of what was signed of the same draft before: the one that it replaces, or the same one. */
  add(post: PostObject): void {
    const { title, withdrawn, published, draft } = post.payload
    for (const before of this.#list.querySelectorAll(`[data-draft="${draft}"]`)) before.remove()
    const held = make('p', { role: 'status', class: 'result' }, 'Sent. Checking that three people hold it…')
    const bar = make('progress', {
      max: '10',
      value: '0',
      'aria-label': 'Mirrors that hold the post',
    }) as HTMLProgressElement
    const name = withdrawn === true ? 'Withdrawn' : title === '' ? 'Untitled' : title
    const time = make(
      'time',
      { datetime: new Date(published).toISOString(), class: 'small soft' },
      new Date(published).toLocaleString(),
    )
    this.#list.prepend(
      make(
        'li',
        { 'data-post': post.id, 'data-draft': draft },
        make('h3', {}, name),
        time,
        held,
        bar,
        this.#buttons(post),
      ),
    )
    part('sent').hidden = false
    this.#ends.get(draft)?.()
    this.#ends.set(
      draft,
      this.#watch.watch(post.id, (holders) => show(holders, held, bar, withdrawn === true)),
    )
  }

  #buttons(post: PostObject): HTMLElement {
    const open = make('a', { class: 'button quiet small', href: this.#actions.page }, 'See it as readers do')
    if (post.payload.withdrawn === true) return make('p', { class: 'row' })
    const edit = make('button', { type: 'button', class: 'quiet small', click: () => this.#actions.edit(post) }, 'Edit')
    const withdraw = withdrawButton(() => this.#actions.withdraw(post))
    return make('p', { class: 'row' }, open, edit, withdraw)
  }
}

function show(holders: ReplicaStatus, held: HTMLElement, bar: HTMLProgressElement, withdrawn: boolean): void {
  bar.max = Math.max(1, holders.of)
  bar.value = holders.held
  const away = holders.missing.map((missing) => missing.name)
  const names = away.length > 0 && away.length <= 3 && holders.held > 0 ? ` Not yet: ${away.join(', ')}.` : ''
  held.classList.toggle('good', holders.safe)
  held.textContent = replicaText(holders, withdrawn) + names
}
