/** What a WordPress member refuses: the limits of its interface, of its requests to others, and of what its host tells. */
import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { until } from '../support/until.ts'
import { type MemberSite, memberSite } from './member-site.ts'
import { hasPhp } from './php.ts'

const hash = 'ab'.repeat(32)
const json = { 'content-type': 'application/json' }

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
let site: MemberSite

const cleanups: (() => Promise<void> | void)[] = []

before(async () => {
  const options = { permalinks: '/%year%/%postname%/', fast: false, loopback: false }
  if (skip !== false) return
  site = await memberSite({ after: (act) => void cleanups.unshift(act) }, options)
  await ask('') // the first visit of a new site writes the options of its widgets, ours among them
})
after(async () => {
  for (const act of cleanups) await act()
})

async function ask(path: string, init?: RequestInit) {
  const answer = await fetch(`${site.url}${path}`, { redirect: 'manual', ...init })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text, error: errorIn(text) }
}

test('a WordPress member answers alike on its own paths, through index.php and in the REST server', {
  skip,
}, async () => {
  const [own, through, rest] = await Promise.all(
    ['', 'index.php/', 'wp-json/'].map((way) => ask(`${way}dgos/v1/objects/${hash}`)),
  )
  assert.equal(own!.status, 404)
  assert.equal(own!.error, 'NOT_FOUND')
  assert.equal(through!.text, own!.text)
  assert.equal(rest!.text, own!.text)
  assert.equal(own!.headers.get('x-content-type-options'), 'nosniff')
})

test('a WordPress member leaves other paths to the blog', { skip }, async () => {
  assert.match((await ask('')).text, /<html/)
  const missing = await ask('dgos-is-a-post/')
  assert.equal(missing.status, 404)
  assert.match(missing.text, /<html/)
})

test('a WordPress member names the other method, and refuses a body where none belongs', { skip }, async () => {
  assert.equal((await ask('dgos/v1/sync')).status, 405)
  const ping = await ask('dgos/v1/ping', { method: 'PUT', body: 'x' })
  assert.equal(ping.status, 405)
  const long = await ask('dgos/v1/audits', { method: 'POST', headers: json, body: 'x'.repeat(512 * 1024 + 1) })
  assert.equal(long.error, 'TOO_LARGE')
  const whole = await ask('dgos/v1/audits', { method: 'POST', headers: json, body: 'x'.repeat(512 * 1024) })
  assert.equal(whole.error, 'BAD_JSON')
})

test('a WordPress member takes no bytes that no post named, and no name that is no hash', { skip }, async () => {
  const put = (name: string) => ask(`dgos/v1/blobs/${name}`, { method: 'PUT', body: 'x' })
  assert.equal((await put(hash)).error, 'NOT_WANTED')
  assert.equal((await put('..%2f..%2fwp-config.php')).error, 'NOT_FOUND')
  assert.equal((await put(hash.toUpperCase())).error, 'NOT_FOUND')
})

test('a WordPress member does nothing at a call before it has joined, and then one thing at a time', {
  skip,
}, async () => {
  assert.deepEqual(JSON.parse((await ask('dgos/v1/wake', { method: 'POST' })).text), { worked: false })
  const lock = `var_export( array_map( fn () => DGOS_Plugin::instance()->meta()->lock( 'one', 60000 ), range( 1, 3 ) ) );`
  assert.deepEqual((await site.eval(lock)).match(/true|false/g), ['true', 'false', 'false'])
})

test('a WordPress member lets one sender ask so much and no more', { skip }, async () => {
  const rates = `$r = DGOS_Plugin::instance()->rates(); var_export( array( $r->take( '192.0.2.1', 3, 2 ), $r->take( '192.0.2.99', 3, 2 ) > 0, $r->take( '198.51.100.1', 3, 2 ) ) );`
  assert.deepEqual(
    (await site.eval(rates)).match(/=> (\w+)/g),
    ['=> 0', '=> true', '=> 0'],
    'a neighbour is the same sender',
  )
})

