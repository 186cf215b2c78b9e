/** `dgos blog status`: a blog as its member sees it, with the evidence. */
import type { CostlyNote } from '../../mirror/costly-note.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Command, CommandFailed } from './command.ts'
import { dateOf, short } from './format.ts'

type Wall = {
  title: string
  watchers: number
  of: number
  since: number
  letIn: string
  blinds: boolean
  speaks: boolean
}

type Status = {
  title: string
  proven: string[]
  addresses: string[]
  state: { state: string; by: string | null; since: number | null; until: number | null; disputed: boolean }
  snapshot: { time: number; trust: string } | null
  copyProblem?: { reason: string; since: number | null; last: number; mend: string } | null
  costly?: readonly Pick<CostlyNote, 'document' | 'reason' | 'since' | 'next' | 'mend'>[]
  wall?: Wall | null
  archive?: { time: number; files: number; bytes: number; leftOut: number; complete: boolean } | null
  freshness: { fresh: boolean; confirming: number; needed: number }
  mirrors: { name: string; url: string }[]
  attestations: unknown[]
  posts: { id: string; title: string; withdrawn: boolean; importedAt: string | null }[]
}

export const blogStatus: Command = {
  name: 'blog status',
  summary: 'Shows the state of a blog, its mirrors, copy and posts',
  args: [],
  options: authorOptions,
  async run(call) {
    const file = await readAuthorFile(call)
    const member = await memberFor(call, file)
    const found = (await member.get(`dgos/v1/blogs/${file.blog}`)) as Status | null
    if (found === null) throw new CommandFailed(`${member.url} does not know the blog`)
    const { state, snapshot, freshness } = found
    call.print(found, [
      `${found.title}  ${found.addresses.join(' ')}`,
      `state      ${state.state}${state.by === null ? '' : ` by ${state.by}`}${state.since === null ? '' : ` since ${dateOf(state.since)}`}${state.disputed ? ' (disputed)' : ''}`,
      ...wallLines(found),
      `proven     ${found.proven.length > 0 ? found.proven.join(' ') : `not yet, seen by ${found.attestations.length}`}`,
      `copy       ${snapshot === null ? 'none yet' : `${dateOf(snapshot.time)}, ${snapshot.trust}`}; confirmed by ${freshness.confirming} of ${freshness.needed}`,
      ...problemLines(found),
      ...archiveLines(found),
      ...costlyLines(found.costly),
      `mirrors    ${found.mirrors.length}`,
      ...found.mirrors.map((mirror) => `           ${mirror.name.padEnd(20)} ${mirror.url}`),
      `posts      ${found.posts.length}`,
      ...found.posts.map(
        (post) =>
          `           ${short(post.id)} ${post.withdrawn ? '(withdrawn)' : post.title}${post.importedAt === null ? '' : ` → ${post.importedAt}`}`,
      ),
    ])
    return 0
  },
}

function wallLines({ wall }: Status): readonly string[] {
  if (wall === null || wall === undefined) return []
  const { title, watchers, of, since, letIn, blinds, speaks } = wall
  return [
    `wall       ${title}: ${watchers} of ${of} guards cannot see past it since ${dateOf(since)}. Let them in like this:`,
    `           ${letIn}`,
    ...(blinds && !speaks ? ['           Until then only you can declare the blog down: dgos declare'] : []),
  ]
}

function problemLines({ copyProblem, snapshot }: Status): readonly string[] {
  if (copyProblem === null || copyProblem === undefined) return []
  const { reason, since, last, mend } = copyProblem
  const when = since === null ? `at ${dateOf(last)}` : `since ${dateOf(since)}`
  return [`           ${snapshot === null ? 'no copy' : 'not renewed'} ${when}: ${reason}`, `           ${mend}`]
}

function archiveLines({ archive }: Status): readonly string[] {
  if (archive === undefined) return []
  if (archive === null) return ['archive    none yet: it is filled over days']
  const { files, bytes, leftOut, complete, time } = archive
  const much = `${files} files, ${(bytes / 1e6).toFixed(1)} MB, ${dateOf(time)}`
  const left = leftOut === 0 ? '' : `; ${leftOut} too large to keep`
  return [`archive    ${much}${complete ? '' : ', still growing'}${left}`]
}

/** Documents that the member has to leave alone, and what their owner can do. */
export function costlyLines(costly: Status['costly'] = []): readonly string[] {
  return costly.flatMap(({ document, reason, since, next, mend }) => [
    `too costly ${document}: ${reason}, since ${dateOf(since)}; read again ${next === null ? 'soon' : dateOf(next)}`,
    `           ${mend}`,
  ])
}
