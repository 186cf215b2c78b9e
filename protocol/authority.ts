/**
 * Who may sign what. Anything else is invalid, not ignored. Pure: everything an answer depends on is handed in, so that
 * every member, browser and PHP gives the same one.
 */
import { isPartCount } from './archive.ts'
import type { BlogObjects } from './blog-objects.ts'
import { fromHex, toHex } from './bytes.ts'
import { ok, type Refused, type Result, refuse } from './codes.ts'
import { compareHeads, headsAt, isNext, signsHeads } from './heads.ts'
import {
  ancestry,
  delegated,
  headSigners,
  isOnline,
  isPosting,
  isRecovery,
  type KeyRoles,
  keyRolesOf,
  ownOperators,
} from './key-roles.ts'
import {
  aheadMsMax,
  authorUntilMsMax,
  delegatedPostsStored,
  delegatedUntilMsMax,
  delegationMsMax,
  memberUntilMsMax,
  quorumUntilMs,
  stewardMsMax,
} from './limits.ts'
import { byTime, type Head, type Key, type Member, type SignedObject, type Time } from './objects.ts'
import type { Sha256 } from './platform.ts'
import { cancels, dayOf, mayReplace } from './posts.ts'
import { evidenceHolds } from './quorum.ts'
import { follows } from './roots.ts'
import type { MemberView, Roster } from './roster.ts'
import { areRanked, seatingOf } from './seats.ts'

export type AuthorityContext = {
  /** Everything known of the object's blog, without the object; null where nothing is. */
  readonly blog: BlogObjects | null
  readonly roster: Roster
  /** Members and vouchers. */
  readonly network: readonly SignedObject[]
  /** Objects that are embedded in this one, opened: votes of a declaration, the life of an observation. */
  readonly inner: readonly SignedObject[]
  readonly nowMs: Time
  readonly sha256: Sha256
}

const dayMs = 86_400_000
const fine = ok(null)

/** Whether the object's key may say this, now. Does not check the signature (envelope.ts) or local policy (the member). */
export function authorise(object: SignedObject, context: AuthorityContext): Result<null> {
  const { payload } = object
  if (object.kind === 'network') return object.id === context.roster.network.id ? fine : refuse('OTHER_NETWORK')
  if ((payload as { network: string }).network !== context.roster.network.id) return refuse('OTHER_NETWORK')
  if (payload.time > context.nowMs + aheadMsMax)
    return refuse('AHEAD_OF_TIME', aheadWords(payload.time - context.nowMs))
  switch (object.kind) {
    case 'member':
      return authoriseMember(object, context)
    case 'voucher':
      return isOperator(payload.key, context.roster) ? fine : refuse('NOT_MEMBER', 'voucher')
    case 'root':
      return authoriseRoot(object, context.blog)
    case 'refusal':
    case 'attestation':
    case 'observation':
    case 'receipt':
    case 'checkpoint':
      return authoriseMemberWord(object, context)
    default:
      return authoriseVoice(object, context)
  }
}

/** How far a clock is ahead, for whoever has to set it. */
function aheadWords(ms: number): string {
  return `${Math.ceil(ms / 60_000)} minutes ahead of this member's clock`
}

function isOperator(key: Key, roster: Roster): boolean {
  return roster.network.payload.founders.includes(key) || roster.operators.includes(key)
}

function authoriseMember(object: SignedObject<'member'>, context: AuthorityContext): Result<null> {
  const { time, expires, member } = object.payload
  if (expires > time + memberUntilMsMax || expires <= time) return refuse('BAD_FIELDS', '/expires')
  const vouched = context.network.some((network) => network.kind === 'voucher' && network.payload.invited === member)
  const founder = context.roster.network.payload.founders.includes(member)
  if (!vouched && !founder && context.roster.memberOf(member) === null) return refuse('NOT_MEMBER', 'no voucher')
  return authoriseMemberKey(object, context)
}

