/** Strangers who sign roots at a WordPress member: they fill no table, hide no owner, and cannot choose who has to go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SmallBlog, type SmallNetwork, signerOf, startMs } from '../support/small-network.ts'
import { hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
const newcomersMax = 500
const hourMs = 3_600_000

/** A root of some stranger's blog that claims Ana's address, and pages of hers besides. */
function strangersRoot(net: SmallNetwork, i: number, time: number) {
  const { key } = signerOf('stranger')
  const fields = { version: 1, recovery: [key], posting: [{ key, name: 'k' }], signers: [], revoked: [] }
  const pages = Array.from({ length: 6 }, (_, at) => `https://ana.example/${at}/`)
  const addresses = ['https://ana.example/', 'http://ana.example/', ...pages]
  return net.sign('root', 'stranger', { ...fields, addresses, title: `${i}`, time })
}

test('strangers fill no table of a WordPress member, hide no owner, and do not choose who goes', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  const { net } = small
  const ana = await net.blog()
  await ana.attestor('m1')
  await ana.attestor('m2')
  const ben: SmallBlog = await small.enrol()
  // The first one says that it is the youngest.
  const roots = await Promise.all(
    Array.from({ length: newcomersMax + 3 }, (_, i) => strangersRoot(net, i, i === 0 ? startMs : 1_000_000 - i)),
  )
  const words = (names: string) => `array_count_values( $said( $objects['${names}'] ) )`
  const first = await small.run<unknown>(`echo wp_json_encode( array( ${words('ana')}, ${words('first')} ) );`, {
    ana: ana.kept,
    first: roots.slice(0, 1),
  })
  assert.deepEqual(first, [{ stored: 3 }, { stored: 1 }])
  await small.pass(1_000)
  const crowd = await small.run<unknown>(`echo wp_json_encode( array( ${words('most')}, ${words('more')} ) );`, {
    most: roots.slice(1, newcomersMax),
    more: roots.slice(newcomersMax, newcomersMax + 1),
  })
  assert.deepEqual(crowd, [{ stored: newcomersMax - 1 }, { QUOTA: 1 }], 'old by their own word, and safe all the same')
  const look = `$queries = $wpdb->num_queries; $owner = $p->ledger()->by_host( 'ana.example' ); $queries = $wpdb->num_queries - $queries;
    $rows = static fn ( string $like ) => (int) $wpdb->get_var( "SELECT COUNT(*) FROM {$wpdb->prefix}dgos_meta WHERE name LIKE '$like:%'" );
    $found = array( $owner, $rows( 'claim' ), $rows( 'came' ), count( $p->ledger()->blogs() ) );`
  const looked = await small.run<[unknown[], number]>(`${look} echo wp_json_encode( array( $found, $queries ) );`)
  assert.deepEqual(looked[0], [ana.id, 1, newcomersMax + 1, newcomersMax + 2], 'Ana’s claim alone is looked at')
  assert.ok(looked[1] <= 5, `${looked[1]} queries`)

  await small.pass(hourMs - 999)
  const later = await small.run<unknown>(
    `$in = static fn () => array_values( array_intersect( array( '${roots[0]!.id}', '${ben.id}' ), $p->ledger()->blogs() ) );
    $said( $objects['one'] ); $after = $in(); $again = ${words('two')}; ${look} echo wp_json_encode( array( $after, $again, $found, $p->ledger()->blog( '${roots[0]!.id}' )->root ) );`,
    { one: roots.slice(-2, -1), two: roots.slice(-1) },
  )
  assert.deepEqual(
    later,
    [[ben.id], { QUOTA: 1 }, [ana.id, 1, newcomersMax + 1, newcomersMax + 2], []],
    'who came first goes, and never the own blog',
  )
})
