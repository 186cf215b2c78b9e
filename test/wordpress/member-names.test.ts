/** Names whose nameserver never answers: PHP waits for it, so a WordPress member sees to it that this stays rare. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { listen } from '../sites/workshop.ts'
import { type MemberSite, memberSite } from './member-site.ts'
import { hasPhp } from './php.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
let site: MemberSite
const cleanups: (() => Promise<void> | void)[] = []

/** A clock that only PHP turns: `$clock->ms`. */
const clock = `<?php add_filter( 'dgos_clock', static fn () => new class() extends DGOS_Clock {
  public $ms = 1000000000;
  public function now_ms(): int { return $this->ms; }
  public function running_ms(): int { return $this->ms; }
} );`
const parts = `global $wpdb; $p = DGOS_Plugin::instance(); $clock = $p->clock(); $wpdb->query( "DELETE FROM {$wpdb->prefix}dgos_meta" );`
/** Names that are asked about go to `$asked`; a look-up takes what `$takes` says of its name, or twenty seconds. */
const names = `${parts} $asked = array(); $takes = array();
  $ask = static function ( $name ) use ( &$asked, &$takes, $clock ) { $asked[] = $name; $ms = $takes[ $name ] ?? 20000; $clock->ms += $ms; return $ms > 1000 ? array() : array( '192.88.98.1' ); };
  $names = new DGOS_Host_Addresses( $p->meta(), $clock, $ask );
`

before(async () => {
  const options = { permalinks: '/%postname%/', fast: false, loopback: true }
  if (skip !== false) return
  site = await memberSite({ after: (act) => void cleanups.unshift(act) }, options)
  const folder = join(site.site, 'wp-content', 'mu-plugins')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'clock.php'), clock)
})
after(async () => {
  for (const act of cleanups) await act()
})

async function answers(code: string): Promise<unknown> {
  return JSON.parse(await site.eval(`${code}; echo wp_json_encode( $out );`))
}

test('a name that took long is left alone for an hour, and one that is quick is not', { skip }, async () => {
  const out = await answers(`${names} $takes['quick.example'] = 5;
    $look = fn () => array( $names->addresses( 'dead.example' ), $names->addresses( 'quick.example' ) );
    $out = array( $look(), $look(), $clock->ms += 3600000, $look(), $asked );`)
  const [first, second, , third, asked] = out as unknown[]
  assert.deepEqual(first, [[], ['192.88.98.1']])
  assert.deepEqual(second, [null, ['192.88.98.1']], 'nobody was asked about the dead one')
  assert.deepEqual(third, [[], ['192.88.98.1']])
  const round = ['dead.example', 'quick.example']
  assert.deepEqual(asked, [...round, 'quick.example', ...round])
})

test('a name that was quick before rests for minutes, each time that it is slow, and stays one that answers', {
  skip,
}, async () => {
  const out = await answers(`${names} $takes['peer.example'] = 5; $names->addresses( 'peer.example' ); $takes = array();
    for ( $i = 0; $i < 5; $i++ ) { $names->addresses( "a$i.dead.example" ); }
    $out = array(); foreach ( array( 0, 299, 1, 299, 1 ) as $s ) { $clock->ms += $s * 1000; $out[] = null !== $names->addresses( 'peer.example' ); }`)
  assert.deepEqual(out, [true, false, true, false, true])
})

test('a name that is asked about goes on counting as one that answers, month after month', { skip }, async () => {
  const out = await answers(`${names} $takes['peer.example'] = 5; $names->addresses( 'peer.example' ); $out = array();
    for ( $day = 0; $day < 70; $day++ ) {
      for ( $i = 0; $i < 6; $i++ ) { $names->addresses( "a$day-$i.dead.example" ); }
      $out[] = null !== $names->addresses( 'peer.example' );
      $clock->ms += 86400000;
    }
    $out = array_count_values( array_map( 'intval', $out ) );`)
  assert.deepEqual(out, { 1: 70 })
})

test('many names under a dead nameserver cost a few look-ups an hour, and names that answer are not touched', {
  skip,
}, async () => {
  const out =
    await answers(`${names} $takes['member.example'] = 5; $names->addresses( 'member.example' ); $asked = array();
    for ( $i = 0; $i < 50; $i++ ) { $names->addresses( "a$i.dead.example" ); }
    $out = array( count( $asked ), $names->addresses( 'member.example' ), $names->addresses( 'new.example' ) );
    $clock->ms += 3600000; $takes['new.example'] = 5; $out[] = $names->addresses( 'new.example' );`)
  assert.deepEqual(out, [5, ['192.88.98.1'], null, ['192.88.98.1']])
})

test('a request to a name that rests ends at once, and every address of a name is judged', { skip }, async () => {
  const out = await answers(`${names} $http = new DGOS_Safe_Fetch( $p->settings(), $names );
    $code = static fn ( $url ) => $http->get( $url, array( 'time_ms' => 200 ) )->get_error_code();
    $out = array( $code( 'https://slow.example/' ), $code( 'https://slow.example/' ), count( $asked ), DGOS_Watch::judge( $http->get( 'https://slow.example/' ), 'x' ) );
    foreach ( array( array( '192.88.98.1', '10.0.0.1' ), array( '10.0.0.1', '192.88.98.1' ), array( '::ffff:10.0.0.1' ), array() ) as $found ) {
      $judged = new DGOS_Safe_Fetch( $p->settings(), new DGOS_Host_Addresses( $p->meta(), $clock, static fn () => $found ) );
      $out[]  = $judged->get( 'https://inner.example/', array( 'time_ms' => 200 ) )->get_error_code();
    }`)
  assert.deepEqual(out, ['ADDRESS', 'RESTING', 1, null, 'ADDRESS', 'ADDRESS', 'ADDRESS', 'ADDRESS'])
})

test('an address is not asked for its marker when the wake has no time left', { skip }, async (t) => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('no tag')
  })
  const url = await listen(server)
  t.after(() => void server.close())
  const marker = `$p->attestor()->marker( str_repeat( 'a', 64 ), '${url}' )`
  await site.eval(`${parts} $p->deadline()->set( $clock->ms ); ${marker};`)
  assert.deepEqual(asked, [])
  await site.eval(`${parts} ${marker};`)
  assert.deepEqual(asked, ['/', '/.well-known/dgos.json'])
})

test('a wake that takes long is alone, and followed by as long a rest; others may follow at their pace', {
  skip,
}, async () => {
  const out = await answers(`${parts} $p->settings()->set( 'joined', true ); $takes = 45000; $within = array();
    $step = static function () use ( $p, $clock, &$takes, &$within ) { $clock->ms += $takes - 1; $within[] = count( $within ) < 9 && $p->wake()->called(); $clock->ms += 1; };
    add_filter( 'dgos_wake_steps', static function () use ( $step ) { return array( $step ); } );
    $wake = $p->wake(); $out = array( $wake->called() );
    foreach ( array( 44999, 1 ) as $ms ) { $clock->ms += $ms; $takes = 400; $out[] = $wake->called(); }
    foreach ( array( 19599, 1 ) as $ms ) { $clock->ms += $ms; $out[] = $wake->called(); }
    $out[] = $within;`)
  assert.deepEqual(out, [true, false, true, false, true, [false, false, false]])
})
