/** A healthy page is a copy, whatever words stand in it; a notice is none, whatever proves the address. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { arrangeCapture, arrangeCase, blog, home, hourMs } from './copy-cases.ts'

const notice = (words: string, rest = '') =>
  `<html><head><title>${words}</title></head><body><h1>${words}</h1>${rest}</body></html>`
const village = (line: string) =>
  `<html><head><title>Our village</title></head><body><h1>Our village</h1><p>${line}</p><p>More will follow in spring.</p></body></html>`
const feed = `<rss version="2.0"><channel><title>Our village</title><item><title>The bridge is under construction</title><link>${home}bridge/</link><guid>1</guid></item></channel></rss>`

test('a title of a post that sounds like a notice keeps no page out', async () => {
  for (const front of ['index.html', 'itworks.html', 'denied.html']) {
    const { good } = arrangeCase('judge-under-construction', front)
    assert.equal((await good()).fields.pages.length, 1, front)
  }
})

test('the other phrases, in titles of posts, keep no page out either', async () => {
  for (const title of [
    'Site not found: a mystery',
    'The future home of our club',
    'Index of /etc, explained',
    'This domain is for sale',
  ]) {
    const { good, web } = arrangeCapture()
    web.put(
      home,
      `<title>Ana</title><h1>Ana</h1><ul><li><a href="/a">${title}</a><li><a href="/b">A walk by the river</a></ul>`,
    )
    assert.equal((await good()).ok, true, title)
  }
})

test('notices, walls and listings are no copies, with links to their own host or not', async () => {
  const bad: readonly (readonly [string, string])[] = [
    [
      'suspended',
      notice('Account Suspended', '<p>Contact your hosting provider.</p><a href="/cgi-sys/suspendedpage.cgi">more</a>'),
    ],
    ['suspended', notice('Site under construction', '<a href="/wp-login.php">Log in</a>')],
    [
      'suspended',
      notice(
        'Index of /',
        '<a href="a.txt">a.txt</a> <a href="b.txt">b.txt</a> <a href="old/">old/</a> <a href="new/">new/</a>',
      ),
    ],
    [
      'suspended',
      notice(
        'ana.example',
        '<p>This domain is for sale.</p><a href="/search/1">Blogs</a><a href="/search/2">Rivers</a>',
      ),
    ],
    ['suspended', notice('Welcome to nginx!', '<a href="http://nginx.org/">nginx.org</a>')],
    ['challenge', notice('Access denied', '<p>You do not have access to ana.example.</p>')],
    [
      'login',
      notice('Ana', '<form>Log in to continue <input type=password></form><a href="/wp-login.php?lost">Lost it?</a>'),
    ],
  ]
  for (const [reason, page] of bad) {
    const { take, web } = arrangeCapture()
    web.put(home, page)
    const result = await take()
    assert.equal(!result.ok && result.reason, reason, page)
  }
})

test('a login form beside the posts of a blog is furniture', async () => {
  const { good, web } = arrangeCapture()
  web.put(
    home,
    '<title>Ana</title><a href="/one/">One walk</a><a href="/two/">Another walk</a><form>Members <input type=password></form>',
  )
  assert.equal((await good()).ok, true)
})

test('a front page without links is known by the titles of its feed; a feed that outlives a suspension rescues nothing', async () => {
  const { good, take, web, clock } = arrangeCapture()
  web.put(
    home,
    village('The bridge is under construction.').replace(
      '<head>',
      '<head><link rel=alternate type="application/rss+xml" href="/feed.xml">',
    ),
  )
  web.put(`${home}feed.xml`, feed, 'application/rss+xml')
  const first = await good()
  await clock.advance(hourMs)
  web.put(home, notice('Account suspended', '<p>This account has been suspended.</p>'))
  const second = await take(first.fields)
  assert.equal(!second.ok && second.reason, 'suspended')
})

test('a page that is like the last good copy is the blog, though it has come to sound like a notice', async () => {
  const { good, web, clock } = arrangeCapture()
  const line = 'We are a small village between the river and the hill, with a mill, a school, a bakery and two bridges.'
  web.put(home, village(line))
  const first = await good()
  await clock.advance(hourMs)
  web.put(home, village(`${line} The mill is under construction.`))
  assert.equal((await good(first.fields)).changed, true)
})

test('what a guess keeps aside for a day is shown to be compared, and what is certain is not', async () => {
  const { take, web, clock, captures } = arrangeCapture()
  web.put(home, village('Our site is under construction.'))
  const first = await take()
  assert.deepEqual([first.ok, !first.ok && first.seen], [false, undefined])
  await clock.advance(25 * hourMs)
  const second = await take()
  assert.equal(second.ok, false)
  assert.equal(!second.ok && second.seen?.title, 'Our village')
  assert.equal((await captures.aside(blog))?.reason, 'suspended')
  web.put(home, '<html><body></body></html>')
  await take()
  await clock.advance(25 * hourMs)
  const blank = await take()
  assert.deepEqual([!blank.ok && blank.reason, !blank.ok && blank.seen], ['blank', undefined])
})
