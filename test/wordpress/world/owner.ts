/** What the owner of a blog sees of the plugin in its WordPress, from the first day to the last. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { WordPressVersion } from '../../sites/wordpress-files.ts'
import type { BlogWorld } from '../blog-world.ts'
import { send } from './shelter.ts'

const wakeBytes = 64 * 1024 * 1024
const pauseMs = 20_000

/** Activated: its tables are there, it answers, and WordPress has nothing to complain of. */
export async function began({ site, url }: BlogWorld, version: WordPressVersion): Promise<void> {
  const found = await site.eval(
    "global $wpdb; echo get_bloginfo( 'version' ), ' ', implode( ' ', $wpdb->get_col( \"SHOW TABLES LIKE '{$wpdb->prefix}dgos_%'\" ) );",
  )
  assert.match(found, /dgos_objects/)
  assert.match(found, /dgos_meta/)
  if (version !== 'current') assert.ok(found.startsWith(`${version}.`), found)
  assert.equal((await send(`${url}dgos/v1/ping`)).status, 200)
  assert.equal(await site.log(), '')
}

const screens = ['', 'plugins.php', 'site-health.php', 'options-privacy.php?tab=policyguide', 'post-new.php']

/** Every screen on which the plugin has a say, and each of its own tabs. */
export async function lookedAround({ site }: BlogWorld): Promise<void> {
  const cookie = await site.eval(
    "foreach ( array( 'logged_in' => LOGGED_IN_COOKIE, 'auth' => AUTH_COOKIE ) as $scheme => $name ) { echo $name, '=', rawurlencode( wp_generate_auth_cookie( 1, time() + 600, $scheme ) ), '; '; }",
  )
  const look = async (path: string) => {
    const answer = await fetch(`${site.url}wp-admin/${path}`, { headers: { cookie }, redirect: 'manual' })
    const text = await answer.text()
    assert.equal(answer.status, 200, path)
    assert.match(text, /<\/html>/, path)
    return text
  }
  const own = await look('admin.php?page=dgos')
  const tabs = [...own.matchAll(/admin\.php\?page=dgos&(?:#038;|amp;)?tab=[a-z-]+/g)].map(([link]) =>
    link.replace(/&(#038|amp);/, '&'),
  )
  assert.ok(tabs.length >= 3, `tabs: ${tabs.join(' ')}`)
  for (const path of [...screens, ...new Set(tabs)]) await look(path)
  assert.equal(await site.log(), '')
}

/** With the pause of real life, in which also the calls of the Node member count: of all together, one is followed. */
export async function calledAtOnce({ site, url }: BlogWorld): Promise<void> {
  await site.wp('config', 'delete', 'DGOS_FAST')
  await site.stop()
  await site.start()
  const fromMs = Date.now()
  const calls = await Promise.all(Array.from({ length: 12 }, () => send(`${url}dgos/v1/wake`, 'POST', '{}')))
  const pauses = Math.floor((Date.now() - fromMs) / pauseMs)
  for (const { status, text } of calls) assert.equal(status, 200, text)
  const followed = calls.filter(({ text }) => JSON.parse(text).worked === true).length
  assert.ok(followed <= 1 + pauses, `${followed} were followed`)
  const last = JSON.parse(
    await site.eval("echo wp_json_encode( DGOS_Plugin::instance()->meta()->get( 'wake_last' ) );"),
  ) as { at: number; bytes: number }
  assert.ok(last.at > fromMs - pauseMs, 'somebody did the work')
  assert.ok(last.bytes <= wakeBytes, `${last.bytes} bytes`)
}

export async function letGo({ site, url }: BlogWorld): Promise<void> {
  assert.equal(await site.log(), '')
  await site.wp('plugin', 'deactivate', 'dgos')
  const front = await send(site.url)
  assert.equal(front.status, 200)
  assert.doesNotMatch(front.text, /name="dgos"/)
  assert.equal((await send(`${url}dgos/v1/ping`)).status, 404)
  await site.wp('plugin', 'uninstall', 'dgos')
  assert.equal(existsSync(join(site.site, 'wp-content', 'plugins', 'dgos')), false)
  assert.equal((await send(site.url)).status, 200)
  assert.equal(await site.eval(leftOver), '')
  assert.equal(await site.log(), '')
}

const leftOver = `global $wpdb; echo implode( ' ', array_merge( $wpdb->get_col( "SHOW TABLES LIKE '{$wpdb->prefix}dgos_%'" ), $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE '%dgos%'" ), glob( wp_upload_dir()['basedir'] . '/dgos*' ) ) );`
