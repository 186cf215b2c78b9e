import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blogState } from '../../protocol/blog-state.ts'
import { dayMs, type SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'

const minute = 60_000
const hour = 60 * minute

async function blogOf(members = 5): Promise<SmallBlog> {
  const blog = await (await SmallNetwork.found(members)).blog()
  await blog.head()
  return blog
}

const at = (blog: SmallBlog, ms: number) => blogState(blog.objects(), blog.net.roster(), startMs + ms, sha256)

async function votes(blog: SmallBlog, names: string[], ms: number, state: 'up' | 'down' = 'down') {
  return Promise.all(names.map((name) => blog.observe(name, { state, time: startMs + ms })))
}

test('a blog nobody speaks of is up', async () => {
  const blog = await blogOf()
  assert.deepEqual([at(blog, 0).state, at(blog, 0).since, at(blog, 0).declaration], ['up', null, null])
})

test('one failed probe makes a blog suspected for five minutes, until the same watcher sees it again', async () => {
  const blog = await blogOf()
  await blog.observe('m0', { probes: 1, since: startMs - 1000 })
  assert.deepEqual([at(blog, 1).state, at(blog, 1).since], ['suspected', startMs - 1000])
  assert.equal(at(blog, 5 * minute).state, 'up')
  await blog.observe('m0', { state: 'up', time: startMs + 1000 })
  assert.equal(at(blog, 2000).state, 'up')
})

test('a verdict lasts half an hour, and its beginning is when the watchers first saw it', async () => {
  const blog = await blogOf()
  const word = await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 0))
  const state = at(blog, minute)
  assert.deepEqual([state.state, state.by, state.declaration?.id], ['down', 'quorum', word.id])
  assert.deepEqual([state.since, state.until], [startMs - 45_000, startMs + 30 * minute])
  assert.equal(at(blog, 30 * minute).state, 'up')
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 20 * minute))
  assert.deepEqual([at(blog, 40 * minute).state, at(blog, 40 * minute).since], ['down', startMs - 45_000])
})

test('the author outranks the watchers while the word lasts', async () => {
  const blog = await blogOf()
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 0))
  await blog.say('over', startMs + minute, 5 * minute)
  assert.equal(at(blog, 2 * minute).state, 'up', 'what the watchers said before is settled')
  assert.equal(at(blog, 7 * minute).state, 'down', 'once it has run out the verdict counts again')
  await blog.say('down', startMs + 8 * minute, hour)
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 20 * minute, 'up'), 'over')
  assert.deepEqual([at(blog, 21 * minute).state, at(blog, 21 * minute).by], ['down', 'author'])
})

test('a word that was taken back does not come back when the later word runs out', async () => {
  const blog = await blogOf()
  await blog.say('down', startMs, dayMs)
  await blog.say('over', startMs + minute, minute)
  assert.equal(at(blog, hour).state, 'up')
})

test('words of strangers, for too long, or by revoked keys are nothing', async () => {
  const blog = await blogOf()
  await blog.add('declaration', 'mallory', { state: 'down', by: 'author', time: startMs, until: startMs + hour })
  assert.equal(at(blog, 1).state, 'up')
  await blog.say('down', startMs, 8 * dayMs)
  assert.equal(at(blog, 1).state, 'up')
  await blog.say('down', startMs, dayMs)
  assert.equal(at(blog, 1).state, 'down')
  const to = signerOf('ana posting').key
  await blog.add('delegation', 'recovery', { to, may: [], until: startMs, time: startMs + 5 })
  assert.equal(at(blog, 10).state, 'up')
})

test('a delegated key declares for six hours', async () => {
  const blog = await blogOf()
  const to = signerOf('phone').key
  await blog.add('delegation', 'posting', { to, may: ['declaration'], until: startMs + dayMs })
  const word = { state: 'down' as const, by: 'author' as const, time: startMs }
  await blog.add('declaration', 'phone', { ...word, until: startMs + 6 * hour + 1 })
  assert.equal(at(blog, 1).state, 'up')
  await blog.add('declaration', 'phone', { ...word, until: startMs + 6 * hour })
  assert.equal(at(blog, 1).state, 'down')
})

