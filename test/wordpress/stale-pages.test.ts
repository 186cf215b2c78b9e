/** Shared caches before a protected WordPress, and where it names its mirrors. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { listening } from '../sites/workshop.ts'
import { freePort } from '../support/ports.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import { BlogWorld } from './blog-world.ts'

const word = 'stale-if-error=86400'

const posts = `wp_insert_post( array( 'post_title' => 'Open', 'post_name' => 'open', 'post_status' => 'publish' ) );
wp_insert_post( array( 'post_title' => 'Behind', 'post_name' => 'behind', 'post_status' => 'publish', 'post_password' => 'x' ) );
wp_update_post( array( 'ID' => 1, 'post_date' => '2026-01-02 03:04:05' ) );`

test('pages and feeds of a protected blog may outlive its server in shared caches; nothing personal may', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t, { permalinks: '/%postname%/' })
  const { site } = world
  await site.eval(posts)
  const said = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(site.url + path, { headers, redirect: 'manual' })
    await answer.arrayBuffer()
    return answer.headers.get('cache-control')
  }
  assert.equal(await said(''), null, 'nothing before enrolment')
  await world.enrol()
  for (const path of ['', 'open/', 'feed/', 'category/uncategorized/']) assert.equal(await said(path), word, path)
  assert.equal(await said('', { cookie: '_ga=1; wordpress_test_cookie=1' }), word)
  for (const path of ['behind/', 'nowhere/', '?s=wind', 'wp-login.php', 'wp-admin/', '?preview=true&p=1']) {
    assert.doesNotMatch((await said(path)) ?? '', /stale/, path)
  }
  for (const cookie of ['wordpress_logged_in_x=1', 'wp-postpass_x=1', 'comment_author_x=Ana', 'PHPSESSID=1']) {
    assert.doesNotMatch((await said('open/', { cookie })) ?? '', /stale/, cookie)
  }
  assert.doesNotMatch((await said('open/', { authorization: 'Basic eDp5' })) ?? '', /stale/)

  const folder = join(site.site, 'wp-content', 'mu-plugins')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'others.php'), others)
  assert.equal(await said('open/?early'), 'max-age=3, must-revalidate', 'as WP Super Cache says it')
  assert.equal(await said('open/?late'), 'public, max-age=3600', 'as W3 Total Cache says it')
  assert.equal(await said('open/?shop'), null)
  assert.equal(await said('open/?cookie'), null)
  assert.equal(await said('open/?expires'), null)
  assert.equal(await said('open/'), word)
})

/** Other plugins, each in its own way. */
const others = `<?php
if ( isset( $_GET['early'] ) ) { add_action( 'init', static function () { header( 'Cache-Control: max-age=3, must-revalidate' ); } ); }
if ( isset( $_GET['late'] ) ) { ob_start( static function ( $page ) { header( 'Cache-Control: public, max-age=3600' ); return $page; } ); }
if ( isset( $_GET['shop'] ) ) { add_action( 'wp', static function () { define( 'DONOTCACHEPAGE', true ); } ); }
if ( isset( $_GET['cookie'] ) ) { add_action( 'wp', static function () { setcookie( 'cart', '1' ); } ); }
if ( isset( $_GET['expires'] ) ) { add_action( 'send_headers', static function () { header( 'Expires: 0' ); } ); }
`

test('a cache in front keeps pages as long as it was told to, and hands out the last one while PHP is gone', async (t) => {
  for (const needed of ['php', 'nginx']) if (realComponent(t, needed) === null) return
  const world = await BlogWorld.open(t, { permalinks: '/%postname%/' })
  await world.enrol()
  const [untold, second, minutes] = (await caches(t, world.site.url, ['', '1s', '10m'])) as [string, string, string]
  const read = async (front: string) => {
    const answer = await fetch(front)
    return { status: answer.status, cache: answer.headers.get('x-cache'), text: await answer.text() }
  }
  for (const front of [minutes, second, untold]) assert.ok((await read(front)).text.includes('Ben in WordPress'))
  await world.site.eval(`update_option( 'blogname', 'Ben, renamed' );`)
  assert.ok((await read(untold)).text.includes('Ben, renamed'), 'an edit shows at once where nobody set a lifetime')
  await until(async () => (await read(second)).text.includes('Ben, renamed'), 'the second of the other cache is over')
  const kept = await read(minutes)
  assert.equal(kept.cache, 'HIT', 'ten minutes stay ten minutes')
  assert.ok(!kept.text.includes('Ben, renamed'))

  await world.site.stop()
  const stale = await until(async () => {
    const answer = await read(second)
    return answer.cache === 'HIT' ? null : answer
  }, 'what it has is older than its second')
  assert.deepEqual([stale.status, stale.cache], [200, 'STALE'])
  assert.ok(stale.text.includes('Ben, renamed'))
  assert.equal((await read(minutes)).cache, 'HIT')
  assert.equal((await fetch(`${second}?s=wind`)).status, 502, 'what was not to be kept is not there')
})

