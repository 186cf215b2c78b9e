/** What a request may cost a WordPress member before it is wanted: its head is judged first, and bodies take no memory. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { densePost } from '../hostile/inputs/dense-object.ts'
import { manyValues } from '../hostile/inputs/many-values.ts'
import type { HostileRequest } from '../hostile/inputs/request.ts'
import { strangerFile } from '../hostile/inputs/stranger-file.ts'
import { unwantedBlob } from '../hostile/inputs/unwanted-blob.ts'
import { dayMs, startMs } from '../support/small-network.ts'
import { hashOf } from './hostile-blog.ts'
import { hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
const mebi = 1_048_576

/** A site that notes of each request what memory it took beyond WordPress itself, and whether it came as far as `init`. */
async function measured(t: TestContext) {
  const small = await SmallSite.open(t, 3, (i) => `http://127.0.0.1:9/${i}/`)
  await writeFile(
    join(small.site.site, 'wp-content', 'mu-plugins', 'cost.php'),
    `<?php header_register_callback( static function () { header( 'x-cost: ' . memory_get_peak_usage() . ' ' . did_action( 'init' ) ); } );`,
  )
  const ask = async ({ method, path, headers, body }: HostileRequest) => {
    const answer = await fetch(`${small.site.url}${path.slice(1)}`, {
      ...{ method, headers: { ...headers }, redirect: 'manual' },
      ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
    })
    const text = await answer.text()
    const [bytes, inits] = answer.headers.get('x-cost')!.split(' ').map(Number) as [number, number]
    return { status: answer.status, headers: answer.headers, text, mebi: bytes / mebi, inits }
  }
  const ping = () => ask({ method: 'GET', path: '/dgos/v1/ping', headers: {}, body: new Uint8Array(0) })
  return { small, ask, ping }
}

const over = (path: string, headers = {}) => ({
  ...{ method: 'POST' as const, path, headers, body: new Uint8Array(9 * mebi) },
})

test('a body that is too long, or that nobody asked for, is refused before it is read and before WordPress begins', {
  skip,
}, async (t) => {
  const { ask, ping, small } = await measured(t)
  const base = await ping()
  assert.deepEqual([base.status, base.inits], [200, 1])
  const unwanted = await ask(unwantedBlob())
  assert.deepEqual([unwanted.status, unwanted.inits], [409, 0])
  for (const path of [
    '/dgos/v1/objects',
    '/wp-json/dgos/v1/objects',
    '/?rest_route=/dgos/v1/objects',
    '/dgos/v1/wake',
  ]) {
    const long = await ask(over(path))
    assert.deepEqual([long.status, long.inits], [413, 0], path)
    assert.ok(long.mebi < base.mebi + 2, `${path}: ${long.mebi}, without a body ${base.mebi}`)
  }
  assert.ok(unwanted.mebi < base.mebi + 2, `${unwanted.mebi}, without a body ${base.mebi}`)
  await small.run(`echo wp_json_encode( $p->rates()->take( '127.0.0.1', DGOS_Api::RATE, 550 ) );`)
  let fast = await ping()
  for (let i = 0; i < 60 && fast.status === 200; i++) fast = await ping()
  assert.deepEqual([fast.status, fast.inits], [429, 0])
  assert.match(fast.headers.get('retry-after')!, /^[1-9]\d?$/)
  assert.match(fast.text, /which you may share with others/)
})

test('a wanted image passes through without taking its size of memory, and a wrong one leaves nothing', {
  skip,
}, async (t) => {
  const { small, ask, ping } = await measured(t)
  const ana = await small.net.blog()
  await ana.attestations()
  await ana.say('down', startMs, dayMs)
  const bytes = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(9 * mebi)])
  const image = { blob: hashOf(bytes), bytes: bytes.length, type: 'image/png', name: 'a.png', alt: '' }
  const text = { draft: 'ab'.repeat(32), title: 'x', html: '', attachments: [image], prevs: [], published: startMs }
  await ana.add('post', 'posting', { ...text, time: startMs + 1 } as never)
  await small.run(`echo wp_json_encode( $said( $objects['ana'] ) );`, { ana: ana.kept })
  const put = (body: Uint8Array) => ask({ method: 'PUT', path: `/dgos/v1/blobs/${image.blob}`, headers: {}, body })
  const folder = `count( glob( $p->settings()->blob_folder() . '/v1/tmp/*' ) )`
  const base = await ping()
  const wrong = await put(Buffer.concat([bytes.subarray(0, -1), Buffer.from('x')]))
  assert.deepEqual([wrong.status, JSON.parse(wrong.text).error], [400, 'HASH_MISMATCH'])
  assert.equal((await put(Buffer.concat([bytes, Buffer.from('x')]))).status, 413)
  assert.equal((await put(bytes.subarray(0, -1))).status, 400)
  const right = await put(bytes)
  assert.equal(right.status, 200, right.text)
  assert.ok(right.mebi < base.mebi + 3, `${right.mebi}, without a body ${base.mebi}`)
  assert.deepEqual(
    await small.run(`echo wp_json_encode( array( $p->blobs()->size( '${image.blob}' ), ${folder} ) );`),
    [bytes.length, 0],
  )
})

