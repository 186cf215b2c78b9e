import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { hostPath } from '../../protocol/addresses.ts'
import { addressHash, sealList } from '../../protocol/outage-list.ts'
import { builtBeacon } from '../support/built-files.ts'
import { sha256, signerOf, startMs } from '../support/small-network.ts'
import { FallenBlog, friendBlog, newReader, outcome, strictPolicy } from './loopback-members.ts'

const minute = 60_000
const arrived = /\/m\/ana\.example\/$/
const mirrorLink = (page: Page) => page.locator('dgos-beacon a').first()
const told = (page: Page) => page.locator('dgos-beacon p').first().innerText()

/** A reader on a friend's blog that carries the tag; null where there is no Chromium. */
async function visit(t: TestContext, fallen: FallenBlog, tag = fallen.tag()) {
  const reader = await newReader(t)
  if (reader === null) return null
  const friend = await friendBlog(t, tag)
  await reader.page.goto(friend)
  return { ...reader, friend }
}

test('the beacon is at most 4 kB gzip, and its parts are named by their hashes', async () => {
  const files = await builtBeacon()
  const [beacon, notice, check, portable] = files
  const gzip = gzipSync(beacon!.bytes, { level: 9 }).length
  assert.ok(gzip <= 4096, `${gzip} bytes`)
  const text = (file: typeof beacon) => new TextDecoder().decode(file!.bytes)
  for (const part of [notice, check, portable]) {
    const hash = createHash('sha256').update(part!.bytes).digest('base64')
    assert.ok(text(beacon).includes(`sha256-${hash}`), part!.name)
  }
})

test('a first-time reader is led to a mirror under the strictest policy', async (t) => {
  const fallen = await FallenBlog.create(t)
  const reader = await newReader(t)
  if (reader === null) return
  const { page, problems } = reader
  await page.goto(await friendBlog(t, fallen.tag(), strictPolicy(fallen.members)))
  assert.equal(await outcome(page), 'notice')
  assert.match(await told(page), /^ana\.example cannot be reached/)
  assert.equal(fallen.asked(/outages/), 2)
  assert.equal(fallen.asked(/evidence/), 0, 'nobody is asked about one blog before the reader follows')
  await mirrorLink(page).click()
  await page.waitForURL(arrived)
  assert.ok(fallen.asked(/evidence/) >= 2)
  assert.deepEqual(problems, [])
  const headers = fallen.members.flatMap((member) => member.headers)
  assert.ok(headers.every((header) => header.cookie === undefined))
  assert.ok(
    headers.filter((header) => header['sec-fetch-dest'] === 'empty').every((header) => header.referer === undefined),
  )
})

test('on a plain http page without WebCrypto the portable verifier leads there too', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const reader = await newReader(t)
  if (reader === null) return
  const friend = await friendBlog(t, fallen.tag())
  await reader.page.goto(friend.replace('127.0.0.1', 'ben.test'))
  assert.equal(await reader.page.evaluate('crypto.subtle === undefined'), true)
  assert.equal(await outcome(reader.page), 'notice')
  assert.ok(fallen.asked(/beacon-portable/) > 0)
  await mirrorLink(reader.page).click()
  await reader.page.waitForURL(arrived)
})

test('what only one pinned member says is not told, nor what two say differently', async (t) => {
  const fallen = await FallenBlog.create(t, 2)
  await fallen.list([], ['m1'])
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  assert.equal(await outcome(visitor.page), 'quiet')
  await fallen.list([fallen.entry({ blog: 'ee'.repeat(32) })], ['m1'])
  const other = await visit(t, fallen)
  assert.equal(await outcome(other!.page), 'quiet')
})

test('members that know an older word, or that lie, do not keep quiet what two others say', async (t) => {
  const fallen = await FallenBlog.create(t, 5)
  await fallen.list([fallen.entry({ declaration: 'dd'.repeat(16) })], ['m0', 'm1'])
  await fallen.list([fallen.entry({ blog: 'ee'.repeat(32) })], ['m2'])
  for (let round = 0; round < 4; round++) {
    const visitor = await visit(t, fallen)
    if (visitor === null) return
    assert.equal(await outcome(visitor.page), 'notice')
    assert.match(await told(visitor.page), /^ana\.example cannot be reached/)
  }
})

test('dead and babbling members are passed over until two have answered', async (t) => {
  const fallen = await FallenBlog.create(t, 6)
  for (const i of [0, 1]) fallen.members[i]!.mood = 'dead'
  for (const i of [2, 3]) fallen.members[i]!.mood = 'garbage'
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  assert.equal(await outcome(visitor.page), 'notice')
  await mirrorLink(visitor.page).click()
  await visitor.page.waitForURL(arrived)
  const { origin } = new URL(visitor.page.url())
  assert.ok(
    fallen.members.slice(4).some((member) => member.url === `${origin}/`),
    'a living mirror, not one of the dead',
  )
})

test('a list that no pinned key signed, or that is old, is not believed', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const fields = { network: fallen.net.network.id, time: startMs, bucket: 'all', entries: [fallen.entry()] }
  for (const member of fallen.members) member.list = await sealList(fields, signerOf('mallory'))
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  assert.equal(await outcome(visitor.page), 'failed')
  await fallen.list([fallen.entry()], ['m0', 'm1', 'm2'], startMs - 16 * minute)
  assert.equal(await outcome((await visit(t, fallen))!.page), 'failed')
})

