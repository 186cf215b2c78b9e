/** Old links and questions: where a reader is led, and where nobody can lead a reader. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CopiedBlog } from './copied-blog.ts'

test('a link to a living blog is a plain redirect home, path and query kept', async (t) => {
  const readers = await CopiedBlog.create(t)
  const { status, location } = await readers.get('/go/ana.example/first/?page=2')
  assert.deepEqual([status, location], [302, 'http://ana.example/first/?page=2'])
  assert.equal((await readers.get('/go/ana.example')).location, 'http://ana.example/')
})

test('a link to a blog that is down leads to the copy of that page, else to its mirror page', async (t) => {
  const readers = await CopiedBlog.create(t)
  await readers.declare()
  assert.equal((await readers.get('/go/ana.example/first/')).location, '/m/ana.example/copy/first/')
  assert.equal((await readers.get('/go/ana.example/first')).location, '/m/ana.example/copy/first/')
  assert.equal((await readers.get('/go/ana.example/never-seen')).location, '/m/ana.example/')
  assert.equal((await readers.get('/go/ana.example/')).location, '/m/ana.example/')
})

test('readers of a blog that a watcher doubts are still sent home, and its doors are open', async (t) => {
  const readers = await CopiedBlog.create(t)
  const nowMs = readers.net.clock.nowMs()
  const doubt = { blog: readers.root.id, address: readers.address, state: 'down', reason: 'connect', probes: 1 }
  await readers.say('observation', { ...doubt, since: nowMs, unreachable: [] }, 'm1')
  assert.equal((await readers.member.ledger.state(readers.root.id)).state, 'suspected')
  assert.equal((await readers.get('/go/ana.example/first/')).location, 'http://ana.example/first/')
  assert.equal((await readers.get('/m/ana.example/')).location, 'http://ana.example/')
  await readers.declare()
  assert.equal((await readers.get('/go/ana.example/first/')).location, '/m/ana.example/copy/first/')
})

test('no link leads anywhere but to the proven address or to this member', async (t) => {
  const readers = await CopiedBlog.create(t)
  for (const path of [
    '/evil.example/',
    '//evil.example',
    '/%2f%2fevil.example/',
    '\\\\evil.example/',
    '@evil.example/',
    '../../evil.example/',
    'x?url=https://evil.example/',
    '%2e%2e/%2e%2e/',
    'https://evil.example/',
    '%0d%0aLocation:%20https://evil.example/',
  ]) {
    const { status, location } = await readers.get(`/go/ana.example/${path}`)
    assert.equal(status, 302, path)
    assert.equal(new URL(location!).origin, 'http://ana.example', path)
    assert.doesNotMatch(location!, /[\r\n]/)
  }
  assert.equal((await readers.get('/go/evil.example/')).status, 404)
  assert.equal((await readers.get('/go/https://evil.example/')).status, 404)
})

test('a path blog is found by its longest address, and readers stay below it', async (t) => {
  const readers = await CopiedBlog.create(t, { addresses: ['http://people.example/ana/'] })
  assert.equal((await readers.get('/go/people.example/ana/first/')).location, 'http://people.example/ana/first/')
  assert.equal((await readers.get('/go/people.example/ana/../bob/')).location, 'http://people.example/ana/')
  assert.equal((await readers.get('/go/people.example/bob/')).status, 404)
  await readers.declare()
  assert.equal((await readers.get('/go/people.example/ana/first/')).location, '/m/people.example/~ana/copy/first/')
})

test('an exercise moves nobody', async (t) => {
  const readers = await CopiedBlog.create(t)
  await readers.declare({ exercise: true })
  assert.equal((await readers.get('/go/ana.example/first/')).location, 'http://ana.example/first/')
})

test('/find answers by address and by words of the title, and says so where it knows nothing', async (t) => {
  const readers = await CopiedBlog.create(t)
  await readers.declare()
  for (const words of ['ana.example', 'http://ana.example/first/', 'GARDEN ana']) {
    const { status, text } = await readers.get(`/find?q=${encodeURIComponent(words)}`)
    assert.equal(status, 200)
    assert.match(text, /href="\/m\/ana\.example\/"[^>]*>Ana’s garden<\/a> <span class="tag alarm">unreachable/, words)
    assert.match(text, /http:\/\/127\.0\.0\.1:7001\/m\/ana\.example\//)
  }
  const none = await readers.get('/find?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E')
  assert.match(none.text, /No blog of this network is known here by “&lt;script&gt;/)
  assert.doesNotMatch(none.text, /<script/)
  assert.match(none.headers['content-security-policy']!, /default-src 'none'; style-src 'sha256-/)
  assert.match((await readers.get('/find')).text, /<form class="search"/)
})

test('before the day: badge, feed link, line and share text name three mirrors of different operators', async (t) => {
  const readers = await CopiedBlog.create(t)
  const { status, text } = await readers.get('/before/ana.example')
  assert.equal(status, 200)
  const texts = [...text.matchAll(/<textarea[^>]*>([^<]*)<\/textarea>/g)].map((match) => match[1]!)
  assert.equal(texts.length, 4)
  for (const text of texts)
    for (const port of [7000, 7001, 7002])
      assert.match(text, new RegExp(`http://127\\.0\\.0\\.1:${port}/m/ana\\.example/`))
  assert.doesNotMatch(texts[0]!, /script|img/)
  assert.match(texts[1]!, /atom:link rel=&quot;alternate&quot;/)
  assert.equal((await readers.get('/before/other.example')).status, 404)
})
