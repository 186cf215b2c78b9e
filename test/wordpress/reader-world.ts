/**
 * A real WordPress that is the member Birch of the network of mirror/pages-world, with its own clock set by the test, its
 * admin able to log in, and before it (where a test wants one) a page cache that keeps pages and drops their headers.
 */
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { pluginFiles } from '../../server/bundles/plugin-files.ts'
import { PageWorld } from '../mirror/pages-world.ts'
import { type FreshWordPress, freshWordPress, type WordPressOptions } from '../sites/wordpress.ts'
import { sha256 } from '../support/small-network.ts'
import { plugin } from './php.ts'

/** Of the key of "m0", which is the member Birch. */
const seed = toHex(sha256(utf8('m0')))

export type ReaderOptions = WordPressOptions & { readonly joined?: boolean }

export class ReaderWorld {
  readonly press: FreshWordPress
  readonly net: PageWorld
  #told = 0

  private constructor(press: FreshWordPress, net: PageWorld) {
    this.press = press
    this.net = net
  }

  static async open(t: TestContext, { joined = true, ...options }: ReaderOptions = {}): Promise<ReaderWorld> {
    const press = await freshWordPress(t, options)
    const url = (i: number) => (i === 0 ? `${press.url}/` : `https://m${i}.example/`)
    const world = new ReaderWorld(press, await PageWorld.create({}, url))
    await world.#install()
    if (joined) await world.join()
    await press.serve(3)
    return world
  }

  async #install(): Promise<void> {
    const { site, wp, dir } = this.press
    await mkdir(join(plugin, 'assets'), { recursive: true })
    for (const [name, bytes] of await pluginFiles()) await writeFile(join(plugin, 'assets', name), bytes)
    await symlink(plugin, join(site, 'wp-content', 'plugins', 'dgos'))
    await wp('eval', 'wp_mkdir_p( WPMU_PLUGIN_DIR );')
    const now = join(dir, 'now')
    await writeFile(
      join(site, 'wp-content', 'mu-plugins', 'test-clock.php'),
      `<?php add_filter( 'dgos_clock', static function () { return new class() extends DGOS_Clock { public function now_ms(): int { return (int) file_get_contents( '${now}' ); } }; } );`,
    )
    await writeFile(now, `${this.net.clock.nowMs()}`)
    await wp('plugin', 'activate', 'dgos')
  }

  /** What joining the network leaves behind. */
  async join(): Promise<void> {
    const { wp, dir } = this.press
    await writeFile(join(dir, 'network.json'), JSON.stringify(this.net.network.envelope))
    await wp(
      'eval',
      `add_option( 'dgos_key_member', '${seed}', '', false ); $s = DGOS_Plugin::instance()->settings();
      $s->set( 'network', file_get_contents( '${dir}/network.json' ) ); $s->set( 'joined', true ); $s->set( 'name', 'Birch' );`,
    )
    await this.tell()
  }

  /** Objects and bytes that the world has got since, as peers would bring them; and the time. */
  async tell(): Promise<void> {
    const { wp, dir } = this.press
    const known = [...this.net.members, ...this.net.objects]
    const envelopes = known.slice(this.#told).map((object) => object.envelope)
    this.#told = known.length
    const blobs: string[] = []
    for (const hash of this.net.hashes()) blobs.push(Buffer.from((await this.net.blobs.get(hash))!).toString('base64'))
    await writeFile(join(dir, 'now'), `${this.net.clock.nowMs()}`)
    await writeFile(join(dir, 'told.json'), JSON.stringify({ envelopes, blobs }))
    await writeFile(
      join(dir, 'told.php'),
      `<?php
$told = json_decode( file_get_contents( '${dir}/told.json' ) );
foreach ( $told->blobs as $one ) { DGOS_Plugin::instance()->blobs()->put( base64_decode( $one ) ); }
foreach ( DGOS_Plugin::instance()->ledger()->accept_all( $told->envelopes, 'peer' ) as $one ) {
	if ( ! in_array( $one['status'], array( 'stored', 'known' ), true ) ) { throw new Exception( wp_json_encode( $one ) ); }
}
`,
    )
    await wp('eval-file', join(dir, 'told.php'))
  }
}

/**
 * A page cache as the worst of them: it keeps every answer by its path, whatever the answer says, and hands it out with
 * nothing but the type that `typed` gives it.
 */
export async function pageCache(t: TestContext, origin: string, typed: (type: string) => string): Promise<string> {
  const kept = new Map<string, { readonly status: number; readonly type: string; readonly body: Buffer }>()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    const answer = async () => {
      const known = kept.get(path)
      if (known !== undefined) return known
      const headers = { cookie: request.headers.cookie ?? '' }
      const found = await fetch(origin + path, { headers, redirect: 'manual' })
      const made = {
        status: found.status,
        type: found.headers.get('content-type') ?? '',
        body: Buffer.from(await found.arrayBuffer()),
      }
      kept.set(path, made)
      return made
    }
    answer().then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': typed(type) }).end(body),
      () => response.writeHead(502).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
