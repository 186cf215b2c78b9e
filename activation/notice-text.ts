/** What an author reads when the blog is down: one text for mail, push message and webhook. Pure. */
import { hostPath, mirrorPath } from '../protocol/addresses.ts'
import type { Hash, Time } from '../protocol/objects.ts'

export type Outage = {
  readonly blog: Hash
  readonly title: string
  readonly address: string
  readonly since: Time
  /** Watchers whose votes the declaration bears. */
  readonly votes: number
  readonly declaration: Hash
  /** Base URL of the member that tells. */
  readonly memberUrl: string
}

/** A wall keeps most of a blog's watchers out. */
export type Walled = {
  readonly blog: Hash
  readonly title: string
  readonly address: string
  readonly since: Time
  readonly wall: string
  readonly letIn: string
  /** Watchers that meet it, of how many. */
  readonly watchers: number
  readonly of: number
  /** Whether the blog's own lives would tell that it has died. */
  readonly speaks: boolean
  readonly memberUrl: string
}

export type Notice = {
  readonly subject: string
  readonly text: string
  /** Where the author can write now. */
  readonly door: string
  /** The copy that readers see. */
  readonly copy: string
  readonly evidence: string
}

export function noticeOf(outage: Outage): Notice {
  const { blog, title, address, since, votes, memberUrl } = outage
  const name = hostPath(address)
  const door = `${memberUrl}post?blog=${blog}`
  const copy = `${memberUrl}${mirrorPath(name)}`
  const evidence = `${memberUrl}dgos/v1/blogs/${blog}`
  const text = [
    `Your blog "${title}" at ${address} has not answered since ${utcText(since)}.`,
    `${votes} independent watchers agree, so its readers are being led to the copies.`,
    '',
    `Write to your readers now:  ${door}`,
    `What they see meanwhile:    ${copy}`,
    `Who saw what, and when:     ${evidence}`,
    '',
    'The page asks for the first six words of your passphrase, never for anything else.',
    'Nothing needs to be done when the blog is back: the watchers notice, and your posts wait for it.',
  ].join('\n')
  return { subject: `${title} is down`, text, door, copy, evidence }
}

export type Returned = Omit<Outage, 'votes' | 'declaration'> & {
  /** Posts that are not in the blog yet. */
  readonly waiting: number
}

/** What an author reads who was told of an outage, once it is over. */
export function backNoticeOf({ blog, title, address, waiting, memberUrl }: Returned): Notice {
  const places = placesOf(blog, address, memberUrl)
  const posts =
    waiting === 1 ? 'One post that you wrote meanwhile waits' : `${waiting} posts that you wrote meanwhile wait`
  const text = [
    `Your blog "${title}" at ${address} answers again.`,
    waiting === 0
      ? 'Nothing waits to come home.'
      : `${posts} to come home: WordPress takes them in under DGOS, Posts to bring home; for other blogs your kit saves them as files.`,
    '',
    `They can be read here until then:  ${places.copy}`,
  ].join('\n')
  return { subject: `${title} is back`, text, ...places }
}

/** What an author reads once all posts of an outage are in the blog. */
export function homeNoticeOf({ blog, title, address, memberUrl }: Returned): Notice {
  const text = `All posts that you wrote while "${title}" at ${address} was down are in your blog now. Mirrors lead readers to them there.`
  return { subject: `${title}: your posts are home`, text, ...placesOf(blog, address, memberUrl) }
}

function placesOf(blog: Hash, address: string, memberUrl: string): Pick<Notice, 'door' | 'copy' | 'evidence'> {
  return {
    door: `${memberUrl}post?blog=${blog}`,
    copy: `${memberUrl}${mirrorPath(hostPath(address))}`,
    evidence: `${memberUrl}dgos/v1/blogs/${blog}`,
  }
}

/** What an author reads whose wall keeps the guards out: no outage, but they are blind. */
export function wallNoticeOf(walled: Walled): Notice {
  const { blog, title, address, since, wall, letIn, watchers, of, speaks, memberUrl } = walled
  const door = `${memberUrl}post?blog=${blog}`
  const copy = `${memberUrl}${mirrorPath(hostPath(address))}`
  const evidence = `${memberUrl}dgos/v1/blogs/${blog}`
  const text = [
    `Your blog "${title}" at ${address} is behind a wall (${wall}): ${watchers} of its ${of} guards have met it since ${utcText(since)}.`,
    'Your wall keeps your guards out. That is no outage: your readers pass it and are sent home.',
    speaks
      ? 'Your blog’s own server still tells its guards that it is alive; if it is silent for an hour, they count the wall as down.'
      : 'But if your blog dies behind the wall nobody can tell: only you can declare it down (dgos declare, or your kit).',
    '',
    'Let them in like this:',
    letIn,
    '',
    `Guards call themselves dgos/… and sign what they ask (Web Bot Auth). Their addresses:  ${evidence}`,
    'They read one small page every half minute, all together.',
  ].join('\n')
  return { subject: `${title}: your wall keeps your guards out`, text, door, copy, evidence }
}

/** "20 Nov 2026, 22:35 UTC" */
export function utcText(timeMs: Time): string {
  const [, day, month, year, hour, minute] = /^\w+, (\d+) (\w+) (\d+) (\d+):(\d+)/.exec(new Date(timeMs).toUTCString())!
  return `${day} ${month} ${year}, ${hour}:${minute} UTC`
}