test('two lying members cannot send a reader anywhere: the evidence decides', async (t) => {
  const fallen = await FallenBlog.create(t)
  const withoutWord = fallen.members[0]!.evidence.filter((evidence) => evidence.kind !== 'declaration')
  for (const member of fallen.members) member.evidence = withoutWord
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  await mirrorLink(visitor.page).click()
  await visitor.page.locator('dgos-beacon a', { hasText: 'Could not be checked' }).waitFor()
  assert.equal(visitor.page.url(), visitor.friend)
  assert.equal(fallen.asked(/^\/m\//), 0)
  const [honest] = fallen.members
  honest!.evidence = [...fallen.net.objects, fallen.net.network, ...fallen.blog.kept]
  await mirrorLink(visitor.page).click()
  await visitor.page.waitForURL(arrived)
})

test('members that flood a reader with evidence of nothing do not keep it from one that has some', async (t) => {
  const fallen = await FallenBlog.create(t)
  for (const member of fallen.members.slice(1)) member.mood = 'flood'
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  await mirrorLink(visitor.page).click()
  await visitor.page.waitForURL(arrived)
})

test('a closed notice stays closed, and a site asks again only after five minutes', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  const { page, friend } = visitor
  assert.equal(await outcome(page), 'notice')
  await page.goto(`${friend}?second`)
  assert.equal(await outcome(page), 'notice')
  assert.equal(fallen.asked(/outages/), 2, 'the second page uses what the first one received')
  await page.getByRole('button', { name: 'Close this notice' }).click()
  await page.goto(`${friend}?third`)
  assert.equal(await outcome(page), 'quiet')
  await page.clock.setSystemTime(startMs + 6 * minute)
  await page.goto(`${friend}?fourth`)
  assert.equal(await outcome(page), 'quiet')
  assert.equal(fallen.asked(/outages/), 4)
})

test('an open page falls silent once the blog is back', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  assert.equal(await outcome(visitor.page), 'notice')
  await fallen.list([])
  await visitor.page.clock.fastForward(6 * minute)
  await visitor.page.locator('dgos-beacon').waitFor({ state: 'detached' })
})

test('where the watchers are disputed both ways are offered; drills are silent', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  await fallen.list([fallen.entry({ state: 'disputed' })])
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  assert.equal(await outcome(visitor.page), 'notice')
  const home = visitor.page.locator('dgos-beacon a', { hasText: 'Try the blog itself' })
  assert.equal(await home.getAttribute('href'), 'https://ana.example/2026/post')
  await fallen.list([fallen.entry({ state: 'exercise' })])
  assert.equal(await outcome((await visit(t, fallen))!.page), 'quiet')
})

test('the blog itself shows no notice of its own outage', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const reader = await newReader(t)
  if (reader === null) return
  const own = await friendBlog(t, fallen.tag())
  await fallen.list([fallen.entry({ address: addressHash(hostPath(own), sha256) })])
  await reader.page.goto(own)
  assert.equal(await outcome(reader.page), 'quiet')
})

test('a page that links to no fallen blog is told of it without a name, unless the blogger wants linked ones only', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const reader = await newReader(t)
  if (reader === null) return
  await reader.page.goto(await friendBlog(t, fallen.tag(), '', 'https://else.example/'))
  assert.equal(await outcome(reader.page), 'notice')
  assert.match(await told(reader.page), /^A blog of our network/)
  await mirrorLink(reader.page).click()
  await reader.page.waitForURL(arrived)
  const other = await newReader(t)
  await other!.page.goto(await friendBlog(t, fallen.tag('data-show="linked"'), '', 'https://else.example/'))
  assert.equal(await outcome(other!.page), 'quiet')
})

test('a split list is asked for the buckets of the page alone', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const bucket = await fallen.listSplit([fallen.entry()])
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  assert.equal(await outcome(visitor.page), 'notice')
  assert.equal(fallen.asked(/outages\/../), 2)
  assert.equal(fallen.asked(new RegExp(`outages/${bucket}$`)), 2)
  await visitor.page.goto(`${visitor.friend}?second`)
  assert.equal(await outcome(visitor.page), 'notice')
  assert.equal(fallen.asked(/outages/), 4, 'buckets are kept too')
})

test('the buckets of page after page are asked for once', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  await fallen.listSplit([fallen.entry()])
  const visitor = await visit(t, fallen)
  if (visitor === null) return
  assert.equal(await outcome(visitor.page), 'notice')
  const before = fallen.asked(/outages/)
  for (const i of [1, 2, 3, 4]) {
    await visitor.page.goto(`${visitor.friend}?more${i}`)
    assert.equal(await outcome(visitor.page), 'notice')
  }
  assert.ok(fallen.asked(/outages/) <= before + 8, `${fallen.asked(/outages/) - before} questions`)
})

test('a wrong tag or an altered part never throws into the page', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const wrong = await visit(t, fallen, fallen.tag().replace(/data-members="[^"]*"/, 'data-members="nonsense"'))
  if (wrong === null) return
  assert.equal(await outcome(wrong.page), 'bad-tag')
  const altered = await newReader(t)
  await altered!.page.route('**/beacon-notice.js', (route) =>
    route.fulfill({ body: 'alert(1)', headers: { 'access-control-allow-origin': '*' } }),
  )
  await altered!.page.goto(await friendBlog(t, fallen.tag()))
  assert.equal(await outcome(altered!.page), 'failed')
  assert.deepEqual([...wrong.problems, ...altered!.problems], [])
})
