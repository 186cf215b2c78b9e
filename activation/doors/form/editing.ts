/**
 * Which draft is being written: the mark that makes it one post however often it is sent, and the post that it replaces
 * where it is an edit. Kept on the device with the text.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { idOf } from '../../../protocol/envelope.ts'
import type { Hash, SignedObject } from '../../../protocol/objects.ts'
import type { Draft } from '../draft.ts'
import { canonicalLanguage } from '../language-name.ts'
import { type KeptDraft, keepDraft, keptDraft } from './draft-keeper.ts'
import type { Text } from './editor.ts'
import { make, part } from './page-parts.ts'
import { newMark, postOf } from './session.ts'

type PostObject = SignedObject<'post'>

export class Editing {
  readonly #changed: () => void
  #mark = newMark()
  #replaces: PostObject | null = null

  /** `changed`: the author made an edit a post of its own. */
  constructor(changed: () => void) {
    this.#changed = changed
  }

  draft(text: Text): Draft {
    const typed = text.language ?? ''
    const language = canonicalLanguage(typed, navigator.language) ?? typed
    const replaces = this.#replaces === null ? {} : { replaces: this.#replaces }
    return { mark: this.#mark, ...text, language, ...replaces }
  }

  /** The draft in one line, by which it is known again as long as nobody writes on. */
  content(text: Text): string {
    return JSON.stringify(this.draft(text))
  }

  /** The draft that takes a post back. */
  static withdrawal(post: PostObject): Draft {
    const { draft: mark, title } = post.payload
    return { mark, title, source: '', attachments: [], replaces: post, withdrawn: true }
  }

  /** False where this browser keeps nothing. */
  keep(blog: Hash, text: Text): boolean {
    const replaces = this.#replaces === null ? {} : { replaces: this.#replaces.envelope }
    return keepDraft(blog, { mark: this.#mark, ...text, ...replaces })
  }

  /** The draft from before, or null. */
  restore(blog: Hash): KeptDraft | null {
    const kept = keptDraft(blog)
    this.#mark = kept?.mark ?? newMark()
    this.#replaces = kept?.replaces === undefined ? null : postOf(kept.replaces, idOf(kept.replaces, sha256)!)
    this.#show()
    return kept
  }

  /** The text of a post, to be changed. */
  begin(post: PostObject): Text {
    const { draft, title, source, attachments, language = '', direction } = post.payload
    this.#replaces = post
    this.#mark = draft
    this.#show()
    return { title, source: source ?? '', attachments, language, ...(direction === undefined ? {} : { direction }) }
  }

  /** From now on the text is a change of a post that has been signed from it; another draft is none. */
  goOn(post: PostObject): void {
    if (post.payload.draft !== this.#mark) return
    this.#replaces = post
    this.#show()
  }

  fresh(): void {
    this.#mark = newMark()
    this.#replaces = null
    this.#show()
  }

  #show(): void {
    const place = part('editing')
    place.hidden = this.#replaces === null
    const stop = () => {
      this.fresh()
      this.#changed()
    }
    const button = make('button', { type: 'button', class: 'quiet small', click: stop }, 'Make it a new post')
    place.replaceChildren(`You are editing "${this.#replaces?.payload.title ?? ''}". `, button)
  }
}

/** A button that acts when it is pressed twice. */
export function withdrawButton(withdraw: () => void): HTMLElement {
  let sure = false
  const button = make('button', { type: 'button', class: 'quiet small' }, 'Withdraw')
  button.addEventListener('click', () => {
    if (sure) withdraw()
    button.textContent = sure ? 'Withdraw' : 'Withdraw it: press once more'
    sure = !sure
  })
  return button
}
