/** The owner's screen for the beacon, and its widget. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realComponent } from '../support/real-component.ts'
import { openAdmin, shoot } from './admin.ts'
import { buildAssets } from './assets.ts'
import { BlogWorld } from './blog-world.ts'

test('the owner sees whose word the beacon takes, pastes a tag, and switches the worker off and on', async (t) => {
  for (const needed of ['php', 'chromium']) if (realComponent(t, needed) === null) return
  await buildAssets()
  const world = await BlogWorld.open(t)
  const { site, net } = world
  await world.enrol()
  const page = await openAdmin(t, site.url.slice(0, -1))
  await page.goto(`${site.url}wp-admin/admin.php?page=dgos&tab=beacon`)
  const words = () => page.innerText('.wrap')
  for (const i of [0, 1]) assert.ok((await words()).includes(net.url(i)), 'both members of the network')
  const paste = async (tag: string) => {
    await page.fill('#dgos-beacon-tag', tag)
    await Promise.all([page.waitForURL(/tab=beacon/), page.click('text=Take it')])
    return page.locator('.notice p').first().innerText()
  }
  const key = (text: string) => text.repeat(32)
  assert.match(await paste('<script src="https://a.example/beacon.js"></script>'), /no tag with a network/)
  const members = `https://a.example/=${key('01')},https://b.example/=${key('02')}`
  assert.match(await paste(`<script data-network="${key('ab')}" data-members="${members}"></script>`), /^Taken/)
  assert.match(await words(), /2 members were chosen by you/)
  await shoot(page, 'beacon-tab')

  const front = async () => (await fetch(site.url)).text()
  assert.match(await front(), /data-worker="/)
  const press = async (label: string) => {
    await Promise.all([page.waitForURL(/tab=beacon/), page.click(`input[value="${label}"]`)])
    return page.locator('.notice p').first().innerText()
  }
  assert.match(await press('Switch it off'), /^Off/)
  assert.doesNotMatch(await front(), /data-worker="/)
  assert.match(await press('Switch it on'), /^On/)
  assert.match(await front(), /data-worker="/)

  const forged = await page.context().request.post(`${site.url}wp-admin/admin-post.php`, {
    form: { action: 'dgos', dgos_action: 'beacon_pins', tag: '', dgos_nonce: 'x' },
  })
  assert.equal(forged.status(), 403, 'without a nonce nothing happens')
  assert.notEqual(await site.eval(`echo wp_json_encode( DGOS_Beacon_Pins::of( 'chosen' ) );`), 'null')
  const printed = await site.eval(
    `the_widget( 'DGOS_Beacon_Widget', array( 'mode' => 'roll' ) ); DGOS_Beacon_Tag::print_tag();`,
  )
  assert.match(printed, /dgos-roll-place[\s\S]*<script[^>]*data-roll="\.dgos-roll-place"/)
  const silent = await site.eval(`the_widget( 'DGOS_Beacon_Widget', array( 'mode' => 'notice' ) ); echo 'end';`)
  assert.equal(silent, 'end', 'a notice takes no room in a sidebar')
  const kept = await site.eval(
    `echo wp_json_encode( ( new DGOS_Beacon_Widget() )->update( array( 'modes' => array( 'roll', '"><script>' ), 'show' => 'evil' ), array() ) );`,
  )
  assert.deepEqual(JSON.parse(kept), { mode: 'roll', show: '' })
  const named = await site.eval(
    `do_shortcode( '[dgos_beacon mode="links" network="${key('cd')}" members="https://evil.example/=${key('03')},https://evil2.example/=${key('04')}"]' ); DGOS_Beacon_Tag::print_tag();`,
  )
  assert.match(named, /data-mode="links"/)
  assert.doesNotMatch(named, /evil/, 'who writes a post names no members')
  assert.doesNotMatch(await site.log(), /plugins\/dgos|DGOS_/)
})
