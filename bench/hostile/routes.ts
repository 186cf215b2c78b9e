/** Inputs for every route, whatever it is: long words, many words, brackets as long as the body may be. */
import { deepJson } from '../../test/hostile/inputs/deep-json.ts'
import { longWords, manyWords } from '../../test/hostile/inputs/long-words.ts'
import { sourcesOf } from '../../test/support/source-tree.ts'
import type { Line } from './lines.ts'
import type { Target } from './target.ts'

export type NamedRoute = { readonly method: 'GET' | 'POST' | 'PUT'; readonly path: string }

/** Every route of a member, as the sources write them. */
export function namedRoutes(): readonly NamedRoute[] {
  const form = /method: '(GET|POST|PUT)',\s*path: '([^']+)'/g
  const found = sourcesOf(['server']).flatMap(({ text }) => [...text.matchAll(form)])
  return found.map(([, method, path]) => ({ method: method as NamedRoute['method'], path: path! }))
}

/** Routes that wait by design: their cost is a stream that stays open. */
const streams = /\/live$/

export function generalLines(): readonly Line[] {
  return namedRoutes().flatMap((route) =>
    generalInputs(route).map(({ input, request }) => ({
      entry: `${route.method} ${route.path}`,
      input,
      prepare: async (target: Target) => () => target.send(request),
    })),
  )
}

export function generalInputs({ method, path }: NamedRoute) {
  if (streams.test(path)) return []
  if (method !== 'GET') return [{ input: 'brackets', request: deepJson(filled(path), 256 * 1024, method) }]
  return [
    { input: 'long words', request: longWords(path) },
    { input: 'many words', request: manyWords(path) },
  ]
}

function filled(path: string): string {
  return path.replace(/:[a-z]+\*?/gi, 'ab'.repeat(32))
}