test('a WordPress member asks nobody inside of its host or its network, by no spelling', {
  skip,
}, async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('secret')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const urls = [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `2130706433:${port}`,
    `[::1]:${port}`,
    `0x7f000001:${port}`,
    '169.254.169.254',
  ]
  const hosts = urls.map((host) => `'${host}'`).join(', ')
  const code = `foreach ( array( ${hosts} ) as $host ) { $a = DGOS_Plugin::instance()->safe_fetch()->get( "http://$host/" ); echo is_wp_error( $a ) ? $a->get_error_code() : 'reached', ' '; }`
  assert.equal((await site.eval(code)).trim(), urls.map(() => 'ADDRESS').join(' '))
  assert.deepEqual(asked, [])
})

test('a WordPress member goes round its list a piece at a time, and leaves nobody out', { skip }, async () => {
  const code = `$p = DGOS_Plugin::instance(); $seen = array();
    $look = static function ( string $name ) use ( &$seen ): bool { $seen[] = $name; return 'b' !== $name; };
    $whole = array();
    foreach ( range( 1, 2 ) as $turn ) { $whole[] = $p->paged_work()->over( 'letters', array( 'a', 'b', 'c', 'd' ), $look ); }
    $p->deadline()->set( $p->clock()->running_ms() );
    $whole[] = $p->paged_work()->over( 'letters', array( 'a', 'b' ), $look );
    $p->deadline()->set( null );
    echo wp_json_encode( array( implode( $seen ), $whole ) );`
  assert.deepEqual(JSON.parse(await site.eval(code)), ['abcdab', [false, false, false]])
})

test('a WordPress member reads the receipts of a blog only where somebody asks for them', { skip }, async () => {
  const code = `$reads = 0; $receipt = static fn ( string $id, string $post ) => (object) array( 'id' => $id, 'kind' => 'receipt', 'payload' => (object) array( 'post' => $post ) );
    $blog = new DGOS_Blog_Objects( 'x', array(), static function () use ( &$reads, $receipt ) { ++$reads; return array( $receipt( 'a', 'one' ), $receipt( 'c', 'two' ) ); } );
    $blog->all( 'receipt' ); $before = $reads;
    $more = $blog->with( $receipt( 'b', 'one' ) ); $same = $more->with( $receipt( 'b', 'one' ) );
    echo wp_json_encode( array( $before, $reads, array_column( $more->receipt, 'id' ), count( $more->receipts_of( 'one' ) ), count( $blog->receipts_of( 'one' ) ), $same === $more ) );`
  assert.deepEqual(JSON.parse(await site.eval(code)), [0, 1, ['a', 'b', 'c'], 2, 1, true])
})

test('a WordPress member loads no secret with the pages of the blog', { skip }, async () => {
  await site.eval(
    `foreach ( DGOS_Keys::NAMES as $name ) { DGOS_Plugin::instance()->keys()->get( $name ); } DGOS_Plugin::instance()->settings()->set( 'contact', 'x' );`,
  )
  const loaded = await site.eval(`wp_cache_flush(); echo implode( ' ', array_keys( wp_load_alloptions() ) );`)
  assert.match(loaded, /blogname/)
  assert.doesNotMatch(loaded, /dgos_(key|settings)/)
  const [first, again] = await Promise.all(
    [1, 2].map(() => site.eval(`echo DGOS_Plugin::instance()->keys()->get( 'member' )->key;`)),
  )
  assert.equal(first, again)
})

test('of two requests that make a key at once, both sign with the one that was there first', { skip }, async () => {
  const found =
    await site.eval(`global $wpdb; delete_option( 'dgos_key_next' ); get_option( 'dgos_key_next' ); $seed = str_repeat( 'ab', 32 );
    $wpdb->insert( $wpdb->options, array( 'option_name' => 'dgos_key_next', 'option_value' => $seed, 'autoload' => 'no' ) );
    $key = ( new DGOS_Keys() )->get( 'next' )->key; echo $key === ( new DGOS_Signer( hex2bin( $seed ) ) )->key ? 'same ' : 'other ', $key === ( new DGOS_Keys() )->get( 'next' )->key ? 'same' : 'other';`)
  assert.equal(found, 'same same')
})

