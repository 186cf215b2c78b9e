/**
 * The measured WordPress: filled through the plugin's own store, with a clock that the bench sets and a log of the memory
 * that each request took. Its neighbours, nine members and four blogs, lie in folders of one server beside it: the members
 * are the site itself under another address, the blogs a page with their marker.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { close, listen, run } from '../test/sites/workshop.ts'
import { type Cleanup, temporaryFolder } from '../test/support/temporary-folder.ts'
import { type MemberSite, memberSite } from '../test/wordpress/member-site.ts'
import { compatWords } from '../test/wordpress/php.ts'
import { mariaDb } from '../test/wordpress/world/mariadb.ts'
import { type Ask, kitMark, type Route } from './wordpress-asks.ts'
import { filledMs, type Guarded, guardedPosts, hashOf, seedOf } from './wordpress-world.ts'

export type Measured = {
  readonly status: number
  readonly ms: number
  readonly bytes: number
  /** Highest memory of the request, as PHP's memory_limit counts it. */
  readonly peak: number
}

export class BenchSite {
  readonly #site: MemberSite
  readonly #dir: string
  readonly #neighbours: Neighbours
  readonly world: Guarded
  #asked = 0
  #nowMs = filledMs

  private constructor(site: MemberSite, dir: string, neighbours: Neighbours, world: Guarded) {
    this.#site = site
    this.#dir = dir
    this.#neighbours = neighbours
    this.world = world
  }

  static async open(t: Cleanup, posts: number, fresh: number): Promise<BenchSite> {
    const dir = await temporaryFolder(t, 'bench-wordpress')
    await writeFile(join(dir, 'bench.ini'), 'opcache.enable=1\nopcache.enable_cli=1\n')
    process.env.PHP_INI_SCAN_DIR = `:${dir}`
    const options = { permalinks: '/%postname%/', fast: false, loopback: true, mariaDb: await mariaDb(t) }
    const site = await memberSite(t, options)
    const neighbours = await Neighbours.open(t, site.url)
    const world = await guardedPosts(site.url, neighbours.url, posts, fresh)
    for (const blog of world.blogs) neighbours.markers.set(`/${blog.name}/`, blog.id)
    const bench = new BenchSite(site, dir, neighbours, world)
    await bench.#fill(posts)
    return bench
  }

  /** The plugin's own list, without repetition. */
  async routes(): Promise<readonly Route[]> {
    const list = `array_map( fn ( $one ) => array( 'method' => $one['method'], 'path' => $one['path'] ), DGOS_Routes::all() )`
    return JSON.parse(await this.#site.eval(`echo wp_json_encode( ${list} );`)) as Route[]
  }

  async versions(): Promise<{ readonly php: string; readonly wordpress: string; readonly database: string }> {
    return JSON.parse(
      await this.#site.eval(
        `global $wpdb; echo wp_json_encode( array( 'php' => PHP_VERSION, 'wordpress' => get_bloginfo( 'version' ), 'database' => $wpdb->db_server_info() ) );`,
      ),
    )
  }

  async forward(ms: number): Promise<void> {
    this.#nowMs += ms
    await writeFile(join(this.#dir, 'now'), `${this.#nowMs}`)
  }

  /** From now on every neighbour takes connections and never answers. */
  silence(): void {
    this.#neighbours.silent = true
  }

  async measure({ method, path, body }: Ask): Promise<Measured> {
    const name = `${++this.#asked}`
    const headers = { 'x-bench': name, ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}) }
    const startMs = performance.now()
    const response = await fetch(this.#site.url + path.slice(1), {
      method,
      headers,
      ...(body === undefined ? {} : { body: body as string }),
    })
    const answer = await response.arrayBuffer()
    const ms = performance.now() - startMs
    return { status: response.status, ms, bytes: answer.byteLength, peak: await this.#peakOf(name) }
  }

  /** What the plugin itself noted about its last wake. */
  async lastWake(): Promise<{ readonly ms: number; readonly bytes: number; readonly steps: number }> {
    return JSON.parse(
      await this.#site.eval(`echo wp_json_encode( DGOS_Plugin::instance()->meta()->get( 'wake_last' ) );`),
    )
  }