/** The member's first key, or one to which a known record of the key before it has committed. Strangers sign no records. */
function authoriseMemberKey({ payload }: SignedObject<'member'>, context: AuthorityContext): Result<null> {
  const { key, member, previous, time } = payload
  // So that no chain of keys is longer than its network has days.
  if (time < context.roster.network.payload.time) return refuse('RATE', 'older than its network')
  if (previous === undefined)
    return key === member ? fine : refuse('NOT_ALLOWED', 'a record in the name of another key')
  const commitment = toHex(context.sha256(fromHex(key)))
  const before = context.network.some(
    ({ kind, payload: one }) =>
      kind === 'member' && one.member === member && one.key === previous && one.next === commitment,
  )
  if (!before) return refuse('BROKEN_CHAIN', 'no known record commits to this key')
  return changesTooSoon(payload, context.network) ? refuse('RATE', 'a member changes its key once a day at most') : fine
}

/**
 * Whether a key comes within a day of the first known word of the key before it, where that key was itself a change. Of each
 * key the newest word stays known: so who changes its key does so a day after it last renewed its record.
 */
function changesTooSoon({ key, member, previous, time }: Member, network: readonly SignedObject[]): boolean {
  const own = network.flatMap((entry) =>
    entry.kind === 'member' && entry.payload.member === member ? [entry.payload] : [],
  )
  if (own.some((record) => record.key === key)) return false
  const before = own.filter((record) => record.key === previous && record.previous !== undefined)
  return before.length > 0 && before.every((record) => record.time > time - dayMs)
}

function authoriseRoot(object: SignedObject<'root'>, blog: BlogObjects | null): Result<null> {
  const { version, recovery, key, previous } = object.payload
  if (version === 1) {
    const own = object.payload.blog === undefined && previous === undefined && recovery.includes(key)
    return own && new Set(recovery).size === recovery.length
      ? fine
      : refuse('NOT_ALLOWED', 'root 1 is signed by one of its recovery keys')
  }
  const before = blog?.root.find((root) => root.id === previous)
  if (blog === null || blog.root.length === 0) return refuse('UNKNOWN_BLOG')
  if (before === undefined) return refuse('BROKEN_CHAIN', 'the root before it is not known here')
  return follows(before, object, blog.blog) ? fine : refuse('NOT_ALLOWED', 'needs a recovery key of the root before it')
}

function authoriseMemberWord(
  object: SignedObject<'refusal' | 'attestation' | 'observation' | 'receipt' | 'checkpoint'>,
  context: AuthorityContext,
): Result<null> {
  const member = context.roster.memberOf(object.payload.key)
  if (member === null || member.expires <= context.nowMs) return refuse('NOT_MEMBER')
  if (object.kind === 'refusal') return fine
  const roles = context.blog === null ? null : keyRolesOf(context.blog)
  if (roles === null) return refuse('UNKNOWN_BLOG')
  if (roles.chain.current.payload.closed === true) return refuse('BLOG_CLOSED')
  if (object.kind !== 'observation' || object.payload.life === undefined) return fine
  const [life] = context.inner
  const { time, address } = object.payload
  if (life?.kind !== 'life' || life.payload.blog !== object.payload.blog || !isOnline(roles, life.payload.key))
    return refuse('NOT_ALLOWED', 'life')
  // One that the blog sent of itself shows that its server runs, not that anybody reaches it.
  if (life.payload.nonce === undefined) return refuse('NOT_ALLOWED', 'life without a nonce')
  const timely = life.payload.address === address && Math.abs(life.payload.time - time) <= aheadMsMax
  return timely ? fine : refuse('EXPIRED', 'life')
}

type VoicedKind =
  | 'delegation'
  | 'head'
  | 'snapshot'
  | 'archive'
  | 'declaration'
  | 'life'
  | 'post'
  | 'imported'
  | 'contact'

function authoriseVoice(object: SignedObject<VoicedKind>, context: AuthorityContext): Result<null> {
  const roles = context.blog === null ? null : keyRolesOf(context.blog)
  if (roles === null) return refuse('UNKNOWN_BLOG')
  if (roles.chain.current.payload.closed === true) return refuse('BLOG_CLOSED')
  const { key, time } = object.payload
  switch (object.kind) {
    case 'delegation':
      return authoriseDelegation(object, roles)
    case 'head':
      return authoriseHead(object, roles, context)
    case 'snapshot':
      return headSigners(roles, time).includes(key) || delegated(roles, key, 'snapshot', time) !== null
        ? fine
        : denied(roles, key)
    case 'archive':
      if (!isPartCount(object.payload.parts.length)) return refuse('BAD_FIELDS', '/parts')
      return headSigners(roles, time).includes(key) ? fine : denied(roles, key)
    case 'declaration':
      return object.payload.by === 'author'
        ? authoriseAuthorWord(object, roles)
        : authoriseVerdict(object, roles, context)
    case 'life':
      if (!isOnline(roles, key)) return denied(roles, key)
      return (object.payload.since ?? time) <= time ? fine : refuse('BAD_FIELDS', '/since')
    case 'post':
      return authorisePost(object, roles, context.blog!)
    case 'imported':
      return isOnline(roles, key) || isPosting(roles, key) ? fine : denied(roles, key)
    case 'contact':
      return isPosting(roles, key) ? fine : denied(roles, key)
  }
}

