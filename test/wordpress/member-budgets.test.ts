/** Whoever fills every budget of a WordPress member mutes no author, and takes no memory that PHP has not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paddedDelegations, paddedObservations, strangersRoots } from '../hostile/inputs/padded-objects.ts'
import { dayMs, type SmallBlog, signerOf, startMs } from '../support/small-network.ts'
import { hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
const image = { blob: 'ab'.repeat(32), bytes: 10, type: 'image/png', name: 'a.png', alt: '' }
const counted = (name: string) =>
  `array_count_values( array_merge( ...array_map( $said, array_chunk( $objects['${name}'], 64 ) ) ) )`

async function proven(small: SmallSite): Promise<SmallBlog> {
  const blog = await small.net.blog()
  await blog.attestations()
  return blog
}

function authorsWords(blog: SmallBlog, name: string) {
  return Promise.all([blog.post(`still here ${name}`, startMs + 1), blog.say('down', startMs + 1, 3_600_000)])
}

test('padded observations end with their own member’s bytes; other watchers and the author are heard', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  const ana = await proven(small)
  const known = [...ana.kept]
  const padded = await paddedObservations(ana, 'm1', 200, 3_000)
  const long = await paddedObservations(ana, 'm2', 1, 4_000)
  const others = [await ana.observe('m2')]
  const authors = (await authorsWords(ana, 'a')).reverse()
  const found = await small.run<Record<string, number>[]>(
    `echo wp_json_encode( array( ${['known', 'padded', 'long', 'others', 'authors'].map(counted).join(', ')} ) );`,
    { known, padded, long, others, authors },
  )
  assert.ok(found[1]!.RATE! > 80 && found[1]!.stored! > 60, JSON.stringify(found[1]))
  assert.deepEqual([found[2], found[3], found[4]], [{ TOO_LARGE: 1 }, { stored: 1 }, { stored: 2 }])
})

test('a delegated key and padded delegations fill their own part, and the author is heard', { skip }, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  const ana = await proven(small)
  await ana.say('down', startMs, dayMs)
  await ana.add('delegation', 'posting', { to: signerOf('app').key, may: ['post'], until: startMs + 390 * dayMs })
  const known = [...ana.kept]
  const write = (i: number) => {
    const text = { draft: signerOf(`${i}`).key, title: 'x', html: '', attachments: [], prevs: [], published: startMs }
    const padding = { padding: 'x'.repeat(400_000) } as object
    return ana.add('post', 'app', { ...text, ...padding, time: startMs + i })
  }
  const posts = await Promise.all([1, 2, 3, 4].map(write))
  const delegations = await paddedDelegations(small.net, ana.id, 'ana posting', 200, 3_500)
  const last = [await ana.post('still here', startMs + 1)]
  const found = await small.run<Record<string, number>[]>(
    `echo wp_json_encode( array( ${['known', 'posts', 'delegations', 'last'].map(counted).join(', ')} ) );`,
    { known, posts, delegations, last },
  )
  assert.deepEqual(found[1], { stored: 2, QUOTA: 2 })
  assert.ok(found[2]!.RATE! > 50, JSON.stringify(found[2]))
  assert.deepEqual(found[3], { stored: 1 })
})

test('a blog without a proven address has 64 KiB, a root of 32 and no images; with one it has room', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  const roots = [...(await strangersRoots(small.net, 1, 33_000)), ...(await strangersRoots(small.net, 1, 30_000))]
  const ana = await small.net.blog()
  await ana.say('down', startMs, dayMs)
  const known = [...ana.kept]
  const write = (title: string, over: object) => {
    const text = { draft: signerOf(title).key, title, html: '', attachments: [], prevs: [], published: startMs }
    return ana.add('post', 'posting', { ...text, ...over, time: startMs + 1 } as never)
  }
  const posts = [
    await write('short', {}),
    await write('long', { padding: 'x'.repeat(70_000) }),
    await write('pictured', { attachments: [image] }),
  ]
  const words = await ana.attestations()
  const all = ['roots', 'known', 'posts', 'words', 'posts'].map((name) => `$said( $objects['${name}'] )`)
  const unproven = `$p->ledger()->unproven()`
  const [r, k, p, w, again, before, after] = await small.run<unknown[]>(
    `$said3 = array( ${all.slice(0, 3).join(', ')} ); $before = in_array( '${ana.id}', ${unproven}, true );
    $rest = array( ${all.slice(3).join(', ')} ); echo wp_json_encode( array_merge( $said3, $rest, array( $before, in_array( '${ana.id}', ${unproven}, true ) ) ) );`,
    { roots, known, posts, words },
  )
  assert.deepEqual(r, ['TOO_LARGE', 'stored'])
  assert.deepEqual(k, ['stored', 'stored'])
  assert.deepEqual(
    [p, again],
    [
      ['stored', 'QUOTA', 'QUOTA'],
      ['known', 'stored', 'stored'],
    ],
  )
  assert.deepEqual([w, before, after], [words.map(() => 'stored'), true, false])
})

test('roots from one address block close enrolment for nobody else, and never for the owner', { skip }, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  const roots = await strangersRoots(small.net, 503)
  const from = (name: string, block: string) =>
    `array_count_values( array_map( static fn ( $one ) => $one['code'] ?? $one['status'], $p->ledger()->accept_all( $objects['${name}'], 'author', '${block}' ) ) )`
  const found = await small.run<unknown[]>(
    `echo wp_json_encode( array( ${from('most', '')}, ${from('more', '')}, ${from('other', 'b')}, count( $p->ledger()->blogs() ) ) );`,
    { most: roots.slice(0, 500), more: roots.slice(500, 501), other: roots.slice(501, 502) },
  )
  assert.deepEqual(found, [{ stored: 500 }, { QUOTA: 1 }, { stored: 1 }, 500])
  const ben = await small.enrol()
  assert.deepEqual(
    await small.run(
      `echo wp_json_encode( array( $said( $objects['root'] ), ${from('root', 'owner')}, ${from('last', 'c')}, in_array( '${ben.id}', $p->ledger()->blogs(), true ) ) );`,
      { root: [ben.root], last: roots.slice(-1) },
    ),
    [['QUOTA'], { stored: 1 }, { stored: 1 }, true],
  )
})

test('objects that wait for their time take no memory, and those of a distant time make room for near ones', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  const ana = await proven(small)
  await ana.say('down', startMs, 2 * dayMs)
  const known = [...ana.kept]
  const ahead = (title: string, ms: number, bytes: number) => {
    const text = { draft: signerOf(title).key, title, html: '', attachments: [], prevs: [], published: startMs }
    const time = small.nowMs + ms
    return ana.add('post', 'posting', { ...text, padding: 'x'.repeat(bytes), time } as never)
  }
  const hours = Array.from({ length: 8 }, (_, i) => 3_600_000 * (i + 2))
  const far = await Promise.all(hours.map((ms) => ahead(`${ms}`, ms, 400_000)))
  const near = [await ahead('near', 1_200_000, 400_000)]
  const waiting = `array_map( static fn ( $name ) => substr( $name, 5 ), array_keys( $p->meta()->all( 'held:' ) ) )`
  const [before, after] = await small.run<string[][]>(
    `$said( $objects['known'] ); $said( $objects['far'] ); $before = ${waiting}; $said( $objects['near'] ); echo wp_json_encode( array( $before, ${waiting} ) );`,
    { known, far, near },
  )
  assert.deepEqual(before, [far[0]!.id], 'a second one is more text than may wait')
  assert.deepEqual(after, [near[0]!.id])
})

test('words that count no longer leave a WordPress member, and blogs that nobody attested', { skip }, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  const ana = await proven(small)
  const [stranger] = await strangersRoots(small.net, 1)
  const old = await ana.observe('m1')
  const ben = await small.enrol()
  await small.run(`$said( $objects['all'] ); echo 1;`, { all: [...ana.kept, stranger!] })
  const sweep = `$p->meta()->remove( 'sweep' ); $p->deadline()->set( null ); $p->blob_keeper()->sweep();`
  const look = `echo wp_json_encode( array( array_column( $p->ledger()->blog( '${ana.id}' )->observation, 'id' ), count( $p->ledger()->blogs() ) ) );`
  await small.pass(25 * 3_600_000 - 120_000)
  assert.deepEqual(await small.run(`${sweep} ${look}`), [[old.id], 3])
  await small.pass(180_000)
  assert.deepEqual(await small.run(`${sweep} ${look}`), [[], 3])
  await small.pass(7 * dayMs)
  assert.deepEqual(await small.run(`${sweep} ${look} `), [[], 2], `${ben.id} is the own blog`)
})
