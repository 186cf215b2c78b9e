import assert from 'node:assert/strict'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { manyPixels } from '../hostile/inputs/many-pixels.ts'
import { signerOf } from '../support/small-network.ts'
import { hashOf } from './hostile-blog.ts'
import { hasPhp } from './php.ts'
import { ReturnWorld, writtenMs } from './return-world.ts'

const skip = hasPhp() ? false : 'php is not installed'
const lockMs = 121_000

type Row = { readonly guid: string; readonly post_title: string; readonly post_status: string }

const postsHere = `$wpdb->get_results( "SELECT guid, post_title, post_status FROM {$wpdb->posts} WHERE guid LIKE 'urn:dgos:post:%' ORDER BY guid" )`
const picturesHere = `$wpdb->get_col( "SELECT post_title FROM {$wpdb->posts} WHERE post_type = 'attachment' ORDER BY ID" )`

async function feedIds(world: ReturnWorld): Promise<string[]> {
  const feed = await (await fetch(`${world.press.url}/feed/`)).text()
  return [...feed.matchAll(/<guid isPermaLink="false">(urn:dgos:post:\w+)<\/guid>/g)].map((match) => match[1]!)
}

test('posts come home once, with date, images and the ids of the mirrors, and the mirrors learn where', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  const first = await world.post({ title: 'We are “here”', images: [0, 1] })
  const second = await world.post({
    title: 'Second',
    html: '<h2>A head</h2><p>Line &amp;\nline <strong>two</strong></p><ul><li>one</li></ul>',
  })

  const dry = await world.import(['--dry-run'])
  assert.match(dry.text, /create.*We are “here”/)
  assert.match(dry.text, /Nothing was changed/)
  assert.deepEqual(await world.ask(postsHere), [], 'a dry run changes nothing')

  for (const expected of [
    /2 posts confirmed to 3 mirrors; 0 wait/,
    /Everything is already here/,
    /Everything is already here/,
  ]) {
    const { text } = await world.import()
    assert.match(text, expected)
  }
  const rows = await world.ask<Row[]>(postsHere)
  assert.deepEqual(
    rows.map((row) => row.guid),
    [first.id, second.id].map((id) => `urn:dgos:post:${id}`).sort(),
  )
  assert.deepEqual(await world.ask(picturesHere), ['Picture 0', 'Picture 1'])
  assert.deepEqual(
    (await feedIds(world)).sort(),
    rows.map((row) => row.guid),
  )

  const [link] = await world.ask<string[]>(
    `array( get_permalink( get_page_by_path( 'we-are-here', OBJECT, 'post' ) ) )`,
  )
  const page = await (await fetch(link!)).text()
  assert.match(page, /Posted during an outage/)
  assert.match(page, /wp-content\/uploads\/2026\/10\/picture-0-[0-9a-f]{12}\.png/)
  const [date] = await world.ask<string[]>(`array( get_page_by_path( 'we-are-here', OBJECT, 'post' )->post_date_gmt )`)
  assert.equal(date, new Date(writtenMs + 1000).toISOString().slice(0, 19).replace('T', ' '))
  for (const { ledger } of world.mirrors) {
    const said = (await ledger.blog(world.blog.id)).imported.flatMap((imported) => imported.payload.posts)
    assert.ok(said.some((imported) => imported.post === first.id && imported.url === link))
  }
})

test('an import killed again and again, at another of its writes each time, brings each post and image once', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  await world.post({ title: 'One', images: [0] })
  await world.post({ title: 'Two', images: [0, 1] })
  let kills = 0
  for (let dieAt = 4; ; dieAt++) {
    const { killed, text } = await world.import([], dieAt)
    if (!killed) {
      assert.match(text, /Everything is already here|; 0 wait/)
      break
    }
    kills++
    await world.advance(lockMs)
  }
  t.diagnostic(`${kills} kills`)
  assert.ok(kills >= 3, `${kills} kills`)
  const rows = await world.ask<Row[]>(postsHere)
  assert.deepEqual(rows.map((row) => `${row.post_title} ${row.post_status}`).sort(), ['One publish', 'Two publish'])
  assert.deepEqual(await world.ask(picturesHere), ['Picture 0', 'Picture 1'])
  assert.equal((await feedIds(world)).length, 2)
})

