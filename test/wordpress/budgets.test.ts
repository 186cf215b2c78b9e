/** The budgets and the walk of keys in PHP, beside those of Node: the same words to the same objects. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { blogRefusal, groupsOf, networkRefusal } from '../../ledger/budgets.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import { seal } from '../../protocol/envelope.ts'
import { liveOfNetwork } from '../../protocol/live.ts'
import { rosterOf } from '../../protocol/membership.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { keyChain } from '../hostile/inputs/key-chain.ts'
import { paddedDelegations, paddedObservations } from '../hostile/inputs/padded-objects.ts'
import { dayMs, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'
import { hasPhp, php, plugin } from './php.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'

/** What PHP makes of objects: `$open( $in->name )` opens them. The code returns what is to be compared. */
async function inPhp(code: string, objects: Readonly<Record<string, readonly SignedObject[]>>): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'dgos-budgets-'))
  try {
    const kept = Object.entries(objects).map(([name, all]) => [name, all.map(({ id, envelope }) => ({ id, envelope }))])
    await writeFile(join(folder, 'in.json'), JSON.stringify(Object.fromEntries(kept)))
    await writeFile(
      join(folder, 'run.php'),
      `<?php error_reporting( E_ALL ); set_error_handler( static function ( $l, $m, $f, $n ) { throw new ErrorException( $m, 0, $l, $f, $n ); } );
      define( 'DGOS_PROTOCOL', 1 ); require '${plugin}includes/protocol.php'; require '${plugin}includes/ledger/class-dgos-budgets.php';
      $in = json_decode( file_get_contents( '${folder}/in.json' ) );
      $open = static fn ( array $all ) => array_map( static fn ( $one ) => DGOS_Envelope::reopen( $one->id, $one->envelope ), $all );
      echo json_encode( ( static function ( $in ) use ( $open ) { ${code} } )( $in ) );`,
    )
    // Of processor time: a walk that is not linear takes minutes.
    const { status, text } = await php(['-d', 'max_execution_time=20', join(folder, 'run.php')])
    assert.equal(status, 0, text)
    return JSON.parse(text)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a chain of four thousand keys is walked in one go, and what counts of it is what Node says', {
  skip,
}, async () => {
  const net = await SmallNetwork.found(3)
  const all = [net.network, ...net.objects, ...(await keyChain(net, 'm1', 4_000, 1))]
  const nowMs = startMs + 10_000
  const [key, live] = (await inPhp(
    `$all = $open( $in->all ); $roster = DGOS_Membership::roster_of( $all[0], $all, ${nowMs} );
    return array( $roster->member_of( '${signerOf('m1').key}' )->key, array_column( DGOS_Live::of_network( $all, ${nowMs} ), 'id' ) );`,
    { all },
  )) as [string, string[]]
  assert.equal(key, rosterOf(net.network, all, nowMs, sha256).memberOf(signerOf('m1').key)!.key)
  assert.deepEqual(
    live,
    liveOfNetwork(all, nowMs).map((object) => object.id),
  )
})

test('records of the network find the same room in PHP and in Node, one after the other', { skip }, async () => {
  const net = await SmallNetwork.found(3)
  const old = await net.record('m1', 'o1', { time: startMs - 1, expires: startMs + dayMs })
  const daily = await keyChain(net, 'm1', 6, dayMs)
  const hourly = await keyChain(net, 'm2', 6, 3_600_000)
  const refusals = await Promise.all(
    Array.from({ length: 5 }, (_, i) =>
      net.sign('refusal', 'm0', { blob: 'ab'.repeat(32), reason: 'law', padding: 'x'.repeat(600 * i) } as never),
    ),
  )
  const known = [net.network, ...net.objects.filter((object) => object !== old)]
  const { name, founders, time } = net.network.payload
  const second = await seal(
    'network',
    { time, name, founders, nonce: '22'.repeat(32), loopback: true },
    signerOf('m0'),
    sha256,
  )
  const more = [old, ...daily, ...hourly, ...refusals, second]
  const kept = [...known]
  const words = more.map((object) => {
    const code = networkRefusal(object, kept)?.code ?? 'room'
    if (code === 'room') kept.push(object)
    return code
  })
  const found = await inPhp(
    `$kept = $open( $in->known ); $words = array();
    foreach ( $open( $in->more ) as $object ) { $no = DGOS_Budgets::network_refusal( $object, $kept ); $words[] = $no->code ?? 'room'; if ( null === $no ) { $kept[] = $object; } }
    return $words;`,
    { known, more },
  )
  assert.deepEqual(found, words)
  assert.deepEqual(new Set(words), new Set(['room', 'RATE', 'TOO_LARGE']))
})

test('words about a blog belong to the same groups, and find the same room of their kind and key', {
  skip,
}, async () => {
  const net = await SmallNetwork.found(3)
  const ana = await net.blog()
  await ana.head()
  await ana.add('delegation', 'posting', { to: signerOf('app').key, may: ['post'], until: startMs + 300 * dayMs })
  await ana.add('delegation', 'recovery', { to: signerOf('steward').key, may: ['head'], until: startMs + 300 * dayMs })
  const known = [...ana.kept]
  const more: SignedObject[] = [
    ...(await paddedObservations(ana, 'm1', 130, 3_000)),
    ...(await paddedObservations(ana, 'm2', 130, 3_000)),
    ...(await paddedObservations(ana, 'm2', 1, 4_090)),
    ...(await paddedDelegations(net, ana.id, 'ana posting', 200, 3_500)),
    await ana.post('a', startMs),
    await ana.say('down', startMs, dayMs),
  ]
  const near = (key: string) => key === signerOf('m1').key
  let blog = blogObjects(ana.id, known)
  const words = more.map((object) => {
    const groupOf = groupsOf(blog, object, near)
    const all = (blog as unknown as Record<string, SignedObject[]>)[object.kind]!
    const code = blogRefusal(object, all, blog, groupOf)?.code ?? 'room'
    if (code === 'room') blog = blogObjects(ana.id, [...Object.values(blog).filter(Array.isArray).flat(), object])
    return `${groupOf(object.payload.key)} ${code}`
  })
  const found = await inPhp(
    `$blog = new DGOS_Blog_Objects( '${ana.id}', $open( $in->known ) ); $words = array(); $near = static fn ( $key ) => '${signerOf('m1').key}' === $key;
    foreach ( $open( $in->more ) as $object ) {
      $group = DGOS_Budgets::groups_of( $blog, $object, $near ); $no = DGOS_Budgets::blog_refusal( $object, $blog->{$object->kind}, $blog, $group );
      $words[] = $group( $object->payload->key ) . ' ' . ( $no->code ?? 'room' ); $blog = null === $no ? $blog->with( $object ) : $blog;
    }
    return $words;`,
    { known, more },
  )
  assert.deepEqual(found, words)
  assert.deepEqual(
    new Set(words),
    new Set(['near room', 'near RATE', 'others room', 'others RATE', 'others TOO_LARGE', 'author room', 'author RATE']),
  )
})
