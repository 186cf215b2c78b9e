/** From "plugin activated" to "protected" by clicking, and what the owner is then told, in a real WordPress and Chromium. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { readKitStart } from '../../activation/doors/kit/kit-data.ts'
import { dataOfKit } from '../../activation/doors/kit/kit-file.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { shoot, signIn } from './admin.ts'
import { RootAuthor, ScreenWorld, setUpKit } from './screen-world.ts'
import { closedWords } from './ways-out.ts'

test('an owner protects a fresh blog by clicking, and no secret of the kit leaves the browser', async (t) => {
  if (realComponent(t, 'php') === null || realComponent(t, 'chromium') === null) return
  const world = await ScreenWorld.open(t)
  const { page, site, net } = world
  await world.goto('plugins.php')
  await page.click('text=Protect this blog')
  assert.equal(await page.innerText('.nav-tab-active'), 'Set up')
  assert.match(await page.innerText('[aria-current=step]'), /Join a network/)
  await shoot(page, 'setup-join')
  assert.deepEqual(await world.axe(), [])

  await page.fill('#dgos-link', `${net.url(0)}#${'ab'.repeat(32)}`)
  await page.click('text="Join"')
  assert.match(await page.innerText('.notice-error'), /another network than the link/)
  await page.fill('#dgos-link', net.url(0))
  await page.click('text="Join"')
  assert.match(await page.innerText('[aria-current=step]'), /Wait for your friend’s OK/)
  await shoot(page, 'setup-vouch')
  assert.deepEqual(await world.axe(), [])
  await net.invite(await page.inputValue('#dgos-request'))
  await page.waitForSelector('text=Download the kit') // by itself
  await shoot(page, 'setup-keys')
  assert.deepEqual(await world.axe(), [])

  const opening = page.context().waitForEvent('page')
  await page.click('text=Open it here')
  const kit = await opening
  assert.equal(await kit.evaluate('globalThis.origin'), 'null', 'an origin of nobody: the session is out of its reach')
  assert.equal(await kit.getByLabel('What it is called').inputValue(), 'Ben in WordPress')
  const made = await setUpKit(kit)
  await kit.locator('#taken').waitFor()
  await kit.getByText('Your blog is guarded').waitFor()
  await kit.getByRole('button', { name: 'Open the editor' }).click()
  await kit.locator('#write').waitFor()

  await page.waitForSelector('text=This blog is protected.') // by itself
  await shoot(page, 'setup-done')
  assert.deepEqual(await world.axe(), [])
  const front = await (await fetch(site.url)).text()
  assert.match(front, new RegExp(`<meta name="dgos" content="${made.kit.blog}">`))
  const file = (await (await fetch(`${site.url}.well-known/dgos.json`)).json()) as { blog: string }
  assert.equal(file.blog, made.kit.blog)
  assert.deepEqual(
    made.kit.mirrors.map((mirror) => mirror.url).sort(),
    [net.url(0), net.url(1), site.url].sort(),
    'whom the kit asks on a bad day',
  )
  assert.ok(world.sent.some((sent) => /join\/blog/.test(sent)))
  for (const secret of made.secrets)
    assert.equal(
      world.sent.find((sent) => sent.includes(secret)),
      undefined,
      'a secret was sent',
    )

  await healthSays(world)
  assert.doesNotMatch(await site.log(), /plugins\/dgos|dgos_/i)
})

test('a root that is not this blog’s is refused with a sentence that says what to do, from the screen and from the kit', async (t) => {
  if (realComponent(t, 'php') === null || realComponent(t, 'chromium') === null) return
  const world = await ScreenWorld.open(t)
  const { page, site } = world
  await world.goto('admin.php?page=dgos&tab=setup')
  await page.fill('#dgos-link', 'member')
  await page.evaluate(`document.querySelector('#dgos-link').type = 'text'`)
  await page.click('text="Join"')
  assert.match(await page.innerText('.notice-error'), /begins with https/)
  await page.fill('#dgos-link', 'http://127.0.0.1:9/')
  await page.click('text="Join"')
  assert.match(await page.innerText('[aria-current=step]'), /lets PHP call nobody.*ends with #/s)
  await shoot(page, 'setup-unreachable')
  await page.click('text=Use another link')
  await world.join()
  await page.waitForSelector('text=Download the kit')

  const handIn = async (text: string) => {
    await page.click('summary')
    await page.fill('#dgos-root', text)
    await page.click('text="Register"')
    return page.innerText('.notice.is-dismissible')
  }
  const text = (root: { envelope: unknown }) => JSON.stringify({ objects: [root.envelope] })
  const author = new RootAuthor(site)
  const good = await author.sign()
  assert.match(await handIn('no root'), /no registration file\. Save it in the kit once more/)
  assert.match(await handIn(text(good).replace('"payload":"e', '"payload":"f')), /changed on its way/)
  assert.match(
    await handIn(text(await author.sign({ online: 'ab'.repeat(32) }))),
    /another server than this one\. Take a fresh kit/,
  )
  const strange = { address: 'https://elsewhere.example/' }
  assert.match(await handIn(text(await author.sign(strange))), /another address than this blog’s\. Take a fresh kit/)
  await page.click('text="Register"')
  assert.match(await page.innerText('.notice.is-dismissible'), /Choose the file/)
  await shoot(page, 'setup-refused')

  const mark = await author.mark()
  const post = async (objects: unknown[], invitation: unknown) => {
    const body = JSON.stringify({ objects, invitation })
    const answer = await fetch(`${site.url}dgos/v1/join/blog`, { method: 'POST', body })
    return [answer.status, ((await answer.json()) as { error?: string }).error]
  }
  assert.deepEqual(await post([good.envelope], 'cd'.repeat(16)), [400, 'EXPIRED'])
  assert.deepEqual(await post([good.envelope], undefined), [400, 'EXPIRED'])
  assert.deepEqual(await post([(await author.sign(strange)).envelope], mark), [400, 'NOT_ALLOWED'])
  assert.equal(await site.eval('var_export( DGOS_Own_Blog::id() );'), 'NULL', 'nothing was taken')
  assert.deepEqual(await post([good.envelope], mark), [200, undefined])
  assert.deepEqual(await post([good.envelope], mark), [200, undefined], 'the answer may have been lost')
  assert.deepEqual(await post([(await author.sign()).envelope], mark), [400, 'NOT_ALLOWED'], 'no second root 1')
  await page.waitForSelector('text=Start over with other keys')
  await page.click('summary')
  await page.click('text="Start over"')
  assert.match(await page.innerText('.notice-error'), /Tick the box/)
  await page.click('summary')
  await page.check('[name=sure]')
  await page.click('text="Start over"')
  await page.waitForSelector('text=Download the kit')
  assert.doesNotMatch(await (await fetch(site.url)).text(), /name="dgos"/)
  assert.deepEqual(await post([good.envelope], mark), [400, 'EXPIRED'], 'marks of before are good no more')
})

test('on a host that lets PHP call nobody, members call: the same screen ends at a protected blog', async (t) => {
  if (realComponent(t, 'php') === null || realComponent(t, 'chromium') === null) return
  const world = await ScreenWorld.open(t, { words: closedWords })
  const { page, site, net } = world
  await world.goto('admin.php?page=dgos')
  await page.fill('#dgos-link', net.url(0))
  await page.click('text="Join"')
  assert.match(await page.innerText('[aria-current=step]'), /use a link that ends with #/)
  const request = await page.inputValue('#dgos-request')
  for (const pin of ['', `#${'ab'.repeat(32)}`]) {
    await page.click('text=Use another link')
    await page.fill('#dgos-link', `${net.url(0)}${pin}`)
    await page.click('text="Join"')
    await net.invite(request)
    await page.click('text=Look again')
    assert.match(await page.innerText('[aria-current=step]'), /Join a network/, 'no network but the one of the link')
  }
  await page.click('text=Use another link')
  await page.fill('#dgos-link', `${net.url(0)}#${await world.networkId()}`)
  await page.click('text="Join"')
  assert.match(await page.innerText('[aria-current=step]'), /their server calls here/)
  await shoot(page, 'setup-called')
  await net.invite(request)
  await page.waitForSelector('text=Download the kit') // by itself
  const handing = page.waitForEvent('download')
  await page.click('text=Download the kit')
  const kit = await page.context().newPage()
  const path = join(await temporaryFolder(t, 'kit'), 'kit.html')
  await (await handing).saveAs(path)
  await kit.goto(pathToFileURL(path).href)
  await setUpKit(kit)
  await kit.locator('#taken').waitFor()
  await page.waitForSelector('text=This blog is protected.')
  await page.click('text=What would readers see?')
  for (const row of await page.locator('.dgos-mirrors tbody tr').allInnerTexts())
    assert.match(row, /newest copy, confirmed/)
  await page.click('text=Ask the mirrors now')
  assert.match(await page.innerText('.notice-success.is-dismissible'), /0 mirrors answered/)
  assert.match(await page.innerText('#wpbody-content'), /None of the mirrors answered when it was last asked/)
  await shoot(page, 'health-called')
  assert.doesNotMatch(await site.log(), /plugins\/dgos|dgos_/i)
})

test('who may not manage the site, or comes without the nonce, sees and changes nothing', async (t) => {
  if (realComponent(t, 'php') === null || realComponent(t, 'chromium') === null) return
  const world = await ScreenWorld.open(t)
  const { page, site, net } = world
  await world.goto('admin.php?page=dgos')
  await world.join()
  await page.waitForSelector('text=Download the kit')
  const kit = (await page.getAttribute('text=Download the kit', 'href'))!
  const nonce = (await page.getAttribute('#dgos-setup', 'data-nonce'))!
  await site.eval(`wp_insert_user( array( 'user_login' => 'eve', 'user_pass' => 'eve', 'role' => 'editor' ) );`)
  const [admin, editor] = [await signIn(site.url, 'admin'), await signIn(site.url, 'eve')]
  const ask = async (path: string, cookie: string, form?: Record<string, string>) => {
    const body = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }
    const answer = await fetch(new URL(path, `${site.url}wp-admin/`), {
      headers: { cookie },
      redirect: 'manual',
      ...body,
    })
    return { status: answer.status, text: await answer.text() }
  }
  const actions = ['setup_join', 'setup_other', 'setup_again', 'setup_root', 'setup_over', 'health_ask']
  for (const name of actions)
    for (const cookie of [admin, editor])
      assert.equal(
        (await ask('admin-post.php', cookie, { action: 'dgos', dgos_action: name, link: net.url(1) })).status,
        403,
      )
  const own = (await page.context().cookies()).map((cooky) => `${cooky.name}=${cooky.value}`).join('; ')
  for (const cookie of [editor, admin, ''])
    assert.notEqual((await ask(kit, cookie)).status, 200, 'the nonce of another session')
  assert.equal((await ask(kit.replace(/_wpnonce=\w+/, ''), own)).status, 403)
  for (const cookie of [editor, '']) {
    const { status, text } = await ask('admin-ajax.php', cookie, { action: 'dgos_setup', nonce })
    assert.ok(status >= 400 && !/dgos-step/.test(text))
  }
  assert.equal((await ask('admin-ajax.php', admin, { action: 'dgos_setup', nonce: 'x' })).status, 403)
  const { text } = await ask('admin.php?page=dgos&tab=setup', editor)
  assert.doesNotMatch(text, /dgos-setup"|dgos-request|Download the kit/)
  assert.doesNotMatch((await ask('index.php', editor)).text, /dgos_health/)
  const file = await ask(kit, own)
  assert.equal(file.status, 200)
  assert.equal(readKitStart(dataOfKit(file.text))!.blog!.address, site.url)
})

/** The panel, the dashboard, Site Health and the privacy guide. */
async function healthSays(world: ScreenWorld): Promise<void> {
  const { page } = world
  await page.click('text=What would readers see?')
  assert.match(
    await page.innerText('.notice-success.inline'),
    /If this blog died now: 2 of 2 mirrors would show your page of .* old\), newest post included\./,
  )
  await page.click('text=Ask the mirrors now')
  assert.match(await page.innerText('.notice-success.is-dismissible'), /2 mirrors answered/)
  const rows = await page.locator('.dgos-mirrors tbody tr').allInnerTexts()
  assert.equal(rows.length, 2)
  for (const row of rows) assert.match(row, /node [01]\s+http:\S+\/m\/127\.0\.0\.1:\d+\/\?copy\s+newest copy, shown/)
  const mirror = await page.locator('.dgos-mirrors a').first().getAttribute('href')
  assert.equal((await fetch(mirror!)).status, 200)
  assert.match(await page.innerText('.ul-disc'), /There are only 2 mirrors/)
  const frame = page.locator('iframe.dgos-preview')
  assert.equal(await frame.getAttribute('sandbox'), '')
  await page.frameLocator('iframe.dgos-preview').getByRole('heading', { name: 'Ben in WordPress' }).first().waitFor()
  await page.frameLocator('iframe.dgos-preview').frameLocator('iframe').getByText('Hello world!').first().waitFor()
  await shoot(page, 'health')
  assert.deepEqual(await world.axe(), [])

  await world.goto('index.php')
  assert.match(await page.innerText('#dgos_health'), /2 of 2 mirrors would show/)
  assert.deepEqual(await world.axe(page, '#dgos_health'), [])
  await shoot(page, 'dashboard')
  await world.goto('site-health.php?tab=debug')
  await page.click('button[aria-controls=health-check-accordion-block-dgos]')
  assert.match(await page.innerText('#health-check-accordion-block-dgos'), /Mirrors that have it\s+2 \/ 2/)
  assert.equal((await siteHealth(world, 'test')).status, 'good')
  assert.equal((await siteHealth(world, 'file')).status, 'good')
  const hidden = `add_filter( 'pre_http_request', static fn () => array( 'response' => array( 'code' => 403 ), 'headers' => array(), 'body' => '' ) );`
  const kept = await siteHealth(world, 'file', hidden)
  assert.deepEqual([kept.status, kept.label], ['recommended', 'This blog cannot prove that it is alive'])
  assert.match(kept.description, /dgos\.json does not lead to this plugin \(403\).*location \^~ \/\.well-known\//s)
  await world.goto('options-privacy.php?tab=policyguide')
  assert.match((await page.textContent('.privacy-settings-body'))!, /its public pages, with the comments on them/)
}

async function siteHealth(world: ScreenWorld, test: string, before = '') {
  const said = await world.site.eval(
    `${before} echo wp_json_encode( DGOS_Plugin::instance()->site_health()->${test}() );`,
  )
  return JSON.parse(said) as Record<'status' | 'label' | 'description', string>
}