test('a batch of a million empty objects, and posts of nothing but small ones, take no memory to speak of', {
  skip,
}, async (t) => {
  const { small, ask, ping } = await measured(t)
  const base = await ping()
  const batch = await ask(manyValues())
  assert.equal(JSON.parse(batch.text).error, 'BAD_JSON')
  assert.ok(batch.mebi < base.mebi + 24, `${batch.mebi}, without a body ${base.mebi}`)
  const ana = await small.net.blog()
  await ana.attestations()
  await ana.say('down', startMs, dayMs)
  const known = [...ana.kept]
  const posts = await Promise.all(Array.from({ length: 12 }, (_, i) => densePost(ana, i, 200_000)))
  const peak = `( memory_get_peak_usage() - $from ) / 1048576`
  const [said, took] = await small.run<[string[], number]>(
    `$said( $objects['known'] ); unset( $objects['known'] ); gc_collect_cycles(); $from = memory_get_peak_usage();
    $words = array_merge( ...array_map( static fn ( $post ) => $said( array( $post ) ), $objects['posts'] ) ); echo wp_json_encode( array( $words, ${peak} ) );`,
    { known, posts },
  )
  assert.deepEqual(new Set(said), new Set(['stored']))
  assert.ok(took < 40, `${took} MiB for 2.4 MB of posts`)
  const read = await small.run<number>(
    `unset( $objects ); $from = memory_get_peak_usage(); $p->ledger()->blog( '${ana.id}' ); echo wp_json_encode( ${peak} );`,
  )
  assert.ok(read < 24, `${read} MiB to read them again`)
})

test('a signature is a unit of its sender’s, whatever the batch', { skip }, async (t) => {
  const { small, ask } = await measured(t)
  const ana = await small.net.blog()
  const votes = await Promise.all(['m0', 'm1', 'm2'].map((name) => ana.observe(name)))
  const word = await ana.declare(votes)
  const batch = (count: number) => {
    const objects = Array.from({ length: count }, () => word.envelope)
    return ask({
      method: 'POST',
      path: '/dgos/v1/objects',
      headers: {},
      body: Buffer.from(JSON.stringify({ objects })),
    })
  }
  // 4 signatures in each of 64 declarations
  await small.run(
    `echo $p->rates()->take( '127.0.0.1', DGOS_Object_Routes::SIGNATURE_RATE, DGOS_Object_Routes::SIGNATURE_RATE - 250, 'signatures' );`,
  )
  const many = await batch(64)
  assert.deepEqual([many.status, JSON.parse(many.text).error], [429, 'RATE'])
  assert.match(many.headers.get('retry-after')!, /^\d+$/)
  assert.equal((await batch(32)).status, 200)
})

test('a large file of a blog that nobody knows is not read, and files have a rate', { skip }, async (t) => {
  const { small, ask, ping } = await measured(t)
  const file = { ...strangerFile(1_500_000), path: '/dgos/post/' }
  const base = await ping()
  const first = await ask(file)
  assert.equal(first.status, 422)
  assert.ok(first.mebi < base.mebi + 3, `${first.mebi}, without a body ${base.mebi}`)
  await small.run(`echo $p->rates()->take( '127.0.0.1', DGOS_Post_Form::TRIES, DGOS_Post_Form::TRIES - 1, 'files' );`)
  const last = await ask(file)
  assert.deepEqual([last.status, last.headers.has('retry-after')], [429, true])
})