test('a post that comes home runs no shortcode and asks for no embed: readers see the letters that were written', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  const ran = `<?php add_shortcode( 'ran', static fn () => 'SHORTCODE RAN' ); add_filter( 'pre_oembed_result', static fn () => 'EMBED RAN' );`
  await writeFile(join(world.press.site, 'wp-content', 'mu-plugins', 'ran.php'), ran)
  const link = '<a href="https://ana.example/?a=[ran]">[ran]x[/ran]</a>'
  const html = `<p>[ran] and [[ran]] ${link}</p><p>https://video.example/1</p><ul><li>[ran]</li></ul><pre><code>[ran]</code></pre>`
  await world.post({ title: 'Brackets', html, images: [0] })
  await world.import()
  const shown = await world.ask<string>(
    `apply_filters( 'the_content', get_page_by_path( 'brackets', OBJECT, 'post' )->post_content )`,
  )
  assert.doesNotMatch(shown, / RAN/)
  assert.doesNotMatch(shown, /<!--/)
  const read = shown.replaceAll('&#091;', '[').replaceAll('&#47;', '/')
  for (const words of ['[ran] and [[ran]] ', '>[ran]x[/ran]</a>', '>https://video.example/1</p>', '<li>[ran]</li>'])
    assert.ok(read.includes(words), shown)
})

test('a picture of more pixels than PHP has memory for keeps its one size, and its post comes home', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  const bytes = Buffer.from(manyPixels())
  const file = join(world.press.dir, 'large.png')
  await writeFile(file, bytes)
  const attachment = `(object) array( 'blob' => '${hashOf(bytes)}', 'type' => 'image/png', 'name' => 'large.png', 'alt' => '', 'bytes' => ${bytes.length} )`
  const kept = `( new DGOS_Return_Media( static fn () => file_get_contents( '${file}' ) ) )->keep( ${attachment}, '2026-10-03 09:30:00', 1 )`
  const [id, sizes] = await world.ask<[number, unknown]>(
    `array( ( $kept = ${kept} )->id, wp_get_attachment_metadata( $kept->id )['sizes'] ?? null )`,
  )
  assert.ok(id > 0)
  assert.equal(sizes, null)
})

test('edits and withdrawals are applied; what the owner changed or deleted here stays the owner’s', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  const titles = ['Edited', 'Withdrawn', 'Changed here', 'Deleted here']
  const posts = new Map<string, Awaited<ReturnType<ReturnWorld['post']>>>()
  for (const title of titles) posts.set(title, await world.post({ title }))
  await world.post({ title: 'Salaam', html: '<p>سلام</p>', language: 'fa', direction: 'rtl' })
  assert.match((await world.import()).text, /5 posts confirmed/)

  await world.ask(
    `wp_update_post( array( 'ID' => get_page_by_path( 'changed-here', OBJECT, 'post' )->ID, 'post_content' => 'Mine.' ) )`,
  )
  await world.ask(`wp_delete_post( get_page_by_path( 'deleted-here', OBJECT, 'post' )->ID, true )`)
  await world.post({ title: 'Edited twice', html: '<p>New text.</p>', replaces: posts.get('Edited')! })
  await world.post({ title: '', html: '', replaces: posts.get('Withdrawn')!, withdrawn: true })
  await world.post({ title: 'Changed there', replaces: posts.get('Changed here')! })

  const { text } = await world.import()
  for (const line of [/update.*Edited twice/, /withdraw/, /kept.*Changed there/, /gone.*Deleted here/])
    assert.match(text, line)
  const rows = await world.ask<Row[]>(postsHere)
  assert.deepEqual(rows.map((row) => `${row.post_title}: ${row.post_status}`).sort(), [
    'Changed here: publish',
    'Edited twice: publish',
    'Salaam: publish',
    'Withdrawn: trash',
  ])
  const [content, slug] = await world.ask<string[]>(
    `array( get_page_by_path( 'edited', OBJECT, 'post' )->post_content, get_page_by_path( 'edited', OBJECT, 'post' )->post_name )`,
  )
  assert.match(content!, /New text/)
  assert.equal(slug, 'edited', 'an edit keeps the address')
  const [link] = await world.ask<string[]>(`array( get_permalink( get_page_by_path( 'salaam', OBJECT, 'post' ) ) )`)
  assert.match(await (await fetch(link!)).text(), /<div lang="fa" dir="rtl">\s*<p[^>]*>سلام/)
})

