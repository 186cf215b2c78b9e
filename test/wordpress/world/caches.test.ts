/**
 * A mirror in WordPress behind caches that keep pages and lose their headers. Readers are safe by the bytes of a page alone,
 * members never hear old words, and what the author writes shows within the time that a cache may keep a page.
 */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { freePort } from '../../support/ports.ts'
import { realComponent } from '../../support/real-component.ts'
import { until } from '../../support/until.ts'
import { openAdmin } from '../admin.ts'
import { assets, base, first, front, harmless, hashOf, items, picture, run, watched } from '../hostile-blog.ts'
import { ReaderWorld } from '../reader-world.ts'
import { cacheInFront, keptBy, pageCachePlugin } from './page-caches.ts'

const hostileTitle = `<script>${run}</script>`

test('behind a cache that loses headers a mirror stays safe, its interface fresh, and its pages of this minute', async (t) => {
  for (const needed of ['php', 'php-fpm8.2', 'nginx', 'chromium']) if (realComponent(t, needed) === null) return
  const port = await freePort()
  const world = await ReaderWorld.open(t, { server: 'nginx', front: port })
  const { dir, url, origin } = world.press
  await cacheInFront(t, { dir, front: port, origin })
  await fallen(world)

  await seen(`${url}/`)
  assert.equal((await seen(`${url}/`)).cache, 'HIT', 'the cache does keep pages')
  await t.test('what members and doors ask is never an old answer', () => fresh(world))
  await t.test('a kept page is harmless for a logged-in admin', (t) => safe(t, world))
  await t.test('a post shows within the minute', () => shows(world))
})

test('a page cache plugin keeps pages of the blog and none of the mirror', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await ReaderWorld.open(t, { constants: ['WP_CACHE', 'WP_DEBUG', 'WP_DEBUG_LOG'] })
  await pageCachePlugin(world.press.site)
  await fallen(world)
  const post = await world.net.post('<p>We are still here.</p>', { title: hostileTitle })
  await world.tell()
  const { url, site } = world.press
  const places = [
    ...['', 'feed.xml', 'feed.json', `p/${post.id}`, 'copy/first/?copy', `blob/${hashOf(picture)}`].map(
      (path) => base + path,
    ),
    ...['/dgos/post/', '/dgos/post/?blog=ana.example', '/dgos/v1/ping', '/dgos/v1/outages', '/dgos/v1/blogs'],
    ...[`/dgos/v1/objects/${post.id}`, `/dgos/v1/blobs/${hashOf(picture)}`, `/dgos/v1/blogs/${world.net.blog}`],
    ...['/wp-json/dgos/v1/ping', `/wp-json/dgos/v1/objects/${post.id}`],
  ]
  for (const place of ['/', '/', ...places, ...places]) assert.equal((await seen(url + place)).status, 200, place)
  assert.deepEqual(await keptBy(site), ['/'])
  assert.equal((await seen(`${url}/`)).cache, 'HIT')
  const log = await readFile(join(site, 'wp-content', 'debug.log'), 'utf8').catch(() => '')
  assert.doesNotMatch(log, /class-dgos-/, 'WordPress itself complains of such a buffer, the plugin does not')
})

/** A hostile blog, captured, and down by its author's word. */
async function fallen(world: ReaderWorld): Promise<void> {
  await world.net.capture([{ path: '/', html: front }, first], assets, items)
  await world.net.fall()
  await world.tell()
}

/** Asked twice, with something new between. */
async function fresh(world: ReaderWorld): Promise<void> {
  const { url } = world.press
  const blog = `${url}/dgos/v1/blogs/${world.net.blog}`
  const post = await world.net.post('<p>News for members.</p>', { title: hostileTitle })
  const places = [blog, `${blog}/vault`, `${blog}/return.json`, `${url}/dgos/v1/members`, `${url}/dgos/v1/ping`]
  const before = await Promise.all(places.map(seen))
  const unknown = await seen(`${url}/dgos/v1/objects/${post.id}`)
  assert.equal(unknown.status, 404)
  await world.tell()
  const after = await Promise.all(places.map(seen))
  for (const [i, place] of places.entries()) {
    assert.deepEqual([before[i]!.status, after[i]!.status], [200, 200], place)
    assert.deepEqual([before[i]!.cache, after[i]!.cache], ['MISS', 'MISS'], place)
  }
  for (const i of [0, 2]) {
    assert.doesNotMatch(before[i]!.text, new RegExp(post.id), places[i])
    assert.match(after[i]!.text, new RegExp(post.id), places[i])
  }
  assert.equal((await seen(`${url}/dgos/v1/objects/${post.id}`)).status, 200, 'what was not here is asked again')
  assert.equal((await seen(`${url}/dgos/v1/objects/${post.id}`)).cache, 'HIT', 'what never changes may be kept')
}

async function safe(t: TestContext, world: ReaderWorld): Promise<void> {
  const { url } = world.press
  const post = await world.net.post('<p>We are still here.</p>', { title: hostileTitle })
  await world.tell()
  const places = ['', `p/${post.id}`, 'copy/?copy', 'copy/first/?copy'].map((path) => `${url}${base}${path}`)
  for (const place of places) {
    await seen(place)
    const kept = await seen(place)
    assert.equal(kept.cache, 'HIT', place)
    for (const name of ['content-security-policy', 'x-frame-options', 'vary', 'cache-control'])
      assert.equal(kept.headers.get(name), null, `${name} of ${place}`)
  }
  const page = await openAdmin(t, url)
  const context = page.context()
  assert.ok((await context.cookies()).some((cooky) => cooky.name.startsWith('wordpress_logged_in_')))
  await context.addCookies([{ name: 'seen', value: 'secret', url }])
  const elsewhere = await watched(context)
  for (const place of places) await harmless(page, place)
  assert.deepEqual(elsewhere, [])
}

async function shows(world: ReaderWorld): Promise<void> {
  const page = `${world.press.url}${base}`
  await seen(page)
  const title = 'Written while the cache was warm'
  const post = await world.net.post('<p>Here I am.</p>', { title })
  const handed = await fetch(`${world.press.url}/dgos/v1/objects`, {
    method: 'POST',
    body: JSON.stringify({ objects: [post.envelope] }),
  })
  assert.match(await handed.text(), /"stored"/)
  const found = await until(
    async () => {
      const answer = await seen(page)
      return answer.text.includes(title) ? answer : null
    },
    'the post shows',
    { withinMs: 60_000 },
  )
  assert.equal(found.status, 200)
}

async function seen(url: string) {
  const answer = await fetch(url)
  const { status, headers } = answer
  return { status, headers, cache: headers.get('x-cache'), text: await answer.text() }
}
