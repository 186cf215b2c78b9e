/**
 * The blog's own service worker, `dgos-sw.js`: a reader who comes back to a dead blog reads the author's emergency posts at
 * the same address. It acts only where a top-level navigation failed, was answered with 500 or more, or stayed unanswered
 * for eight seconds, and where the blog is declared down or has failed this reader three times.
 *
 *   navigation → the blog → answered: nothing of ours, and once a day a look whether the blog still has this file
 *             ↘ failed → evidence from pinned members, joined with what was verified before → posts in our own shell
 *
 * It takes signed objects from members and nothing else: no HTML, no script. What it shows is rendered here, under a policy
 * that runs nothing. What is pinned (network, blog id, members' keys) stands in its address, written by the registration;
 * the author's keys change only along the blog's root chain, members only by their own records or by the word of a majority
 * of those pinned (pins.ts). Never for logins, administration, APIs, or anything but GET.
 */
import { hostPath } from '../../protocol/addresses.ts'
import { browserVerifier } from '../../protocol/browser-verifier.ts'
import { addressHash } from '../../protocol/outage-list.ts'
import { verifyPortable } from '../../protocol/signature.ts'
import type { Target } from '../evidence.ts'
import { checkEvidence, evidenceObjectsMax } from '../evidence.ts'
import { judgedTogether } from '../journey.ts'
import { followed } from '../pins.ts'
import { sha256 } from '../sha256.ts'
import type { Pins } from '../tag.ts'
import { readTag, type Tag } from '../tag.ts'
import { fileFound, orphanDays, orphanedDays } from './orphan.ts'
import { isOurs } from './ours.ts'
import { pageOf, pagePolicy } from './page.ts'
import { pictures } from './pictures.ts'
import { scope } from './scope.ts'
import { forget, recall, remember, type State } from './state.ts'

/** A navigation that is not answered within this has failed. */
const patienceMs = 8000
/** So many failures within so long are acted upon without anybody's word. */
const failuresNeeded = 3
const failuresMs = 10 * 60_000
const dayMs = 86_400_000

const nowMs = () => Date.now()
const query = new URL(scope.location.href).searchParams
const network = query.get('network') ?? ''
const members = query.get('members') ?? ''
const tag = readTag({ network, members })
const blog = query.get('blog') ?? ''
const address = scope.registration.scope
const platform = { sha256, verify: browserVerifier(async () => verifyPortable) }

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))
scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()))
scope.addEventListener('fetch', (event) => {
  if (tag === null || !isOurs(event.request, address)) return
  const fetched = fetch(event.request)
  const answer = answered(fetched)
  event.respondWith(answer.then((good) => good ?? instead(event.request, fetched)))
  event.waitUntil(answer.then((good) => (good === null ? undefined : lookForOurselves())).catch(() => undefined))
})

/** The blog's own answer where it is one; null where it failed or is late. Redirects are answers. */
async function answered(fetched: Promise<Response>): Promise<Response | null> {
  const late = new Promise<null>((resolve) => setTimeout(resolve, patienceMs, null))
  const response = await Promise.race([fetched.catch(() => null), late])
  return response !== null && response.status < 500 ? response : null
}

/** The author's posts, or whatever the blog itself gives after all. */
async function instead(request: Request, fetched: Promise<Response>): Promise<Response> {
  const own = await standIn(request.url).catch(() => null)
  return own ?? fetched
}

async function standIn(url: string): Promise<Response | null> {
  if (tag === null) return null
  const { head, envelopes, failures, pins } = await remember((kept) => ({
    failures: [...kept.failures.filter((at) => Math.abs(nowMs() - at) < failuresMs), nowMs()].slice(-failuresNeeded),
  }))
  const question = {
    network: tag.network,
    blog,
    address: addressHash(hostPath(address), sha256),
    nowMs: nowMs(),
    seen: head,
    anyState: true,
  }
  let kept: readonly unknown[] = []
  let isClosed = false
  const check: typeof checkEvidence = async (fresh, asked, by) => {
    // What was verified once is judged again with what is new: a member cannot make it unsaid, or push it out.
    const result = await checkEvidence(
      [envelopes, ...fresh].filter((source) => source.length > 0),
      asked,
      by,
    )
    kept = distinct([envelopes, ...fresh].flat()).slice(0, evidenceObjectsMax)
    isClosed = !result.ok && result.code === 'BLOG_CLOSED'
    return result
  }
  const judged = ({ pins }: Tag) => judgedTogether(shuffled(pins.map((pin) => pin.url)), question, check, platform)
  const current = tagOf(pins, tag)
  let { target } = await judged(current)
  if (target === null && !isClosed) {
    const moved = await follow(current, pins)
    if (moved !== null) ({ target } = await judged(moved))
  }
  if (isClosed) await retire()
  if (target === null) return null
  const { head: found } = target
  await remember((now) => (isOlder(found, now.head) ? {} : { head: found, envelopes: kept }))
  if (target.state === 'up' && failures.length < failuresNeeded) return null
  return shown(target, url)
}

/** The members to ask: those of the registration, as they were last followed. */
function tagOf(pins: Pins | null, given: Tag): Tag {
  return (pins?.of === members ? readTag({ network, members: pins.members }) : null) ?? given
}

/** Looks after the pins, and says who they are now where that has changed. */
async function follow(current: Tag, pins: Pins | null): Promise<Tag | null> {
  const before = pins?.of === members ? pins : { of: members, members, listed: {}, recorded: {} }
  const next = await followed(current, before, platform.verify, nowMs())
  await remember(() => ({ pins: next.pins }))
  return next.tag
}

async function shown(target: Target, url: string): Promise<Response> {
  const images = await pictures(target)
  const body = pageOf(target, { url, images, nowMs: nowMs() })
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': pagePolicy,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  }
  return new Response(body, { status: 503, headers })
}

/** Once on a day on which the blog answers: is this file still there? A blog that gave it up must not keep us for ever. */
async function lookForOurselves(): Promise<void> {
  const day = Math.floor(nowMs() / dayMs)
  const { lookedOn, orphanedOn, pins } = await recall()
  if (lookedOn === day) return
  await remember(() => ({ lookedOn: day }))
  if (tag !== null && Math.floor(lookedOn / 7) < Math.floor(day / 7)) await follow(tagOf(pins, tag), pins)
  const response = await fetch(scope.location.href, { cache: 'no-cache', credentials: 'omit' })
  const isThere = fileFound(response.status, response.headers.get('content-type') ?? '')
  const days = orphanedDays(orphanedOn, day, isThere)
  await remember(() => ({ orphanedOn: days }))
  if (days.length < orphanDays) return
  await retire()
}

async function retire(): Promise<void> {
  await forget()
  await scope.registration.unregister()
}

function isOlder(head: Target['head'], than: State['head']): boolean {
  return than !== null && (head[0] < than[0] || (head[0] === than[0] && head[1] < than[1]))
}

function distinct(envelopes: readonly unknown[]): unknown[] {
  return [...new Map(envelopes.map((envelope) => [JSON.stringify(envelope), envelope])).values()]
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: crypto.getRandomValues(new Uint32Array(1))[0]! }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
