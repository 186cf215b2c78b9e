/** A WordPress whose owner deletes the plugin: nothing of it stays, and what came home after an outage does. */
import assert from 'node:assert/strict'
import { cp, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type FreshWordPress, freshWordPress } from '../sites/wordpress.ts'
import { realComponent } from '../support/real-component.ts'
import { openAdmin, shoot } from './admin.ts'
import { plugin } from './php.ts'

const postId = 'ab'.repeat(32)

test('deleted through WP-CLI, the plugin leaves nothing behind but the posts that came home', async (t) => {
  if (realComponent(t, 'php') === null) return
  const press = await installed(t)
  await press.wp('eval', traces)
  assert.notDeepEqual(await namesLeft(press), [], 'there was something to remove')
  assert.equal((await blobFolders(press)).length, 1)

  await press.wp('plugin', 'deactivate', 'dgos')
  await press.wp('plugin', 'uninstall', 'dgos')

  assert.deepEqual(await namesLeft(press), [])
  assert.deepEqual(await blobFolders(press), [])
  assert.ok(!(await readdir(join(press.site, 'wp-content/plugins'))).includes('dgos'))
  const home = await press.wp('post', 'list', '--post_status=publish', '--fields=post_title,guid', '--format=csv')
  assert.match(home, new RegExp(`"Still here",urn:dgos:post:${postId}`))
  const others = await press.wp('option', 'get', 'sidebars_widgets', '--format=json')
  assert.match(others, /text-9/, 'the owner’s own widgets stay where they were')
})

test('installed again, it knows a post of before by its guid and leaves the owner’s words alone', async (t) => {
  if (realComponent(t, 'php') === null) return
  const press = await installed(t)
  await press.wp('eval', traces)
  await press.wp('plugin', 'deactivate', 'dgos')
  await press.wp('plugin', 'uninstall', 'dgos')
  await cp(plugin, join(press.site, 'wp-content/plugins/dgos'), { recursive: true })
  await press.wp('plugin', 'activate', 'dgos')
  const found = `( new DGOS_Importer( new DGOS_Return_Media( static fn () => null ), static fn () => 1 ) )->find( '${postId}' )`
  const shown = `(object) array( 'withdrawn' => false, 'current' => (object) array( 'id' => '${postId}' ) )`
  assert.equal(await press.wp('eval', `echo DGOS_Return_Plan::action( ${shown}, ${found}, false );`), 'kept')
})

test('on a multisite nothing stays on any site', async (t) => {
  if (realComponent(t, 'php') === null) return
  const press = await installed(t)
  await press.wp('core', 'multisite-convert')
  await press.wp('site', 'create', '--slug=second', '--email=b@example.org')
  const second = `--url=${press.url}/second/`
  await press.wp('plugin', 'activate', 'dgos', '--network')
  await press.wp('eval', traces)
  await press.wp('eval', traces, second)
  await press.wp('eval', `update_site_option( 'dgos_shared', 1 ); set_site_transient( 'dgos_shared', 1, 600 );`)
  assert.match(
    await press.wp('eval', 'global $wpdb; echo implode( " ", $wpdb->get_col( "SHOW TABLES" ) );'),
    /2_dgos_objects/,
  )

  await press.wp('plugin', 'deactivate', 'dgos', '--network')
  await press.wp('plugin', 'uninstall', 'dgos')

  assert.deepEqual(await namesLeft(press), [])
  assert.deepEqual(await blobFolders(press), [])
})

test('before it is deleted, the Plugins screen says what goes and what stays', async (t) => {
  if (realComponent(t, 'php') === null || realComponent(t, 'chromium') === null) return
  const press = await installed(t)
  await press.serve()
  const page = await openAdmin(t, press.url)
  await page.goto(`${press.url}/wp-admin/plugins.php`)
  assert.equal(await page.locator('#dgos-before-deleting').count(), 0, 'no key was made yet')
  await press.wp('eval', traces)
  await page.goto(`${press.url}/wp-admin/plugins.php`)
  assert.match(await page.innerText('#dgos-before-deleting'), /keys that were made on this host/)
  await shoot(page, 'plugins-screen')

  page.on('dialog', (dialog) => void dialog.accept())
  await Promise.all([page.waitForURL(/deactivate=true/), page.click('#deactivate-dgos')])
  await page.click('#delete-dgos')
  await page.waitForSelector('tr[data-slug="dgos"].deleted', { state: 'attached' })
  assert.deepEqual(await namesLeft(press), [])
  assert.deepEqual(await blobFolders(press), [])
})

