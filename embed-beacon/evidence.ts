/**
 * Whether a blog is really down, and where its mirrors are: judged in the reader's browser from signed objects, by the
 * rules that members follow among themselves. Nothing that a list says is believed here: the blog's id is the hash of its
 * root, the roster follows from the network's id, and addresses, heads and words count only as far as they prove themselves.
 */
import { provenAddresses } from '../protocol/address-proof.ts'
import { hostPath } from '../protocol/addresses.ts'
import { type BlogState, blogState } from '../protocol/blog-state.ts'
import { ok, type Result, refuse } from '../protocol/codes.ts'
import { typeOf } from '../protocol/envelope.ts'
import { acceptedBlog, openSources, type Sources, votesOf } from '../protocol/evidence.ts'
import { currentHead, currentSnapshot } from '../protocol/heads.ts'
import { keyRolesOf, ownOperators } from '../protocol/key-roles.ts'
import { byDependency, isJudged, kindNames } from '../protocol/kinds.ts'
import { rosterOf } from '../protocol/membership.ts'
import type { Envelope, Hash, Time } from '../protocol/objects.ts'
import { addressHash } from '../protocol/outage-list.ts'
import type { Platform } from '../protocol/platform.ts'
import { type ShownPost, shownPosts } from '../protocol/posts.ts'
import { calledAbsent, evidenceHolds } from '../protocol/quorum.ts'
import type { MemberView } from '../protocol/roster.ts'
import { seatingOf } from '../protocol/seats.ts'

export type Question = {
  readonly network: Hash
  readonly blog: Hash
  /** See `addressHash`. */
  readonly address: string
  readonly nowMs: Time
  /** (root version, seq) of the newest head this reader has seen; null for none. */
  readonly seen: readonly [number, number] | null
  /** Judge a blog that nobody has declared down too: for its own worker, which has seen it fail. */
  readonly anyState?: boolean
}
export type Target = {
  readonly title: string
  readonly hostPath: string
  readonly address: string
  readonly mirrors: readonly { readonly key: Hash; readonly url: string }[]
  readonly head: readonly [number, number]
  readonly state: BlogState['state']
  readonly since: Time | null
  readonly disputed: boolean
  /** Members whose seats the verdict calls absent: asked themselves before anybody is led away. */
  readonly absent: readonly string[]
  /** Paths of the newest copy. */
  readonly pages: readonly string[]
  readonly posts: readonly ShownPost[]
}
export type Check = (sources: Sources, question: Question, platform: Platform) => Promise<Result<Target>>

/** Envelopes from one member. Vouchers of the whole network are among them. */
export const evidenceObjectsMax = 20_000

/** Everything else is not needed here. */
const types: ReadonlySet<unknown> = new Set(kindNames.filter(isJudged).map(typeOf))
const typeNamed = (envelope: unknown) => (envelope as Partial<Envelope> | null)?.payloadType

/** A source this many times as long as the middle one is looked at last. */
const floodRatio = 4

export const checkEvidence: Check = async (sources, question, platform) => {
  const sized = sources.filter((source) => source.length <= evidenceObjectsMax).sort((a, b) => a.length - b.length)
  if (sized.length === 0) return refuse('TOO_LARGE')
  const middle = sized[(sized.length - 1) >> 1]!.length
  const usual = sized.filter((source) => source.length <= middle * floodRatio)
  const result = await checkJoined(usual, question, platform)
  return result.ok || usual.length === sized.length ? result : checkJoined(sized, question, platform)
}

async function checkJoined(sources: Sources, question: Question, platform: Platform): Promise<Result<Target>> {
  const judged = sources.map((source) => source.filter((envelope) => types.has(typeNamed(envelope))))
  const { objects } = await openSources(judged, platform)
  objects.sort(byDependency)
  const network = objects.find((object) => object.id === question.network)
  if (network?.kind !== 'network') return refuse('OTHER_NETWORK')
  const members = objects.filter((object) => object.kind === 'member' || object.kind === 'voucher')
  const roster = rosterOf(network, members, question.nowMs, platform.sha256)
  const context = { roster, network: members, nowMs: question.nowMs, platform }
  const { blog } = await acceptedBlog(question.blog, objects, context)
  const roles = keyRolesOf(blog)
  if (roles === null) return refuse('UNKNOWN_BLOG')
  const root = roles.chain.current.payload
  if (root.closed === true) return refuse('BLOG_CLOSED')
  const address = root.addresses.find((address) => addressHash(hostPath(address), platform.sha256) === question.address)
  const proven = provenAddresses(blog, roster, question.nowMs, platform.sha256)
  if (address === undefined || !proven.some((provenAddress) => provenAddress.address === address))
    return refuse('NOT_ALLOWED', 'address')
  const head = currentHead(blog, question.nowMs)
  if (head === null) return refuse('NOT_FOUND', 'head')
  const { rootVersion, seq, mirrors } = head.payload
  const [seenRoot, seenSeq] = question.seen ?? [0, 0]
  if (rootVersion < seenRoot || (rootVersion === seenRoot && seq < seenSeq)) return refuse('BROKEN_CHAIN', 'older head')
  const state = blogState(blog, roster, question.nowMs, platform.sha256)
  const isWord = state.declaration !== null && !state.exercise
  if (!isWord && question.anyState !== true) return refuse('NO_QUORUM')
  const views = mirrors.map((key) => roster.memberOf(key)).filter((member) => member !== null)
  let absent: readonly MemberView[] = []
  if (state.declaration !== null && state.by === 'quorum' && state.state === 'down') {
    const votes = await votesOf(state.declaration, platform)
    const seating = seatingOf(head.payload, ownOperators(roles, roster), roster)
    const isWhole = evidenceHolds(state.declaration, { ...seating, roster, votes })
    if (!isWhole) return refuse('NO_QUORUM')
    if (!state.disputed) absent = calledAbsent({ ...seating, roster, votes })
  }
  const alive = views.filter((view) => view.expires > question.nowMs)
  return ok({
    title: root.title,
    hostPath: hostPath(address),
    address,
    mirrors: alive.map(({ id, url }) => ({ key: id, url })),
    head: [rootVersion, seq],
    state: isWord ? state.state : 'up',
    since: state.since,
    disputed: state.disputed,
    absent: absent.map((member) => member.url),
    pages: currentSnapshot(blog, question.nowMs)?.snapshot.payload.pages.map((page) => page.path) ?? [],
    posts: shownPosts(blog, question.nowMs),
  })
}
