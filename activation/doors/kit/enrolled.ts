/** After enrolling: the kit to keep, what is left to do at the blog, and who has seen its marker. */
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import { ask } from '../form/member-client.ts'
import { copyButton, make, part } from '../form/page-parts.ts'
import { saveSignedFile } from '../form/signed-files.ts'
import type { KitData } from './kit-data.ts'
import { kitName } from './saved-again.ts'

export type EnrolledDeps = {
  readonly opened: (data: KitData) => void
  /** The step is to be seen now. */
  readonly shown: () => void
}
export type Enrolled = {
  readonly data: KitData
  readonly objects: readonly Envelope[]
  /** Base URL of the member that was given the root. */
  readonly member: string
  /** Whether that member is the blog's own server, which shows its marker by itself. */
  readonly isOwnMember: boolean
  /** What kept it from taking the root, for now. */
  readonly problem: string | null
}

const seenMs = 3_000

export function showEnrolled({ opened, shown }: EnrolledDeps, enrolled: Enrolled): void {
  const { data, objects, member, isOwnMember, problem } = enrolled
  const address = data.addresses[0]!
  const seen = make('p', { role: 'status', id: 'seen' }, 'Nobody has seen the tag yet.')
  const button = (label: string, click: () => void, more = {}) =>
    make('button', { type: 'button', click, ...more }, label)
  const file = () => saveSignedFile(objects, new Map(), `${kitName(data)}-join`)
  part('enrolled-title').textContent = problem === null ? 'Almost done' : 'One step is left'
  part('enrolled-steps').replaceChildren(
    ...(problem === null
      ? []
      : [
          notTaken(member, isOwnMember, problem),
          make('p', { class: 'row' }, button('Save your registration file', file)),
        ]),
    ...(isOwnMember ? ownSteps(problem === null) : markerSteps(data.blog)),
    seen,
    make(
      'p',
      { class: 'row' },
      button('Open the editor', () => opened(data), { class: 'quiet' }),
    ),
  )
  shown()
  void watchMarker({ member, blog: data.blog, address }, seen)
}

function notTaken(member: string, isOwnMember: boolean, problem: string): HTMLElement {
  const text = isOwnMember
    ? `Your blog has not taken it from here (${problem}). Save your registration file, and give it to the DGOS screen of your blog.`
    : `No network: save your registration file, and give it to ${member}join later. Or open your saved kit again then.`
  return make('p', { class: 'notice warn' }, text)
}

function markerSteps(blog: Hash): readonly HTMLElement[] {
  const tag = `<meta name="dgos" content="${blog}">`
  return [
    make(
      'p',
      {},
      'Put this line into the <head> of your front page (Blogspot: Theme, Edit HTML), so that your friends see that the blog is yours:',
    ),
    make('pre', { class: 'marker' }, make('code', { id: 'marker' }, tag)),
    copyButton(tag),
  ]
}

function ownSteps(isTaken: boolean): readonly HTMLElement[] {
  if (!isTaken) return []
  const text = 'Your blog is registered and shows its tag by itself. Its DGOS screen tells how it goes on.'
  return [make('p', { class: 'notice good', id: 'taken' }, text)]
}

type Marked = { readonly member: string; readonly blog: Hash; readonly address: string }

/** Counts who has seen the marker, until they are enough. */
async function watchMarker({ member, blog, address }: Marked, place: HTMLElement): Promise<void> {
  const found = await ask<{ proven?: string[]; attestations?: unknown[] }>(member, `dgos/v1/blogs/${blog}`)
  const count = found.ok ? (found.value.attestations?.length ?? 0) : 0
  const proven = found.ok && found.value.proven?.includes(address) === true
  place.textContent = proven
    ? `Your blog is guarded: ${count} members have seen the tag.`
    : `${count} members have seen the tag.`
  if (!proven) setTimeout(() => void watchMarker({ member, blog, address }, place), seenMs)
}
