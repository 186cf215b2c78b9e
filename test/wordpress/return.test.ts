import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasPhp } from './php.ts'
import { ReturnWorld, writtenMs } from './return-world.ts'

const skip = hasPhp() ? false : 'php is not installed'
const lockMs = 121_000

type Row = { readonly guid: string; readonly post_title: string; readonly post_status: string }

const postsHere = `$wpdb->get_results( "SELECT guid, post_title, post_status FROM {$wpdb->posts} WHERE guid LIKE 'urn:dgos:post:%' ORDER BY guid" )`
const picturesHere = `$wpdb->get_col( "SELECT post_title FROM {$wpdb->posts} WHERE post_type = 'attachment' ORDER BY ID" )`

async function feedIds(world: ReturnWorld): Promise<string[]> {
  const feed = await (await fetch(`${world.press.url}/feed/`)).text()
  return [...feed.matchAll(/<guid isPermaLink="false">(urn:dgos:post:\w+)<\/guid>/g)].map((one) => one[1]!)
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

  for (const expected of [/2 posts confirmed to 3 mirrors; 0 wait/, /0 posts confirmed/, /0 posts confirmed/]) {
    const { text } = await world.import()
    assert.match(text, expected)
  }
  const rows = await world.ask<Row[]>(postsHere)
  assert.deepEqual(
    rows.map((one) => one.guid),
    [first.id, second.id].map((id) => `urn:dgos:post:${id}`).sort(),
  )
  assert.deepEqual(await world.ask(picturesHere), ['Picture 0', 'Picture 1'])
  assert.deepEqual(
    (await feedIds(world)).sort(),
    rows.map((one) => one.guid),
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
    const said = (await ledger.blog(world.blog.id)).imported.flatMap((one) => one.payload.posts)
    assert.ok(said.some((one) => one.post === first.id && one.url === link))
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
      assert.match(text, /0 wait/)
      break
    }
    kills++
    await world.advance(lockMs)
  }
  t.diagnostic(`${kills} kills`)
  assert.ok(kills >= 3, `${kills} kills`)
  const rows = await world.ask<Row[]>(postsHere)
  assert.deepEqual(rows.map((one) => `${one.post_title} ${one.post_status}`).sort(), ['One publish', 'Two publish'])
  assert.deepEqual(await world.ask(picturesHere), ['Picture 0', 'Picture 1'])
  assert.equal((await feedIds(world)).length, 2)
})