  /** One wake as on a host whose PHP has no sodium: WordPress's sodium_compat signs and verifies. */
  async wakeWithoutSodium(): Promise<{ readonly ms: number; readonly peak: number }> {
    const folder = await this.#site.eval('echo ABSPATH;')
    const compat = `${folder}wp-includes/sodium_compat`
    const { php } = await compatWords()
    const code = `require '${compat}/autoload.php'; ParagonIE_Sodium_Compat::$disableFallbackForUnitTests = true;
      require_once '${compat}/lib/php72compat.php'; require '${folder}wp-load.php'; if ( DGOS_Ed25519::is_fast() ) { exit( 1 ); }
      $p = DGOS_Plugin::instance(); $p->wake()->work( DGOS_Wake_Pace::work_ms() );
      echo wp_json_encode( array( 'ms' => $p->meta()->get( 'wake_last' )['ms'], 'peak' => memory_get_peak_usage( true ) ) );`
    return JSON.parse(await run('php', ['-d', 'memory_limit=256M', ...php, '-r', code], this.#dir))
  }

  /** A request notes its memory when all is done, which may be after its answer. */
  async #peakOf(name: string): Promise<number> {
    for (let tries = 0; tries < 500; tries++) {
      const text = await readFile(join(this.#dir, `peak-${name}`), 'utf8').catch(() => '')
      if (text !== '') return Number(text)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`request ${name} noted no memory`)
  }

  async #fill(posts: number): Promise<void> {
    const { net, objects, blobs, images, blogs } = this.world
    const inDir = (name: string) => join(this.#dir, name)
    const lines = objects.map((object) => JSON.stringify({ id: object.id, envelope: object.envelope }))
    await writeFile(inDir('objects'), lines.join('\n'))
    await writeFile(inDir('network'), JSON.stringify(net.network.envelope))
    for (const bytes of [...blobs, ...images]) await writeFile(inDir(`blob-${hashOf(bytes)}`), bytes)
    await writeFile(inDir('fill.php'), fillCode(this.#dir, posts, blogs.at(-1)!))
    await writeFile(inDir('watch.php'), watchCode(this.#dir))
    await this.forward(0)
    await this.#site.eval(
      `wp_mkdir_p( WPMU_PLUGIN_DIR ); copy( '${inDir('watch.php')}', WPMU_PLUGIN_DIR . '/bench.php' );`,
    )
    await this.#site.eval(`require '${inDir('fill.php')}';`)
  }
}

/** One server: `/m<i>/…` is a member, `/blog<i>/` a blog. */
class Neighbours {
  readonly #site: string
  readonly markers = new Map<string, string>()
  url = ''
  silent = false

  private constructor(site: string) {
    this.#site = site
  }

  static async open(t: Cleanup, site: string): Promise<Neighbours> {
    const found = new Neighbours(site)
    const server = createServer((request, response) => found.#answer(request, response))
    found.url = await listen(server)
    t.after(() => close(server))
    return found
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.silent) return
    const marker = this.markers.get(request.url ?? '')
    if (marker !== undefined) {
      response.setHeader('content-type', 'text/html; charset=utf-8')
      response.end(`<!doctype html><title>A blog</title><meta name="dgos" content="${marker}"><p>It is well.</p>`)
      return
    }
    const url = this.#site + (request.url ?? '').replace(/^\/m\d\//, '')
    const passed = forward(url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  }
}

/** A must-use plugin: the bench's clock, one sender a request (so that none is refused for asking often), and
 * the memory, without what PHP kept of the request before. */
function watchCode(dir: string): string {
  return `<?php
if ( isset( $_SERVER['HTTP_X_BENCH'] ) ) {
	$_SERVER['REMOTE_ADDR'] = long2ip( random_int( 16777216, 3741319167 ) );
	gc_mem_caches();
	memory_reset_peak_usage();
	register_shutdown_function( static function () {
		file_put_contents( '${dir}/peak-' . (int) $_SERVER['HTTP_X_BENCH'], memory_get_peak_usage( true ) );
	} );
}
add_filter( 'dgos_clock', static function () {
	return new class() extends DGOS_Clock {
		public function now_ms(): int { return (int) file_get_contents( '${dir}/now' ); }
	};
} );
add_action( 'rest_api_init', static function () {
	register_rest_route( 'bench/v1', '/empty', array( 'permission_callback' => '__return_true', 'callback' => static function () { return array(); } ) );
} );
`
}

/** What joining, enrolling and months of sheltering leave behind; and as many ordinary posts of the site's own. */
function fillCode(dir: string, posts: number, own: { readonly id: string; readonly address: string }): string {
  return `<?php
global $wpdb;
$plugin = DGOS_Plugin::instance();
add_option( 'dgos_key_member', '${seedOf('m0')}', '', false );
$plugin->settings()->set( 'network', file_get_contents( '${dir}/network' ) );
$plugin->settings()->set( 'joined', true );
$plugin->settings()->set( 'name', 'm0' );
$plugin->ledger()->forget_network();
$wpdb->query( 'START TRANSACTION' );
foreach ( file( '${dir}/objects' ) as $line ) {
	$one    = json_decode( $line );
	$object = DGOS_Envelope::reopen( $one->id, $one->envelope );
	$plugin->object_store()->put( $object );
	if ( 'attestation' === $object->kind ) { $plugin->address_book()->attested( $object ); }
	if ( 'post' === $object->kind ) { $plugin->post_acceptance()->expect( $object ); }
}
foreach ( glob( '${dir}/blob-*' ) as $path ) { $plugin->blobs()->put( file_get_contents( $path ) ); }
$plugin->meta()->set( 'kit:' . DGOS_Bytes::sha256( '${kitMark}' ), 1 );
$plugin->own_blog()->enrol( '${own.id}', '${own.address}' );
for ( $i = 0; $i < ${posts}; $i++ ) {
	wp_insert_post( array( 'post_status' => 'publish', 'post_title' => "Post $i", 'post_content' => str_repeat( '<p>We are still here, and this is what happened today.</p>', 40 ) ) );
}
$wpdb->query( 'COMMIT' );
`
}
