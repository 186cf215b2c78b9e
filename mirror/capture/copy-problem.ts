/** Why a blog has no new copy, since when, and what mends it: for its author, on every surface that names the copy. Pure. */
import type { Time } from '../../protocol/objects.ts'
import { floodedReason } from '../../protocol/quorum.ts'
import { wallOf } from '../../protocol/walls.ts'
import type { Aside } from './capture-store.ts'

export type CopyProblem = {
  readonly reason: string
  readonly since: Time | null
  readonly last: Time
  /** What was seen, and what to do: whole sentences. */
  readonly mend: string
}

const marker =
  'put the tag <meta name="dgos" content="the blog’s id"> into its head, or a link to two posts: then it is known as yours'

const mends: Readonly<Record<string, string>> = {
  error: 'The front page answers with an error. Look at it in a browser; the copy follows once it opens.',
  'not-a-page': 'The front page is no HTML document. Check the type that the server names.',
  elsewhere: 'The front page leads to another site. If the blog moved, change its address: dgos blog keys.',
  blank: 'The front page has no words without scripts, and no feed with articles was found. Name a feed in its head.',
  'too-costly':
    'The front page asks for more time or memory than one document gets. Look for tags that are never closed and for very deep nesting; it is read again, each time after twice as long.',
  suspended: `The front page reads like a notice of a host (suspended, parked, under construction). If it is the blog, ${marker}.`,
  challenge: `The front page reads like a wall for robots. Let this member’s user agent pass; if it is the blog, ${marker}.`,
  login: `The front page asks for a password and leads nowhere else. If it is open to readers, ${marker}.`,
  'marker-gone': 'The tag of the blog is gone from its front page. Put it back; until then the copy is not renewed.',
  shrunk: 'The front page lost most of its words. If that is meant, wait: it is believed after a day.',
  budget: 'This hour’s requests to the blog’s server are used up. The rest is fetched later.',
  dns: 'The blog’s name was not found. Check its DNS records.',
  tls: 'The certificate of the blog’s server is not valid.',
  connect: 'The blog’s server did not take the connection, or broke it off.',
  short: 'The front page breaks off before its end. Look at the server’s limits of time and memory.',
  timeout: 'The blog’s server did not answer in time.',
  'too-slow': 'The blog’s server sent its page too slowly.',
  'too-large': 'The front page is larger than 5 MB.',
  redirects: 'The front page redirects in a circle.',
}

/** `failure` is a round that ended before there was a page to judge; null where the last one had one. */
export function copyProblem(
  aside: Aside | null,
  failure: { readonly reason: string; readonly atMs: Time } | null,
): CopyProblem | null {
  if (failure !== null && failure.atMs > (aside?.lastMs ?? 0))
    return { reason: failure.reason, since: null, last: failure.atMs, mend: mendOf(failure.reason) }
  if (aside === null) return null
  return { reason: aside.reason, since: aside.sinceMs, last: aside.lastMs, mend: mendOf(aside.reason) }
}

function mendOf(reason: string): string {
  const wall = wallOf(reason)
  if (wall !== null)
    return `A wall (${wall.title}) keeps this member out, and lets readers in. Let your guards in like this: ${wall.letIn}`
  if (reason === floodedReason)
    return 'The blog’s host answers “too many requests”. Raise its limit for the addresses of your mirrors.'
  return mends[reason] ?? 'The front page could not be fetched. Look at it in a browser.'
}
