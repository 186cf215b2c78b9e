/** Apps that speak Micropub. The programs behind it are loaded with the first request. */
import type { Apps } from '../../../activation/doors/apps/session.ts'
import type { ApiRequest, Route } from '../api.ts'

const textBytesMax = 2 * 1024 * 1024
/** One image and the form around it. */
const mediaBytesMax = 10 * 1024 * 1024 + 16 * 1024

const micropub = () => import('../../../activation/doors/apps/micropub.ts')

export function micropubRoutes({ apps }: { readonly apps: Apps }): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/micropub',
      open: true,
      cost: 3,
      handle: async (request) => (await micropub()).micropubQuery(apps, request),
    },
    {
      method: 'POST',
      path: '/micropub',
      open: true,
      cost: 5,
      bodyBytesMax: textBytesMax,
      wanted: async ({ headers }) => (await micropub()).micropubCaller(apps, headers, true),
      handle: async (request: ApiRequest) => (await micropub()).micropubWrite(apps, request),
    },
    {
      method: 'POST',
      path: '/micropub/media',
      open: true,
      cost: 10,
      bodyBytesMax: mediaBytesMax,
      wanted: async ({ headers }) => (await micropub()).micropubCaller(apps, headers, false),
      handle: async (request) => (await micropub()).micropubMedia(apps, request),
    },
  ]
}
