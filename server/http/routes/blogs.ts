/** What this member knows of blogs: a list, one blog's state with its evidence, and the evidence as objects. */

import type { Ledger } from '../../../ledger/ledger.ts'
import { mirrorsOf } from '../../../ledger/mirrors.ts'
import { type Clock, pause } from '../../../lib/clock.ts'
import type { CopyProblem } from '../../../mirror/capture/copy-problem.ts'
import type { CostlyNote } from '../../../mirror/costly-note.ts'
import { provenAddresses } from '../../../protocol/address-proof.ts'
import { hostPath } from '../../../protocol/addresses.ts'
import { currentArchive } from '../../../protocol/archive.ts'
import type { BlogObjects } from '../../../protocol/blog-objects.ts'
import { isHash } from '../../../protocol/bytes.ts'
import { freshness } from '../../../protocol/freshness.ts'
import { currentHead, currentSnapshot } from '../../../protocol/heads.ts'
import { evidenceOf } from '../../../protocol/kinds.ts'
import { newestLife } from '../../../protocol/lives.ts'
import type { Hash, SignedObject, Time } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { shownPosts } from '../../../protocol/posts.ts'
import { rootChain } from '../../../protocol/roots.ts'
import { currentSeating } from '../../../protocol/seats.ts'
import { isDoubted, seatWords } from '../../../protocol/watchers.ts'
import { shownWall } from '../../status/shown-wall.ts'
import { type ApiResponse, json, type Route, refused } from '../api.ts'

export type BlogRoutesDeps = {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly sha256: Sha256
  /** Whether the operator does not hand out this object. */
  readonly refusesObject: (object: SignedObject) => Promise<boolean>
  /** Why this member, where it captures the blog, has no new copy. */
  readonly copyProblem?: (blog: Hash) => Promise<CopyProblem | null>
  /** Documents of the blog that ask for more than this member gives one. */
  readonly costly?: (blog: Hash) => readonly CostlyNote[]
}

export function blogRoutes(deps: BlogRoutesDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dgos/v1/blogs',
      open: true,
      cost: 4,
      handle: async () => json(await listed(deps)),
    },
    {
      method: 'GET',
      path: '/dgos/v1/blogs/:blog/evidence',
      open: true,
      cost: 2,
      handle: async (_, { blog }) => {
        const id = await blogNamed(deps.ledger, blog!)
        return id === null ? unknownBlog(blog!) : json({ objects: await evidence(deps, id) })
      },
    },
    {
      method: 'GET',
      path: '/dgos/v1/blogs/:blog/words',
      open: true,
      handle: async (_, { blog }) => {
        const { ledger, clock } = deps
        const id = await blogNamed(ledger, blog!)
        if (id === null) return unknownBlog(blog!)
        const words = seatWords(await ledger.blog(id), ledger.roster(), clock.nowMs())
        return json({ objects: words.map((word) => word.envelope) })
      },
    },
    {
      method: 'GET',
      path: '/dgos/v1/blogs/:blog',
      open: true,
      handle: async (_, { blog }) => {
        const id = await blogNamed(deps.ledger, blog!)
        const found = id === null ? null : await whole(deps, id)
        return found === null ? unknownBlog(blog!) : json(found)
      },
    },
  ]
}

/** Blogs that one list names. Of others their id, or their address, is asked for. */
const listedMax = 500
/** The list of a minute ago is news enough, and many may ask for it at once. */
const listMs = 10_000
const lists = new WeakMap<Ledger, { readonly untilMs: number; readonly list: Promise<readonly unknown[]> }>()

/** What anybody handed in and nobody has seen a marker of is not told of: it would be told to everybody. */
function listed(deps: BlogRoutesDeps): Promise<readonly unknown[]> {
  const nowMs = deps.clock.steadyMs()
  const known = lists.get(deps.ledger)
  if (known !== undefined && known.untilMs > nowMs) return known.list
  const ids = deps.ledger.blogs().filter((id) => !deps.ledger.isUnproven(id))
  const list = summaries(deps, ids.slice(0, listedMax))
  lists.set(deps.ledger, { untilMs: nowMs + listMs, list })
  list.catch(() => lists.delete(deps.ledger))
  return list
}

/** Blogs that are summed up in one go: other requests have their turn in between. */
const summedAtOnce = 20

async function summaries(deps: BlogRoutesDeps, ids: readonly Hash[]): Promise<readonly unknown[]> {
  const found: unknown[] = []
  for (const [i, id] of ids.entries()) {
    if (i > 0 && i % summedAtOnce === 0) await pause(deps.clock, 0)
    found.push(await summary(deps, id))
  }
  return found.filter((blog) => blog !== null)
}

/** Says how blogs are named to those who named none. */
export function unknownBlog(name: string): ApiResponse {
  const how = isHash(name) ? '' : 'a blog is named by its id of 64 hex digits, or by a host that it was seen at'
  return refused(404, 'UNKNOWN_BLOG', how)
}

/** The blog of an id or a proven host; a path blog's host path comes percent-encoded in one segment. */
export async function blogNamed(ledger: Ledger, name: string): Promise<Hash | null> {
  if (isHash(name)) return (await ledger.blog(name)).root.length > 0 ? name : null
  return ledger.byHost(name)
}

