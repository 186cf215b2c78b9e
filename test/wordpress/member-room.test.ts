/** How much room a WordPress member gives: what counts as kept, and the share of one blog. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { Payloads } from '../../protocol/objects.ts'
import { listen } from '../sites/workshop.ts'
import { type SmallBlog, signerOf, startMs } from '../support/small-network.ts'
import { hashOf } from './hostile-blog.ts'
import { hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
const mib = 1_048_576

/** A mirror that hands out what the test puts into `has`, and notes which bytes it was asked for. */
async function holder(t: TestContext) {
  const found = { url: '', has: new Map<string, Buffer>(), asked: [] as string[] }
  const server = createServer((request, response) => {
    const hash = (request.url ?? '').split('/').at(-1)!
    if (request.url?.includes('/blobs/')) found.asked.push(hash)
    const bytes = found.has.get(hash)
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes)
  })
  found.url = await listen(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return found
}

const picture = (i: number, bytes: number) =>
  Buffer.concat([Buffer.from(`\x89PNG\r\n\x1a\n${i}`, 'latin1'), Buffer.alloc(bytes)]).subarray(0, bytes)
const file = (name: string, blob: string, bytes: number, type = 'image/png') => ({
  ...{ url: `https://ana.example/${name}`, blob, bytes, type },
})

/** A post with these pictures. */
function illustrated(blog: SmallBlog, title: string, pictures: readonly Buffer[]) {
  const attachments = pictures.map((bytes) => ({
    ...{ blob: hashOf(bytes), bytes: bytes.length, type: 'image/png' as const, name: 'a.png', alt: '' },
  }))
  const text = { title, html: `<p>${title}</p>`, attachments, prevs: [], published: startMs + 1_000 }
  return blog.add('post', 'posting', { draft: signerOf(title).key, ...text, time: startMs + 1_000 })
}

/** The copy of a page and these files, and the head that names it. */
async function copy(blog: SmallBlog, seq: number, page: Buffer, assets: Payloads['snapshot']['assets']) {
  const pages = [{ path: '/', title: 'Ana', ...file('', hashOf(page), page.length, 'text/html') }]
  const fields = { address: blog.address, title: 'Ana', alike: hashOf(page), pages, assets, time: startMs + seq }
  const snapshot = await blog.add('snapshot', 'online', fields)
  const mirrors = ['m0', 'm1'].map((name) => signerOf(name).key)
  const before = blog.kept.findLast((kept) => kept.kind === 'head')
  return blog.add('head', 'online', {
    ...{ root: blog.id, rootVersion: 1, seq, mirrors, snapshot: snapshot.id, time: startMs + seq },
    ...(before === undefined ? {} : { previous: before.id }),
    expires: startMs + 7 * 86_400_000,
  })
}

test('a WordPress member counts bytes once they lie on its disk, and once', { skip }, async (t) => {
  const other = await holder(t)
  const small = await SmallSite.open(t, 2, () => other.url)
  const ana = await small.net.blog()
  await ana.attestations()
  const pictures = [picture(1, 600_000), picture(2, 600_000)] as const
  await ana.say('down', startMs, 86_400_000)
  await illustrated(ana, 'With pictures', pictures)
  const nowhere = [3, 4, 5].map((i) => file(`${i}.png`, hashOf(picture(i, 400_000)), 400_000))
  const page = Buffer.from('<h1>Ana</h1>')
  await copy(ana, 1, page, nowhere)
  other.has.set(hashOf(page), page)
  const said = await small.run<string[]>(
    `$p->settings()->set( 'disk_mib', 1 ); echo wp_json_encode( $said( $objects['ana'] ) );`,
    { ana: ana.kept },
  )
  assert.deepEqual(new Set(said), new Set(['stored']))

  const put = async (bytes: Buffer) =>
    (await fetch(`${small.site.url}dgos/v1/blobs/${hashOf(bytes)}`, { method: 'PUT', body: new Uint8Array(bytes) }))
      .status
  assert.equal(await put(pictures[0]), 200)
  assert.equal(await put(pictures[0]), 200, 'what is here takes no more room')
  assert.equal(await put(pictures[1]), 507)
  const disk = `$p->allowance()->disk()`
  const pulled = await small.run<[number, number, boolean]>(
    `$before = ${disk}; $p->blob_keeper()->pull( '${ana.id}' ); $after = ${disk}; $p->meta()->remove( 'disk' ); echo wp_json_encode( array( $before, $after, $after === ${disk} ) );`,
  )
  assert.deepEqual(pulled, [600_000, 600_000 + page.length, true], 'what nobody hands out takes none')
  assert.ok(other.asked.includes(nowhere[0]!.blob))
  await small.pass(3_599_000)
  const anew = await small.run<(number | null)[]>(
    `$p->allowance()->booked( 5 ); $p->allowance()->booked( 7 ); $found = array( $p->meta()->get( 'disk' ) ); file_put_contents( '${small.dir}/now', '${small.nowMs + 2_000}' ); echo wp_json_encode( array_merge( $found, array( $p->meta()->get( 'disk' ) ) ) );`,
  )
  assert.deepEqual(anew, [600_012 + page.length, null], 'and is counted anew each hour, whatever comes')
})

