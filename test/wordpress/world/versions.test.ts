/**
 * The plugin in every WordPress that it promises to run in. Each version stands once on SQLite and once on MariaDB, one of
 * the two behind PHP's own server and the other behind nginx with php-fpm, turn by turn: every pair of version and database,
 * of version and server, and of database and server is there. The two protect themselves, shelter each other beside a
 * Node member, and then let the plugin go.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { hostPath } from '../../../protocol/addresses.ts'
import type { WordPressVersion } from '../../sites/wordpress-files.ts'
import { realComponent } from '../../support/real-component.ts'
import { BlogWorld } from '../blog-world.ts'
import { memberSite } from '../member-site.ts'
import { Network, until } from '../node-network.ts'
import { awkwardPicture, declared, hashOf, written } from './author.ts'
import { mariaDb } from './mariadb.ts'

type Server = 'php' | 'nginx'
const pairs: readonly (readonly [WordPressVersion, Server, Server])[] = [
  ['current', 'nginx', 'php'],
  ['6.5', 'php', 'nginx'],
  ['6.2', 'nginx', 'php'],
  ['6.1', 'php', 'nginx'],
]
const needed = ['php', 'php-fpm8.2', 'nginx', 'mariadbd', 'mariadb-install-db']
const permalinks = '/%year%/%monthnum%/%postname%/'
const mib = 1024 * 1024

for (const [version, onSqlite, onMariaDb] of pairs)
  test(`WordPress ${version}: a member on SQLite behind ${onSqlite}, and one on MariaDB behind ${onMariaDb}`, async (t) => {
    for (const one of needed) if (realComponent(t, one) === null) return
    const options = { version, permalinks, fast: true, loopback: true }
    const [net, ...sites] = await Promise.all([
      Network.start(t, 1),
      memberSite(t, { ...options, server: onSqlite }),
      mariaDb(t).then((mariaDb) => memberSite(t, { ...options, server: onMariaDb, mariaDb })),
    ])
    for (const site of sites) await net.admit(site)
    const [first, second] = sites.map((site) => new BlogWorld(net, site, permalinks)) as [BlogWorld, BlogWorld]
    for (const world of [first, second]) await began(world, version)
    assert.match(await second.site.eval('global $wpdb; echo $wpdb->db_server_info();'), /MariaDB/)
    await Promise.all([first, second].map((world) => world.enrol()))
    await Promise.all([protects(first, second), protects(second, first)])
    await t.test('bytes and words come back as they went in', async () => {
      await Promise.all([wrote(first, second), wrote(second, first)])
    })
    await t.test('one of many calls at once does the work', async () => {
      await Promise.all([calledAtOnce(first), calledAtOnce(second)])
    })
    await t.test('without the plugin the blog goes on', async () => {
      await Promise.all([letGo(first), letGo(second)])
    })
  })

test('a database that nobody serves is an error, not a WordPress', async (t) => {
  if (realComponent(t, 'php') === null) return
  const nobody = memberSite(t, { permalinks, fast: true, loopback: true, mariaDb: '127.0.0.1:1' })
  await assert.rejects(nobody, /database/i)
})

/** Activated: its tables are there, it answers, and WordPress has nothing to complain of. */
async function began({ site, url }: BlogWorld, version: WordPressVersion): Promise<void> {
  const found = await site.eval(
    "global $wpdb; echo get_bloginfo( 'version' ), ' ', implode( ' ', $wpdb->get_col( \"SHOW TABLES LIKE '{$wpdb->prefix}dgos_%'\" ) );",
  )
  assert.match(found, /dgos_objects/)
  assert.match(found, /dgos_meta/)
  if (version !== 'current') assert.ok(found.startsWith(`${version}.`), found)
  assert.equal((await fetch(`${url}dgos/v1/ping`)).status, 200)
  assert.equal(await site.log(), '')
}

/** A copy of the one blog is signed by it, and kept by the other WordPress as by the Node member. */
async function protects(world: BlogWorld, other: BlogWorld): Promise<void> {
  const copy = await world.copied((one) => one.pages.length > 1, `${world.url} signs a copy`)
  const front = copy.pages.find((one) => one.path === '/')!
  const kept = await until(async () => {
    await other.wake()
    return bytesOf(`${other.url}dgos/v1/blobs/${front.blob}`)
  }, `${other.url} keeps the front page of ${world.url}`)
  assert.equal(hashOf(kept), front.blob)
  assert.match(Buffer.from(kept).toString(), new RegExp(`<meta name="dgos" content="${world.blog}">`))
}