function denied(roles: KeyRoles, key: Key): Refused {
  return refuse(roles.revoked.has(key) ? 'KEY_REVOKED' : 'NOT_ALLOWED')
}

function authoriseDelegation(object: SignedObject<'delegation'>, roles: KeyRoles): Result<null> {
  const { key, may, until, time, to } = object.payload
  const byRecovery = isRecovery(roles, key)
  if (!byRecovery && !isPosting(roles, key)) return denied(roles, key)
  if (may.length === 0) return fine
  if (roles.revoked.has(to)) return refuse('KEY_REVOKED', 'what was delegated to this key is revoked for good')
  const steward = may.includes('head') || may.includes('snapshot')
  if (steward && !byRecovery) return refuse('NOT_ALLOWED', 'a steward is named by a recovery key')
  return until <= time + (steward ? stewardMsMax : delegationMsMax) ? fine : refuse('BAD_FIELDS', '/until')
}

function authoriseHead(object: SignedObject<'head'>, roles: KeyRoles, context: AuthorityContext): Result<null> {
  const { key, rootVersion, root, seq, previous, mirrors, standIns = [] } = object.payload
  const step = roles.chain.steps[rootVersion - 1]
  if (step === undefined || step.id !== root) return refuse('BROKEN_CHAIN', 'root')
  const blog = context.blog!
  const before = blog.head.find((head) => head.id === previous)
  if (before !== undefined && !isNext(before.payload, object.payload)) return refuse('BROKEN_CHAIN', 'seq')
  if (previous === undefined && seq !== 1) return refuse('BROKEN_CHAIN', 'previous')
  if (before !== undefined && before.payload.time > object.payload.time + aheadMsMax)
    return refuse('BROKEN_CHAIN', 'older than the head before it')
  const byAuthor = isPosting(roles, key)
  const listed = signsHeads(roles, object)
  if (!byAuthor && !listed) return denied(roles, key)
  if (!listed && previous !== undefined && before === undefined) return refuse('BROKEN_CHAIN', 'previous')
  if (!listed && restOf(before?.payload) !== restOf(object.payload))
    return refuse('NOT_ALLOWED', 'a posting key changes only mirrors')
  if (sharesOperator(mirrors, context.roster)) return refuse('NOT_ALLOWED', 'two mirrors of one operator')
  if (!areRanked(standIns, blog.blog, context.roster, context.sha256))
    return refuse('NOT_ALLOWED', 'stand-ins that the ranking does not give')
  return byAuthor || slotsChanged(object, roles, context) <= slotsAllowed(object, before, blog)
    ? fine
    : refuse('NOT_ALLOWED', 'more than one mirror changed within 24 hours')
}

/** What a head says besides its mirrors: a stolen posting key could else let mirrors forget every page. */
function restOf(head: Head | undefined): string {
  return JSON.stringify([head?.snapshot ?? null, head?.feed ?? null, head?.sponsor ?? null, head?.forgotten ?? []])
}

/** One; where heads in between were missed, which only the newest of is handed on, one for each day since the last known. */
function slotsAllowed(
  object: SignedObject<'head'>,
  before: SignedObject<'head'> | undefined,
  blog: BlogObjects,
): number {
  const { payload } = object
  if (before !== undefined || payload.previous === undefined) return 1
  const earlier = blog.head.filter((head) => compareHeads(head.payload, payload) < 0)
  const lastMs = Math.max(...earlier.map((head) => head.payload.time))
  return Number.isFinite(lastMs) ? 1 + Math.max(0, Math.floor((payload.time - lastMs) / dayMs)) : 1
}

