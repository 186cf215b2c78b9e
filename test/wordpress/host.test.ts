import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isPermittedAddress } from '../../lib/address-guard.ts'
import { permittedUrls, refusedUrls } from '../lib/refused-urls.ts'
import { diceOf } from './dice.ts'
import { hasPhp, php, plugin } from './php.ts'

const skip = hasPhp() ? false : 'php is not installed'
const load = ['protocol', 'lib/class-dgos-address-guard', 'lib/class-dgos-blob-files']
  .map((name) => `require '${plugin}includes/${name}.php';`)
  .join(' ')

/** Runs PHP code with our classes; `$in` is the input. The code returns what is to be answered. */
async function call(code: string, input: unknown): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), 'dgos-php-'))
  try {
    const file = join(folder, 'in.json')
    await writeFile(file, JSON.stringify(input))
    const body = `error_reporting( E_ALL ); ${load} $in = json_decode( file_get_contents( '${file}' ) ); echo json_encode( ( static function ( $in ) { ${code} } )( $in ) );`
    const { status, text } = await php(['-d', 'display_errors=stderr', '-r', body])
    assert.equal(status, 0, text)
    return JSON.parse(text)
  } finally {
    await rm(folder, { recursive: true })
  }
}

const judge =
  'return array_map( static fn ( $url ) => DGOS_Address_Guard::permitted_url( $url, $in->loopback )->url ?? null, $in->urls );'

test('no spelling of an inner address is fetched from PHP', { skip }, async () => {
  const urls = Object.values(refusedUrls).flat()
  const found = (await call(judge, { urls, loopback: false })) as unknown[]
  assert.ok(urls.length > 100)
  for (const [i, url] of urls.entries()) assert.equal(found[i], null, url)
})

test('addresses of the open web are fetched, without what stands after #', { skip }, async () => {
  const ascii = permittedUrls.filter((url) => /^[!-~]+$/.test(url))
  const found = (await call(judge, { urls: [...ascii, 'HTTP://Example.ORG?A'], loopback: false })) as unknown[]
  const wanted = ascii.map((url) => new URL(url.split('#')[0]!).href)
  assert.deepEqual(found, [...wanted, 'http://example.org/?A'])
})

test('names in other alphabets come in their ASCII form or not at all', { skip }, async () => {
  const urls = ['http://bücher.example/', 'http://xn--bcher-kva.example/']
  assert.deepEqual(await call(judge, { urls, loopback: false }), [null, urls[1]])
})

test('loopback is open only where the network says so', { skip }, async () => {
  const urls = ['http://127.0.0.1:8101/x', 'http://[::1]:8101/', 'http://localhost:8101/', 'http://10.0.0.1:8101/']
  assert.deepEqual(await call(judge, { urls, loopback: true }), [urls[0], urls[1], urls[2], null])
  assert.deepEqual(await call(judge, { urls, loopback: false }), [null, null, null, null])
})

test('a redirect is read against the address that named it, and never leads from https to http', { skip }, async () => {
  const code = `$base = DGOS_Address_Guard::permitted_url( 'https://example.org/a/b?c', false );
    return array_map( static fn ( $to ) => DGOS_Address_Guard::permitted_url( $to, false, $base )->url ?? null, $in );`
  const targets = [
    '/x',
    'y',
    '?z',
    '//other.example/',
    'https://10.0.0.1/',
    'http://example.org/',
    '//127.0.0.1/',
    'javascript:x',
    '\\\\x',
  ]
  assert.deepEqual(await call(code, targets), [
    'https://example.org/x',
    'https://example.org/a/y',
    'https://example.org/a/b?z',
    'https://other.example/',
    null,
    null,
    null,
    null,
    'https://example.org/a/\\\\x',
  ])
})

