/** What members say to each other: who is there, what each has, and "do your work now". */

import type { Ledger } from '../../../ledger/ledger.ts'
import type { Peers } from '../../../ledger/peers.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { LiveSets } from '../../../network/live-sets.ts'
import type { Key } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { answer } from '../../../protocol/reconcile.ts'
import { askBytesMax, parseSync } from '../../../protocol/request.ts'
import { type ApiRequest, json, jsonBody, type Route, refusal, refused } from '../api.ts'

export type NetworkRoutesDeps = {
  readonly ledger: Ledger
  readonly sets: LiveSets
  readonly peers: Peers
  readonly clock: Clock
  readonly sha256: Sha256
  /** Does what is due; at most once in a while whoever calls. */
  readonly wake: () => Promise<boolean>
}
export type NetworkRoutesOptions = { readonly self: Key }

/** Blogs that two members may name as common. */
const blogsMax = 2_000
/** Who asks whether a member can be reached waits a little longer than this. */
const reachMs = 4_000

export function networkRoutes(deps: NetworkRoutesDeps, options: NetworkRoutesOptions): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dgos/v1/ping',
      open: true,
      handle: () => json({ member: options.self, time: deps.clock.nowMs() }),
    },
    {
      method: 'GET',
      path: '/dgos/v1/members',
      open: true,
      cost: 4,
      handle: async () => {
        const { ledger } = deps
        const live = await ledger.live(null)
        const objects = live.filter((object) => object.kind === 'member' || object.kind === 'voucher')
        return json({ network: ledger.network.envelope, objects: objects.map((object) => object.envelope) })
      },
    },
    {
      method: 'GET',
      path: '/dgos/v1/members/:key',
      open: true,
      cost: 4,
      handle: async (_, { key }) => {
        const { ledger } = deps
        const member = ledger.roster().memberOf(key!)?.id
        if (member === undefined) return refused(404, 'NOT_MEMBER')
        const live = await ledger.live(null)
        const own = live.filter((object) => object.kind === 'member' && object.payload.member === member)
        return json({ objects: own.map((object) => object.envelope) })
      },
    },
    {
      method: 'POST',
      path: '/dgos/v1/sync',
      bodyBytesMax: askBytesMax,
      handle: (request) => sync(deps, options, request),
    },
    { method: 'POST', path: '/dgos/v1/wake', handle: async () => json({ worked: await deps.wake() }) },
    { method: 'GET', path: '/dgos/v1/reach', cost: 20, handle: (request) => reach(deps, request) },
  ]
}

async function sync({ ledger, sets, sha256 }: NetworkRoutesDeps, { self }: NetworkRoutesOptions, request: ApiRequest) {
  const asked = parseSync(request.body)
  if (!asked.ok) return refusal(asked)
  const { from, scope, ranges } = asked.value
  if (scope === 'network') return json({ ranges: answer(await sets.network(), ranges, sha256).reply })
  const partner = ledger.roster().memberOf(from)
  if (partner === null) return refused(403, 'NOT_MEMBER')
  const shared = await sets.sharedBlogs(self, partner.id)
  const { blogs = shared } = (jsonBody(request) ?? {}) as { blogs?: unknown }
  if (!Array.isArray(blogs) || blogs.length > blogsMax) return refused(400, 'BAD_REQUEST', 'blogs')
  const known = new Set(shared)
  const common = blogs.filter((blog): blog is string => typeof blog === 'string' && known.has(blog))
  if (common.length < blogs.length) return json({ blogs: common })
  return json({ ranges: answer(await sets.mirrors(common), ranges, sha256).reply })
}

/**
 * Whether a member can be reached from here, for `dgos doctor`. Only urls of member records are asked, so that nobody
 * sends this server to places of his choice.
 */
async function reach({ ledger, peers }: NetworkRoutesDeps, request: ApiRequest) {
  const member = ledger.roster().memberOf(request.query.get('member') ?? '')
  if (member === null) return refused(404, 'NOT_MEMBER')
  const pong = (await peers.get(member.url, 'dgos/v1/ping', reachMs)) as { member?: unknown } | null
  return json({ member: member.id, url: member.url, reached: pong?.member === member.id })
}
