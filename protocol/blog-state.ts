/**
 * The state of a blog: derived from its objects at a moment, never stored, the same in Node, PHP and browsers.
 *
 *   up → suspected        the newest probe of one of its watchers failed, within five minutes. Readers still go home
 *      → down             the author's word, or the watchers' verdict; the newest unexpired word wins and the author's
 *                         outranks the watchers' while it lasts ("over" only about the outage it ends, an hour)
 *      → returning        the verdict says up again (or a word ran out without renewal) and posts wait for their import:
 *                         until all are imported, or 48 hours. A blog without code of its own goes straight to up
 *      → up               also at once when the author says that it is over
 *
 * Lives that outsiders fetched make a verdict disputed, and so do words of seats that it calls absent; that ends nothing. Declarations were authorised and their votes
 * verified when they were accepted; here only what can change later is looked at again: revocation and time.
 */
import type { BlogObjects } from './blog-objects.ts'
import { reopen } from './envelope.ts'
import { distrustSince, headsAt } from './heads.ts'
import { delegated, isOnline, isPosting, type KeyRoles, keyRolesOf, ownOperators } from './key-roles.ts'
import {
  aheadMsMax,
  authorUntilMsMax,
  delegatedUntilMsMax,
  livesApartMs,
  observationFreshMs,
  overSilencesMs,
  quorumUntilMs,
  returningMsMax,
} from './limits.ts'
import { byTime, type Hash, type Key, type Life, type SignedObject, type Time } from './objects.ts'
import type { Sha256 } from './platform.ts'
import { shownPosts } from './posts.ts'
import { outweighs } from './quorum.ts'
import type { Roster } from './roster.ts'
import { seatingOf } from './seats.ts'
import { watchersOf } from './watchers.ts'

type Declaration = SignedObject<'declaration'>

export type BlogState = {
  readonly state: 'up' | 'suspected' | 'down' | 'returning'
  /** When this state began; null for a blog that was never anything but up. */
  readonly since: Time | null
  /** Whose word it is. null while up or suspected. */
  readonly by: 'author' | 'quorum' | null
  /** The word that decides; while returning the one that ended the outage, or ran out. */
  readonly declaration: Declaration | null
  /** Outsiders have seen the blog alive: a notice with both links, no redirect. */
  readonly disputed: boolean
  readonly exercise: boolean
  /** When the deciding word runs out. */
  readonly until: Time | null
  /** From when on the online key is not believed; stays until the next root. */
  readonly distrustSince: Time | null
  /** The snapshot that the author wants shown. */
  readonly show: Hash | null
  /** Public ids of shown posts that the blog has not confirmed, newest first. */
  readonly unimported: readonly Hash[]
}

const well = {
  state: 'up',
  since: null,
  by: null,
  declaration: null,
  disputed: false,
  exercise: false,
  until: null,
} as const

/** Whether readers stay with the mirrors. A blog that is only suspected still has them sent home. */
export function isAway({ state }: Pick<BlogState, 'state'>): boolean {
  return state === 'down' || state === 'returning'
}

/** The state at `nowMs`. A blog without a valid root is up: nobody may speak for it. */
export function blogState(blog: BlogObjects, roster: Roster, nowMs: Time, _sha256: Sha256): BlogState {
  const roles = keyRolesOf(blog)
  if (roles === null) return { ...well, distrustSince: null, show: null, unimported: [] }
  const distrusted = distrustSince(blog, roles)
  const common = {
    distrustSince: Number.isFinite(distrusted) ? distrusted : null,
    unimported: shownPosts(blog, nowMs)
      .filter((post) => !post.withdrawn && post.importedAt === null)
      .map((post) => post.id),
  }
  const declarations = goodDeclarations(blog, roles, nowMs)
  const author = declarations.findLast((spoken) => spoken.payload.by === 'author') ?? null
  const lastingAuthor = author !== null && author.payload.until > nowMs ? author : null
  const heard = declarations.filter(
    (spoken) => lastingAuthor?.payload.state !== 'over' || !isSilenced(spoken, lastingAuthor),
  )
  const lasting = lastingDeclaration(lastingAuthor, heard, nowMs)
  if (lasting?.payload.state === 'down')
    return { ...common, ...downBy(lasting, declarations, blog, roster, roles, nowMs) }
  const after = afterOutage(heard, author, common.unimported, roles, nowMs)
  if (after.state === 'returning') return { ...common, show: null, ...after }
  const suspectedSince = suspicion(blog, roster, nowMs, after.since ?? 0)
  if (suspectedSince === null) return { ...common, show: null, ...after }
  return { ...common, ...well, show: null, state: 'suspected', since: suspectedSince }
}

