/** The public status page: what it tells of members and blogs, and how it follows them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodePlatform } from '../../lib/platform.ts'
import { copyProblem } from '../../mirror/capture/copy-problem.ts'
import { statusModel } from '../../server/status/model.ts'
import { statusPage } from '../../server/status/page.ts'
import { Status } from '../../server/status/status.ts'
import { timelineMs } from '../../server/status/timeline.ts'
import { PageWorld } from '../mirror/pages-world.ts'

const { sha256 } = nodePlatform

async function arrange() {
  const world = await PageWorld.create({ title: 'Ana & <friends>' })
  await world.capture([{ path: '/', html: '<p>x' }])
  const source = {
    blogs: () => [world.blog],
    blog: async () => world.known(),
    roster: () => world.roster(),
    byHost: async () => world.blog,
  }
  const deps = { source, clock: world.clock, sha256 }
  const options = { self: world.roster().members[0]!.id }
  const model = () => statusModel(deps, options)
  return { world, deps, options, model, page: async () => statusPage(await model()) }
}

test('while all is well it says so, and how old each copy is', async () => {
  const { world, page, model } = await arrange()
  await world.clock.advance(3 * 3_600_000)
  const text = await page()
  assert.match(text, /<h1>The blog is up<\/h1>/)
  assert.match(text, /3 hours<\/time> old/)
  assert.match(text, /1 blog, kept by 12 members \(3 passive\) of 12 operators/)
  assert.equal((await model()).members.filter((member) => member.blogs === 1).length, 10)
})

test('an outage stands first, with who voted and when', async () => {
  const { world, page, model } = await arrange()
  await world.fall()
  const text = await page()
  assert.match(text, /Ana &amp; &lt;friends&gt; is unreachable/)
  assert.match(text, /7 watchers of different operators/)
  const [blog] = (await model()).blogs
  assert.deepEqual([blog!.state, blog!.by, blog!.voters.length], ['down', 'quorum', 7])
  assert.equal(blog!.voters[0]!.reason, 'timeout')
})

test('an exercise is not told as an outage', async () => {
  const { world, page } = await arrange()
  await world.declare({ exercise: true })
  const text = await page()
  assert.doesNotMatch(text, /is unreachable/)
  assert.match(text, /exercise/)
})

test('the timeline joins words that touch, and ends them where they ended', async () => {
  const { world, model } = await arrange()
  await world.clock.advance(3_600_000)
  const startMs = world.clock.nowMs()
  for (let i = 0; i < 3; i++) {
    await world.fall()
    await world.clock.advance(20 * 60_000)
  }
  await world.declare({ state: 'over' })
  await world.clock.advance(3_600_000)
  const { timeline } = (await model()).blogs[0]!
  assert.equal(timeline.to - timeline.from, timelineMs)
  assert.deepEqual(timeline.stretches, [{ from: startMs, to: startMs + 60 * 60_000, state: 'down' }])
  assert.deepEqual(
    timeline.moments.map((moment) => moment.what),
    ['copy'],
  )
})

test('the page holds one style and one script, both named in its policy, and is whole without the script', async () => {
  const { deps, options } = await arrange()
  const answer = await new Status(deps, options).page()
  const text = Buffer.from(answer.body).toString('utf8')
  const policy = answer.headers['content-security-policy']!
  assert.match(policy, /default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'/)
  for (const [name, pattern] of [
    ['style-src', /<style>([\s\S]*?)<\/style>/g],
    ['script-src', /<script>([\s\S]*?)<\/script>/g],
  ] as const) {
    const found = [...text.matchAll(pattern)]
    assert.equal(found.length, 1)
    const hash = Buffer.from(sha256(Buffer.from(found[0]![1]!))).toString('base64')
    assert.ok(policy.includes(`${name} 'sha256-${hash}'`))
  }
  assert.match(text, /<noscript><meta http-equiv="refresh"/)
  assert.doesNotMatch(text, / on[a-z]+="| style="/)
})

test('the page is kept until something changes, and readers who follow are told once', async () => {
  const { world, deps, options } = await arrange()
  const status = new Status(deps, options)
  const first = await status.page()
  assert.equal((await status.page(first.headers.etag)).status, 304)
  const events = status.events()
  assert.equal((await events.next()).value, ': here\n\n')
  const next = events.next()
  await world.fall()
  status.changed()
  status.changed()
  await world.clock.advance(1_000)
  assert.equal((await next).value, 'data: 1\n\n')
  assert.match(Buffer.from((await status.page()).body).toString('utf8'), /is unreachable/)
  await events.return(undefined)
})

test('a page that is put aside is said with its reason, since when, and what mends it', async () => {
  const { world, deps, options } = await arrange()
  const aside = {
    reason: 'suspended',
    sinceMs: world.clock.nowMs() - 7_200_000,
    lastMs: world.clock.nowMs(),
    blob: null,
  }
  const told = { ...deps, copyProblem: async () => copyProblem(aside, null) }
  const text = statusPage(await statusModel(told, options))
  assert.match(text, /copy not renewed: suspended<\/span> since <time/)
  assert.match(text, /put the tag &lt;meta name=&quot;dgos&quot;/)
  const fine = statusPage(await statusModel({ ...deps, copyProblem: async () => copyProblem(null, null) }, options))
  assert.doesNotMatch(fine, /not renewed/)
})