async function summary({ ledger, clock, sha256 }: BlogRoutesDeps, id: Hash) {
  const blog = await ledger.blog(id)
  const chain = rootChain(id, blog.root)
  if (chain === null) return null
  const nowMs = clock.nowMs()
  const state = await ledger.state(id)
  const proven = provenAddresses(blog, ledger.roster(), nowMs, sha256).map((provenAddress) => provenAddress.address)
  const snapshot = currentSnapshot(blog, nowMs)
  return {
    blog: id,
    title: chain.current.payload.title,
    addresses: chain.current.payload.addresses,
    proven,
    hosts: proven.map(hostPath),
    state: state.state,
    since: state.since,
    closed: chain.current.payload.closed === true,
    mirrors: mirrorsOf(blog, ledger.roster(), nowMs, sha256).length,
    capturedAt: snapshot?.snapshot.payload.time ?? null,
    posts: shownPosts(blog, nowMs).filter((post) => !post.withdrawn).length,
    wall: shownWall(blog, ledger.roster(), nowMs),
  }
}

async function whole(deps: BlogRoutesDeps, id: Hash) {
  const { ledger, clock, sha256 } = deps
  const short = await summary(deps, id)
  if (short === null) return null
  const nowMs = clock.nowMs()
  const blog = await ledger.blog(id)
  const roster = ledger.roster()
  const state = await ledger.state(id)
  const head = currentHead(blog, nowMs)
  const snapshot = currentSnapshot(blog, nowMs)
  return {
    ...short,
    state: { ...state, declaration: state.declaration === null ? null : spoken(state.declaration) },
    head: head === null ? null : { id: head.id, time: head.payload.time, seq: head.payload.seq, key: head.payload.key },
    archive: archiveOf(blog, nowMs),
    snapshot: snapshot && { id: snapshot.snapshot.id, time: snapshot.snapshot.payload.time, trust: snapshot.trust },
    copyProblem: (await deps.copyProblem?.(id)) ?? null,
    costly: deps.costly?.(id) ?? [],
    life: lifeOf(blog, nowMs),
    freshness: freshness(blog, roster, nowMs),
    mirrors: mirrorsOf(blog, roster, nowMs, sha256).map(({ id, name, url, operator }) => ({
      key: id,
      name,
      url,
      operator,
    })),
    observations: blog.observation.map(spoken),
    declarations: blog.declaration.map(spoken),
    attestations: blog.attestation.map(spoken),
    roots: blog.root.map((root) => ({ id: root.id, version: root.payload.version, time: root.payload.time })),
    posts: shownPosts(await shownOf(deps, blog), nowMs).map((post) => ({
      id: post.id,
      current: post.current.id,
      title: post.current.payload.title,
      published: post.history[0]!.payload.published,
      withdrawn: post.withdrawn,
      importedAt: post.importedAt,
    })),
  }
}

/** What the list of the whole blog says of itself. */
function archiveOf(blog: BlogObjects, nowMs: Time) {
  const archive = currentArchive(blog, nowMs)
  if (archive === null) return null
  const { time, files, bytes, leftOut, complete } = archive.payload
  return { id: archive.id, time, files, bytes, leftOut, complete }
}

/** The newest life that the blog has sent of itself. */
function lifeOf(blog: BlogObjects, nowMs: Time) {
  const life = newestLife(blog, nowMs)?.payload
  return life === undefined ? null : { time: life.time, since: life.since! }
}

/** The blog without the posts that the operator refuses. */
async function shownOf({ refusesObject }: BlogRoutesDeps, blog: BlogObjects): Promise<BlogObjects> {
  const hidden = await Promise.all(blog.post.map(refusesObject))
  return { ...blog, post: blog.post.filter((_, i) => !hidden[i]) }
}

/** An object's id beside its payload, embedded votes by their number only. */
function spoken(object: SignedObject) {
  const { votes, life, ...payload } = object.payload as Record<string, unknown>
  const count = Array.isArray(votes) ? { votes: votes.length } : {}
  return { id: object.id, ...payload, ...count, ...(life === undefined ? {} : { life: true }) }
}

/** Everything a stranger needs to judge this blog: network, mirrors' records, roots, attestations, head, declarations, posts. */
async function evidence({ ledger, clock, sha256, refusesObject }: BlogRoutesDeps, id: Hash) {
  const blog = await ledger.blog(id)
  const nowMs = clock.nowMs()
  const live = await ledger.live(id)
  const head = currentHead(blog, nowMs)
  const snapshot = currentSnapshot(blog, nowMs)
  const archive = currentArchive(blog, nowMs)
  const roster = ledger.roster()
  const told = live.filter((object) => evidenceOf(object.kind) === 'live')
  const words = isDoubted(blog, nowMs) ? seatWords(blog, roster, nowMs) : []
  const spoke = new Set([
    ...currentSeating(blog, roster, nowMs).standIns.map((member) => member.id),
    ...mirrorsOf(blog, roster, nowMs, sha256).map((mirror) => mirror.id),
    ...blog.attestation.map((attestation) => roster.memberOf(attestation.payload.key)?.id),
  ])
  const network = (await ledger.live(null)).filter(
    (object) => (object.kind === 'member' && spoke.has(object.payload.member)) || object.kind === 'voucher',
  )
  const chosen = [
    ledger.network,
    ...network,
    ...told,
    ...words,
    ...(head === null ? [] : [head]),
    ...(snapshot === null ? [] : [snapshot.snapshot]),
    ...(archive === null ? [] : [archive]),
  ]
  const hidden = await Promise.all(chosen.map(refusesObject))
  return chosen.filter((_, i) => !hidden[i]).map((object) => object.envelope)
}
