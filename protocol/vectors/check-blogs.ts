/** Rules about one blog: who speaks for it, what is its newest copy, what its readers are shown, whether it is down. */
import { addressOwner, provenAddresses } from '../address-proof.ts'
import { authorise } from '../authority.ts'
import { blogState } from '../blog-state.ts'
import { freshness } from '../freshness.ts'
import { currentHead, currentSnapshot, headSigner } from '../heads.ts'
import { isLive } from '../live.ts'
import { nextSince, silentSince } from '../lives.ts'
import type { Time } from '../objects.ts'
import { shownPosts, tips, withheld } from '../posts.ts'
import { revokedKeys, rootChain } from '../roots.ts'
import { seenWall } from '../seen-wall.ts'
import { rosterIn, type Scene } from './check-network.ts'
import type { Rule, World } from './world.ts'

/** `blog` is the alias of root 1, `objects` are all that is known of the blog. */
type Known = Scene & { readonly blog: string; readonly objects: readonly string[] }

const known = (input: Known, world: World) => world.blog(input.blog, input.objects)

export const blogRules: Readonly<Record<string, Rule>> = {
  roots: (input: Known, world: World) => {
    const chain = rootChain(world.object(input.blog).id, known(input, world).root)
    if (chain === null) return null
    const aliases = (objects: readonly { readonly id: string }[]) => objects.map((object) => world.alias(object.id))
    const revoked = [...revokedKeys(chain)].map(([key, good]) => ({
      key: world.alias(key),
      lastGood: good.map(world.alias),
    }))
    return { steps: aliases(chain.steps), rivals: aliases(chain.rivals), revoked }
  },

  authorise: (
    input: Scene & { object: string; blog: string | null; objects?: readonly string[]; inner?: readonly string[] },
    world: World,
  ) => {
    const objects = input.objects ?? []
    const network = input.network ?? (world.shared.network as readonly string[])
    const result = authorise(world.object(input.object), {
      blog: input.blog === null ? null : world.blog(input.blog, objects),
      roster: rosterIn(input, world),
      network: network.map(world.object),
      inner: (input.inner ?? []).map(world.object),
      nowMs: input.nowMs,
      sha256: world.platform.sha256,
    })
    return result.ok ? 'accepted' : { code: result.code }
  },

  head: (input: Known, world: World) => {
    const head = currentHead(known(input, world), input.nowMs)
    return head === null ? null : world.alias(head.id)
  },

  'head-signer': (input: Known & { down?: boolean; silent?: readonly string[] }, world: World) => {
    const silent = new Set((input.silent ?? []).map(world.key))
    const alive = (key: string) => !silent.has(key)
    const key = headSigner(known(input, world), input.nowMs, { down: input.down ?? false, alive })
    return key === null ? null : world.alias(key)
  },

  copy: (input: Known, world: World) => {
    const found = currentSnapshot(known(input, world), input.nowMs)
    return found === null ? null : { snapshot: world.alias(found.snapshot.id), trust: found.trust }
  },

  fresh: (input: Known, world: World) => freshness(known(input, world), rosterIn(input, world), input.nowMs),

  posts: (input: Known, world: World) => {
    const blog = known(input, world)
    const shown = shownPosts(blog, input.nowMs).map((post) => ({
      id: world.alias(post.id),
      history: post.history.map((version) => world.alias(version.id)),
      ...(post.withdrawn ? { withdrawn: true } : {}),
      ...(post.importedAt === null ? {} : { importedAt: post.importedAt }),
    }))
    return { shown, withheld: withheld(blog).map(world.alias), tips: tips(blog).map(world.alias) }
  },

  live: (input: Known & { object: string }, world: World) => {
    const network = input.network ?? (world.shared.network as readonly string[])
    return isLive(world.object(input.object), known(input, world), network.map(world.object), input.nowMs)
  },

  state: (input: Known, world: World) => {
    const state = blogState(known(input, world), rosterIn(input, world), input.nowMs, world.platform.sha256)
    return {
      ...state,
      declaration: state.declaration === null ? null : world.alias(state.declaration.id),
      show: state.show === null ? null : world.alias(state.show),
      unimported: state.unimported.map(world.alias),
    }
  },

  'seen-wall': (input: Known, world: World) => seenWall(known(input, world), rosterIn(input, world), input.nowMs),

  'silent-since': (input: Known, world: World) => silentSince(known(input, world), input.nowMs),

  'next-since': (input: { before: { time: Time; since: Time } | null; nowMs: Time }) =>
    nextSince(input.before, input.nowMs),

  proven: (input: Known, world: World) =>
    provenAddresses(known(input, world), rosterIn(input, world), input.nowMs, world.platform.sha256),

  owner: (input: Scene & { address: string; blogs: Readonly<Record<string, readonly string[]>> }, world: World) => {
    const blogs = Object.entries(input.blogs).map(([root1, objects]) => world.blog(root1, objects))
    const owner = addressOwner(input.address, blogs, rosterIn(input, world), input.nowMs, world.platform.sha256)
    return owner === null ? null : world.alias(owner)
  },
}
