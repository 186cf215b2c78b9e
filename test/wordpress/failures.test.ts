/** A host that cannot write to its disk, and acts that fail: the owner reads what to do, visitors read the blog. */
import assert from 'node:assert/strict'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { realComponent } from '../support/real-component.ts'
import { BlogWorld } from './blog-world.ts'
import { memberSite } from './member-site.ts'

const parts = '$p = DGOS_Plugin::instance();'

test('where uploads cannot be written the copy fails with words, visitors get their page, and it goes on afterwards', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t, { permalinks: '/%postname%/' })
  const { site } = world
  await world.enrol()
  const uploads = join(site.site, 'wp-content', 'uploads')
  await mkdir(uploads, { recursive: true })
  await rename(uploads, `${uploads}-before`)
  await writeFile(uploads, 'no folder, so that root cannot write to it either')
  const copy = async () =>
    JSON.parse(
      await site.eval(`${parts} $p->capture_state()->set_due(); $did = array( $p->capture_round()->work( 20000 ), $p->capture_round()->work( 20000 ) );
        $known = static fn () => array( $p->setup()->trouble(), array_column( $p->health_view()->missing(), 'words' ), DGOS_Plugin::instance()->site_health()->facts( array() )['dgos']['fields']['failed']['value'] );
        list( $trouble, $missing, $failed ) = $known(); $p->capture_state()->set_trouble( null );
        echo wp_json_encode( array( 'did' => $did, 'trouble' => $trouble, 'missing' => $missing, 'later' => $known()[1], 'failed' => $failed ) );`),
    )
  const dead = await copy()
  assert.deepEqual(dead.did, ['failed', 'failed'], 'and no lock stays')
  assert.match(dead.trouble.words, /cannot write to the folder for uploads \(wp-content\/uploads\)/)
  assert.match(dead.trouble.next, /writable for PHP/)
  for (const missing of [dead.missing, dead.later]) assert.ok(missing.includes(dead.trouble.words), missing)
  assert.match(dead.failed, /, copy: a folder for blobs could not be made$/)

  await site.eval(`update_option( DGOS_Sent_Pages::OPTION, array( '/' => 'stamp' ) );`)
  const page = await fetch(site.url)
  assert.equal(page.status, 200)
  assert.match(await page.text(), /Ben in WordPress[\s\S]*<\/html>/)
  assert.match(await site.eval(`echo DGOS_Plugin::instance()->failures()->last()['part'];`), /^sent page$/)

  await rm(uploads)
  await rename(`${uploads}-before`, uploads)
  const well = await copy()
  assert.deepEqual([well.did, well.trouble], [['done', 'done'], null])
  assert.ok(![...well.missing, ...well.later].includes(dead.trouble.words))
  assert.doesNotMatch(await site.log(), /Uncaught|Fatal/)
})

test('an act of the owner that fails says so on the screen, without where the site lies on the disk', async (t) => {
  if (realComponent(t, 'php') === null) return
  const site = await memberSite(t, { permalinks: '/%postname%/', fast: true, loopback: true })
  const said = JSON.parse(
    await site.eval(`wp_set_current_user( 1 ); do_action( 'dgos_admin_tabs' );
      DGOS_Admin::on( 'breaks', static function () { throw new TypeError( 'the file [' . ABSPATH . 'wp-content/' . str_repeat( 'x', 300 ) ); } );
      $_POST = array( 'dgos_action' => 'breaks', 'dgos_tab' => 'controls', 'dgos_nonce' => wp_create_nonce( 'dgos_breaks' ) ); $_REQUEST = $_POST;
      add_filter( 'wp_redirect', static function () { throw new Exception( 'away' ); } );
      try { ( new DGOS_Admin() )->act(); } catch ( Exception $away ) {}
      echo wp_json_encode( get_transient( 'dgos_said_1' ) + array( 'failed' => DGOS_Plugin::instance()->site_health()->facts( array() )['dgos']['fields']['failed']['value'] ) );`),
  ) as { good: boolean; text: string; failed: string }
  assert.equal(said.good, false)
  assert.match(said.text, /^That failed: the file \[wp-content\/x{100,200}\. Try once more/)
  assert.match(said.failed, /, breaks: the file \[wp-content\/x+$/)
})