test('a WordPress member keeps the share of one blog and no more, and what its operator refuses leaves the rest', {
  skip,
}, async (t) => {
  const other = await holder(t)
  const small = await SmallSite.open(t, 2, () => other.url)
  const ana = await small.net.blog()
  await ana.attestations()
  const [page, little] = [Buffer.from('<h1>Ana</h1>'), picture(1, 1_000)]
  const here = Array.from({ length: 29 }, (_, i) => file(`here${i}.png`, hashOf(Buffer.from(`${i}`)), 10 * mib))
  const large = file('large.png', hashOf(Buffer.from('large')), 10 * mib)
  await copy(ana, 1, page, [...here, large, file('little.png', hashOf(little), little.length)])
  for (const buffer of [page, little]) other.has.set(hashOf(buffer), buffer)
  const pull = `echo wp_json_encode( $p->blob_keeper()->pull( '${ana.id}' ) );`
  const share = await small.run<boolean>(
    `$said( $objects['ana'] ); $b = $p->blobs(); $b->put( 'x' ); $folder = $p->settings()->blob_folder() . '/v1/';
    foreach ( ${JSON.stringify(here.map((file) => file.blob))} as $hash ) {
      wp_mkdir_p( $folder . substr( $hash, 0, 2 ) ); $file = fopen( $folder . substr( $hash, 0, 2 ) . '/' . $hash, 'x' ); ftruncate( $file, ${10 * mib} ); fclose( $file );
    }
    ${pull}`,
    { ana: ana.kept },
  )
  assert.equal(share, true, 'nothing is missing')
  assert.deepEqual(other.asked, [hashOf(page), hashOf(little)], 'what does not fit is left out')

  const [kept, refused, banned] = [picture(2, 2_000), picture(3, 2_000), picture(4, 2_000)]
  const before = ana.kept.length
  await ana.say('down', startMs, 86_400_000)
  await illustrated(ana, 'Kept', [kept])
  const post = await illustrated(ana, 'Refused', [refused])
  await copy(ana, 2, Buffer.from('<h1>Ana again</h1>'), [file('banned.png', hashOf(banned), 2_000)])
  other.asked.length = 0
  const refuse = (what: string) =>
    `$p->ledger()->publish( 'refusal', array( 'blog' => '${ana.id}', 'reason' => 'law' ${what} ), 'member' );`
  await small.run(
    `$said( $objects['more'] ); ${refuse(`, 'post' => '${post.id}'`)} ${refuse(`, 'blob' => '${hashOf(banned)}'`)} ${pull}`,
    { more: ana.kept.slice(before) },
  )
  assert.deepEqual(other.asked, [hashOf(kept), hashOf(Buffer.from('<h1>Ana again</h1>'))])
  other.asked.length = 0
  await small.run(`${refuse('')} ${pull}`)
  assert.deepEqual(other.asked, [], 'a refused blog is not fetched')
})

test('what was kept before the database failed is told to every part, though it is known when it comes again', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 2, (i) => `https://m${i}.example/`)
  const blog = await small.net.blog()
  const head = await blog.head()
  const [down, post] = [await blog.say('down', startMs, 3_600_000), await illustrated(blog, 'Kept', [])]
  const other = await blog.add('receipt', 'm1', { post: post.id, time: startMs + 2_000 })
  const receipts = await small.run<number>(
    `$said( $objects['first'] );
    $fails = static fn ( $query ) => false !== strpos( $query, '${other.id}' ) ? 'INSERT INTO nowhere VALUES (1)' : $query;
    $wpdb->suppress_errors(); add_filter( 'query', $fails );
    try { $p->ledger()->accept_all( $objects['batch'], 'peer' ); echo 'no failure'; } catch ( RuntimeException $error ) { unset( $error ); }
    remove_filter( 'query', $fails );
    $said( $objects['batch'] );
    echo count( $p->ledger()->blog( '${blog.id}' )->receipts_of( '${post.id}' ) );`,
    { first: [blog.root, head, down], batch: [post, other] },
  )
  assert.equal(receipts, 2, 'its own and the other one')
})

test('a refused post, and what is a refused blog’s, is handed out by no id; the rest of the blog is', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 2, (i) => `https://m${i}.example/`)
  const ana = await small.net.blog()
  await ana.say('down', startMs, 3_600_000)
  const [kept, gone] = [await illustrated(ana, 'Kept', []), await illustrated(ana, 'Refused', [])]
  const head = await copy(ana, 1, Buffer.from('<h1>Ana</h1>'), [])
  const snapshot = head.payload.snapshot!
  const refuse = (what: string) =>
    `$p->ledger()->publish( 'refusal', array( 'blog' => '${ana.id}', 'reason' => 'law' ${what} ), 'member' );`
  const one = async (id: string) => (await fetch(`${small.site.url}dgos/v1/objects/${id}`)).status
  const named = async (path: string) => {
    const { objects, posts } = JSON.parse(await (await fetch(`${small.site.url}dgos/v1/${path}`)).text())
    return (objects ?? posts).map((envelope: { payload: string }) => hashOf(Buffer.from(envelope.payload, 'base64')))
  }
  const payload = (object: { envelope: { payload: string } }) => hashOf(Buffer.from(object.envelope.payload, 'base64'))
  const several = () => named(`objects?ids=${kept.id},${gone.id}`)
  await small.run(`$said( $objects['ana'] ); ${refuse(`, 'post' => '${gone.id}'`)} echo 1;`, { ana: ana.kept })
  assert.deepEqual([await one(kept.id), await one(gone.id), await one(snapshot)], [200, 451, 200])
  assert.deepEqual(await several(), [payload(kept)])
  const evidence = await named(`blogs/${ana.id}/evidence`)
  assert.ok(evidence.includes(payload(head)) && !evidence.includes(payload(gone)))

  await small.run(`${refuse('')} echo 1;`)
  assert.deepEqual([await one(kept.id), await one(snapshot), await one(ana.id)], [451, 451, 200], 'roots are evidence')
  assert.deepEqual(await several(), [])
})
