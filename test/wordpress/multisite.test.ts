/** The plugin active for all sites of a real multisite: each is a member and a blog of its own. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { makeKeys } from '../../activation/doors/enrol.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Hash } from '../../protocol/objects.ts'
import { openChromium } from '../sites/chromium.ts'
import { realComponent } from '../support/real-component.ts'
import { until } from '../support/until.ts'
import { buildAssets } from './assets.ts'
import { signRoot, takeRoot } from './blog-world.ts'
import { MultiSite } from './multi-site.ts'
import { Network } from './node-network.ts'

const plugin = 'DGOS_Plugin::instance()'
const tablesOf = (...sites: readonly string[]) =>
  sites.flatMap((site) => [`wp_${site}dgos_meta`, `wp_${site}dgos_objects`]).sort()

for (const kind of ['subdirectory', 'subdomain'] as const) {
  test(`on a ${kind} multisite each site has tables, keys and a network of its own, and takes only these with it`, async (t) => {
    if (realComponent(t, 'php') === null) return
    const multi = await MultiSite.open(t, kind)
    const [ana, ben] = [await multi.add('ana'), await multi.add('ben')]
    const tables = async () => {
      const found = await multi.eval(
        '',
        `global $wpdb; echo implode( ' ', $wpdb->get_col( "SHOW TABLES LIKE 'wp\\_%dgos\\_%'" ) );`,
      )
      return found.split(' ').sort()
    }
    assert.deepEqual(await tables(), tablesOf('', `${ana}_`, `${ben}_`), 'before anybody has visited a site')
    const secrets = new Set<string>()
    for (const name of ['', 'ana', 'ben']) {
      const code = `foreach ( array( 'member', 'operator', 'next' ) as $one ) { ${plugin}->keys()->get( $one ); echo get_option( "dgos_key_$one" ), isset( wp_load_alloptions()[ "dgos_key_$one" ] ) ? '!' : '', ' '; }`
      for (const secret of (await multi.eval(name, code)).trim().split(' ')) {
        assert.match(secret, /^[0-9a-f]{64}$/, 'a secret that no page loads')
        secrets.add(secret)
      }
    }
    assert.equal(secrets.size, 9)

    const net = await Network.start(t)
    await admit(multi, net, 'ana')
    await enrol(multi, 'ana')
    const standing = (name: string) =>
      multi.eval(name, `echo DGOS_Own_Blog::id() ?? 'none', ' ', ${plugin}->ledger()->joined() ? 'in' : 'out';`)
    assert.match(await standing('ana'), /^[0-9a-f]{64} in$/)
    assert.match((await multi.get(multi.url('ana'))).text, /<meta name="dgos" content="[0-9a-f]{64}">/)
    for (const other of ['', 'ben']) {
      assert.equal(await standing(other), 'none out', other)
      assert.doesNotMatch((await multi.get(multi.url(other))).text, /name="dgos"/, other)
      assert.notEqual((await multi.get(`${multi.url(other)}.well-known/dgos.json`)).status, 200, other)
    }
    const file = await multi.get(`${multi.url('ana')}.well-known/dgos.json`)
    assert.equal(file.status === 200, kind === 'subdomain', 'the file speaks for a whole host')

    const folder = await multi.eval(
      'ana',
      `${plugin}->blobs()->put( 'bytes' ); echo ${plugin}->settings()->blob_folder();`,
    )
    assert.ok(existsSync(folder), folder)
    assert.doesNotMatch(await multi.main.log(), /plugins\/dgos|DGOS_/)
    await multi.wp('site', 'delete', `${ana}`, '--yes')
    assert.deepEqual(await tables(), tablesOf('', `${ben}_`))
    assert.ok(!existsSync(folder), 'its bytes are gone')
    assert.equal(await standing('ben'), 'none out')
    await until(
      async () => !(await net.status(0)).members.some((member) => member.url === multi.url('ana')),
      'it has left',
    )
  })
}

test('a blog below a path proves itself by its tag, is copied, and has a worker for its own pages alone', async (t) => {
  for (const needed of ['php', 'chromium']) if (realComponent(t, needed) === null) return
  await buildAssets()
  const multi = await MultiSite.open(t, 'subdirectory')
  await multi.add('ana')
  const net = await Network.start(t)
  await admit(multi, net, 'ana')
  const blog = await enrol(multi, 'ana')
  const copied = (word: string) =>
    until(async () => {
      await fetch(`${multi.url('ana')}dgos/v1/wake`, { method: 'POST', body: '{}' })
      const facts = (await (await fetch(`${net.url(1)}dgos/v1/blogs/${blog}`)).json()) as Facts
      const copy = facts.snapshot === null ? null : await payloadOf(net, facts.snapshot.id)
      return copy?.includes(word) && facts.proven.length > 0 ? facts : null
    }, `a Node member has the copy with “${word}”, and has seen the tag`)
  const { proven, attestations, snapshot } = await copied('Hello world')
  assert.deepEqual(proven, [multi.url('ana')])
  assert.deepEqual([...new Set(attestations.map((attestation) => attestation.marker))], ['tag'])
  assert.equal(snapshot!.trust, 'signed-by-blog')

  // Another site of the network writes for this one, as plugins that post to several sites do.
  await multi.eval(
    '',
    `switch_to_blog( 2 ); wp_insert_post( array( 'post_title' => 'From next door', 'post_status' => 'publish' ) ); restore_current_blog();`,
  )
  await copied('From next door')

  const page = await (await openChromium(t)).newPage()
  await page.goto(multi.url('ana'))
  await page.waitForSelector('script[data-worker][data-state="registered"]', { state: 'attached' })
  const scopes = () =>
    page.evaluate(async () =>
      (await navigator.serviceWorker.getRegistrations()).map((registration) => registration.scope),
    )
  assert.deepEqual(await scopes(), [multi.url('ana')])
  await page.goto(multi.url(''))
  assert.equal(await page.evaluate(() => navigator.serviceWorker.controller), null, 'not for the site beside it')
  assert.doesNotMatch(await multi.main.log(), /plugins\/dgos|DGOS_/)
})

test('switched off for the whole network, nothing of it waits on any site', async (t) => {
  if (realComponent(t, 'php') === null) return
  const multi = await MultiSite.open(t, 'subdirectory')
  await multi.add('ana')
  const planned = (name: string) => multi.eval(name, `echo wp_next_scheduled( 'dgos_wake' ) ? 'yes' : 'no';`)
  for (const name of ['', 'ana']) await multi.eval(name, `do_action( 'dgos_joined' );`)
  for (const name of ['', 'ana']) assert.equal(await planned(name), 'yes', name)
  await multi.wp('plugin', 'deactivate', 'dgos', '--network')
  for (const name of ['', 'ana']) assert.equal(await planned(name), 'no', name)
})

type Facts = {
  readonly proven: readonly string[]
  readonly attestations: readonly { readonly marker: string }[]
  readonly snapshot: { readonly id: string; readonly trust: string } | null
}

async function payloadOf(net: Network, id: string): Promise<string> {
  const envelope = (await (await fetch(`${net.url(1)}dgos/v1/objects/${id}`)).json()) as { payload: string }
  return Buffer.from(envelope.payload, 'base64').toString()
}

/** As its administrator joins: the link, the operator's voucher, the record. */
async function admit(multi: MultiSite, net: Network, name: string): Promise<void> {
  const member = `${plugin}->membership()`
  assert.equal(await multi.eval(name, `var_export( ${member}->ask( '${net.url(0)}' ) );`), 'true')
  await net.invite((await multi.eval(name, `echo ${member}->request_text();`)).slice(0, 64))
  assert.equal(await multi.eval(name, `var_export( ${member}->finish() );`), 'true')
}

/** The root as the kit signs it; the blog's id. */
async function enrol(multi: MultiSite, name: string): Promise<Hash> {
  const site = { url: multi.url(name), eval: (code: string) => multi.eval(name, code) }
  const root = await signRoot(site, makeKeys(seededRandom(`${name} of a multisite`)), { title: name })
  const said = await takeRoot(site, root)
  assert.equal(said, '')
  return root.id
}