test('a late text of the same draft gives a post another id, and the blog no second post', { skip }, async (t) => {
  const world = await ReturnWorld.open(t)
  const posts = [await world.post({ title: 'Kept' }), await world.post({ title: 'Deleted here' })]
  assert.match((await world.import()).text, /2 posts confirmed/)
  await world.ask(`wp_delete_post( get_page_by_path( 'deleted-here', OBJECT, 'post' )->ID, true )`)
  for (const { id, payload } of posts) {
    const { title, draft } = payload
    for (let late = 'g'; late > id; ) late = (await world.post({ title, draft, html: `<p>${late}</p>` })).id
  }
  const { text } = await world.import()
  assert.match(text, /update.*Kept/)
  assert.match(text, /gone.*Deleted here/)
  const rows = await world.ask<Row[]>(postsHere)
  assert.deepEqual(
    rows.map((row) => `${row.guid} ${row.post_title}`),
    [`urn:dgos:post:${posts[0]!.id} Kept`],
  )
  assert.match((await world.import()).text, /Everything is already here/)
})

test('what an earlier installation brought home stays as its owner edits it, run after run', { skip }, async (t) => {
  const world = await ReturnWorld.open(t)
  await world.post({ title: 'Home' })
  await world.import()
  const home = `get_page_by_path( 'home', OBJECT, 'post' )`
  await world.ask(`wp_update_post( array( 'ID' => ${home}->ID, 'post_content' => 'Mine.' ) )`)
  await world.ask(`$wpdb->query( "DELETE FROM {$wpdb->postmeta} WHERE meta_key LIKE '\\_dgos\\_%'" )`)
  for (const _ of [1, 2]) assert.match((await world.import()).text, /(?:kept|done).*Home/)
  assert.deepEqual(await world.ask(`array( ${home}->post_content )`), ['Mine.'])
})

test('a mirror that invents or alters posts, or that stands alone, brings nothing into the blog', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  const post = await world.post({ title: 'True' })
  const [liar, second, third] = world.mirrors
  liar!.alter = (feed) => {
    const value = JSON.parse(feed)
    const [item] = value.items
    const forged = structuredClone(item)
    const bytes = Buffer.from(item._dgos.envelopes[0].payload, 'base64').toString('utf8').replace('True', 'Lies')
    forged._dgos.envelopes[0].payload = Buffer.from(bytes).toString('base64')
    return JSON.stringify({ ...value, items: [forged, item], next_url: 'http://127.0.0.1:1/elsewhere' })
  }
  second!.answers = false
  third!.answers = false
  assert.match((await world.import()).text, /TOO_FEW_MIRRORS: Only 1 of 3 mirrors answered/)
  assert.deepEqual(await world.ask(postsHere), [])
  third!.answers = true
  assert.match((await world.import()).text, /1 posts confirmed to 2 mirrors/)
  const rows = await world.ask<Row[]>(postsHere)
  assert.deepEqual(
    rows.map((row) => [row.guid, row.post_title]),
    [[`urn:dgos:post:${post.id}`, 'True']],
  )
})

test('no mirror can keep the others from being heard: not by junk, not by memory, not by talking without end', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  const [hostile] = world.mirrors
  await world.post({ title: 'Heard' })
  const hostileFeeds: ((feed: string) => string | Promise<string>)[] = [
    () => JSON.stringify({ items: [], _dgos: { objects: Array.from({ length: 20_000 }, (_, i) => i) } }),
    () => `{"items":[${'{},'.repeat(5_000_000)}{}]}`,
    async (feed) => {
      await new Promise((resolve) => setTimeout(resolve, 1_000))
      return JSON.stringify({ ...JSON.parse(feed), next_url: `${JSON.parse(feed).feed_url}?from=${Math.random()}` })
    },
  ]
  for (const alter of hostileFeeds) {
    hostile!.alter = alter
    const heard = `DGOS_Plugin::instance()->return_setup()->make( 12000 )->dry_run()`
    const [sources, titles, bytes] = await world.ask<[number, string[], number]>(
      `( static function ( $report ) { return array( $report->sources, wp_list_pluck( $report->steps, 'title' ), memory_get_peak_usage() ); } )( ${heard} )`,
    )
    assert.ok(sources >= 2)
    assert.deepEqual(titles, ['Heard'])
    assert.ok(bytes < 128 * 2 ** 20, `${bytes} bytes of memory`)
  }
})