test('a visit of the blog costs no query, also after an update of the plugin and once the blog is protected', {
  skip,
}, async (t) => {
  await addPlugin(t, 'queries.php', queries)
  const asked = async () => JSON.parse(/<!-- queries (.*) -->/.exec((await ask('')).text)![1]!) as unknown[]
  assert.deepEqual(await asked(), [])
  await site.eval(
    `foreach ( DGOS_Schema::ASKED as $one ) { delete_option( $one ); } update_option( DGOS_Schema::OPTION, 1 );`,
  )
  assert.notDeepEqual(await asked(), [], 'the visit that brings the tables up to date')
  assert.deepEqual(await asked(), [])
  await protect(t)
  assert.match((await ask('')).text, new RegExp(`<meta name="dgos" content="${hash}">`))
  assert.deepEqual(await asked(), [])
  await site.eval(`DGOS_Plugin::instance()->own_blog()->leave(); do_action( 'dgos_deactivated' );`)
  assert.deepEqual(await asked(), [])
})

test('a visit of the blog makes no part of the member, and a question to the member only those it needs', {
  skip,
}, async (t) => {
  await addPlugin(t, 'parts.php', parts)
  let visits = 0
  // An answer may be here before its request has ended, and others may be under way: each visit writes what is its own.
  const made = async (path: string) => {
    const visit = `parts-${++visits}.json`
    const { status } = await ask(path, { headers: { 'x-visit': visit } })
    assert.equal(status, 200, path)
    const written = () => readFile(join(site.site, visit), 'utf8').catch(() => null)
    return JSON.parse(await until(written, `what the visit ${visits} made`)) as string[]
  }
  assert.deepEqual(await made(''), [])
  await protect(t)
  assert.deepEqual(await made(''), [], 'also where the blog is protected')
  await site.eval(`DGOS_Plugin::instance()->own_blog()->leave();`)
  const asked = await made('dgos/v1/ping')
  assert.ok(asked.includes('network_routes') && asked.includes('rates'), asked.join())
  assert.ok(!asked.includes('object_routes') && !asked.includes('blob_keeper'), asked.join())
})

/** A plugin of the test's own, which goes with it. */
async function addPlugin(t: TestContext, name: string, code: string): Promise<void> {
  const folder = join(site.site, 'wp-content', 'mu-plugins')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, name), code)
  t.after(() => rm(join(folder, name)))
}

/** The site as a protected blog, until the test ends. */
async function protect(t: TestContext): Promise<void> {
  t.after(() => site.eval(`delete_option( DGOS_Own_Blog::OPTION );`))
  await site.eval(
    `update_option( DGOS_Own_Blog::OPTION, array( 'id' => '${hash}', 'address' => home_url( '/' ), 'network' => '${hash}' ) );`,
  )
}

/** Names of the parts that a request has made, in the file that it names. */
const parts = `<?php add_action( 'shutdown', static function () {
  $visit = $_SERVER['HTTP_X_VISIT'] ?? '';
  if ( 1 !== preg_match( '/^parts-\\d+\\.json$/D', $visit ) ) { return; }
  $made = Closure::bind( function () { return array_keys( $this->made[ get_current_blog_id() ] ?? array() ); }, DGOS_Plugin::instance(), DGOS_Plugin::class );
  file_put_contents( ABSPATH . 'parts.tmp', wp_json_encode( $made() ) ); rename( ABSPATH . 'parts.tmp', ABSPATH . $visit );
}, 99 );`

/** Queries of this plugin, at the end of a page. */
const queries = `<?php define( 'SAVEQUERIES', true );
add_action( 'shutdown', static function () {
  global $wpdb;
  if ( ! is_admin() && did_action( 'wp_footer' ) ) {
    echo '<!-- queries ', wp_json_encode( array_values( preg_grep( '/dgos/', array_column( $wpdb->queries, 0 ) ) ) ), ' -->';
  }
} );`

