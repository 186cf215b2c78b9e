/** A document that asks for too much rests, over restarts too, and its owner is told on every surface. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { inlineWorkers, type Job, TOO_COSTLY, TooCostly, type Workers } from '../../lib/workers.ts'
import { SqlCostlyStore } from '../../mirror/costly-store.ts'
import { ForeignReader } from '../../mirror/foreign-reader.ts'
import { costlyLines } from '../../server/cli/blog-status.ts'
import { statusModel } from '../../server/status/model.ts'
import { statusPage } from '../../server/status/page.ts'
import { PageWorld } from '../mirror/pages-world.ts'
import { TestNetwork } from '../support/test-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { ask, wholeMember } from '../support/whole-member.ts'

const blog = 'ab'.repeat(32)
const minuteMs = 60_000
/** Reads words; asks for too much where there are more than three. */
const job: Job<string, number> = {
  name: 'read-page',
  act(text) {
    const words = text.split(' ').length
    if (words > 3) throw new TooCostly('more than 3 words')
    return words
  },
}
const long = 'one two three four'
const document = {
  blog,
  source: 'http://ana.example/',
  place: 'ana.example',
  shown: 'http://ana.example/',
  proven: true,
}

async function arrange() {
  const clock = new VirtualClock({ startMs: Date.UTC(2026, 10, 30) })
  const database = openDatabase({ path: ':memory:' })
  let runs = 0
  const workers: Workers = {
    ...inlineWorkers,
    run(...args) {
      runs++
      return inlineWorkers.run(...args)
    },
  }
  const store = await SqlCostlyStore.open(database)
  const start = () => ForeignReader.open({ clock, log: silentLog, workers, store })
  return { clock, database, start, runs: () => runs }
}

test('what asked for too much is not read again after a restart until its rest is over, and rests twice as long', async () => {
  const { clock, database, start, runs } = await arrange()
  assert.equal(await (await start()).read(job, long, document), TOO_COSTLY)
  for (let restart = 0; restart < 5; restart++)
    assert.equal(await (await start()).read(job, long, document), TOO_COSTLY)
  assert.equal(runs(), 1)
  await clock.advance(10 * minuteMs)
  assert.equal(await (await start()).read(job, long, document), TOO_COSTLY)
  await clock.advance(19 * minuteMs)
  const reader = await start()
  assert.equal(await reader.read(job, long, document), TOO_COSTLY)
  assert.equal(runs(), 2, 'the second rest is twice as long, whoever restarts')
  const [note] = reader.costly(blog)
  assert.deepEqual([note!.document, note!.reason, note!.tries], ['http://ana.example/', 'more than 3 words', 2])
  assert.equal(note!.next! - note!.since, 30 * minuteMs)
  await database.close()
})

test('what is read at last is forgotten, with what stood under its address before', async () => {
  const { clock, database, start, runs } = await arrange()
  const reader = await start()
  await reader.read(job, long, { ...document, source: 'its old bytes' })
  await reader.read(job, long, { ...document, source: 'others', shown: 'http://ana.example/about/' })
  assert.equal(await reader.read(job, 'one', { ...document, source: 'its new bytes' }), 1)
  const left = (from: ForeignReader) => from.costly(blog).map((note) => note.document)
  assert.deepEqual(left(reader), ['http://ana.example/about/'])
  assert.deepEqual(left(await start()), ['http://ana.example/about/'])
  assert.equal(runs(), 3)
  await clock.advance(25 * 60 * minuteMs)
  assert.deepEqual(left(await start()), [], 'what nobody asked for in a day is forgotten')
  await database.close()
})

test('the status page and `dgos blog status` tell of it', async () => {
  const world = await PageWorld.create()
  await world.capture([{ path: '/', html: long }])
  const reader = new ForeignReader({ clock: world.clock, log: silentLog })
  await reader.read(job, long, { ...document, blog: world.blog })
  const source = {
    blogs: () => [world.blog],
    blog: async () => world.known(),
    roster: () => world.roster(),
    byHost: async () => world.blog,
  }
  const deps = { source, clock: world.clock, sha256: nodePlatform.sha256 }
  const options = { self: world.roster().members[0]!.id }
  const told = statusPage(await statusModel({ ...deps, costly: (id) => reader.costly(id) }, options))
  assert.match(
    told,
    /too costly to read: http:\/\/ana\.example\/<\/span> more than 3 words, since <time.*read again <time/,
  )
  assert.match(told, /tags that are never closed/)
  assert.doesNotMatch(statusPage(await statusModel({ ...deps, costly: () => [] }, options)), /too costly/)

  const [first, second] = costlyLines(reader.costly(world.blog))
  assert.match(first!, /^too costly http:\/\/ana\.example\/: more than 3 words, since .*; read again /)
  assert.match(second!, /tags that are never closed/)
})

test('a member tells of the blog that it captures', async (t) => {
  const refusing: Workers = {
    ...inlineWorkers,
    run: async (job, input, turn) =>
      job.name === 'read-page'
        ? { ok: false, reason: TOO_COSTLY, detail: 'more than 2000 ms of processor time' }
        : inlineWorkers.run(job, input, turn),
  }
  const make = wholeMember({ servesAnybody: true }, { workers: refusing })
  const network = await TestNetwork.create(t, { members: 3, make })
  const { id, payload } = await network.publishRoot('ana', network.member(0))
  network.web.pages.set(payload.addresses[0]!, '<p>hello')
  await network.prove(id, payload.addresses[0]!)
  await network.start()
  await network.advance({ minutes: 20 })
  type Facts = { readonly costly: readonly { readonly document: string; readonly reason: string }[] }
  const told = await Promise.all(
    network.members.map(async (member) => (await ask(member, 'GET', `/dgos/v1/blogs/${id}`)).json() as Facts),
  )
  const notes = told.flatMap(({ costly }) => costly)
  assert.ok(notes.length > 0)
  assert.match(notes[0]!.reason, /2000 ms/)
})