/** The word that decides: the author's while it lasts, unless watchers have contradicted its "over" since. */
function lastingDeclaration(
  author: Declaration | null,
  heard: readonly Declaration[],
  nowMs: Time,
): Declaration | null {
  const quorum = heard.findLast((declaration) => declaration.payload.by === 'quorum') ?? null
  if (quorum === null || quorum.payload.until <= nowMs) return author
  const contradicts = author?.payload.state === 'over' && quorum.payload.state === 'down' && isAfter(quorum, author)
  return author === null || contradicts ? quorum : author
}

/**
 * While the author's "over" lasts, watchers who still see the outage it ended are not heard, for an hour at most: an
 * outage that began after it is another one, and a host that stays away proves the author too hopeful.
 */
function isSilenced(declaration: Declaration, over: Declaration): boolean {
  const { by, state, time } = declaration.payload
  if (by !== 'quorum' || state !== 'down' || !isAfter(declaration, over)) return false
  return time < over.payload.time + overSilencesMs && (medianSince(declaration) ?? 0) <= over.payload.time
}

/** Words whose signer may still say them, in order of time. */
function goodDeclarations(blog: BlogObjects, roles: KeyRoles, nowMs: Time): readonly Declaration[] {
  return blog.declaration
    .filter((declaration) => declaration.payload.time <= nowMs + aheadMsMax && maySay(declaration, roles))
    .sort(byTime)
}

function maySay({ payload }: Declaration, roles: KeyRoles): boolean {
  const { by, key, time, until } = payload
  if (by === 'quorum') return until <= time + quorumUntilMs
  if (isPosting(roles, key)) return until <= time + authorUntilMsMax
  return until <= time + delegatedUntilMsMax && delegated(roles, key, 'declaration', time) !== null
}

function downBy(
  spoken: Declaration,
  declarations: readonly Declaration[],
  blog: BlogObjects,
  roster: Roster,
  roles: KeyRoles,
  nowMs: Time,
) {
  const { by, until, show, exercise } = spoken.payload
  const since = beginning(spoken, declarations)
  return {
    state: 'down' as const,
    since,
    by,
    declaration: spoken,
    disputed:
      by === 'quorum' &&
      (isOutweighed(spoken, blog, roster, roles, nowMs) || isDisputed(spoken, since, blog, roster, roles, nowMs)),
    exercise: exercise === true,
    until,
    show: show ?? null,
  }
}

/** When an outage began: its first word in a row of words that touch, for a verdict what the median of its votes says. */
function beginning(spoken: Declaration, declarations: readonly Declaration[]): Time {
  let first = spoken
  for (const spoken of declarations.toReversed()) {
    if (spoken.payload.time > first.payload.time || spoken === first) continue
    if (spoken.payload.state === 'over' || spoken.payload.until < first.payload.time) break
    first = spoken
  }
  return seenSince(first)
}

/** For a verdict the lower median of what its votes say, at the latest its time. */
function seenSince(spoken: Declaration): Time {
  return Math.min(spoken.payload.time, medianSince(spoken) ?? spoken.payload.time)
}

function medianSince(spoken: Declaration): Time | undefined {
  const seen = votesOf(spoken).map((vote) => Math.min(vote.payload.since, vote.payload.time))
  return seen.sort((a, b) => a - b)[(seen.length - 1) >> 1]
}

function votesOf(spoken: Declaration): readonly SignedObject<'observation'>[] {
  return (spoken.payload.votes ?? []).map((vote) => reopen('', vote) as SignedObject<'observation'>)
}

/** Returning or up, after whatever words there were. */
function afterOutage(
  declarations: readonly Declaration[],
  author: Declaration | null,
  unimported: readonly Hash[],
  roles: KeyRoles,
  nowMs: Time,
) {
  const fall = declarations.findLast((spoken) => spoken.payload.state === 'down')
  if (fall === undefined) return well
  const ended = declarations.find((spoken) => spoken.payload.state === 'over' && isAfter(spoken, fall))
  const since = Math.min(ended?.payload.time ?? fall.payload.until, fall.payload.until)
  const isOver = author !== null && author.payload.state === 'over' && isAfter(author, fall)
  const hasCode = roles.chain.current.payload.online !== undefined
  const waits = hasCode && unimported.length > 0 && nowMs < since + returningMsMax
  if (isOver || !waits || fall.payload.exercise === true) return { ...well, since }
  const declaration = ended ?? fall
  const { by, until } = declaration.payload
  return { ...well, state: 'returning' as const, since, by, declaration, until }
}

