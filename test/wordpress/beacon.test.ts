/** The beacon and the worker on the pages of a real WordPress, in Chromium. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { seal } from '../../protocol/envelope.ts'
import type { Payloads } from '../../protocol/objects.ts'
import { openChromium } from '../sites/chromium.ts'
import { realComponent } from '../support/real-component.ts'
import { sha256 } from '../support/small-network.ts'
import { until } from '../support/until.ts'
import { openAdmin, shoot } from './admin.ts'
import { buildAssets } from './assets.ts'
import { BlogWorld } from './blog-world.ts'
import { GuardedBlog } from './downed-blog.ts'
import { type MemberSite, memberSite } from './member-site.ts'

const hasAll = (t: TestContext) => ['php', 'chromium'].every((needed) => realComponent(t, needed) !== null)
const beacon = 'script[data-network][src*="/beacon.js"]'
const worker = 'script[data-worker]'

test('a block put in the editor tells readers of the page that a blog is down, and leads them to its mirror', async (t) => {
  if (!hasAll(t)) return
  await buildAssets()
  const world = await BlogWorld.open(t)
  const { site, net } = world
  const blog = await GuardedBlog.open(t, net)
  const admin = await openAdmin(t, site.url.slice(0, -1))
  const url = await writtenWithBlock(admin, site, blog.url)
  const browser = await openChromium(t)
  const early = await browser.newPage()
  await early.goto(url)
  await early.waitForSelector(`${beacon}[data-state="quiet"]`, { state: 'attached' })
  assert.equal(await early.locator(beacon).count(), 1, 'one tag for block and shortcode together')
  assert.equal(await early.getAttribute(beacon, 'data-mode'), 'notice links roll')

  await blog.fall('From the ruins')
  // Another reader: this one's browser keeps the quiet lists for a minute.
  const page = await browser.newPage()
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url().replace(/^blob:/, '')))
  await page.goto(url)
  await page.waitForSelector(`${beacon}[data-state="notice"]`, { state: 'attached' })
  await shoot(page, 'beacon-block')
  assert.equal(await page.locator('.dgos-roll-place + dgos-roll').count(), 1, 'the roll stands where the block stands')
  const hosts = [0, 1].map((i) => new URL(net.url(i)).host)
  assert.match(
    await page.locator('dgos-roll p').first().innerText(),
    new RegExp(new URL(blog.url).host.replaceAll('.', '\\.')),
  )
  assert.ok(asked.some((url) => url.startsWith(`${site.url}wp-content/plugins/dgos/assets/beacon-notice.js?ver=`)))
  for (const url of asked) assert.ok([new URL(site.url).host, ...hosts].includes(new URL(url).host), url)
  await Promise.all([page.waitForURL(/\/m\//), page.locator('dgos-roll a').first().click()])
  assert.ok(hosts.includes(new URL(page.url()).host), page.url())
  assert.match(await page.innerText('main'), /From the ruins/)
  assert.doesNotMatch(await site.log(), /plugins\/dgos|DGOS_/)
})

/** A page with the block in two modes, and another mode by shortcode. */
async function writtenWithBlock(admin: Page, site: MemberSite, linked: string): Promise<string> {
  await admin.goto(`${site.url}wp-admin/post-new.php`)
  await admin.waitForFunction(
    () => 'wp' in window && document.querySelector('.block-editor, .edit-post-layout') !== null,
  )
  await admin.evaluate((linked) => {
    // biome-ignore lint/suspicious/noExplicitAny: WordPress's own globals.
    const { blocks, data } = (window as any).wp
    data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuide', false)
    const text = blocks.createBlock('core/paragraph', { content: `<a href="${linked}">Ana</a> writes.` })
    const code = blocks.createBlock('core/shortcode', { text: '[dgos_beacon mode="links" pins="joined"]' })
    const block = blocks.createBlock('dgos/beacon')
    data.dispatch('core/editor').editPost({ title: 'Friends' })
    data.dispatch('core/block-editor').insertBlocks([text, block, code])
    data.dispatch('core/block-editor').selectBlock(block.clientId)
    data.dispatch('core/edit-post').openGeneralSidebar('edit-post/block')
  }, linked)
  const roll = admin.getByLabel('A list of the blogs that are down and still posting')
  await roll.check()
  await shoot(admin, 'beacon-editor')
  return admin.evaluate(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: WordPress's own globals.
    const { data } = (window as any).wp
    data.dispatch('core/editor').editPost({ status: 'publish' })
    await data.dispatch('core/editor').savePost()
    return data.select('core/editor').getPermalink() as string
  })
}

test('a reader who comes back to a killed WordPress reads the posts that its author signed', async (t) => {
  if (!hasAll(t)) return
  await buildAssets()
  const world = await BlogWorld.open(t)
  const { site } = world
  assert.doesNotMatch(await text(site.url), /data-worker|beacon\.js/, 'nothing before enrolment')
  await world.enrol()
  await world.copied((snapshotFacts) => snapshotFacts.pages.length > 0, 'a Node member shows a copy')
  const page = await (await openChromium(t)).newPage()
  await page.goto(site.url)
  await page.waitForSelector(`${worker}[data-state="registered"]`, { state: 'attached' })
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null)
  assert.equal(
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.scope),
    site.url,
    'the worker serves the whole blog',
  )
  await say(world, 'declaration', { state: 'down', by: 'author', until: Date.now() + 3_600_000 })
  await site.stop()
  await say(world, 'post', {
    draft: 'ab'.repeat(32),
    prevs: [],
    title: 'The water came at night',
    html: '<p>We are on the hill.</p>',
    attachments: [],
    published: Date.now(),
  })
  const answer = await page.goto(`${site.url}2026/01/anything/`)
  assert.equal(answer!.status(), 503)
  assert.equal(answer!.fromServiceWorker(), true)
  assert.match(await page.innerText('article'), /The water came at night[\s\S]*We are on the hill\./)
  await shoot(page, 'worker-page')
})