async function installed(t: TestContext): Promise<FreshWordPress> {
  const press = await freshWordPress(t)
  await cp(plugin, join(press.site, 'wp-content/plugins/dgos'), { recursive: true })
  await press.wp('plugin', 'activate', 'dgos')
  return press
}

/** What a member, a guarded blog, a host of guests and a return leave in a site. */
const traces = `
$plugin = DGOS_Plugin::instance();
( new DGOS_Schema() )->upgrade();
foreach ( DGOS_Keys::NAMES as $name ) { $plugin->keys()->get( $name ); }
$plugin->settings()->set( 'name', 'Ben' );
$plugin->blobs()->put( 'some bytes of another blog' );
$plugin->meta()->set( 'looked:x', 1 );
update_option( DGOS_Own_Blog::OPTION, array( 'id' => '${postId}', 'address' => 'https://ben.example/', 'network' => '${postId}' ) );
$guest = $plugin->guests()->open( 'Cleo', '' );
$plugin->guests()->write( $guest['slug'], 'Hello', 'From my old friend’s roof.' );
( new DGOS_Member_Hooks() )->plan();
wp_schedule_single_event( time() + 600, DGOS_Capture_Round::EVENT );
wp_schedule_single_event( time() + 600, DGOS_Return_Runs::EVENT, array( 1 ) );
set_transient( 'dgos_said_1', array( 'good' => true, 'text' => 'x' ), 600 );
update_user_meta( 1, 'dgos_seen', 1 );
update_option( DGOS_Importer::OPTION_GONE, array( '${postId}' ) );
update_option( 'widget_dgos_beacon', array( 2 => array( 'title' => 'x' ) ) );
update_option( 'sidebars_widgets', array( 'wp_inactive_widgets' => array( 'dgos_beacon-2', 'text-9' ), 'array_version' => 3 ) );
$post = wp_insert_post( array( 'post_title' => 'Still here', 'post_content' => '<p>We are.</p>', 'post_status' => 'publish', 'guid' => 'urn:dgos:post:${postId}' ) );
foreach ( array( '_dgos_post', '_dgos_text', '_dgos_print', '_dgos_language' ) as $name ) { update_post_meta( $post, $name, '${postId}' ); }
`

/** "table: row" of every row in the database that names the plugin, but for the guids of posts that came home. */
async function namesLeft(press: FreshWordPress): Promise<readonly string[]> {
  const file = join(press.dir, 'names.php')
  await writeFile(
    file,
    `<?php
global $wpdb;
$left = array();
foreach ( $wpdb->get_col( 'SHOW TABLES' ) as $table ) {
	if ( false !== strpos( $table, 'dgos' ) ) { $left[] = $table; }
	foreach ( $wpdb->get_results( "SELECT * FROM $table", ARRAY_A ) as $row ) {
		unset( $row['guid'] );
		$text = implode( ' ', array_map( 'strval', $row ) );
		if ( false !== stripos( $text, 'dgos' ) ) { $left[] = "$table: " . substr( $text, 0, 120 ); }
	}
}
echo wp_json_encode( $left );
`,
  )
  const left = JSON.parse(await press.wp('eval-file', file)) as string[]
  // WordPress itself remembers for a week which plugins were active, and when it last looked for updates.
  return left.filter((row) => !/recently_activated|_site_transient_update_plugins/.test(row))
}

async function blobFolders(press: FreshWordPress): Promise<readonly string[]> {
  const uploads = join(press.site, 'wp-content/uploads')
  const names = (await readdir(uploads, { recursive: true }).catch(() => [])) as string[]
  return names.filter((name) => /(^|\/)dgos[^/]*$/.test(name))
}