/** The author of the one blog writes through the other WordPress. */
async function wrote(world: BlogWorld, at: BlogWorld): Promise<void> {
  const picture = awkwardPicture(1)
  const [down, post] = [await declared(world), await written(world, 'By the river', picture)]
  const handed = await send(
    `${at.url}dgos/v1/objects`,
    'POST',
    JSON.stringify({ objects: [down.envelope, post.envelope] }),
  )
  assert.deepEqual(
    (JSON.parse(handed.text) as { answers: { result: string }[] }).answers.map((one) => one.result),
    ['stored', 'stored'],
    handed.text,
  )
  const blob = `${at.url}dgos/v1/blobs/${picture.hash}`
  assert.equal((await send(blob, 'PUT', picture.bytes)).status, 200)
  for (const query of ['', '?', '?x=%00&y[]=1&blob=2'])
    assert.deepEqual(await bytesOf(blob + query), picture.bytes, query)
  const head = await fetch(blob, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, `${picture.bytes.length}`])
  // parts are not offered: whoever asks for one gets the whole, as RFC 9110 (14.2) allows
  const part = await fetch(blob, { headers: { range: 'bytes=1-3' } })
  assert.deepEqual([part.status, (await part.arrayBuffer()).byteLength], [200, picture.bytes.length])
  const several = await fetch(`${at.url}dgos/v1/objects?ids=${post.id},${down.id}`)
  assert.deepEqual((await several.json()) as unknown, { objects: [post.envelope, down.envelope], left: [] })
  await bounded(at)
  await shown(world, at, post.envelope)
}

/** Bodies are read as they are, up to the limit of the wire and not by one byte more. */
async function bounded({ url }: BlogWorld): Promise<void> {
  const whole = await send(`${url}dgos/v1/objects`, 'POST', 'x'.repeat(4 * mib))
  assert.deepEqual([whole.status, JSON.parse(whole.text).error], [400, 'BAD_JSON'])
  const more = await send(`${url}dgos/v1/objects`, 'POST', 'x'.repeat(4 * mib + 1))
  assert.deepEqual([more.status, JSON.parse(more.text).error], [413, 'TOO_LARGE'])
}

/** Readers find the post, and the author a form. */
async function shown(world: BlogWorld, at: BlogWorld, envelope: object): Promise<void> {
  const page = `${at.url}dgos/m/${hostPath(world.site.url)}/`
  const answer = await fetch(page)
  assert.equal(answer.status, 200, page)
  assert.match(await answer.text(), /By the river: all is well\./)
  assert.match(await (await fetch(`${page}feed.xml`)).text(), /By the river/)
  assert.match(await (await fetch(`${at.url}dgos/post/`)).text(), /Post while your blog is down/)
  const file = new FormData()
  file.set('file', new Blob([JSON.stringify({ objects: [envelope], blobs: {} })]), 'post.dgos')
  assert.match((await send(`${at.url}dgos/post/`, 'POST', file)).text, /Handed in/)
}

/** With the pause of real life, also the calls of the Node member count: of all together, one is followed. */
async function calledAtOnce({ site, url }: BlogWorld): Promise<void> {
  await site.wp('config', 'delete', 'DGOS_FAST')
  await site.stop()
  const fromMs = Date.now()
  await site.start()
  let followed = 0
  const last = await until(async () => {
    const calls = Array.from({ length: 12 }, () => send(`${url}dgos/v1/wake`, 'POST', '{}'))
    for (const { status, text } of await Promise.all(calls)) {
      assert.equal(status, 200)
      followed += JSON.parse(text).worked === true ? 1 : 0
    }
    const work = JSON.parse(
      await site.eval("echo wp_json_encode( DGOS_Plugin::instance()->meta()->get( 'wake_last' ) );"),
    ) as { at: number; bytes: number }
    return work.at > fromMs ? work : null
  }, 'somebody did the work')
  assert.ok(followed <= 1, `${followed} were followed`)
  assert.ok(last.bytes <= 64 * mib, `${last.bytes} bytes`)
}

async function letGo({ site, url }: BlogWorld): Promise<void> {
  assert.equal(await site.log(), '')
  await site.wp('plugin', 'deactivate', 'dgos')
  const front = await fetch(site.url)
  assert.equal(front.status, 200)
  assert.doesNotMatch(await front.text(), /name="dgos"/)
  assert.equal((await fetch(`${url}dgos/v1/ping`)).status, 404)
  await site.wp('plugin', 'uninstall', 'dgos')
  assert.equal(existsSync(join(site.site, 'wp-content', 'plugins', 'dgos')), false)
  assert.equal((await fetch(site.url)).status, 200)
  assert.equal(await site.log(), '')
}

async function send(url: string, method: string, body: string | Uint8Array<ArrayBuffer> | FormData) {
  const answer = await fetch(url, { method, body })
  return { status: answer.status, text: await answer.text() }
}

async function bytesOf(url: string): Promise<Uint8Array | null> {
  const answer = await fetch(url)
  return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : null
}