/** As a host puts them before PHP, one a lifetime ('' for none): nothing in the configuration speaks of stale answers. */
async function caches(t: TestContext, origin: string, lifetimes: readonly string[]): Promise<string[]> {
  const dir = await temporaryFolder(t, 'nginx')
  const ports = await Promise.all(lifetimes.map(freePort))
  const shared = `proxy_cache_path ${dir}/cache keys_zone=pages:1m; proxy_cache pages; proxy_cache_key $server_port$request_uri; proxy_set_header host ${new URL(origin).host};`
  const servers = lifetimes.map((lifetime, i) => {
    const valid = lifetime === '' ? '' : `proxy_cache_valid 200 ${lifetime};`
    const place = `location / { proxy_pass ${origin}; ${valid} add_header x-cache $upstream_cache_status always; }`
    return `server { listen 127.0.0.1:${ports[i]}; ${place} }`
  })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${dir}/${name};`,
  )
  await writeFile(
    join(dir, 'nginx.conf'),
    `daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log; events {} http { access_log off; ${temporary.join(' ')} ${shared} ${servers.join(' ')} }`,
  )
  const server = spawn('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')], { stdio: 'ignore' })
  t.after(() => void server.kill('SIGKILL'))
  await Promise.all(ports.map(listening))
  return ports.map((port) => `http://127.0.0.1:${port}/`)
}

test('feeds, the RSD document and a line of the owner name the mirrors, once there are some', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t, { permalinks: '/%postname%/' })
  const { site, net } = world
  await site.eval(
    `wp_insert_post( array( 'post_type' => 'page', 'post_title' => 'About', 'post_name' => 'about', 'post_content' => '[dgos_mirrors]', 'post_status' => 'publish' ) );`,
  )
  const read = async (path: string) => (await fetch(site.url + path)).text()
  assert.doesNotMatch((await read('feed/')) + (await read('about/')), /dgos-mirrors|\/m\/127/)
  await world.enrol()
  await world.copied((snapshotFacts) => snapshotFacts.pages.length > 0, 'a head with mirrors')
  const pages = [0, 1].map((i) => `${net.url(i)}m/${new URL(site.url).host}/`)
  const rss = await until(async () => {
    const text = await read('feed/')
    return pages.every((page) => text.includes(page)) ? text : null
  }, 'the feed names both')
  const links = [...rss.matchAll(/<atom:link rel="(\w+)" type="application\/atom\+xml" href="([^"]+)" \/>/g)]
  assert.deepEqual(links.map((link) => link[1]).sort(), ['alternate', 'related'])
  assert.deepEqual(links.map((link) => link[2]).sort(), pages.map((page) => `${page}feed.xml`).sort())
  assert.equal((await read('feed/atom/')).match(/<link rel="related" type="application\/atom\+xml"/g)?.length, 1)
  for (const page of pages) assert.ok((await read('about/')).includes(`href="${page}"`))
  const rsd = await read('xmlrpc.php?rsd')
  for (const i of [0, 1]) assert.ok(rsd.includes(`preferred="false" apiLink="${net.url(i)}xmlrpc"`), rsd)
  assert.ok(rsd.indexOf('name="WordPress"') < rsd.indexOf('name="DGOS"'))
  assert.match(await read(''), /<link rel="EditURI" type="application\/rsd\+xml"/)
})
