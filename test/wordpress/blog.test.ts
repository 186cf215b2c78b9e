/** A WordPress blog that signs its own copies, and Node members that keep them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realComponent } from '../support/real-component.ts'
import { until } from '../support/until.ts'
import { BlogWorld } from './blog-world.ts'

test('a blog signs its own copies, Node members keep them, and what it takes back is forgotten', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t)
  const { site, net } = world
  await site.eval(
    `wp_insert_post( array( 'post_title' => 'Open to all', 'post_name' => 'open', 'post_content' => '<p>The river is high.</p><img src="/wp-includes/images/w-logo-blue.png" alt="">', 'post_status' => 'publish' ) );
wp_insert_post( array( 'post_title' => 'Behind a word', 'post_name' => 'behind', 'post_content' => 'secret one', 'post_status' => 'publish', 'post_password' => 'x' ) );
wp_insert_post( array( 'post_title' => 'For myself', 'post_name' => 'myself', 'post_content' => 'secret two', 'post_status' => 'private' ) );
wp_insert_post( array( 'post_title' => 'Not yet', 'post_name' => 'not-yet', 'post_content' => 'secret three', 'post_status' => 'draft' ) );`,
  )
  assert.doesNotMatch(await (await fetch(site.url)).text(), /name="dgos"/, 'nothing before enrolment')
  assert.equal((await fetch(`${site.url}.well-known/dgos.json`)).status, 404)

  await world.enrol()
  assert.match(await (await fetch(site.url)).text(), new RegExp(`<meta name="dgos" content="${world.blog}">`))
  const file = (await (await fetch(`${site.url}.well-known/dgos.json`)).json()) as { blog: string; life: string }
  assert.equal(file.blog, world.blog)

  const first = await world.copied((snapshotFacts) => snapshotFacts.pages.length > 1, 'a Node member shows a copy')
  const { proven, snapshot, mirrors } = await until(async () => {
    const facts = await world.facts()
    return facts.proven.length > 0 ? facts : null
  }, 'the members have seen the tag')
  assert.deepEqual(proven, [site.url])
  assert.equal(snapshot!.trust, 'signed-by-blog')
  assert.deepEqual(mirrors.map((mirror) => mirror.url).sort(), [net.url(0), net.url(1)].sort(), 'not its own mirror')
  const paths = first.pages.map((page) => page.path)
  assert.equal(paths[0], '/')
  const open = paths.find((path) => path.endsWith('/open/'))!
  assert.ok(open)
  assert.ok(!paths.some((path) => /behind|myself|not-yet/.test(path)), paths.join(' '))
  assert.ok(first.assets.some((asset) => asset.url.endsWith('/w-logo-blue.png') && asset.type === 'image/png'))
  assert.ok(first.feed!.items.some((item) => item.title === 'Open to all' && item.path === open))
  assert.ok(!JSON.stringify(first).includes('For myself'))
  await until(async () => {
    const page = await fetch(`${net.url(1)}dgos/v1/blobs/${first.pages.find((page) => page.path === open)!.blob}`)
    return page.status === 200 && (await page.text()).includes('The river is high.')
  }, 'the other Node member has the bytes')

  await site.eval(
    `$post = get_page_by_path( 'open', OBJECT, 'post' ); wp_update_post( array( 'ID' => $post->ID, 'post_title' => 'Open, and edited' ) );`,
  )
  const second = await world.copied(
    (snapshotFacts) => snapshotFacts.pages.some((page) => /Open, and edited/.test(page.title)),
    'the edit arrives',
  )
  assert.equal(second.assets.length, first.assets.length)

  await site.eval(
    `$post = get_page_by_path( 'open', OBJECT, 'post' ); wp_update_post( array( 'ID' => $post->ID, 'post_status' => 'private' ) );`,
  )
  await world.copied(
    (snapshotFacts) => !snapshotFacts.pages.some((page) => page.path === open),
    'the private post leaves the copy',
  )
  const gone = first.pages.find((page) => page.path === open)!.blob
  await until(
    async () => (await fetch(`${net.url(0)}dgos/v1/blobs/${gone}`)).status === 404,
    'its bytes leave the Node member, history too',
  )
  assert.doesNotMatch(await site.log(), /dgos/i)
})

test('a blog proves that it is alive, to a nonce and to nothing else', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t)
  await world.enrol()
  const { life } = (await (await fetch(`${world.site.url}.well-known/dgos.json`)).json()) as { life: string }
  const nonce = 'ab'.repeat(32)
  const said = (await (await fetch(`${life}?nonce=${nonce}`)).json()) as { payload: string; payloadType: string }
  const word = JSON.parse(Buffer.from(said.payload, 'base64').toString()) as Record<string, unknown>
  assert.match(said.payloadType, /life/)
  assert.deepEqual([word.nonce, word.blog, word.address], [nonce, world.blog, world.site.url])
  for (const wrong of ['', '?nonce=', `?nonce=${nonce.slice(1)}`, `?nonce[]=${nonce}`])
    assert.equal((await fetch(`${life}${wrong}`)).status, 400, wrong)
})

test('a root of another server, another address or other keys enrols nothing', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t)
  assert.equal(await world.take(await world.sign({ online: world.keys.online.signer.key })), 'NOT_ALLOWED')
  assert.equal(await world.take(await world.sign({ address: 'https://elsewhere.example/' })), 'NOT_ALLOWED')
  const good = await world.sign()
  const broken = { ...good, envelope: { ...good.envelope, payload: good.envelope.payload.replace(/.$/, 'A') } }
  assert.notEqual(await world.take(broken), '')
  assert.equal(await world.site.eval('var_export( DGOS_Own_Blog::id() );'), 'NULL')
  await world.enrol()
  assert.equal(await world.take(await world.sign()), 'NOT_ALLOWED', 'a second root 1 replaces nothing')
})
