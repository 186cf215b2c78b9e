/** Feeds of a mirror, as feed readers see them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import Parser from 'rss-parser'
import { postFeedId } from '../../mirror/pages/feeds.ts'
import { bytesText, PageWorld } from './pages-world.ts'

const own = {
  id: 'tag:ana.example,2026:1',
  url: 'https://ana.example/first/',
  title: 'First & foremost',
  path: '/first/',
  published: 1_790_000_000_000,
}

async function feeds(world: PageWorld) {
  const pages = world.server()
  await pages.render(world.blog)
  const read = (name: string) => bytesText(pages.lookup(`/m/ana.example/${name}`, '', '')!.body)
  const atom = read('feed.xml')
  return { atom, parsed: await new Parser().parseString(atom), json: JSON.parse(read('feed.json')) }
}

async function fallen() {
  const world = await PageWorld.create()
  await world.capture(
    [
      { path: '/', html: 'x' },
      { path: '/first/', html: 'first' },
    ],
    [],
    [own],
  )
  await world.declare()
  const post = await world.post('<p>We are <strong>here</strong> &amp; well</p>', { title: 'Here' })
  return { world, post }
}

test('the blog’s own items keep their ids, emergency posts have ids that never change, newest first', async () => {
  const { world, post } = await fallen()
  const before = await feeds(world)
  assert.deepEqual(
    before.json.items.map((one: { id: string }) => one.id),
    [postFeedId(post.id), own.id],
  )
  assert.deepEqual(
    before.parsed.items.map((one) => one.id),
    [postFeedId(post.id), own.id],
  )
  await world.clock.advance(60_000)
  await world.post('<p>Still here</p>', { replaces: post.id, prevs: [post.id], title: 'Still here' })
  const after = await feeds(world)
  assert.equal(after.json.items[0].id, postFeedId(post.id))
  assert.equal(after.json.items[0].title, 'Still here')
  assert.ok(after.json.items[0].date_modified > after.json.items[0].date_published)
})

test('both feeds say the same, link to copies while the blog is away, and carry whole posts', async () => {
  const { world, post } = await fallen()
  const { atom, parsed, json } = await feeds(world)
  assert.equal(json.version, 'https://jsonfeed.org/version/1.1')
  assert.equal(json.feed_url, 'https://birch.example/m/ana.example/feed.json')
  assert.equal(json.items[0].url, `https://birch.example/m/ana.example/p/${post.id}`)
  assert.equal(json.items[0].content_html, '<p>We are <strong>here</strong> &amp; well</p>')
  assert.equal(json.items[1].url, 'https://birch.example/m/ana.example/copy/first/')
  assert.equal(json.items[1].external_url, own.url)
  assert.equal(parsed.items[0]!.content, json.items[0].content_html)
  assert.match(
    atom,
    /<link rel="self" type="application\/atom\+xml" href="https:\/\/birch\.example\/m\/ana\.example\/feed\.xml"\/>/,
  )
  assert.equal(parsed.items[1]!.title, 'First & foremost')
})

test('an imported post stays one item, under its id, at its place on the blog', async () => {
  const { world, post } = await fallen()
  const url = 'https://ana.example/here/'
  await world.clock.advance(1000)
  await world.imported(post.id, url)
  await world.declare({ state: 'over' })
  await world.capture(
    [{ path: '/', html: 'x' }],
    [],
    [{ id: 'tag:ana.example,2026:9', url, title: 'Here', published: world.clock.nowMs() }, own],
  )
  const { json } = await feeds(world)
  assert.deepEqual(
    json.items.map((one: { id: string; url: string }) => [one.id, one.url]),
    [
      [postFeedId(post.id), url],
      [own.id, own.url],
    ],
  )
})

test('titles with markup and control characters do not break the Atom document', async () => {
  const { world } = await fallen()
  await world.post('<p>x</p>', { title: ']]></title><script>alert(1)</script>' })
  const { atom, parsed } = await feeds(world)
  assert.ok(parsed.items.some((one) => one.title === ']]></title><script>alert(1)</script>'))
  assert.doesNotMatch(atom, /<script/)
})
