/** A shell is no copy: what a script would have shown is shown from the feed, and said to be. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { madeOfFeed } from '../../mirror/capture/article-page.ts'
import type { Snapshot } from '../../protocol/objects.ts'
import { arrangeCapture, arrangeCase, blog, home, hourMs } from './copy-cases.ts'

const shell = (extra = '') =>
  `<title>Mona</title><meta name=dgos content="${blog}"><link rel=alternate type="application/rss+xml" href="/feed.xml">${extra}`
const feed = (body: string) =>
  `<rss version="2.0"><channel><title>Mona</title><item><title>Story 1</title><link>/p/1</link><guid>s1</guid>${body}</item></channel></rss>`
const full = feed('<description>&lt;p&gt;The whole first story.&lt;/p&gt;</description>')

test('a page whose only words stand in a noscript is copied from the articles of its feed, and says so', async () => {
  const { good, text, web, captures } = arrangeCase('shell-noscript')
  web.put(`${home}p/1`, await webText(web, home), 'text/html')
  const { fields } = await good()
  assert.deepEqual(
    fields.pages.map((page) => page.path),
    ['/', '/p/1'],
  )
  const [front, post] = await Promise.all(fields.pages.map((page) => text(page.blob)))
  for (const page of [front!, post!]) {
    assert.ok(page.includes(madeOfFeed.blank))
    assert.ok(page.includes('The whole text of the first story, with rivers and bridges and people'))
    assert.ok(!page.includes('You need to enable JavaScript'))
  }
  assert.equal(fields.title, 'Mona – Medium-like')
  assert.equal((await captures.aside(blog))?.reason, 'blank')
})

async function webText(web: ReturnType<typeof arrangeCapture>['web'], url: string) {
  const body = web.pages.get(url)!.body
  return typeof body === 'string' ? body : new TextDecoder().decode(body)
}

test('two mirrors make the same pages of one feed', async () => {
  const [entry, two] = [arrangeCase('shell-noscript'), arrangeCase('shell-noscript')]
  await two.clock.advance(hourMs)
  assert.deepEqual((await entry.good()).fields.pages, (await two.good()).fields.pages)
})

test('shells and framesets without a feed that carries articles are put aside', async () => {
  const bad = [
    shell(
      '<body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div><script src=a.js></script>',
    ),
    shell(
      '<body><header>Mona</header><div id=app><p hidden></p></div><footer>© Mona 2026</footer><script src=a.js></script>',
    ).replace('<p hidden></p>', 'Loading…'),
    shell('<body><img src=/pixel.gif width=1 height=1><div id=__next></div><script src=a.js></script>'),
    shell('<body><app-root></app-root><script type=module src=a.js></script>'),
  ]
  for (const page of bad) {
    const { take, web } = arrangeCapture()
    web.put(home, page)
    web.put(`${home}feed.xml`, feed(''), 'application/rss+xml')
    const result = await take()
    assert.equal(!result.ok && result.reason, 'blank', page)
  }
  const framed = await arrangeCase('frameset').take()
  assert.equal(!framed.ok && framed.reason, 'blank')
})

test('small pages with scripts, pictures or empty boxes are pages', async () => {
  const fine = [
    '<title>Ana</title><h1>Hello</h1><p>Back in spring.</p><script src=count.js></script>',
    '<title>Ana</title><div id=ad></div><h1>Hello</h1><p>I write here about rivers, hills and the weather, and sometimes about the people who live between them, in three languages and with many pictures.</p><script src=a.js></script>',
    '<title>Ana</title><div id=gallery></div><img src=/photo.jpg alt=""><script src=a.js></script>',
    '<title>Ana</title><div id=search></div><a href="/one/">One walk by the river</a> <a href="/two/">Two walks</a><script src=a.js></script>',
    '<title>Ana</title><div id=root></div><p>Moved house, more soon.</p>',
  ]
  for (const page of fine) {
    const { good, web } = arrangeCapture()
    web.put(home, page)
    assert.equal((await good()).ok, true, page)
  }
})

test('an earlier copy of the page itself is better than its feed for a day, and then no longer', async () => {
  const { good, take, web, clock, text, capture } = arrangeCapture()
  web.put(home, `${shell()}<body><h1>Mona</h1><p>The real page with all its words.</p>`)
  web.put(`${home}feed.xml`, full, 'application/rss+xml')
  const first = await good()
  web.put(home, `${shell()}<body><div id=root></div><script src=a.js></script>`)
  await clock.advance(hourMs)
  const second = await take(first.fields)
  assert.equal(!second.ok && second.reason, 'blank')
  await clock.advance(25 * hourMs)
  const third = await good(first.fields)
  assert.ok((await text(third.fields.pages[0]!.blob)).includes('The whole first story.'))
  await clock.advance(hourMs)
  web.put(`${home}feed.xml`, full.replace('first story', 'second story'), 'application/rss+xml')
  assert.equal(await capture.feedChanged(blog, third.fields as Snapshot), false) // bodies are no news by themselves
  await clock.advance(24 * hourMs)
  const fourth = await good(third.fields)
  assert.ok((await text(fourth.fields.pages[0]!.blob)).includes('The whole second story.'))
})