test('the return is the own blog’s, whatever roots of strangers say of this host’s key', { skip }, async (t) => {
  const world = await ReturnWorld.open(t)
  const { id } = world.blog
  let foreign = world.blog.root
  for (let n = 0; foreign.id >= id; n++) {
    foreign = await world.net.sign('root', 'mallory recovery', {
      version: 1,
      recovery: [signerOf('mallory recovery').key],
      posting: [{ key: signerOf('mallory posting').key, name: `laptop ${n}` }],
      online: signerOf('ana online').key,
      signers: [],
      addresses: ['https://mallory.example/'],
      title: 'Blog of Mallory',
      revoked: [],
    })
  }
  const file = join(world.press.dir, 'foreign.json')
  await writeFile(file, JSON.stringify([foreign.envelope]))
  const accept = `DGOS_Plugin::instance()->ledger()->accept_all( json_decode( file_get_contents( '${file}' ) ), 'peer' )`
  const [answer, blog] = await world.ask<[{ status: string }[], string]>(
    `array( ${accept}, DGOS_Plugin::instance()->return_setup()->blog() )`,
  )
  assert.deepEqual([answer[0]!.status, blog], ['stored', id])
})

test('a lock that ran out belongs to the next one; two runs at once make one row', { skip }, async (t) => {
  const world = await ReturnWorld.open(t)
  const meta = 'DGOS_Plugin::instance()->meta()'
  const first = await world.ask<string>(`${meta}->take( 'return', 120000 )`)
  const holds = (token: string) => world.ask<boolean>(`${meta}->extend( 'return', '${token}', 120000 )`)
  assert.match((await world.import()).text, /RUNNING/)
  assert.equal(await world.ask(`${meta}->take( 'return', 120000 )`), null)
  await world.advance(lockMs)
  assert.equal(await holds(first), true, 'nobody has it meanwhile')
  await world.advance(lockMs)
  const second = await world.ask<string>(`${meta}->take( 'return', 120000 )`)
  assert.deepEqual([await holds(first), await holds(second)], [false, true])
  await world.ask(`${meta}->release( 'return', '${first}' )`)
  assert.equal(await holds(second), true, 'who lost it opens it for nobody')
  await world.ask(`${meta}->release( 'return', '${second}' )`)
  assert.match((await world.import()).text, /Everything is already here/)

  const row = `Closure::bind( function () { return $this->insert( '${'ab'.repeat(32)}', 'Once', '2026-10-03 09:30:00', 1 ); }, new DGOS_Importer( new DGOS_Return_Media( '__return_null' ), '__return_zero' ), 'DGOS_Importer' )()`
  const [number, two] = await world.ask<[number, number]>(`array( ${row}, ${row} )`)
  assert.equal(number, two)
  assert.equal((await world.ask<Row[]>(postsHere)).length, 1)
})

test('the network is told nothing while a visitor cannot see the posts, and an image that no mirror has is waited for', {
  skip,
}, async (t) => {
  const world = await ReturnWorld.open(t)
  await world.post({ title: 'Hidden' })
  const pictured = await world.post({ title: 'Pictured', images: [0] })
  const [blob, bytes] = [...world.blobs][0]!
  world.blobs.set(blob, new Uint8Array([1, 2, 3]))
  const soon = join(world.press.site, 'wp-content/mu-plugins/soon.php')
  await writeFile(soon, `<?php add_action( 'template_redirect', static function () { echo 'Coming soon'; exit; } );`)
  assert.match((await world.import()).text, /0 posts confirmed to 0 mirrors; 2 wait/)
  assert.equal((await world.ask<Row[]>(postsHere)).length, 1, 'bytes of another hash are no image')
  for (const { ledger } of world.mirrors) assert.equal((await ledger.blog(world.blog.id)).imported.length, 0)
  world.blobs.set(blob, bytes)
  await rm(soon)
  assert.match((await world.import()).text, /2 posts confirmed to 3 mirrors; 0 wait/)
  assert.ok((await world.ask<Row[]>(postsHere)).some((row) => row.guid.endsWith(pictured.id)))
})
