import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { Api, json, type Route } from '../../server/http/api.ts'
import { Rates, truncated } from '../../server/http/rates.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { ask } from '../support/whole-member.ts'

const routes: readonly Route[] = [
  { method: 'GET', path: '/open/:name', open: true, handle: (_, { name }) => json({ name }) },
  { method: 'POST', path: '/open/:name', bodyBytesMax: 4, handle: ({ body }) => json({ bytes: body.length }) },
  { method: 'GET', path: '/under/:rest*', handle: (_, { rest }) => json({ rest }) },
  {
    method: 'GET',
    path: '/broken',
    handle: () => {
      throw new Error('a secret of the operator')
    },
  },
]

function apiWith(perMinute = 1000) {
  const clock = new VirtualClock()
  const api = new Api({ clock, log: silentLog, rates: new Rates({ clock }, { perMinute }) }, { routes })
  return { api, clock }
}

test('a route is found by method and path, with its parts decoded', async () => {
  const { api } = apiWith()
  assert.deepEqual((await ask({ api }, 'GET', '/open/a%2Fb')).json(), { name: 'a/b' })
  assert.deepEqual((await ask({ api }, 'GET', '/under/a/b/c')).json(), { rest: 'a/b/c' })
})

test('what is nowhere is 404, what is there for another method is 405 and says which', async () => {
  const { api } = apiWith()
  const nowhere = await ask({ api }, 'GET', '/open/')
  assert.equal(nowhere.status, 404)
  assert.deepEqual(nowhere.json(), {
    error: 'BAD_REQUEST',
    message: 'The request is not one of this interface. (no such route)',
    detail: 'no such route',
  })
  const other = await ask({ api }, 'PUT', '/open/a')
  assert.equal(other.status, 405)
  assert.equal(other.headers.allow, 'GET, POST')
  assert.equal((await ask({ api }, 'GET', '/open/%zz')).status, 404, 'a broken escape names nothing')
})

test('a body may be as long as its route takes, and one byte more is refused', async () => {
  const { api } = apiWith()
  assert.equal((await ask({ api }, 'POST', '/open/a', new Uint8Array(4))).status, 200)
  const refused = await ask({ api }, 'POST', '/open/a', new Uint8Array(5))
  assert.equal(refused.status, 413)
  const told = ({ json }: { json(): unknown }) => json() as { error: string; detail?: string }
  assert.deepEqual([told(refused).error, told(refused).detail], ['TOO_LARGE', 'a body has at most 4 bytes'])
  const none = await ask({ api }, 'GET', '/open/a', new Uint8Array(1))
  assert.deepEqual([none.status, told(none).detail], [413, 'send no body'])
})

test('a failure inside explains nothing to strangers', async () => {
  const { api } = apiWith()
  const reply = await ask({ api }, 'GET', '/broken')
  assert.equal(reply.status, 500)
  assert.doesNotMatch(Buffer.from(reply.body).toString(), /secret/)
})

test('HEAD is GET without a body', async () => {
  const { api } = apiWith()
  const reply = await ask({ api }, 'HEAD', '/open/a')
  assert.equal(reply.status, 200)
  assert.equal(reply.body.length, 0)
})

test('open routes may be read by scripts of any site, others may not', async () => {
  const { api } = apiWith()
  assert.equal((await ask({ api }, 'GET', '/open/a')).headers['access-control-allow-origin'], '*')
  assert.equal((await ask({ api }, 'GET', '/under/a')).headers['access-control-allow-origin'], undefined)
  assert.equal((await ask({ api }, 'OPTIONS', '/open/a')).status, 204)
  assert.equal((await ask({ api }, 'OPTIONS', '/under/a')).status, 404)
})

test('a sender may ask so much a minute, one request more is refused, and patience helps', async () => {
  const { api, clock } = apiWith(3)
  const from = { remote: '192.0.2.7' }
  for (let i = 0; i < 3; i++) assert.equal((await ask({ api }, 'GET', '/open/a', undefined, from)).status, 200)
  const refused = await ask({ api }, 'GET', '/open/a', undefined, from)
  assert.equal(refused.status, 429)
  assert.equal(refused.headers['retry-after'], '20')
  assert.equal((await ask({ api }, 'GET', '/open/a', undefined, { remote: '192.0.2.200' })).status, 429, 'one network')
  assert.equal((await ask({ api }, 'GET', '/open/a', undefined, { remote: '192.0.3.7' })).status, 200)
  await clock.advance(20_000)
  assert.equal((await ask({ api }, 'GET', '/open/a', undefined, from)).status, 200)
})

test('addresses are cut before they are kept', () => {
  assert.equal(truncated('192.0.2.77'), '192.0.2')
  assert.equal(truncated('::ffff:192.0.2.77'), '192.0.2')
  assert.equal(truncated('2001:db8:1:2::5'), '2001:db8:1')
  assert.equal(truncated('2001:db8::5'), '2001:db8:0')
  assert.equal(truncated('::1'), '0:0:0')
})
