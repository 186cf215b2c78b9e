/** Guidelines 7 and 8 of wordpress.org: before its owner joins a network, the plugin contacts nobody and loads nothing. */
import assert from 'node:assert/strict'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type FreshWordPress, freshWordPress } from '../sites/wordpress.ts'
import { close, listen } from '../sites/workshop.ts'
import { realComponent } from '../support/real-component.ts'
import { openAdmin } from './admin.ts'
import { plugin } from './php.ts'
import { closedWords, WaysOut } from './ways-out.ts'

/** What strangers and peers may ask before anybody has joined. */
const strangers: readonly (readonly [string, RequestInit?])[] = [
  ['/'],
  ['/?p=1'],
  ['/?s=wind'],
  ['/nowhere/'],
  ['/feed/'],
  ['/comments/feed/'],
  ['/wp-json/'],
  ['/wp-json/dgos/v1/'],
  ['/xmlrpc.php?rsd'],
  ['/.well-known/dgos.json'],
  ['/dgos/v1/network'],
  ['/dgos/v1/life?nonce=00'],
  ['/dgos/v1/wake', { method: 'POST', body: '{"from":"https://stranger.example/"}' }],
  ['/dgos/v1/objects', { method: 'POST', body: '{"objects":[]}' }],
  ['/dgos/m/ana.example/'],
  ['/m/ana.example/'],
  ['/dgos/post/?blog=ana.example'],
  ['/dgos/guest/ana/'],
]

test('a plugin that is activated and has not joined asks nobody for anything, on no screen, in no cron', async (t) => {
  for (const needed of ['php', 'chromium']) if (realComponent(t, needed) === null) return
  const press = await freshWordPress(t)
  await cp(plugin, join(press.site, 'wp-content', 'plugins', 'dgos'), { recursive: true })
  const debug = join(press.dir, 'debug.log')
  await press.wp('config', 'set', 'WP_DEBUG', 'true', '--raw')
  await press.wp('config', 'set', 'WP_DEBUG_LOG', debug)
  await press.wp('config', 'set', 'WP_DEBUG_DISPLAY', 'false', '--raw')
  const ways = await WaysOut.watch(press)
  await press.serve(4, closedWords)
  const page = await openAdmin(t, press.url)
  const foreign = foreignHosts(page, press.url)

  const screens = await screensOf(page, press.url)
  await ways.taken()

  await activate(page, press.url)
  const ours = (await screensOf(page, press.url)).filter((url) => !screens.includes(url))
  assert.ok(ours.length >= 3, `screens of the plugin: ${ours.join(' ')}`)
  await walk(page, [...screens, ...ours])
  for (const url of [`${press.url}/`, `${press.url}/wp-admin/post-new.php`, ...ours]) await page.goto(url)
  for (const [path, request] of strangers) await (await fetch(press.url + path, request)).arrayBuffer()
  await write(page)
  await everyCronEvent(press)
  const tried = await ways.taken()
  t.diagnostic(
    `${screens.length + ours.length} screens; WordPress itself tried ${tried.length} times, the plugin never`,
  )
  assert.ok(
    tried.some((wayOut) => wayOut.by === 'pre_http_request'),
    'WordPress looks for updates, so the recorder records',
  )
  assert.deepEqual(
    tried.filter((wayOut) => wayOut.ours),
    [],
  )
  assert.deepEqual([...foreign], [], 'hosts that pages load from')
  assert.doesNotMatch(await readFile(debug, 'utf8').catch(() => ''), /plugins\/dgos|allow_url_fopen/)
  await t.test('and once the owner asks for a network, the recorder sees it', (t) => asked(t, press, ways))
})