test('when the watchers see it again the blog is returning until its posts are imported', async () => {
  const blog = await blogOf()
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 0))
  const post = await blog.post('From the dark', startMs + minute)
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 10 * minute, 'up'), 'over')
  const state = at(blog, 11 * minute)
  assert.deepEqual([state.state, state.by, state.since], ['returning', 'quorum', startMs + 10 * minute])
  assert.deepEqual(state.unimported, [post.id])
  assert.equal(at(blog, 12 * hour).state, 'returning')
  const late = at(blog, 10 * minute + 48 * hour)
  assert.deepEqual([late.state, late.unimported.length], ['up', 1], 'still offered')
  const url = `${blog.address}from-the-dark`
  await blog.add('imported', 'online', { posts: [{ post: post.id, url }], time: startMs + 20 * minute })
  assert.deepEqual([at(blog, 21 * minute).state, at(blog, 21 * minute).unimported], ['up', []])
})

test('without posts, or when the author says it is over, there is no returning', async () => {
  const blog = await blogOf()
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 0))
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 10 * minute, 'up'), 'over')
  assert.equal(at(blog, 11 * minute).state, 'up')
  await blog.post('Late', startMs + 11 * minute)
  assert.equal(at(blog, 12 * minute).state, 'returning')
  await blog.say('over', startMs + 13 * minute, hour)
  assert.equal(at(blog, 14 * minute).state, 'up')
})

test('a verdict that runs out unrenewed leaves the doors open for the posts that wait', async () => {
  const blog = await blogOf()
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2'], 0))
  await blog.post('Waiting', startMs + minute)
  const state = at(blog, 31 * minute)
  assert.deepEqual([state.state, state.since], ['returning', startMs + 30 * minute])
})

test('lives seen twice by two outsiders dispute a verdict, and nothing less does', async () => {
  const blog = await blogOf(8)
  await blog.declare(await votes(blog, ['m0', 'm1', 'm2', 'm5', 'm6'], 0))
  const see = async (by: string, ms: number, nonce = `${by} ${ms}`, key = 'ana online') => {
    const fields = { blog: blog.id, address: blog.address, nonce: signerOf(nonce).key, time: startMs + ms }
    const life = await blog.net.sign('life', key, fields)
    await blog.observe(by, { state: 'up', time: startMs + ms, life: life.envelope })
  }
  await see('m3', minute)
  await see('m3', 2 * minute)
  await see('m4', minute)
  assert.equal(at(blog, 3 * minute).disputed, false, 'one operator twice, the other once')
  await see('m4', minute + 59_999)
  assert.equal(at(blog, 3 * minute).disputed, false, 'not 60 s apart')
  await see('m0', minute)
  await see('m0', 2 * minute)
  assert.equal(at(blog, 3 * minute).disputed, false, 'a voter is no outsider')
  for (const ms of [minute, 2 * minute]) await see('m7', ms, `m3 ${ms}`)
  assert.equal(at(blog, 3 * minute).disputed, false, 'a life that another fetched')
  await see('m4', 2 * minute + 1, 'own', 'mallory')
  assert.equal(at(blog, 3 * minute).disputed, false, 'not the online key')
  await see('m4', 2 * minute)
  assert.deepEqual([at(blog, 3 * minute).disputed, at(blog, 3 * minute).state], [true, 'down'])
})

test('lives never touch the word of the author, who may distrust the host', async () => {
  const blog = await blogOf(5)
  await blog.say('down', startMs, dayMs, { distrustSince: startMs - hour, show: '55'.repeat(32) })
  const state = at(blog, minute)
  assert.deepEqual([state.distrustSince, state.show], [startMs - hour, '55'.repeat(32)])
  const later = at(blog, 2 * dayMs)
  assert.deepEqual([later.state, later.distrustSince, later.show], ['up', startMs - hour, null])
})

test('an exercise is marked and leaves nothing behind', async () => {
  const blog = await blogOf()
  await blog.say('down', startMs, hour, { exercise: true })
  assert.deepEqual([at(blog, 1).state, at(blog, 1).exercise], ['down', true])
  assert.equal(at(blog, 2 * hour).state, 'up')
})