test('PHP and Node agree on 20,000 addresses, most of them at the edges of special blocks', { skip }, async () => {
  const dice = diceOf('addresses')
  const edges = [
    '10.0.0.0',
    '100.64.0.0',
    '127.255.255.255',
    '172.16.0.0',
    '172.32.0.0',
    '192.0.2.0',
    '198.20.0.0',
    '223.255.255.255',
  ]
  const heads = [
    '2001:',
    '2001:1ff:',
    '2001:200:',
    '2001:db8:',
    '2002:',
    '2620:4f:8000:',
    '3fff:',
    '3fff:fff:',
    '3fff:1000:',
    '64:ff9b:',
    'fe80:',
    '4000:',
    '::',
  ]
  const addresses = Array.from({ length: 20_000 }, () => {
    if (dice.once(2))
      return `${dice.one(heads)}${dice.once(2) ? ':' : ''}${dice.below(65536).toString(16)}${dice.once(9) ? '%1' : ''}`
    const parts = dice.once(2) ? dice.one(edges).split('.').map(Number) : [...dice.bytes(4)]
    const at = dice.below(4)
    parts[at] = Math.max(0, parts[at]! + dice.below(3) - 1)
    return parts.join('.')
  })
  const code = 'return array_map( static fn ( $one ) => DGOS_Address_Guard::is_permitted_address( $one, false ), $in );'
  const found = (await call(code, addresses)) as boolean[]
  for (const [i, address] of addresses.entries())
    assert.equal(found[i], isPermittedAddress(address, { loopback: false }), address)
  assert.ok(found.filter(Boolean).length > 1000)
})

test('a blob is kept under its hash, counted, and forgotten', { skip }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'dgos-blobs-'))
  t.after(() => rm(dir, { recursive: true }))
  const code = `$files = new DGOS_Blob_Files( $in ); $hash = $files->put( '<?php echo 1;' ); $files->put( '<?php echo 1;' );
    $found = array( $hash, $files->get( $hash ), $files->size( $hash ), iterator_to_array( $files->all() ) );
    $files->remove( $hash ); $files->remove( $hash ); $found[] = $files->get( $hash ); return $found;`
  const hash = createHash('sha256').update('<?php echo 1;').digest('hex')
  assert.deepEqual(await call(code, dir), [hash, '<?php echo 1;', 13, { [hash]: 13 }, null])
  assert.match(await readFile(join(dir, 'v1', '.htaccess'), 'utf8'), /Require all denied/)
  assert.deepEqual(await readdir(join(dir, 'v1', 'tmp')), [])
})

test('what the disk damaged is answered as absent, and kept again', { skip }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'dgos-blobs-'))
  t.after(() => rm(dir, { recursive: true }))
  const hash = (await call("return ( new DGOS_Blob_Files( $in ) )->put( 'whole' );", dir)) as string
  await writeFile(join(dir, 'v1', hash.slice(0, 2), hash), 'damaged')
  const code = `$files = new DGOS_Blob_Files( $in->dir ); $found = array( $files->get( $in->hash ), $files->size( $in->hash ) );
    $files->put( 'whole' ); $found[] = $files->get( $in->hash ); return $found;`
  assert.deepEqual(await call(code, { dir, hash }), [null, null, 'whole'])
})

test('halves that a dead process left vanish; those of a living one stay', { skip }, async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'dgos-blobs-'))
  t.after(() => rm(dir, { recursive: true }))
  await call("return ( new DGOS_Blob_Files( $in ) )->put( 'one' );", dir)
  for (const name of ['old', 'new']) await writeFile(join(dir, 'v1', 'tmp', name), 'half')
  await utimes(join(dir, 'v1', 'tmp', 'old'), 1, 1)
  await call("return ( new DGOS_Blob_Files( $in ) )->put( 'two' );", dir)
  assert.deepEqual(await readdir(join(dir, 'v1', 'tmp')), ['new'])
})

test('a name that is no hash never becomes a path', { skip }, async () => {
  const code = `try { ( new DGOS_Blob_Files( '/nowhere' ) )->get( $in ); return 'read'; } catch ( InvalidArgumentException $refused ) { return 'refused'; }`
  assert.equal(await call(code, '../../../../etc/passwd'), 'refused')
  assert.equal(await call(code, `${'a'.repeat(64)}\n`), 'refused')
})
