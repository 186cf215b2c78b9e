/** After enrolling: the kit to keep, what is left to do at the blog, and who has seen its marker. */
import { hostPath } from '../../../protocol/addresses.ts'
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import { ask } from '../form/member-client.ts'
import { make, part } from '../form/page-parts.ts'
import { saveSignedFile } from '../form/signed-files.ts'
import type { KitData } from './kit-data.ts'
import { saveKit } from './own-program.ts'

export type EnrolledDeps = { readonly program: string; readonly opened: (data: KitData) => void }
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

export function showEnrolled({ program, opened }: EnrolledDeps, enrolled: Enrolled): void {
  const { data, objects, member, isOwnMember, problem } = enrolled
  const address = data.addresses[0]!
  const name = hostPath(address).replace(/[^a-z0-9.-]+/gi, '-')
  const button = (label: string, click: () => void, more = {}) =>
    make('button', { type: 'button', class: 'quiet', click, ...more }, label)
  const seen = make('p', { role: 'status', id: 'seen' }, 'Nobody has seen the tag yet.')
  part('enrolled-steps').replaceChildren(
    ...(problem === null ? [] : [notTaken(member, isOwnMember, problem)]),
    make('p', {}, make('strong', {}, 'Save your kit now: '), 'this page does not keep your keys.'),
    make(
      'p',
      { class: 'row' },
      button('Save the kit', () => saveKit(program, data, name), { id: 'first-save', class: '' }),
      button('Save the signed root', () => saveSignedFile(objects, new Map(), `${name}-join`)),
    ),
    ...(isOwnMember ? ownSteps(problem === null) : markerSteps(data.blog)),
    seen,
    make(
      'p',
      { class: 'row' },
      button('Open the editor', () => opened(data)),
    ),
  )
  part('sheet').hidden = true
  part('enrolled').hidden = false
  void watchMarker({ member, blog: data.blog, address }, seen)
}

function notTaken(member: string, isOwnMember: boolean, problem: string): HTMLElement {
  const text = isOwnMember
    ? `Your blog has not taken it from here (${problem}). Save the signed root, and give that file to the DGOS screen of your blog.`
    : `No network: save the signed root, and hand it in at ${member}join later.`
  return make('p', { class: 'notice warn' }, text)
}

function markerSteps(blog: Hash): readonly HTMLElement[] {
  return [
    make(
      'p',
      {},
      'Put this tag into the <head> of your front page (Blogspot: Theme, Edit HTML), so that members see that the blog is yours:',
    ),
    make('pre', { class: 'marker' }, make('code', { id: 'marker' }, `<meta name="dgos" content="${blog}">`)),
  ]
}

function ownSteps(isTaken: boolean): readonly HTMLElement[] {
  if (!isTaken) return []
  const text = 'Your blog has taken the root and shows its tag by itself. Its DGOS screen tells how it goes on.'
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