/** The nearest other case: the same recorder, the owner's consent. */
async function asked(t: TestContext, press: FreshWordPress, ways: WaysOut): Promise<void> {
  const inviter = createServer((_, response) => response.writeHead(404).end())
  const url = await listen(inviter)
  t.after(() => close(inviter))
  await writeFile(
    join(press.site, 'wp-content', 'mu-plugins', 'asking.php'),
    `<?php
define( 'DGOS_LOOPBACK', true );
add_action( 'init', static function () { if ( isset( $_GET['test-join'] ) ) { DGOS_Plugin::instance()->membership()->ask( '${url}' ); exit( 'asked' ); } } );`,
  )
  assert.equal((await (await fetch(`${press.url}/?test-join`)).text()).slice(0, 100), 'asked')
  const [first] = (await ways.taken()).filter((wayOut) => wayOut.ours)
  assert.equal(first?.by, 'curl_exec')
  assert.ok(first.to.startsWith(url), first.to)
}

/** Emoji and avatars of WordPress itself. */
const ofWordPress = /^(s\.w\.org|secure\.gravatar\.com)$/

/** Hosts other than the blog's that the pages of this browser ask for, as they do. */
function foreignHosts(page: Page, own: string): ReadonlySet<string> {
  const hosts = new Set<string>()
  page.context().on('request', (request) => {
    const { host, protocol } = new URL(request.url())
    if (/^https?:$/.test(protocol) && host !== new URL(own).host && !ofWordPress.test(host)) hosts.add(host)
  })
  return hosts
}

/** Every address in the admin menu, and the tabs of the plugin's own screen. */
async function screensOf(page: Page, url: string): Promise<string[]> {
  const links = async (selector: string) =>
    page.$$eval(selector, (all) => all.map((element) => (element as HTMLAnchorElement).href.split('#')[0]!))
  await page.goto(`${url}/wp-admin/index.php`)
  const menu = await links('#adminmenu a[href]')
  const tabs: string[] = []
  if (menu.some((url) => url.includes('page=dgos'))) {
    await page.goto(`${url}/wp-admin/admin.php?page=dgos`)
    tabs.push(...(await links('.nav-tab-wrapper a')))
  }
  return [...new Set([...menu, ...tabs])].filter((page) => page.startsWith(url))
}

async function walk(page: Page, screens: readonly string[]): Promise<void> {
  for (const url of screens) {
    const answer = await page.context().request.get(url)
    assert.ok(answer.status() < 500, `${url}: ${answer.status()}`)
  }
}

async function activate(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/wp-admin/plugins.php`)
  await Promise.all([page.waitForURL(/plugins\.php/), page.click('a[href*="action=activate"][href*="dgos"]')])
  await page.waitForSelector('tr.active[data-plugin^="dgos/"]')
}

/** Publishes a post, changes it and throws it away, as the editor does. */
async function write(page: Page): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/wp-admin/post-new.php`)
  const status = await page.evaluate(async () => {
    type Fetch = (options: object) => Promise<{ id: number; status: string }>
    const api = (globalThis as unknown as { wp: { apiFetch: Fetch } }).wp.apiFetch
    const { id } = await api({ path: '/wp/v2/posts', method: 'POST', data: { title: 'New', status: 'publish' } })
    await api({ path: `/wp/v2/posts/${id}`, method: 'POST', data: { title: 'Other' } })
    return (await api({ path: `/wp/v2/posts/${id}`, method: 'DELETE' })).status
  })
  assert.equal(status, 'trash')
}

/** All that is planned is due now; nothing that is planned is the plugin's. */
async function everyCronEvent({ wp, url }: FreshWordPress): Promise<void> {
  const planned = await wp(
    'eval',
    `echo implode( ' ', array_keys( array_merge( ...array_filter( array_values( _get_cron_array() ), 'is_array' ) ) ) );`,
  )
  assert.match(planned, /wp_version_check/)
  assert.doesNotMatch(planned, /dgos/)
  await wp(
    'eval',
    `$cron = array( 'version' => 2 ); foreach ( array_filter( _get_cron_array(), 'is_array' ) as $at => $events ) { foreach ( $events as $hook => $one ) { $cron[1][ $hook ] = $one; } } update_option( 'cron', $cron );`,
  )
  const ran = await fetch(`${url}/wp-cron.php?doing_wp_cron`)
  assert.deepEqual([ran.status, await ran.text()], [200, ''])
}
