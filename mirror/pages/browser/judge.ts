/**
 * What signed objects from several members prove about a mirror page. Pure: signatures make it irrelevant who handed an
 * object on, so what each member sent is put together and judged by the protocol's own rules.
 */
import { blogState } from '../../../protocol/blog-state.ts'
import { acceptedBlog, openSources, type Sources } from '../../../protocol/evidence.ts'
import { currentHead } from '../../../protocol/heads.ts'
import { keyRolesOf } from '../../../protocol/key-roles.ts'
import { byDependency, isJudged } from '../../../protocol/kinds.ts'
import { rosterOf } from '../../../protocol/membership.ts'
import type { Hash } from '../../../protocol/objects.ts'
import type { Platform } from '../../../protocol/platform.ts'
import { type ShownPost, shownPosts } from '../../../protocol/posts.ts'

export type Proven = {
  readonly title: string
  readonly rootVersion: number
  readonly posts: readonly ShownPost[]
  readonly state: string
  readonly by: string | null
  readonly head: { readonly seq: number; readonly snapshot: Hash | null; readonly time: number } | null
  /** Envelopes whose signature or author does not hold. */
  readonly refused: number
}

/** null where nobody may speak for the blog, or the objects are of another network. */
export async function judge(
  sources: Sources,
  { network: networkId, blog: id, nowMs }: { readonly network: Hash; readonly blog: Hash; readonly nowMs: number },
  platform: Platform,
): Promise<Proven | null> {
  const opened = await openSources(sources, platform)
  const objects = opened.objects.filter(({ kind }) => isJudged(kind)).sort(byDependency)
  const network = objects.find((object) => object.id === networkId)
  if (network?.kind !== 'network') return null
  const members = objects.filter(({ kind }) => kind === 'member' || kind === 'voucher')
  const roster = rosterOf(network, members, nowMs, platform.sha256)
  const { blog, refused } = await acceptedBlog(id, objects, { roster, network: members, nowMs, platform })
  const roles = keyRolesOf(blog)
  if (roles === null) return null
  const state = blogState(blog, roster, nowMs, platform.sha256)
  const head = currentHead(blog, nowMs)
  return {
    title: roles.chain.current.payload.title,
    rootVersion: roles.chain.current.payload.version,
    posts: shownPosts(blog, nowMs),
    state: state.state,
    by: state.by,
    head: head && { seq: head.payload.seq, snapshot: head.payload.snapshot ?? null, time: head.payload.time },
    refused: opened.noise + refused.filter(({ kind }) => kind === 'post').length,
  }
}

/** A post as it stands on a page: plain text and the hashes of its pictures, so that markup may differ and words may not. */
export type PagePostSeen = {
  readonly id: string
  readonly title: string
  readonly text: string
  readonly blobs: readonly string[]
}

export type Verdict = { readonly good: boolean; readonly text: string }

/** `plain` makes of a post's signed html what `PagePostSeen` holds. `others` are what each asked member proved alone. */
export function verdicts(
  seen: readonly PagePostSeen[],
  all: Proven,
  others: readonly { readonly name: string; readonly proven: Proven }[],
  plain: (html: string) => Omit<PagePostSeen, 'id' | 'title'>,
): readonly Verdict[] {
  const signed = all.posts.filter((post) => !post.withdrawn)
  const altered = seen.filter((shown) => {
    const post = signed.find(({ id }) => id === shown.id)?.current.payload
    const text = post === undefined ? null : plain(post.html)
    return (
      text === null ||
      text.text !== shown.text ||
      text.blobs.join() !== shown.blobs.join() ||
      shown.title !== post!.title
    )
  })
  const missing = signed.filter(({ id }) => !seen.some((shown) => shown.id === id))
  const out: Verdict[] = []
  out.push(
    altered.length > 0
      ? {
          good: false,
          text: `${counted(altered.length, 'post')} on this page ${altered.length === 1 ? 'is' : 'are'} not what the author signed.`,
        }
      : {
          good: true,
          text:
            seen.length === 0
              ? 'The page shows no emergency posts.'
              : `${counted(seen.length, 'post')} on this page: word for word what the author signed.`,
        },
  )
  out.push(
    missing.length > 0
      ? {
          good: false,
          text: `${counted(missing.length, 'signed post')} that others have ${missing.length === 1 ? 'is' : 'are'} missing here.`,
        }
      : { good: true, text: 'Nothing that the others have is missing here.' },
  )
  for (const { name, proven } of others) {
    const same = proven.state === all.state && proven.rootVersion === all.rootVersion
    const says = `${name} says: ${stateWords[proven.state] ?? proven.state}${proven.by === 'author' ? ', on the author’s word' : ''}; mirror list number ${proven.head?.seq ?? 0}; ${counted(proven.posts.filter((post) => !post.withdrawn).length, 'post')}.`
    out.push({ good: same, text: same ? says : `${says} That differs from what all objects together prove.` })
  }
  if (all.refused > 0)
    out.push({
      good: false,
      text: `${counted(all.refused, 'object')} handed out had no valid signature, and counted for nothing.`,
    })
  return out
}

const stateWords: Readonly<Record<string, string>> = {
  up: 'the blog is up',
  suspected: 'the blog is being looked at',
  down: 'the blog is down',
  returning: 'the blog is coming back',
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
