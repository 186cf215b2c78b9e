/** What a blog reads when it is back: its posts as a feed, with the signed envelopes. */
import { returnFeed } from '../../../activation/return/return-feed.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { FactsSource } from '../../../mirror/pages/facts.ts'
import { type ApiRequest, json, type Route, refused } from '../api.ts'
import { blogNamed, unknownBlog } from './blogs.ts'

export type ReturnRoutesDeps = {
  readonly ledger: Ledger
  /** The ledger as pages see it: without what the operator refuses. */
  readonly facts: Pick<FactsSource, 'blog'>
  readonly clock: Clock
}
export type ReturnRoutesOptions = { readonly url: string }

const headers = { 'content-type': 'application/feed+json; charset=utf-8', 'cache-control': 'no-cache' }

export function returnRoutes(deps: ReturnRoutesDeps, options: ReturnRoutesOptions): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dgos/v1/blogs/:blog/return.json',
      open: true,
      cost: 4,
      handle: (request, { blog }) => feed(deps, options, request, blog!),
    },
  ]
}

async function feed(
  { ledger, facts, clock }: ReturnRoutesDeps,
  { url }: ReturnRoutesOptions,
  { query }: ApiRequest,
  name: string,
) {
  const from = query.get('from') ?? '0'
  if (!/^\d{1,6}$/.test(from)) return refused(400, 'BAD_REQUEST', 'from')
  const id = await blogNamed(ledger, name)
  const found = id === null ? null : returnFeed(await facts.blog(id), { url, nowMs: clock.nowMs(), from: Number(from) })
  return found === null ? unknownBlog(name) : json(found, headers)
}
