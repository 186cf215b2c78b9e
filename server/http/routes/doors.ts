/** Asking for a door: the answer names the key to delegate to, and the secret, once. Nothing opens before the author signs. */
import { z } from 'zod'
import type { DoorKeys } from '../../../activation/doors/gateway/door-keys.ts'
import { openpgpBytesMax } from '../../../activation/doors/mail/openpgp.ts'
import type { Ledger } from '../../../ledger/ledger.ts'
import { json, jsonBody, type Route, refusal, refused } from '../api.ts'
import { blogNamed, unknownBlog } from './blogs.ts'

export type DoorRoutesDeps = {
  readonly ledger: Ledger
  readonly doorKeys: DoorKeys
  readonly endpoints: { readonly xmlrpc: string; readonly micropub: string; readonly media: string }
  /** The domain of secret addresses; null where this member takes no mail. */
  readonly mailDomain: string | null
}

const requestBytesMax = 24 * 1024
const mail = z.string().max(254)
const fields = z.strictObject({
  blog: z.string().max(300),
  how: z.enum(['mail', 'app']),
  name: z
    .string()
    .min(1)
    .max(30)
    .regex(/^[^\u0000-\u001f\u007f<>]*$/),
  notice: mail.optional(),
  senders: z.array(mail).max(5).optional(),
  openpgp: z.string().max(openpgpBytesMax).optional(),
})

export function doorRoutes({ ledger, doorKeys, endpoints, mailDomain }: DoorRoutesDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/dgos/v1/doors',
      open: true,
      cost: 60,
      bodyBytesMax: requestBytesMax,
      handle: async (request) => {
        const asked = fields.safeParse(jsonBody(request))
        if (!asked.success) return refused(400, 'BAD_FIELDS', asked.error.issues[0]?.path.join('.') ?? '')
        const { notice, senders, openpgp, how, name } = asked.data
        if (how === 'mail' && mailDomain === null) return refused(404, 'NOT_FOUND', 'this member takes no mail')
        const blog = await blogNamed(ledger, asked.data.blog)
        if (blog === null) return unknownBlog(asked.data.blog)
        const opened = await doorKeys.open({
          how,
          name,
          blog,
          ...(notice === undefined ? {} : { notice }),
          ...(senders === undefined ? {} : { senders }),
          ...(openpgp === undefined ? {} : { openpgp }),
        })
        if (!opened.ok) return refusal(opened)
        const { key, secret, codes } = opened.value
        return json(
          how === 'mail' ? { key, address: `${secret}@${mailDomain}`, codes } : { key, token: secret, ...endpoints },
        )
      },
    },
  ]
}
