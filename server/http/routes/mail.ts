/** E-mail by HTTP: raw messages from a provider's webhook; calling a post back; and asking for a new door. */

import { cancelledPage, cancelPage, cancelPost } from '../../../activation/doors/mail/cancel.ts'
import type { MailIntake } from '../../../activation/doors/mail/mail-door.ts'
import { plainPageHeaders } from '../../../activation/plain-page.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import type { Clock } from '../../../lib/clock.ts'
import { isHash } from '../../../protocol/bytes.ts'
import { codes } from '../../../protocol/codes.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { type ApiRequest, type ApiResponse, json, type Route, refusal, refused } from '../api.ts'

export type CancelRoutesDeps = { readonly ledger: Ledger; readonly clock: Clock; readonly sha256: Sha256 }

const mailBodyMax = 10 * 1024 * 1024
const secretBytesMax = 1024

/** `POST /dgos/v1/mail/<local part>`: the message as it came, `message/rfc822`. 503: send again later. */
export function mailRoutes(mail: MailIntake | null): readonly Route[] {
  if (mail?.byWebhook !== true) return []
  return [
    {
      method: 'POST',
      path: '/dgos/v1/mail/:local',
      cost: 20,
      bodyBytesMax: mailBodyMax,
      wanted: async (_, { local }) => {
        const known = await mail.door.knows(`${local}@${mail.domain}`)
        return known.ok ? { known: known.value.row.blog } : refusal(known)
      },
      handle: async ({ body }, { local }) => {
        const taken = await mail.door.take(`${local}@${mail.domain}`, body)
        if (taken.ok) return json({ post: taken.value.post, safe: true })
        return taken.code === 'TIMEOUT' ? refused(503, 'OVERLOADED', '', { 'retry-after': '60' }) : refusal(taken)
      },
    },
  ]
}

export function cancelRoutes(deps: CancelRoutesDeps): readonly Route[] {
  const titleOf = async (id: string) => {
    const post = isHash(id) ? await deps.ledger.object(id) : null
    return post?.kind === 'post' ? post.payload.title : null
  }
  const pageOf = (status: number, body: Uint8Array): ApiResponse => ({ status, headers: plainPageHeaders, body })
  return [
    {
      method: 'POST',
      path: '/dgos/v1/posts/:id/cancel',
      open: true,
      cost: 5,
      bodyBytesMax: secretBytesMax,
      handle: async (request, { id }) => {
        const done = await cancelPost(deps, id!, secretOf(request))
        return done.ok ? json({ cancelled: id, by: done.value }) : refusal(done)
      },
    },
    {
      method: 'GET',
      path: '/post/cancel/:id',
      cost: 2,
      handle: async ({ query }, { id }) => {
        const title = await titleOf(id!)
        return title === null
          ? pageOf(404, cancelledPage(codes.NOT_FOUND))
          : pageOf(200, cancelPage(title, query.get('secret') ?? ''))
      },
    },
    {
      method: 'POST',
      path: '/post/cancel/:id',
      cost: 5,
      bodyBytesMax: secretBytesMax,
      handle: async (request, { id }) => {
        const done = await cancelPost(deps, id!, formSecret(request))
        return pageOf(done.ok ? 200 : 403, cancelledPage(done.ok ? null : codes[done.code]))
      },
    },
  ]
}

function secretOf({ body }: ApiRequest): string {
  try {
    const { secret } = JSON.parse(new TextDecoder().decode(body)) as { secret?: unknown }
    return typeof secret === 'string' ? secret : ''
  } catch {
    return '' // no secret: refused as such
  }
}

function formSecret({ body }: ApiRequest): string {
  return new URLSearchParams(new TextDecoder().decode(body)).get('secret') ?? ''
}
