/** One request for each route of a WordPress member, by the route's own name. A GET without parameters needs none here. */
import { firstMessage } from '../protocol/reconcile.ts'
import { sha256, signerOf } from '../test/support/small-network.ts'
import { type Guarded, hashOf } from './wordpress-world.ts'

export type Route = { readonly method: string; readonly path: string }
export type Ask = { readonly method: string; readonly path: string; readonly body?: string | Uint8Array }

/** By which the site knows a kit that it handed out. */
export const kitMark = 'bench'

/** `turn` counts up, so that what can be asked only once is another one each time. */
export type Asking = (turn: number) => Ask

/** The requests by "METHOD path"; undefined where nobody has said how a route is to be asked. */
export function askingOf(route: Route, world: Guarded): Asking | undefined {
  const known = asks(world)[`${route.method} ${route.path}`]
  if (known !== undefined || route.method !== 'GET' || route.path.includes(':')) return known
  return () => ({ method: 'GET', path: route.path })
}

function asks({ blogs, posts, images, fresh, objects }: Guarded): Record<string, Asking> {
  const blog = blogs[0]!.id
  const image = images[0]!
  const nth = <T>(list: readonly T[], turn: number): T => list[turn % list.length]!
  const get = (path: string): Asking => {
    return () => ({ method: 'GET', path })
  }
  const post = (path: string, body: (turn: number) => unknown): Asking => {
    return (turn) => ({ method: 'POST', path, body: JSON.stringify(body(turn)) })
  }
  const audit = { blob: hashOf(image), from: 10, to: image.length, nonce: 'ab'.repeat(32) }
  return {
    'POST /dgos/v1/objects': post('/dgos/v1/objects', (turn) => ({ objects: [nth(fresh, turn).envelope] })),
    'GET /dgos/v1/objects': (turn) => {
      const ids = posts.slice((turn * 64) % (posts.length - 64)).slice(0, 64)
      return { method: 'GET', path: `/dgos/v1/objects?ids=${ids.map((id) => id.id).join(',')}` }
    },
    'GET /dgos/v1/objects/:id': (turn) => ({ method: 'GET', path: `/dgos/v1/objects/${nth(posts, turn).id}` }),
    'POST /dgos/v1/sync': post('/dgos/v1/sync', () => {
      const ids = objects.filter((object) => object.kind === 'member').map((member) => member.id)
      return { from: signerOf('m1').key, scope: 'mirrors', ranges: firstMessage(ids.sort(), sha256) }
    }),
    'POST /dgos/v1/audits': post('/dgos/v1/audits', () => audit),
    'POST /dgos/v1/wake': post('/dgos/v1/wake', () => ({})),
    'GET /dgos/v1/blobs/:hash': get(`/dgos/v1/blobs/${hashOf(image)}`),
    'PUT /dgos/v1/blobs/:hash': (turn) => {
      const body = nth(images, turn)
      return { method: 'PUT', path: `/dgos/v1/blobs/${hashOf(body)}`, body }
    },
    'GET /dgos/v1/blogs/:blog': get(`/dgos/v1/blogs/${blog}`),
    'GET /dgos/v1/blogs/:blog/evidence': get(`/dgos/v1/blogs/${blog}/evidence`),
    'GET /dgos/v1/blogs/:blog/return.json': get(`/dgos/v1/blogs/${blog}/return.json`),
    'GET /dgos/v1/blogs/:blog/vault': get(`/dgos/v1/blogs/${blog}/vault`),
    'GET /dgos/v1/posts/:id/holders': (turn) => ({
      method: 'GET',
      path: `/dgos/v1/posts/${nth(posts, turn).id}/holders`,
    }),
    'GET /dgos/v1/outages/:bucket': get('/dgos/v1/outages/0a'),
    'GET /dgos/v1/members/:key': get(`/dgos/v1/members/${signerOf('m1').key}`),
    'POST /dgos/v1/join/blog': post('/dgos/v1/join/blog', () => {
      return { invitation: kitMark, objects: [blogs.at(-1)!.root.envelope] }
    }),
    'GET /dgos/v1/life': get(`/dgos/v1/life?nonce=${'ab'.repeat(32)}`),
  }
}
