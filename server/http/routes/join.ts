/** The door for new members: a request is kept until the operator answers it with a voucher, or vouched for at once where the door is open. */

import type { JoinRequests } from '../../../network/join-requests.ts'
import type { Key } from '../../../protocol/objects.ts'
import { json, jsonBody, type Route, refusal, refused } from '../api.ts'

export type JoinRoutesDeps = { readonly requests: JoinRequests }

const requestBytesMax = 4 * 1024

export function joinRoutes({ requests }: JoinRoutesDeps): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/dgos/v1/join',
      cost: 10,
      bodyBytesMax: requestBytesMax,
      handle: async (request) => {
        const answer = await requests.take(jsonBody(request))
        return answer.ok ? json(answer.value) : refusal(answer)
      },
    },
    {
      method: 'GET',
      path: '/dgos/v1/join/:key',
      handle: async (_, { key }) => {
        const found = await requests.of(key as Key)
        return found === null ? refused(404, 'NOT_FOUND') : json(found)
      },
    },
  ]
}
