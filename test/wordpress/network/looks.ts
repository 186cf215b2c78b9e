/** What a mixed network is asked again and again. Each look gives what it found, or says who is missing. */
import type { Hash } from '../../../protocol/objects.ts'
import type { BlogFacts, Member, MixedWorld } from './mixed-world.ts'

type Blog = { readonly id: Hash; readonly address: string; readonly words: string }

/** The mirrors of a blog, once ten are listed, the address is proven, and each mirror serves the copy with its words. */
export async function copied(world: MixedWorld, blog: Blog): Promise<readonly Member[] | string> {
  const facts = await world.facts(world.nodes[0]!.url, blog.id)
  if (facts === null) return 'the blog is not known at the first member'
  if (facts.proven.length === 0) return `the address is not proven: ${names(world, facts.attestations)} attest it`
  if (facts.snapshot === null) return 'no copy was signed'
  if (facts.mirrors.length < (Number(process.env.MIRRORS) || 10))
    return `only ${facts.mirrors.length} mirrors are listed`
  const mirrors = world.members.filter((member) => facts.mirrors.some((mirror) => mirror.url === member.url))
  const missing = await without(mirrors, async (mirror) => shows(world, mirror, blog))
  return missing === '' ? mirrors : `the copy is not at ${missing}`
}

/** Whether the page of a blog at a member shows the words of the copy, in the frame or as a page of its own. */
async function shows(world: MixedWorld, member: Member, blog: Blog): Promise<boolean> {
  const page = world.pageOf(member.url, blog.address)
  const whole = await world.text(world.isPress(member.url) ? `${page}?copy` : `${page}copy/?copy`)
  return whole?.includes(blog.words) === true
}

/** The word by which the blog is down, once every living member knows it. */
export async function downEverywhere(world: MixedWorld, blog: Blog): Promise<BlogFacts | string> {
  const all = await Promise.all(world.alive.map((alive) => world.facts(alive.url, blog.id)))
  const missing = world.alive.filter((_, i) => all[i]?.state.state !== 'down')
  if (missing.length === 0) return all[0]!
  const votes =
    all[0]?.observations.filter((observation) => observation.state === 'down' && observation.probes >= 3) ?? []
  return `${list(missing)} do not say so; ${names(world, votes)} have voted`
}

/** That every living mirror says that the blog cannot be reached, and shows the copy. */
export async function served(
  world: MixedWorld,
  blog: Blog,
  mirrors: readonly Member[],
): Promise<readonly Member[] | string> {
  const here = mirrors.filter((mirror) => world.alive.includes(mirror))
  const missing = await without(here, async (member) => {
    const page = await world.text(world.pageOf(member.url, blog.address))
    return page?.includes('has been unreachable') === true && (await shows(world, member, blog))
  })
  return missing === '' ? here : `the page is not at ${missing}`
}

/**
 * That each of these members has the post, byte for byte the same, and that those of them that are listed now have each
 * other's receipts: a mirror that was gone for long may have lost its place.
 */
export async function held(
  world: MixedWorld,
  blog: Blog,
  post: Hash,
  mirrors: readonly Member[],
): Promise<number | string> {
  const payloads = await Promise.all(
    mirrors.map(
      async (mirror) => ((await world.json(`${mirror.url}dgos/v1/objects/${post}`)) as Payload | null)?.payload,
    ),
  )
  const missing = mirrors.filter((_, i) => payloads[i] === undefined)
  if (missing.length > 0) return `the post is not at ${list(missing)}`
  if (new Set(payloads).size > 1) return 'its bytes differ'
  const now = (await world.facts(world.nodes[0]!.url, blog.id))?.mirrors ?? []
  const listed = mirrors.filter((member) => now.some((mirror) => mirror.url === member.url))
  if (listed.length < mirrors.length - 1) return `only ${list(listed)} are still listed`
  const counts = await Promise.all(listed.map((member) => receipts(world, member, post)))
  const behind = listed.flatMap((member, i) => {
    const { held = 0, missing = [] } = counts[i] ?? {}
    return held < listed.length ? [`${member.name} (without ${missing.map(({ name }) => name).join(', ')})`] : []
  })
  return behind.length === 0 ? listed.length : `fewer than ${listed.length} receipts: ${behind.join(', ')}`
}

type Receipts = { readonly held: number; readonly missing: readonly { readonly name: string }[] }

async function receipts(world: MixedWorld, member: Member, post: Hash): Promise<Receipts | null> {
  return (await world.json(`${member.url}dgos/v1/posts/${post}/holders`)) as Receipts | null
}

type Payload = { readonly payload: string }

async function without(members: readonly Member[], is: (member: Member) => Promise<boolean>): Promise<string> {
  const found = await Promise.all(members.map(is))
  return list(members.filter((_, i) => !found[i]))
}

function list(members: readonly Member[]): string {
  return members.map((member) => member.name).join(', ')
}

function names(world: MixedWorld, words: readonly { readonly key: string }[]): string {
  return [...new Set(words.map((word) => world.nameOf(word.key)))].join(', ') || 'nobody'
}
