import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages, textsOf } from '../../embed-beacon/texts.ts'
import { fileFound, orphanDays, orphanedDays } from '../../embed-beacon/worker/orphan.ts'
import { type Asked, isOurs } from '../../embed-beacon/worker/ours.ts'
import { pageOf } from '../../embed-beacon/worker/page.ts'
import type { ShownPost } from '../../protocol/posts.ts'

const address = 'https://ana.example/blog/'
const visit: Asked = {
  method: 'GET',
  mode: 'navigate',
  destination: 'document',
  url: `${address}2026/post/`,
  headers: new Headers(),
}

test('the worker answers top-level visits below its address, and nothing else', () => {
  assert.ok(isOurs(visit, address))
  assert.ok(isOurs({ ...visit, url: `${address}my-admin-days/` }, address), 'a post may be about administration')
  const others: Partial<Asked>[] = [
    { method: 'POST' },
    { mode: 'cors' },
    { destination: 'iframe' },
    { url: 'https://ana.example/other/' },
    { headers: new Headers({ authorization: 'Basic eA==' }) },
    ...['wp-admin/post.php', 'wp-login.php', 'wp-json/wp/v2', 'xmlrpc.php', 'api/x', 'login', 'ghost/', 'Admin/'].map(
      (path) => ({ url: address + path }),
    ),
    { url: `${address}?rest_route=/wp/v2` },
    { url: `${address}?p=1&preview=true` },
  ]
  for (const other of others) assert.equal(isOurs({ ...visit, ...other }, address), false, JSON.stringify(other))
})

test('a worker whose file is gone counts only days on which the blog answered', () => {
  assert.equal(fileFound(200, 'text/javascript; charset=utf-8'), true)
  assert.equal(fileFound(200, 'text/html'), false, 'a page that says "not found" with 200')
  assert.equal(fileFound(404, 'text/html'), false)
  assert.equal(fileFound(503, 'text/html'), null)
  let days: readonly number[] = []
  for (let day = 1; day < orphanDays; day++) days = orphanedDays(days, day, false)
  days = orphanedDays(days, orphanDays - 1, false)
  for (let day = orphanDays; day < orphanDays + 50; day++) days = orphanedDays(days, day, null)
  assert.equal(days.length, orphanDays - 1, 'neither a day twice, nor days of an outage')
  assert.equal(orphanedDays(days, 999, false).length, orphanDays)
  assert.deepEqual(orphanedDays(days, 999, true), [])
})

test('the page of the worker counts posts that are not home yet, and says what a slow picture is', () => {
  const blob = 'ab'.repeat(32)
  const post = (fields: object): ShownPost => {
    const payload = { title: 'T', html: '<p>x</p>', attachments: [], direction: 'ltr', published: 1, ...fields }
    const current = { id: blob, payload } as unknown as ShownPost['current']
    return { id: blob, ids: [], current, history: [current], withdrawn: false, importedAt: null }
  }
  const attachment = { blob, bytes: 1, type: 'image/png', name: 'a.png', alt: '' }
  const pictured = post({ html: `<p><img src="blob:${blob}" alt=""></p>`, attachments: [attachment] })
  const posts = [pictured, { ...post({}), importedAt: 'https://ana.example/home' }]
  const about = {
    title: 'Ana',
    hostPath: 'ana.example',
    address: 'https://ana.example/',
    pages: [],
    mirrors: [],
    state: 'down',
    disputed: false,
    since: null,
    posts,
  }
  const facts = { url: 'https://ana.example/', images: new Map(), nowMs: 2 }
  const page = pageOf(about as unknown as Parameters<typeof pageOf>[0], facts)
  assert.match(page, /The author has posted once meanwhile/)
  assert.match(page, /\[A picture that has not come yet\]/)
})

test('every language has every text, with a place for the name', () => {
  assert.deepEqual(languages, ['en', 'de', 'fr', 'es', 'pt', 'ar', 'he', 'ja'])
  for (const language of languages) {
    const { texts, isRtl } = textsOf(`${language}-XX`)
    assert.equal(isRtl, language === 'ar' || language === 'he')
    for (const [name, text] of Object.entries(texts)) {
      assert.ok(text.length > 0, `${language} ${name}`)
      assert.equal(text.includes('*'), ['down', 'disputed', 'returning'].includes(name), `${language} ${name}`)
    }
  }
  assert.equal(textsOf('constructor').language, 'en')
})