test('switched off, the worker removes itself; a visitor of the admin is never answered by it', async (t) => {
  if (!hasAll(t)) return
  await buildAssets()
  const world = await BlogWorld.open(t, { permalinks: '' })
  const { site } = world
  await world.enrol()
  const page = await (await openChromium(t)).newPage()
  await page.goto(site.url)
  await page.waitForSelector(`${worker}[data-state="registered"]`, { state: 'attached' })
  const file = await fetch(`${site.url}?dgos_worker=1`)
  assert.match(file.headers.get('content-type')!, /^text\/javascript/)
  assert.equal(file.headers.get('cache-control'), 'no-cache')
  assert.match(file.headers.get('content-security-policy')!, /^script-src 'none'; connect-src 'self' https:/)
  const before = await file.text()

  await site.eval('DGOS_Beacon_Pins::set_worker( false );')
  const after = await text(`${site.url}?dgos_worker=1`)
  assert.ok(after.length < 1000 && before.length > 10_000, 'its address now gives the tombstone')
  await page.goto(site.url)
  assert.equal(await page.locator(worker).count(), 0)
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update())
  await until(
    async () => (await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)) === 0,
    'the worker is gone',
  )
  await site.stop()
  await assert.rejects(page.goto(site.url), /ERR_/)
})

test('a pasted tag gives its members without any joining, in the oldest WordPress too; what is no tag gives nothing', async (t) => {
  if (!hasAll(t)) return
  await buildAssets()
  const permalinks = '/%postname%/'
  const site = await memberSite(t, { version: '6.1', permalinks, fast: false, loopback: false })
  const key = (text: string) => text.repeat(32)
  const tag = (members: string) => `<script src="x" data-network="${key('ab')}" data-members="${members}"></script>`
  const good = `https://a.example/=${key('01')},https://b.example/=${key('02')}`
  const choose = (tag: string) =>
    site.eval(
      `echo DGOS_Beacon_Pins::choose( base64_decode( '${Buffer.from(tag).toString('base64')}' ) ) ? 'yes' : 'no';`,
    )
  const chosen = () => site.eval(`echo wp_json_encode( DGOS_Beacon_Pins::of( 'chosen' ) );`)
  for (const wrong of [
    tag(`https://a.example/=${key('01')}`),
    tag(`${good},javascript:alert(1)`),
    tag(`${good},https://a.example/"onload="=${key('03')}`),
    tag(Array.from({ length: 17 }, (_, i) => `https://m${i}.example/=${i.toString(16).padStart(64, '0')}`).join(',')),
    tag(good).replace(key('ab'), key('a')),
    `${tag(good)}${' '.repeat(17_000)}`,
  ]) {
    assert.equal(await choose(wrong), 'no', wrong.slice(0, 200))
  }
  assert.equal(await chosen(), 'null')
  assert.equal(await choose(tag(good)), 'yes')
  assert.deepEqual(JSON.parse(await chosen()), {
    network: key('ab'),
    members: [
      ['https://a.example/', key('01')],
      ['https://b.example/', key('02')],
    ],
  })
  await site.eval(
    `wp_insert_post( array( 'post_type' => 'page', 'post_name' => 'friends', 'post_title' => 'Friends', 'post_content' => '[dgos_beacon mode="links, evil" pins="chosen" show="linked"]', 'post_status' => 'publish' ) );`,
  )
  const [tagged] = /<script[^>]*beacon\.js[^>]*>/.exec(await text(`${site.url}friends/`)) ?? []
  for (const attribute of ['data-mode="links"', `data-network="${key('ab')}"`, `data-members="${good}"`]) {
    assert.ok(tagged?.includes(attribute), `${attribute} in ${tagged}`)
  }
  assert.ok(tagged?.includes('data-show="linked"'))
  const block = '<!-- wp:dgos/beacon {"mode":"roll"} /-->'
  await site.eval(`wp_update_post( array( 'ID' => 2, 'post_content' => '${block}' ) );`)
  assert.match(
    await text(`${site.url}?page_id=2`),
    /<div class="dgos-roll-place"><\/div>[\s\S]*<script[^>]*data-mode='?"?roll/,
  )
  const admin = await openAdmin(t, site.url.slice(0, -1))
  await admin.goto(`${site.url}wp-admin/post.php?post=2&action=edit`)
  const card = /Readers see nothing while all blogs are well/
  await until(async () => {
    const texts = await Promise.all(admin.frames().map((frame) => frame.locator('body').innerText()))
    return texts.some((text) => card.test(text))
  }, 'the editor shows what readers get')
  assert.equal(await choose(''), 'yes')
  assert.doesNotMatch(await text(`${site.url}friends/`), /beacon\.js/)
})

const text = async (url: string) => (await fetch(url)).text()

/** The author's word, handed to a Node member. */
async function say<K extends 'declaration' | 'post'>(world: BlogWorld, kind: K, fields: object): Promise<void> {
  const { network } = world.root.payload
  const payload = { network, time: Date.now(), blog: world.blog, ...fields } as unknown as Omit<Payloads[K], 'key'>
  const { envelope } = await seal(kind, payload, world.keys.posting.signer, sha256)
  const body = JSON.stringify({ objects: [envelope] })
  const answer = await fetch(`${world.net.url(0)}dgos/v1/objects`, { method: 'POST', body })
  const { answers } = (await answer.json()) as { answers: readonly { result: string }[] }
  assert.equal(answers[0]!.result, 'stored', JSON.stringify(answers))
}
