/** Manual mode in a real WordPress: the owner's one click, the friend's link, posts, and what strangers may not do. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { realComponent } from '../support/real-component.ts'
import { openAdmin, shoot } from './admin.ts'
import { hasPhp } from './php.ts'
import { ReaderWorld } from './reader-world.ts'

const run = '(window.__ran=1)'

test('a friend without any network gets a space with one click, writes in it, and moves to the mirror page once in', async (t: TestContext) => {
  if (!hasPhp()) return t.skip('php is not installed')
  if (realComponent(t, 'chromium') === null) return
  const world = await ReaderWorld.open(t, { joined: false })
  const { url } = world.press
  const owner = await openAdmin(t, url)
  await owner.goto(`${url}/wp-admin/admin.php?page=dgos&tab=guests`)
  await owner.fill('#dgos-guest-name', 'Ana')
  await owner.fill('#dgos-guest-address', 'https://ana.example')
  await Promise.all([owner.waitForLoadState('load'), owner.click('#submit')])
  await owner.waitForSelector('.notice-success')
  const link = /https?:\S+begin\?k=\w+/.exec(await owner.innerText('.notice-success'))![0]
  await shoot(owner, 'guest-tab')

  const friend = await (await owner.context().browser()!.newContext()).newPage()
  await friend.goto(link)
  await friend.goto(link) // looked at twice, still good
  await shoot(friend, 'guest-begin')
  await friend.click('button')
  const passphrase = (await friend.innerText('code.secret')).trim()
  assert.match(passphrase, /^(\w{5}-){3}\w{5}$/)
  assert.deepEqual(await friend.context().cookies(), [])
  await friend.goto(link)
  await friend.click('button')
  assert.match(await friend.innerText('main'), /used before/)

  const write = async (words: string, text: string) => {
    await friend.goto(`${url}/dgos/guest/ana/write`)
    await friend.fill('#title', `Day <one> onerror="${run}"`)
    await friend.fill('#text', text)
    await friend.fill('#passphrase', words)
    await friend.click('button')
  }
  const text = `# News\n\nWe are well & “here”: https://else.example/?a=1&b=2.\n<img src=x onerror="${run}">\n\n- one\n- <script>${run}</script>`
  await write('wrong-words', text)
  assert.match(await friend.innerText('[role=alert]'), /not the passphrase/)
  assert.equal(await friend.inputValue('#text'), text)
  await shoot(friend, 'guest-write')
  await write(passphrase, text)
  await friend.waitForURL(`${url}/dgos/guest/ana/`)
  assert.equal(await friend.innerText('.post h2'), 'News')
  assert.equal(await friend.innerText('.post h3'), `Day <one> onerror="${run}"`)
  assert.equal(await friend.getAttribute('.post a', 'href'), 'https://else.example/?a=1&b=2')
  assert.deepEqual(
    await friend.evaluate(() => [
      document.querySelectorAll('.post img, .post script').length,
      (window as { __ran?: number }).__ran,
    ]),
    [0, undefined],
  )
  await shoot(friend, 'guest-page')

  await keptFromStrangers(world, passphrase)
  await world.join()
  assert.match(await (await fetch(`${url}/dgos/guest/ana/`)).text(), /in the network now.*\/dgos\/m\/ana\.example\//)
  await write(passphrase, 'Once more.').catch(() => undefined)
  assert.match(await friend.innerText('main'), /in the network now/)
  assert.equal((await fetch(`${url}/dgos/m/ana.example/?copy`)).status, 200)
  await owner.goto(`${url}/wp-admin/admin.php?page=dgos&tab=guests`)
  await owner.click('text=Close this space')
  await owner.waitForSelector('.notice-success')
  assert.equal((await fetch(`${url}/dgos/guest/ana/`)).status, 404)
})

/** No session, no action; and nothing of the passphrase in the database. */
async function keptFromStrangers(world: ReaderWorld, passphrase: string): Promise<void> {
  const { url } = world.press
  const strange = await fetch(`${url}/wp-admin/admin-post.php`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ action: 'dgos', dgos_action: 'guest_close', slug: 'ana' }),
  })
  assert.notEqual(strange.status, 200)
  assert.equal((await fetch(`${url}/dgos/guest/ana/`)).status, 200)
  assert.equal((await fetch(`${url}/dgos/guest/bea/`)).status, 404)
  const options = JSON.parse(
    await world.press.wp(
      'eval',
      `global $wpdb; echo wp_json_encode( $wpdb->get_results( "SELECT option_name, option_value, autoload FROM $wpdb->options WHERE option_name LIKE 'dgos_guest%'" ) );`,
    ),
  ) as { option_value: string; autoload: string }[]
  assert.ok(options.length >= 2)
  for (const option of options) {
    assert.ok(['no', 'off', 'auto-off'].includes(option.autoload))
    assert.doesNotMatch(option.option_value, new RegExp(passphrase))
  }
}
