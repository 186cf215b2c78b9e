/** What a WordPress blog tells its mirrors to forget, also where many requests say so at once. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
const files = Array.from({ length: 20 }, (_, i) => `/wp-content/uploads/p${i}.png`)

/** `$named( $i )`: urls of files. `$meanwhile( $hook, $act )`: another request acts at this hook of ours. */
const code = `$home = untrailingslashit( home_url() ); $named = static fn ( int $i ) => array( "$home/wp-content/uploads/p$i.png" );
  $meanwhile = static function ( string $hook, callable $act ) {
    $once = static function ( $value ) use ( &$once, $hook, $act ) { remove_filter( $hook, $once ); $act(); return $value; };
    add_filter( $hook, $once );
  };
  $other = static fn ( int $i ) => ( new DGOS_Plugin() )->forgetting()->add_files( $named( $i ) );
  $head = static fn () => DGOS_Heads::current( $p->own_blog()->objects(), $p->clock()->now_ms() )->payload;
  $sorted = static function ( array $paths ) { sort( $paths ); return $paths; };`

test('a WordPress blog forgets all that goes at once, and says so in few words', { skip }, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  await small.enrol()
  await small.run(`${code} $hash = hash( 'sha256', 'x' );
    $file = static fn ( string $url, string $type ) => array( 'url' => $url, 'blob' => $hash, 'type' => $type, 'bytes' => 1 );
    $p->head_signing()->sign( $p->ledger()->publish( 'snapshot', array(
      'blog' => DGOS_Own_Blog::id(), 'address' => "$home/", 'title' => 'Ben', 'alike' => $hash,
      'pages' => array( array( 'path' => '/', 'title' => 'Ben' ) + $file( "$home/", 'text/html' ) ),
      'assets' => array_map( static fn ( $i ) => $file( $named( $i )[0], 'image/png' ), range( 0, 19 ) ),
    ), 'online' )['id'] );
    echo wp_json_encode( array_column( $p->own_blog()->objects()->head, 'id' ) );`)

  const atOnce = await small.run<string[]>(`${code}
    $meanwhile( 'home_url', static fn () => $other( 1 ) );
    $p->forgetting()->add_files( $named( 0 ) );
    $p->capture_state()->add_path( '/hidden/', wp_insert_post( array( 'post_title' => 'Hidden', 'post_name' => 'hidden', 'post_status' => 'private' ) ) );
    $meanwhile( 'pre_option_page_on_front', static fn () => $other( 2 ) );
    $p->forgetting()->look();
    $p->forgetting()->take_back( $named( 19 ) );
    echo wp_json_encode( $sorted( $p->forgotten_paths()->all() ) );`)
  assert.deepEqual(atOnce, ['/hidden/', ...files.slice(0, 3)], 'no request takes from another')

  // Of two heads with one number the lower id counts: which one that is, is chance.
  const heads = await small.run<string[][]>(`${code} $found = array();
    foreach ( range( 3, 10 ) as $i ) {
      $p->forgetting()->add_files( $named( $i ) );
      $meanwhile( 'dgos_policy', static function () use ( $other, $i ) { $other( $i + 8 ); ( new DGOS_Plugin() )->head_signing()->sign( null ); } );
      $p->head_signing()->sign( null );
      $found[] = $sorted( array_values( array_diff( $p->forgotten_paths()->all(), $head()->forgotten ) ) );
    }
    echo wp_json_encode( $found );`)
  assert.deepEqual(heads, Array(8).fill([]), 'two that sign at the same time leave nothing out')

  const before =
    await small.run<number>(`${code} $p->meta()->set( 'test:ids', array_map( static fn ( $i ) => wp_insert_attachment( array( 'post_mime_type' => 'image/png', 'post_title' => "p$i" ), "p$i.png" ), array( 0, 18, 19 ) ) );
    echo $head()->seq;`)
  await small.run(`array_map( 'wp_delete_attachment', $p->meta()->get( 'test:ids' ) ); echo 1;`)
  const after = await small.run<[number, string[]]>(
    `${code} echo wp_json_encode( array( $head()->seq, $sorted( $head()->forgotten ) ) );`,
  )
  assert.deepEqual(after, [before + 1, ['/hidden/', ...files].sort()], 'one request, one head')

  const many = await small.run<[number, number, boolean]>(`${code} $paths = array();
    foreach ( range( 1, 600 ) as $i ) {
      if ( 0 === $i % 2 ) { $wpdb->insert( $wpdb->posts, array( 'ID' => 5000 + $i, 'post_name' => "n$i", 'post_status' => 'publish', 'post_type' => 'post', 'post_content' => '', 'post_title' => "n$i", 'post_excerpt' => '', 'to_ping' => '', 'pinged' => '', 'post_content_filtered' => '' ) ); }
      $paths[ "/n$i/" ] = 5000 + $i;
    }
    $p->meta()->set( 'copy:paths', $paths ); $p->forgetting()->tell();
    $queries = $wpdb->num_queries; $again = $p->forgetting()->look();
    echo wp_json_encode( array( count( $head()->forgotten ), $wpdb->num_queries - $queries, $again ) );`)
  assert.deepEqual([many[0], many[2]], [200, false], 'the newest, and no old one comes again')
  assert.ok(many[1] <= 5, `${many[1]} queries for 600 paths`)

  await small.pass(1_000)
  const status = (word: string) =>
    `$wpdb->update( $wpdb->posts, array( 'post_status' => '${word}' ), array( 'ID' => 5002 ) ); clean_post_cache( 5002 ); $p->forgetting()->tell();`
  const turned = await small.run<unknown>(`${code}
    ${status('private')} $last = array( array_slice( $head()->forgotten, -1 ), count( $head()->forgotten ) );
    ${status('publish')} echo wp_json_encode( array( $last, in_array( '/n2/', $head()->forgotten, true ) ) );`)
  assert.deepEqual(turned, [[['/n2/'], 200], false], 'private, and public again')
  assert.doesNotMatch(await small.site.log(), /dgos/i)
})

test('a WordPress blog goes on signing for itself while its member leaves the network', { skip }, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  await small.enrol()
  const said = await small.run<[boolean, boolean]>(`$p->membership()->leave();
    echo wp_json_encode( array( $p->ledger()->roster()->member_of( $p->keys()->get( 'member' )->key )->leaving, null !== $p->head_signing()->sign( null ) ) );`)
  assert.deepEqual(said, [true, true])
})
