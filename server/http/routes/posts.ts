/** Doors: the outage keys of a blog, the form at `/post`, signed files, and who holds a post. */

import type { PostDoor } from '../../../activation/doors/post-door.ts'
import { postFileBytesMax } from '../../../activation/doors/post-file.ts'
import { uploadBeginningBytes } from '../../../activation/doors/upload-beginning.ts'
import { vaultDocument } from '../../../activation/doors/vault-document.ts'
import type { ReplicaStatus } from '../../../activation/posts/replica-status.ts'
import type { Replication } from '../../../activation/posts/replication.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import type { Clock } from '../../../lib/clock.ts'
import { isHash } from '../../../protocol/bytes.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { type ApiRequest, decodedRest, json, type Route, refused } from '../api.ts'
import { addressBlock } from '../rates.ts'
import { blogNamed, unknownBlog } from './blogs.ts'

export type PostRoutesDeps = {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly sha256: Sha256
  readonly replication: Pick<Replication, 'holders' | 'watch'>
  readonly door: PostDoor
}

/** The form's fields and boundaries around the file itself. */
const uploadBytesMax = postFileBytesMax + 16 * 1024

export function postRoutes(deps: PostRoutesDeps): readonly Route[] {
  return [...formRoutes(deps), ...holderRoutes(deps)]
}

function formRoutes({ door }: PostRoutesDeps): readonly Route[] {
  return [
    { method: 'GET', path: '/post', handle: ({ query }) => door.form(query.get('blog')) },
    {
      method: 'GET',
      path: '/post/status',
      cost: 2,
      handle: ({ query }) => door.status((query.get('posts') ?? '').split(',')),
    },
    { method: 'GET', path: '/post/:place*', handle: (_, { place }) => door.form(decodedRest(place!) || null) },
    {
      method: 'POST',
      path: '/post',
      bodyBytesMax: uploadBytesMax,
      cost: 10,
      beginning: {
        bytes: uploadBeginningBytes,
        wanted: async (_head, _params, beginning) => (await door.refusedUpload(beginning)) ?? { known: null },
      },
      handle: ({ headers, body, remote }) => door.upload(headers['content-type'] ?? '', body, addressBlock(remote)),
    },
  ]
}

function holderRoutes({ ledger, clock, sha256, replication }: PostRoutesDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/dgos/v1/blogs/:blog/vault',
      open: true,
      cost: 2,
      handle: async (_, { blog }) => {
        const id = await blogNamed(ledger, blog!)
        const found = id === null ? null : await vaultDocument({ ledger, clock, sha256 }, id)
        return found === null ? unknownBlog(blog!) : json(found)
      },
    },
    {
      method: 'GET',
      path: '/dgos/v1/posts/:id/holders',
      open: true,
      handle: async (_, { id }) => {
        const holders = isHash(id!) ? await replication.holders(id!) : null
        return holders === null ? refused(404, 'NOT_FOUND') : json(holders)
      },
    },
    {
      method: 'GET',
      path: '/dgos/v1/posts/:id/live',
      open: true,
      cost: 2,
      handle: (request, { id }) => live(request, id!),
    },
  ]

  async function live(_: ApiRequest, id: string) {
    const holders = isHash(id) ? await replication.holders(id) : null
    if (holders === null) return refused(404, 'NOT_FOUND')
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
    return { status: 200, headers, body: new Uint8Array(0), events: frames(replication.watch(id)) }
  }
}

/** Written out, not as a generator: a reader that leaves must end the stream although nothing more happens. */
function frames(holders: AsyncIterable<ReplicaStatus>): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]() {
      const inner = holders[Symbol.asyncIterator]()
      return {
        async next() {
          const { done, value } = await inner.next()
          return done === true ? over : { done: false, value: `data: ${JSON.stringify(value)}\n\n` }
        },
        async return() {
          await inner.return?.()
          return over
        },
      }
    },
  }
}

const over = { done: true, value: undefined } as const