function sharesOperator(mirrors: readonly Key[], roster: Roster): boolean {
  const operators = mirrors
    .map((mirror) => roster.memberOf(mirror))
    .filter((member) => member !== null)
    .map((member) => member.operator)
  return new Set(operators).size !== operators.length
}

/**
 * Mirrors that were on a list within the last 24 hours and no longer are, leaving out members that left or expired. What
 * an author changed by a posting key is counted against nobody: the count begins anew there.
 */
function slotsChanged(object: SignedObject<'head'>, roles: KeyRoles, context: AuthorityContext): number {
  const { payload } = object
  const { roster, nowMs } = context
  const earlier = context.blog!.head.filter((head) => compareHeads(head.payload, payload) < 0).sort(byTime)
  const from = earlier.findLastIndex(
    (head) => head.payload.time <= payload.time - dayMs || isPosting(roles, head.payload.key),
  )
  const listed = new Set(earlier.slice(Math.max(0, from)).flatMap((head) => head.payload.mirrors))
  const gone = (member: MemberView | null) => member === null || member.leaving || member.expires <= nowMs
  return [...listed].filter((mirror) => !payload.mirrors.includes(mirror) && !gone(roster.memberOf(mirror))).length
}

function authoriseAuthorWord(object: SignedObject<'declaration'>, roles: KeyRoles): Result<null> {
  const { key, time, until } = object.payload
  if (isPosting(roles, key)) return until <= time + authorUntilMsMax ? fine : refuse('BAD_FIELDS', '/until')
  if (delegated(roles, key, 'declaration', time) === null) return denied(roles, key)
  const { distrustSince, show } = object.payload
  if (distrustSince !== undefined || show !== undefined)
    return refuse('NOT_ALLOWED', 'a delegated key cannot distrust the host')
  return until <= time + delegatedUntilMsMax ? fine : refuse('BAD_FIELDS', '/until')
}

function authoriseVerdict(
  object: SignedObject<'declaration'>,
  roles: KeyRoles,
  context: AuthorityContext,
): Result<null> {
  const { key, time, until, distrustSince, show } = object.payload
  if (context.roster.memberOf(key) === null) return refuse('NOT_MEMBER')
  if (until > time + quorumUntilMs || distrustSince !== undefined || show !== undefined)
    return refuse('BAD_FIELDS', '/until')
  const blog = context.blog!
  // Evidence is judged at its own time: the author may have moved the blog to other mirrors since.
  const lists = headsAt(blog, time, context.nowMs)
  if (lists.length === 0) return refuse('NO_QUORUM', 'no head is known')
  return lists.some((list) => isVerdictOf(list, object, roles, context)) ? fine : refuse('NO_QUORUM')
}

function isVerdictOf(
  head: SignedObject<'head'>,
  object: SignedObject<'declaration'>,
  roles: KeyRoles,
  { roster, inner, sha256 }: AuthorityContext,
): boolean {
  const { blog, mirrors, standIns = [] } = head.payload
  // Records may come after the head that names them: whom the ranking does not seat now, a verdict seats neither.
  const list = areRanked(standIns, blog, roster, sha256) ? { mirrors, standIns } : { mirrors }
  const votes = inner.filter((object) => object.kind === 'observation')
  return evidenceHolds(object, { ...seatingOf(list, ownOperators(roles, roster), roster), roster, votes })
}

function authorisePost(object: SignedObject<'post'>, roles: KeyRoles, blog: BlogObjects): Result<null> {
  const { key, time, replaces } = object.payload
  const lastGood = roles.revoked.get(key)
  if (lastGood !== undefined) return ancestry(blog.post, lastGood).has(object.id) ? fine : refuse('KEY_REVOKED')
  const before = blog.post.find((post) => post.id === replaces)
  const cancelling = cancels(object, before)
  if (before !== undefined && !cancelling && !mayReplace(object, before, roles))
    return refuse('NOT_ALLOWED', 'a delegated key replaces only its own posts')
  if (isPosting(roles, key)) return fine
  if (!cancelling && delegated(roles, key, 'post', time) === null) return refuse('NOT_ALLOWED')
  const sameDay = blog.post.filter(
    (post) => post.payload.key === key && dayOf(post) === dayOf(object) && post.id !== object.id,
  )
  return sameDay.length < delegatedPostsStored
    ? fine
    : refuse('RATE', `${delegatedPostsStored} posts of a delegated key a day`)
}
