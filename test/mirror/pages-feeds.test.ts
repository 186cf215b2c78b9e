/** Feeds of a mirror, as feed readers see them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateAtomFeed, generateRssFeed, parseAtomFeed, parseJsonFeed, parseRssFeed } from 'feedsmith'
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
    before.json.items.map((item: { id: string }) => item.id),
    [postFeedId(post.id), own.id],
  )
  assert.deepEqual(
    before.parsed.items.map((item) => item.id),
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
    json.items.map((item: { id: string; url: string }) => [item.id, item.url]),
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
  assert.ok(parsed.items.some((item) => item.title === ']]></title><script>alert(1)</script>'))
  assert.doesNotMatch(atom, /<script/)
})

/** What the W3C feed validator holds against Atom (RFC 4287) and RSS 2.0 documents, as far as it concerns ours. */
function validatorProblems(text: string): string[] {
  const problems: string[] = []
  const expect = (holds: boolean, problem: string) => holds || problems.push(problem)
  const all = (part: string, form: RegExp) => [...part.matchAll(form)].map((match) => match[1]!)
  const isUri = (uri: string) => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(uri)
  expect(text.startsWith('<?xml version="1.0" encoding="utf-8"?>'), 'no XML declaration')
  expect(!/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.test(text), 'characters that XML forbids')
  const isAtom = text.includes('<feed ')
  const items = all(text, isAtom ? /<entry[^>]*>([\s\S]*?)<\/entry>/g : /<item>([\s\S]*?)<\/item>/g)
  const head = text.replace(isAtom ? /<entry[\s\S]*<\/entry>/ : /<item>[\s\S]*<\/item>/, '')
  const self = isAtom ? /<link rel="self"[^>]*href="([^"]+)"/ : /<atom:link rel="self"[^>]*href="([^"]+)"/
  expect(isUri(self.exec(head)?.[1] ?? ''), 'no self link')
  for (const uri of all(text, /href="([^"]*)"/g)) expect(isUri(uri), `not a URI: ${uri}`)
  if (isAtom) {
    for (const part of [head, ...items])
      for (const name of ['id', 'title', 'updated'])
        expect(
          all(part, new RegExp(`<(${name})[ >]`, 'g')).length === 1,
          `not exactly one ${name}: ${part.slice(0, 80)}`,
        )
    expect(/<author><name>[^<]+<\/name><\/author>/.test(head), 'no author')
    for (const date of all(text, /<(?:updated|published)>([^<]*)</g))
      expect(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(date), `not RFC 3339: ${date}`)
    for (const item of items) {
      expect(all(item, /<link rel="(alternate)"/g).length === 1, 'an entry needs one alternate link')
      expect(/<(content|summary)[ >]/.test(item), 'an entry without content needs a summary')
    }
    for (const id of all(text, /<id>([^<]*)</g)) expect(isUri(id), `id is no URI: ${id}`)
  } else {
    for (const name of ['title', 'link', 'description'])
      expect(all(head, new RegExp(`<(${name})>`, 'g')).length === 1, `channel needs one ${name}`)
    const rfc822 = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/
    for (const date of all(text, /<(?:pubDate|lastBuildDate)>([^<]*)</g))
      expect(rfc822.test(date), `not RFC 822: ${date}`)
    for (const item of items) {
      expect(all(item, /<(title|description)>/g).length >= 1, 'an item needs a title or a description')
      expect(all(item, /<(guid)[ >]/g).length === 1, 'an item needs one guid')
      expect(!/<(link|title|guid)[^>]*><\//.test(item), 'an empty element')
    }
    for (const language of all(text, /<language>([^<]*)</g))
      expect(/^[a-z]{2,3}(-[a-z0-9]+)*$/.test(language), `language: ${language}`)
  }
  const ids = all(text, isAtom ? /<id>([^<]*)</g : /<guid[^>]*>([^<]*)</g)
  expect(new Set(ids).size === ids.length, 'two items share an id')
  return problems
}

const article =
  '<article><h2>First</h2><p>All of <em>the words</em> <img src="/a.png" alt="a"> <a href="/">home</a></p><script>x()</script></article>'

async function full() {
  const world = await PageWorld.create({ hubs: ['https://hub.example/'] })
  await world.capture(
    [
      { path: '/', html: 'x' },
      { path: '/first/', html: `<body><nav>menu</nav>${article}</body>` },
    ],
    [{ url: 'https://ana.example/a.png', bytes: Buffer.from('89504e470d0a1a0a', 'hex'), type: 'image/png' }],
    [
      own,
      {
        id: 'https://ana.example/?p=7',
        url: 'https://ana.example/old/',
        title: 'Old & gone',
        published: 1_780_000_000_000,
      },
    ],
  )
  await world.declare()
  const post = await world.post('<p>We are <strong>here</strong> &amp; well ]]&gt;</p>', { title: 'Here & <now>' })
  const pages = world.server()
  await pages.render(world.blog)
  const read = (name: string) => bytesText(pages.lookup(`/m/ana.example/${name}`, '', '')!.body)
  return { world, post, atom: read('feed.xml'), rss: read('feed.rss'), json: read('feed.json') }
}

test('Atom and RSS keep the rules that the W3C validator checks, and the checks would find a breach', async () => {
  const { atom, rss } = await full()
  assert.deepEqual(validatorProblems(atom), [])
  assert.deepEqual(validatorProblems(rss), [])
  assert.notDeepEqual(validatorProblems(atom.replace('<updated>', '<updated>Friday ')), [])
  assert.notDeepEqual(validatorProblems(rss.replace(/<guid[^>]*>/, '<guid></guid><guid>')), [])
})

test('feedsmith and rss-parser read the same items from all three, and feedsmith’s own writing of them reads the same again', async () => {
  const { atom, rss, json, post } = await full()
  const expected = [postFeedId(post.id), own.id, 'https://ana.example/?p=7']
  const titles = ['Here & <now>', 'First & foremost', 'Old & gone']
  const bodies: (string | undefined)[][] = []
  const fromAtom = parseAtomFeed(atom)
  assert.deepEqual(
    fromAtom.entries?.map((entry) => entry.id),
    expected,
  )
  assert.deepEqual(
    parseAtomFeed(generateAtomFeed(fromAtom as never, { lenient: true } as never)).entries,
    fromAtom.entries,
  )
  const fromRss = parseRssFeed(rss)
  assert.deepEqual(
    fromRss.items?.map((simplify) => simplify.guid?.value),
    expected,
  )
  assert.deepEqual(parseRssFeed(generateRssFeed(fromRss as never, { lenient: true } as never)).items, fromRss.items)
  const fromJson = parseJsonFeed(JSON.parse(json))
  assert.deepEqual(
    fromJson.items?.map((simplify) => simplify.id),
    expected,
  )
  for (const feed of [atom, rss]) {
    const read = await new Parser({ customFields: { item: ['content:encoded'] } }).parseString(feed)
    assert.deepEqual(
      read.items.map((item) => (item as { id?: string }).id ?? item.guid),
      expected,
    )
    assert.deepEqual(
      read.items.map((item) => item.title),
      titles,
    )
    bodies.push(
      read.items
        .map((item) => (item as unknown as Record<string, string>)['content:encoded'] ?? item.content)
        .slice(0, 2),
    )
  }
  assert.deepEqual(bodies[0], bodies[1])
  assert.deepEqual(
    bodies[0],
    fromJson.items?.slice(0, 2).map((simplify) => simplify.content_html),
  )
})

test('items carry the article of the captured page: absolute, and without anything that runs', async () => {
  const { json } = await full()
  const body = JSON.parse(json).items[1].content_html
  assert.match(
    body,
    /<h2>First<\/h2><p>All of <em>the words<\/em> <img src="https:\/\/birch\.example\/m\/ana\.example\/blob\/[0-9a-f]{64}" alt="a">/,
  )
  assert.match(body, /<a href="https:\/\/birch\.example\/m\/ana\.example\/copy\/">home<\/a>/)
  assert.doesNotMatch(body, /script|menu/)
})

test('each form names itself, the other way to read, and the blog’s hub', async () => {
  const { atom, rss, json } = await full()
  const at = 'https://birch.example/m/ana.example/'
  for (const [text, prefix] of [
    [atom, ''],
    [rss, 'atom:'],
  ] as const)
    assert.match(text, new RegExp(`<${prefix}link rel="hub" href="https://hub\\.example/"/>`))
  assert.ok(rss.includes(`<atom:link rel="self" type="application/rss+xml" href="${at}feed.rss"/>`))
  assert.ok(rss.includes(`<link>${at}</link>`))
  assert.deepEqual(JSON.parse(json).hubs, [{ type: 'WebSub', url: 'https://hub.example/' }])
  assert.equal(JSON.parse(json).feed_url, `${at}feed.json`)
})
