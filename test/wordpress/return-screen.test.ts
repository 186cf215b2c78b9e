import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { realComponent } from '../support/real-component.ts'
import { openAdmin, shoot, signIn } from './admin.ts'
import { hasPhp } from './php.ts'
import { ReturnWorld } from './return-world.ts'

const hostile = '<script>document.title="hit"</script> & more'
const hourMs = 3_600_000
const titles = `array_column( $wpdb->get_results( "SELECT post_title, post_author FROM {$wpdb->posts} WHERE guid LIKE 'urn:dgos:post:%' ORDER BY post_title" ), 'post_author', 'post_title' )`

test('an editor looks, imports with a click, and the owner lets it happen by itself next time', async (t) => {
  if (!hasPhp()) return t.skip('php is not installed')
  if (realComponent(t, 'chromium') === null) return
  const world = await ReturnWorld.open(t)
  const { url, wp } = world.press
  await wp('user', 'create', 'bea', 'bea@example.org', '--role=author', '--user_pass=bea')
  await world.post({
    title: 'The river rose',
    images: [0],
    html: '<h2>At night</h2><p>We <strong>moved</strong> upstairs.</p><blockquote><p>Stay.</p></blockquote><ul><li>water</li></ul>',
  })
  await world.post({ title: hostile, html: '<p>x</p>' })
  await world.learn()
  const page = await openAdmin(t, url)
  await page.goto(`${url}/wp-admin/index.php`)
  assert.match(await page.innerText('.notice-warning'), /wait for their import into this blog|waits for its import/)

  await page.goto(`${url}/wp-admin/admin.php?page=dgos&tab=return`)
  await page.selectOption('#dgos-author', { label: 'bea' })
  await Promise.all([page.waitForURL(/tab=return/), page.click('text=Save')])
  await page.click('text=Look what is there')
  await page.waitForSelector('text=What an import would do')
  assert.match(await page.innerText('table.widefat'), /The river rose\s+will be created/)
  assert.notEqual(await page.title(), 'hit')
  await shoot(page, 'return-look')
  assert.deepEqual(await world.ask(titles), [])

  await page.click('text=Import now')
  await page.waitForSelector('text=What the last import did')
  assert.match(await page.innerText('.notice-success'), /2 posts confirmed to 3 mirrors/)
  assert.match(await page.innerText('table.widefat'), /The river rose\s+created/)
  await shoot(page, 'return-done')
  const [bea] = await world.ask<number[]>(`array( get_user_by( 'login', 'bea' )->ID )`)
  const authors = Object.values(await world.ask<Record<string, string>>(titles))
  assert.deepEqual(authors, [`${bea}`, `${bea}`])

  await page.goto(`${url}/wp-admin/edit.php`)
  assert.match(await page.innerText('.wp-list-table'), /The river rose — Posted during an outage/)
  const [river] = await world.ask<number[]>(`array( get_page_by_path( 'the-river-rose', OBJECT, 'post' )->ID )`)
  await page.goto(`${url}/wp-admin/post.php?post=${river}&action=edit`)
  assert.deepEqual(await blocksOf(page), ['heading', 'paragraph', 'quote', 'html', 'image'])

  await page.goto(`${url}/`)
  assert.match(await page.innerText('main'), /<script>document\.title=.hit.<\/script> & more/, 'a title is text')
  assert.notEqual(await page.title(), 'hit')
  await page.goto(`${url}/2026/10/the-river-rose/`)
  assert.match(await page.innerText('main'), /Posted during an outage of this blog/)
  await shoot(page, 'return-post')

  await page.goto(`${url}/wp-admin/admin.php?page=dgos&tab=return`)
  await page.check('[name=automatic]')
  await Promise.all([page.waitForURL(/tab=return/), page.click('text=Save')])
  const wake = `add_filter( 'pre_http_request', static fn () => new WP_Error( 'later' ) ); do_action( 'dgos_wake' );`
  await world.post({ title: 'While down' })
  await wp('eval', wake)
  assert.deepEqual(await world.ask(`(bool) wp_next_scheduled( 'dgos_return' )`), false, 'not while the blog is down')
  await world.advance(48 * hourMs)
  await world.learn()
  await wp('eval', wake)
  await wp('cron', 'event', 'run', 'dgos_return')
  assert.ok('While down' in (await world.ask<Record<string, string>>(titles)))
})

test('who may not publish for others, or comes without the nonce, imports nothing', async (t) => {
  if (!hasPhp()) return t.skip('php is not installed')
  const world = await ReturnWorld.open(t)
  await world.post({ title: 'Not yet' })
  const { url, wp } = world.press
  await wp('user', 'create', 'carl', 'carl@example.org', '--role=author', '--user_pass=carl')
  for (const [login, told] of [
    ['carl', 403],
    ['admin', 403],
  ] as const) {
    const cookie = await signIn(url, login)
    const body = new URLSearchParams({ action: 'dgos', dgos_action: 'return_import', dgos_tab: 'return' })
    const answer = await fetch(`${url}/wp-admin/admin-post.php`, {
      method: 'POST',
      headers: { cookie },
      body,
      redirect: 'manual',
    })
    assert.equal(answer.status, told, login)
  }
  assert.deepEqual(await world.ask(titles), [])
})

/** What the block editor makes of a post; a block that it cannot read is told. */
async function blocksOf(page: Page): Promise<string[]> {
  const blocks = `(window.wp?.data?.select('core/block-editor')?.getBlocks() ?? [])`
  await page.waitForFunction(`${blocks}.length > 0`)
  return page.evaluate<string[]>(
    `${blocks}.map((one) => one.name.replace('core/', '') + (one.isValid ? '' : ' invalid'))`,
  )
}