test('a WordPress member keeps bytes under names that no web server runs, in a folder that nobody can guess', {
  skip,
}, async () => {
  const path = await site.eval(
    `$b = DGOS_Plugin::instance()->blobs(); $h = $b->put( '<?php echo "run"; ?>' ); echo DGOS_Plugin::instance()->settings()->blob_folder(), ' ', $h;`,
  )
  const [folder, name] = path.split(' ') as [string, string]
  assert.match(folder, /\/uploads\/dgos-[0-9a-f]{32}$/)
  assert.match(name, /^[0-9a-f]{64}$/)
  const direct = await ask(`${folder.slice(folder.indexOf('wp-content'))}/v1/${name.slice(0, 2)}/${name}`)
  assert.doesNotMatch(direct.text, /^run/)
  const served = await ask(`dgos/v1/blobs/${name}`)
  assert.equal(served.text, '<?php echo "run"; ?>')
  assert.equal(served.headers.get('content-type'), 'application/octet-stream')
  assert.match(served.headers.get('content-security-policy') ?? '', /sandbox/)
})

test('a WordPress member does nothing for an admin without a nonce, nor for anybody else', { skip }, async () => {
  const act = (cookie: string) =>
    ask('wp-admin/admin-post.php', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'action=dgos&dgos_action=pause&paused=1',
    })
  const cookie = (
    await site.eval(
      `echo LOGGED_IN_COOKIE . '=' . rawurlencode( wp_generate_auth_cookie( 1, time() + 600, 'logged_in' ) ) . '; ' . AUTH_COOKIE . '=' . rawurlencode( wp_generate_auth_cookie( 1, time() + 600, 'auth' ) );`,
    )
  ).trim()
  assert.equal((await act(cookie)).status, 403)
  assert.notEqual((await act('')).status, 200)
  assert.equal(await site.eval(`var_export( DGOS_Plugin::instance()->settings()->get( 'paused' ) );`), 'false')
})

function errorIn(text: string): string | null {
  try {
    return (JSON.parse(text) as { error?: string }).error ?? null
  } catch {
    return null // a page of the blog
  }
}

test('a member that had no time to answer is not called absent, and one that is gone is', { skip }, async () => {
  const said = await site.eval(`
    $plugin = DGOS_Plugin::instance(); $peers = $plugin->peers(); $now = static fn () => $plugin->clock()->running_ms();
    $late = static function ( $name, $left, $waits ) use ( $peers, $plugin, $now ) {
      $since = $now(); $plugin->deadline()->set( $since + $left ); usleep( 1000 * $waits ); $peers->note_absence( $name, $since );
      return $peers->is_absent( $name );
    };
    $found = array( $late( 'hurried', 50, 60 ), $late( 'silent', 450, 460 ), $late( 'refusing', 900, 1 ) );
    $peers->note_slowness( 'prompt', $now() - 10 ); $peers->note_slowness( 'slow', $now() - 500 );
    echo wp_json_encode( array_merge( $found, array( $peers->is_absent( 'prompt' ), $peers->is_absent( 'slow' ) ) ) );`)
  assert.deepEqual(JSON.parse(said), [false, true, true, false, true])
})

test('what was refused rests, longer each time, and is never given up', { skip }, async () => {
  const said = await site.eval(`
    $away = DGOS_Gossip::resting( array( 'other' => array( 5, 10000 ) ), array( 'one' ), 100 );
    for ( $i = 0; $i < 12; $i++ ) { $away = DGOS_Gossip::resting( $away, array( 'one' ), 100 ); $rests[] = $away['one'][1]; }
    $many = DGOS_Gossip::resting( array_fill_keys( range( 1, 3000 ), array( 1, 1 ) ), array( 'new' ), 0 );
    echo wp_json_encode( array( $rests, $away['other'], $away['one'][0], count( $many ), isset( $many['new'] ) ) );`)
  const [rests, other, until, count, isThere] = JSON.parse(said)
  assert.deepEqual(rests.slice(0, 3), [20_000, 40_000, 80_000])
  assert.equal(rests.at(-1), 3_600_000)
  assert.deepEqual([other, until, count, isThere], [[5, 10_000], 3_600_100, 2000, true])
})
