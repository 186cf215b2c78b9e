import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frontMarks } from '../../activation/watch/front-marks.ts'
import { judgeProbe, judgeWall, Probe, probeBytesMax, readMarkerFile } from '../../activation/watch/probe.ts'
import type { WebAnswer, WebFailure, WebRequest } from '../../lib/web.ts'
import { utf8 } from '../../protocol/bytes.ts'

const blog = 'ab'.repeat(32)
const other = 'cd'.repeat(32)
const posts = Array.from(
  { length: 12 },
  (_, i) => `<h2>Post ${i}</h2><p>The garden in week ${i} was wet and green.</p>`,
)
const home = `<!doctype html><title>Ana's garden</title><nav>Home About Seeds Tools Contact</nav>${posts.join('')}`
const front = frontMarks(utf8(home))

function answer(text: string, status = 200): WebAnswer {
  return { ok: true, status, headers: {}, body: utf8(text), url: 'https://ana.example/' }
}
function failed(reason: WebFailure): WebAnswer {
  return { ok: false, reason, detail: '' }
}
const judge = (given: WebAnswer, known = front as typeof front | null) => judgeProbe(given, { blog, front: known })

test('a page with the marker of the blog is up, in any spelling of the tag', () => {
  const tags = [
    `<meta name="dgos" content="${blog}">`,
    `<META content='${blog.toUpperCase()}' NAME='dgos'/>`,
    `<meta name=dgos content=${blog}>`,
  ]
  for (const tag of tags) assert.deepEqual(judge(answer(`<html>${tag}`)), { state: 'up', reason: 'tag' })
  assert.equal(judge(answer(`<meta name="dgos" content="${blog}">`, 404)).state, 'up')
})

test('the marker of another blog, or in a comment of words, is not the marker', () => {
  for (const html of [
    `<meta name="dgos" content="${other}">`,
    `<p>dgos ${blog}</p>`,
    `<meta name="dgos-x" content="${blog}">`,
  ])
    assert.equal(judge(answer(html), null).state, 'changed')
})

test('the known front page is up without a marker, also with a new post and some gone', () => {
  assert.deepEqual(judge(answer(home)), { state: 'up', reason: 'known-page' })
  const later = home
    .replace(posts[11]!, '')
    .replace('<h2>Post 0', '<h2>New</h2><p>Frost came last night.</p><h2>Post 0')
  assert.equal(judge(answer(later)).state, 'up')
})

test('no answer, and answers of 500 and above, are down', () => {
  const reasons: WebFailure[] = ['dns', 'connect', 'tls', 'timeout', 'too-slow', 'address', 'protocol', 'redirects']
  for (const reason of reasons) assert.deepEqual(judge(failed(reason)), { state: 'down', reason })
  for (const status of [500, 502, 503, 521])
    assert.deepEqual(judge(answer(home, status)), { state: 'down', reason: `status-${status}` })
})

test('parked, suspended, defaced, default and blank pages are changed, each with its reason', () => {
  const pages: [string, string][] = [
    ['parked', '<title>ana.example</title>This domain is for sale. Buy this domain!'],
    ['suspended', '<h1>Account Suspended</h1>Contact your hosting provider.'],
    ['suspended', 'This website has been suspended'],
    ['defaced', '<h1>HaCkEd By nobody</h1>'],
    ['default-page', '<title>Apache2 Debian Default Page: It works</title>'],
    ['default-page', '<h1>Welcome to nginx!</h1>'],
    ['blank', '<html><body></body></html>'],
    ['blank', ''],
    ['no-marker', '<title>Casino</title>The best bonus for new players, every day of the week, without limits at all.'],
  ]
  for (const [reason, text] of pages) assert.deepEqual(judge(answer(text)), { state: 'changed', reason }, text)
  assert.deepEqual(judge(answer('Forbidden to you', 403)), { state: 'changed', reason: 'status-403' })
  assert.equal(judge(failed('scheme')).state, 'changed')
})

test('what a wall answers is defended, unless the page is the blog itself', () => {
  const anubis = '<title>Making sure you&#39;re not a bot!</title><script id="anubis_version">"v1"</script>'
  assert.deepEqual(judge(answer(anubis)), { state: 'defended', reason: 'wall-anubis' })
  assert.equal(judge(answer(`${anubis}<meta name="dgos" content="${blog}">`)).state, 'up')
  assert.equal(judge(answer(home + anubis)).state, 'up')
  const paused: WebAnswer = { ...(answer('', 429) as WebAnswer & { ok: true }), headers: { 'retry-after': '60' } }
  assert.deepEqual(judge(paused), { state: 'defended', reason: 'status-429', retryAfter: '60' })
  const jam = '<title>Just a moment...</title><script>window._cf_chl_opt={}</script>'
  assert.deepEqual(judge(answer(jam, 503)), { state: 'defended', reason: 'wall-cloudflare' })
  assert.deepEqual(judge(answer(jam, 522)), { state: 'down', reason: 'status-522' })
  assert.deepEqual(judge(answer('Service unavailable', 503)), { state: 'down', reason: 'status-503' })
})

test('a wall whose blog has ceased to speak is no answer; what is no wall stays what it is', () => {
  const wall = { state: 'defended', reason: 'wall-anubis' } as const
  assert.deepEqual(judgeWall(wall, 1), { state: 'down', reason: 'no-life' })
  assert.deepEqual(judgeWall(wall, null), wall)
  assert.deepEqual(judgeWall({ state: 'up', reason: 'tag' }, 1), { state: 'up', reason: 'tag' })
})

test('a page about hacking on the known blog is still the blog', () => {
  assert.equal(judge(answer(`${home}<p>My friend was hacked by someone</p>`)).state, 'up')
})

test('a marker beyond what a probe reads does not count', () => {
  const far = `${'x'.repeat(probeBytesMax)}<meta name="dgos" content="${blog}">`
  assert.equal(judge(answer(far), null).state, 'changed')
})

test('a marker file speaks for a page that is only unknown, never for a parked or blank one', async () => {
  const file = JSON.stringify({ blog, life: 'https://ana.example/life' })
  const asked: WebRequest[] = []
  const web = (page: string) => ({
    async fetch(request: WebRequest) {
      asked.push(request)
      return request.url.endsWith('dgos.json') ? answer(file) : answer(page)
    },
  })
  const look = (page: string, address = 'https://ana.example/') =>
    new Probe({ web: web(page) }, { userAgent: 'test' }).look(address, { blog, front: null })
  assert.deepEqual(await look('A plain page of some words'), { state: 'up', reason: 'marker-file' })
  assert.equal((await look('Domain for sale')).state, 'changed')
  assert.equal((await look('')).state, 'changed')
  assert.equal((await look('A plain page of some words', 'https://host.example/~ana/')).state, 'changed')
  assert.ok(asked.every((webRequest) => webRequest.bytesMax <= 32 * 1024 && webRequest.timeMs <= 10_000))
})

test('a marker file names this blog, and life only on its own origin', () => {
  const read = (text: string, status = 200) => readMarkerFile(answer(text, status), blog, 'https://ana.example/')
  assert.deepEqual(read(JSON.stringify({ blog })), { blog, life: null })
  assert.equal(read(JSON.stringify({ blog, life: 'https://evil.example/life' }))?.life, null)
  assert.equal(read(JSON.stringify({ blog, life: 'https://ana.example/life' }))?.life, 'https://ana.example/life')
  for (const json of ['', '[]', 'null', '{"blog":1}', JSON.stringify({ blog: other })]) assert.equal(read(json), null)
  assert.equal(read(JSON.stringify({ blog }), 404), null)
})