function isAfter(declaration: Declaration, other: Declaration): boolean {
  return (
    declaration.payload.time > other.payload.time ||
    (declaration.payload.time === other.payload.time && declaration.id > other.id)
  )
}

/**
 * When the earliest of the present doubts began; null where every watcher's newest fresh word is good, or there is none.
 * Watchers alone can doubt: full members on the mirror list, without the blog's own operator. A guest, or a member that
 * has nothing to do with the blog, would else open doors by one word.
 * Words from before the end of the last outage are settled by it: a watcher that died with the blog has no say any more.
 */
function suspicion(blog: BlogObjects, roster: Roster, nowMs: Time, settledMs: Time): Time | null {
  const newest = new Map<Key, SignedObject<'observation'>>()
  let watchers: ReadonlySet<Key> | null = null
  for (const observation of blog.observation) {
    const { key, time } = observation.payload
    if (time <= Math.max(settledMs, nowMs - observationFreshMs) || time > nowMs + aheadMsMax) continue
    watchers ??= fullWatchers(blog, roster, nowMs)
    const watcher = roster.memberOf(key)?.id
    if (watcher === undefined || !watchers.has(watcher)) continue
    const before = newest.get(watcher)
    if (before === undefined || before.payload.time < time) newest.set(watcher, observation)
  }
  const doubts = [...newest.values()].filter(
    (observation) => observation.payload.state === 'down' || observation.payload.state === 'changed',
  )
  return doubts.length === 0
    ? null
    : Math.min(...doubts.map((doubt) => Math.min(doubt.payload.since, doubt.payload.time)))
}

function fullWatchers(blog: BlogObjects, roster: Roster, nowMs: Time): ReadonlySet<Key> {
  const watchers = watchersOf(blog, roster, nowMs).filter((watcher) => watcher.standing === 'full')
  return new Set(watchers.map((watcher) => watcher.id))
}

/** Seats that were called absent have spoken, and without them the votes fall short. */
function isOutweighed(spoken: Declaration, blog: BlogObjects, roster: Roster, roles: KeyRoles, nowMs: Time): boolean {
  const own = ownOperators(roles, roster)
  const votes = votesOf(spoken)
  return !headsAt(blog, spoken.payload.time, nowMs).some((head) =>
    outweighs(spoken, { ...seatingOf(head.payload, own, roster), roster, votes }, blog.observation),
  )
}

/**
 * Two operators that gave no vote have each fetched the blog's signed life twice, at least 60 s apart, since the outage
 * began and within the last half hour. A life that both show counts for neither: one of them may have been handed it.
 */
function isDisputed(
  spoken: Declaration,
  since: Time,
  blog: BlogObjects,
  roster: Roster,
  roles: KeyRoles,
  nowMs: Time,
): boolean {
  const voters = new Set(votesOf(spoken).map((vote) => roster.memberOf(vote.payload.key)?.operator))
  const seen = new Map<Key, Map<Hash, Time>>()
  for (const { payload } of blog.observation) {
    const life = payload.life === undefined ? null : (reopen('', payload.life).payload as Life)
    const watcher = roster.memberOf(payload.key)
    if (life === null || watcher === null || watcher.standing !== 'full' || voters.has(watcher.operator)) continue
    if (life.blog !== blog.blog || life.nonce === undefined || !isOnline(roles, life.key)) continue
    if (payload.time <= Math.max(since, nowMs - quorumUntilMs) || payload.time > nowMs + aheadMsMax) continue
    const times = seen.get(watcher.operator) ?? new Map<Hash, Time>()
    seen.set(watcher.operator, times.set(life.nonce, payload.time))
  }
  const watchers = [...seen.values()]
  return watchers.some((watcher, i) =>
    watchers.slice(i + 1).some((other) => lastsWithout(watcher, other) && lastsWithout(other, watcher)),
  )
}

function lastsWithout(own: ReadonlyMap<Hash, Time>, other: ReadonlyMap<Hash, Time>): boolean {
  const times = [...own].filter(([nonce]) => !other.has(nonce)).map(([, time]) => time)
  return Math.max(...times) - Math.min(...times) >= livesApartMs
}
