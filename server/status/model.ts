/** What the status page says, decided from the roster and the blogs. Nothing of how it looks. */
import type { Clock } from '../../lib/clock.ts'
import type { CopyProblem } from '../../mirror/capture/copy-problem.ts'
import type { CostlyNote } from '../../mirror/costly-note.ts'
import { type BlogFacts, type FactsSource, factsNow } from '../../mirror/pages/facts.ts'
import type { BlogState } from '../../protocol/blog-state.ts'
import { reopen } from '../../protocol/envelope.ts'
import type { Trust } from '../../protocol/heads.ts'
import type { Hash, Key, Time } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import { type ShownWall, shownWall } from './shown-wall.ts'
import { type Timeline, timelineOf } from './timeline.ts'

export type StatusMember = {
  readonly id: Key
  readonly name: string
  readonly url: string
  readonly operator: Key
  readonly region: string
  readonly kind: 'active' | 'passive'
  readonly standing: 'full' | 'guest'
  readonly weight: number
  readonly since: Time
  readonly expires: Time
  readonly leaving: boolean
  readonly self: boolean
  /** Blogs on whose mirror list it stands. */
  readonly blogs: number
}

export type StatusBlog = {
  readonly blog: Hash
  readonly name: string
  readonly title: string
  readonly home: string
  readonly proven: boolean
  readonly state: BlogState['state']
  readonly since: Time | null
  readonly by: BlogState['by']
  readonly disputed: boolean
  readonly exercise: boolean
  readonly voters: readonly { readonly name: string; readonly reason: string; readonly time: Time }[]
  readonly copyAt: Time | null
  /** The copy exists, on mirrors of which this member is none. */
  readonly copyElsewhere: boolean
  /** Why there is no new copy; null where nothing is wrong, or another member captures the blog. */
  readonly problem: CopyProblem | null
  /** Its documents that ask for more than this member gives one. */
  readonly costly: readonly CostlyNote[]
  readonly trust: Trust | null
  readonly mirrors: readonly Key[]
  readonly fresh: boolean
  readonly confirming: number
  readonly posts: number
  readonly unimported: number
  readonly timeline: Timeline
  /** What some of its watchers meet in its place. */
  readonly wall: ShownWall | null
}

export type StatusModel = {
  readonly network: { readonly name: string; readonly id: Hash; readonly open: boolean }
  readonly self: StatusMember | null
  /** In order of placement: the ring. */
  readonly members: readonly StatusMember[]
  readonly operators: number
  /** Down first, then what else is not well, then by name. */
  readonly blogs: readonly StatusBlog[]
  readonly blogsLeftOut: number
  readonly nowMs: Time
}

export type StatusDeps = {
  readonly source: FactsSource & { blogs(): readonly Hash[] }
  readonly clock: Clock
  readonly sha256: Sha256
  readonly copyProblem?: (blog: Hash) => Promise<CopyProblem | null>
  readonly costly?: (blog: Hash) => readonly CostlyNote[]
}
export type StatusOptions = { readonly self: Key }

/** A page of more blogs than this is no picture any more; the rest is counted. */
const blogsMax = 200
const order: readonly BlogState['state'][] = ['down', 'suspected', 'returning', 'up']

export async function statusModel(
  { source, clock, sha256, copyProblem, costly }: StatusDeps,
  { self }: StatusOptions,
): Promise<StatusModel> {
  const nowMs = clock.nowMs()
  const roster = source.roster()
  const blogs: StatusBlog[] = []
  for (const id of source.blogs()) {
    const facts = await factsNow(source, id, nowMs, sha256)
    if (facts !== null && facts.roles.chain.current.payload.closed !== true)
      blogs.push({ ...statusBlog(facts), problem: (await copyProblem?.(id)) ?? null, costly: costly?.(id) ?? [] })
  }
  blogs.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.name < b.name ? -1 : 1))
  const guarded = new Map<Key, number>()
  for (const key of blogs.flatMap((blog) => blog.mirrors)) guarded.set(key, (guarded.get(key) ?? 0) + 1)
  const ring = [...roster.members].sort((a, b) => (a.placement < b.placement ? -1 : 1))
  const own = roster.memberOf(self)?.id ?? self
  const members = ring.map((member) => ({
    id: member.id,
    name: member.name,
    url: member.url,
    operator: member.operator,
    region: member.region,
    kind: member.passive ? ('passive' as const) : ('active' as const),
    standing: member.standing,
    weight: member.weight,
    since: member.since,
    expires: member.expires,
    leaving: member.leaving,
    self: member.id === own,
    blogs: guarded.get(member.id) ?? 0,
  }))
  const { name, loopback } = roster.network.payload
  return {
    network: { name, id: roster.network.id, open: loopback === true },
    self: members.find((member) => member.self) ?? null,
    members,
    operators: roster.operators.length,
    blogs: blogs.slice(0, blogsMax),
    blogsLeftOut: Math.max(0, blogs.length - blogsMax),
    nowMs,
  }
}

function statusBlog(facts: BlogFacts): Omit<StatusBlog, 'problem' | 'costly'> {
  const { state, copy, head, roster, freshness, roles } = facts
  const root = roles.chain.current.payload
  const votes = (state.state === 'down' ? (state.declaration?.payload.votes ?? []) : []).map((envelope) =>
    reopen('', envelope),
  )
  return {
    blog: facts.blog.blog,
    name: facts.name,
    title: root.title || facts.name,
    home: facts.proven[0]?.address ?? root.addresses[0] ?? '',
    proven: facts.proven.length > 0,
    state: state.state,
    since: state.since,
    by: state.by,
    disputed: state.disputed,
    exercise: state.exercise,
    voters: votes.flatMap((vote) =>
      vote.kind !== 'observation'
        ? []
        : [{ name: nameOf(facts, vote.payload.key), reason: vote.payload.reason, time: vote.payload.time }],
    ),
    copyAt: copy?.snapshot.payload.time ?? null,
    copyElsewhere: copy === null && facts.head?.payload.snapshot !== undefined,
    trust: copy?.trust ?? null,
    mirrors: (head?.payload.mirrors ?? []).flatMap((key) => roster.memberOf(key)?.id ?? []),
    fresh: freshness.fresh,
    confirming: freshness.confirming,
    posts: facts.posts.filter((post) => !post.withdrawn).length,
    unimported: state.unimported.length,
    timeline: timelineOf(facts),
    wall: shownWall(facts.blog, roster, facts.nowMs),
  }
}

function nameOf({ roster }: BlogFacts, key: Key): string {
  return roster.memberOf(key)?.name ?? `key ${key.slice(0, 8)}`
}
