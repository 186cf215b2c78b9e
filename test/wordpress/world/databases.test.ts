/** The plugin on each database that WordPress runs on: it is activated, answers, and WordPress has nothing to complain of. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { realComponent } from '../../support/real-component.ts'
import { type MemberSite, memberSite } from '../member-site.ts'
import { mariaDb } from './mariadb.ts'

const permalinks = '/%year%/%monthnum%/%postname%/'

test('on SQLite the plugin makes its tables and answers without a notice', async (t) => {
  if (realComponent(t, 'php') === null) return
  const site = await memberSite(t, { permalinks, fast: true, loopback: true })
  await answers(site)
})

test('on MariaDB the plugin makes its tables and answers without a notice', async (t) => {
  for (const needed of ['php', 'mariadbd', 'mariadb-install-db']) if (realComponent(t, needed) === null) return
  const site = await memberSite(t, { permalinks, fast: true, loopback: true, mariaDb: await mariaDb(t) })
  await answers(site)
  assert.match(await site.eval('global $wpdb; echo $wpdb->db_server_info();'), /MariaDB/)
})

test('a database that nobody serves is an error, not a WordPress', async (t: TestContext) => {
  if (realComponent(t, 'php') === null) return
  const nobody = memberSite(t, { permalinks, fast: true, loopback: true, mariaDb: '127.0.0.1:1' })
  await assert.rejects(nobody, /database/i)
})

async function answers(site: MemberSite): Promise<void> {
  assert.equal(await site.eval("echo is_plugin_active( 'dgos/dgos.php' ) ? 'on' : 'off';"), 'on')
  const tables = await site.eval(
    "global $wpdb; echo implode( ' ', $wpdb->get_col( \"SHOW TABLES LIKE '{$wpdb->prefix}dgos_%'\" ) );",
  )
  assert.match(tables, /dgos_objects/)
  const front = await fetch(site.url)
  assert.equal(front.status, 200)
  assert.match(await front.text(), /Ben in WordPress/)
  const unknown = await fetch(`${site.url}dgos/v1/objects/${'0'.repeat(64)}`)
  assert.equal(unknown.status, 404)
  assert.equal(((await unknown.json()) as { error: string }).error, 'NOT_FOUND')
  assert.doesNotMatch(await site.log(), /dgos/i)
}
