/** The link by which an address agrees to be told of outages. */
import { type ContactConsents, contactPage } from '../../../activation/contact-consents.ts'
import { plainPageHeaders } from '../../../activation/plain-page.ts'
import type { ApiResponse, Route } from '../api.ts'

export function contactRoutes({ consents }: { readonly consents: ContactConsents }): readonly Route[] {
  const answer = (status: number, body: Uint8Array): ApiResponse => ({ status, headers: plainPageHeaders, body })
  return [
    {
      method: 'GET',
      path: '/contact/:token',
      cost: 2,
      handle: async (_, { token }) => {
        const asked = await consents.asked(token!)
        return asked === null ? answer(404, contactPage('', 'unknown')) : answer(200, contactPage(asked.title, 'asked'))
      },
    },
    {
      method: 'POST',
      path: '/contact/:token',
      cost: 5,
      bodyBytesMax: 1024,
      handle: async (_, { token }) => {
        const asked = await consents.asked(token!)
        if (asked === null || !(await consents.agree(token!)).ok) return answer(404, contactPage('', 'unknown'))
        return answer(200, contactPage(asked.title, 'agreed'))
      },
    },
  ]
}
