/** `/dgos/v1/names/<host>`: what this member answers for a name, and where its readers can be sent: for `dgos name check`. */
import type { NameReport } from '../../../naming/name-check.ts'
import type { NameParts } from '../../parts/name-parts.ts'
import { json, type Route, refused } from '../api.ts'

export function nameRoutes({ names }: { readonly names: NameParts | null }): readonly Route[] {
  if (names === null) return []
  return [
    {
      method: 'GET',
      path: '/dgos/v1/names/:host',
      cost: 2,
      handle: (_, { host }) => {
        const report = names.reportOf(host!.toLowerCase())
        return report === null ? refused(404, 'NOT_FOUND') : json(report satisfies NameReport)
      },
    },
  ]
}
