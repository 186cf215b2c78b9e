import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentHead, currentSnapshot } from '../../protocol/heads.ts'
import { signerOf } from '../support/small-network.ts'
import { openWorld, putSite, type World } from './mirror-world.ts'

const hourMs = 3_600_000

async function headAt(world: World, name = 'm0') {
  return currentHead(await world.member(name).ledger.blog(world.blog.id), world.clock.nowMs())!.payload
}

test('the first head signer captures, signs the snapshot, and places ten mirrors of ten operators', async () => {
  const world = await openWorld(12, { signers: ['m0', 'm1'] })
  putSite(world.web, world.blog.id)
  const outcome = await world.member('m0').round.run(world.blog.id)
  assert.ok(outcome.turn === 'ours' && outcome.capture?.ok)
  const head = await headAt(world)
  assert.equal(head.mirrors.length, 10)
  assert.equal(head.seq, 1)
  const shown = currentSnapshot(await world.member('m0').ledger.blog(world.blog.id), world.clock.nowMs())
  assert.equal(shown!.trust, 'captured-by-one')
  assert.equal((await world.member('m5').round.run(world.blog.id)).turn, 'none')
  assert.equal(head.feed, 'http://ana.example/feed.xml')
})

test('an unchanged blog makes no new object for half a day, then a head that says that its signer lives', async () => {
  const world = await openWorld(4, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const { round, ledger } = world.member('m0')
  await round.run(world.blog.id)
  const made: string[] = []
  ledger.onStored((objects) => made.push(...objects.map((entry) => entry.kind)))
  for (let hour = 1; hour < 12; hour++) {
    await world.clock.advance(hourMs)
    await round.run(world.blog.id)
  }
  assert.deepEqual(made, [])
  await world.clock.advance(2 * hourMs)
  await round.run(world.blog.id)
  assert.deepEqual(made, ['head'])
  assert.equal((await headAt(world)).seq, 2)
})

test('a changed page makes a snapshot and a head that continues the chain', async () => {
  const world = await openWorld(4, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const { round } = world.member('m0')
  await round.run(world.blog.id)
  const first = await headAt(world)
  await world.clock.advance(hourMs)
  putSite(world.web, world.blog.id, 'Ana writes again')
  await round.run(world.blog.id)
  const second = await headAt(world)
  assert.equal(second.seq, 2)
  assert.notEqual(second.snapshot, first.snapshot)
  assert.deepEqual(second.mirrors, first.mirrors)
})

test('an address that nobody attested is not fetched, though its mirrors are placed', async () => {
  const world = await openWorld(4, { signers: ['m0'], attested: false })
  putSite(world.web, world.blog.id)
  await world.member('m0').round.run(world.blog.id)
  assert.deepEqual(world.web.taken(), {})
  assert.equal((await headAt(world)).snapshot, undefined)
})

test('while the blog is down it is not captured; a signer that is silent for a day is followed by the next', async () => {
  const world = await openWorld(4, { signers: ['m0', 'm1'] })
  putSite(world.web, world.blog.id)
  await world.member('m0').round.run(world.blog.id)
  await world.spread()
  const word = {
    blog: world.blog.id,
    state: 'down',
    by: 'author',
    until: world.clock.nowMs() + 5 * 86_400_000,
  } as const
  await world.member('m0').ledger.publish('declaration', word, signerOf('ana posting'))
  await world.spread()
  world.web.taken()
  await world.clock.advance(25 * hourMs)
  const outcome = await world.member('m1').round.run(world.blog.id)
  assert.ok(outcome.turn === 'ours' && outcome.capture === null && outcome.head !== null)
  assert.deepEqual(world.web.taken(), {})
  assert.equal((await headAt(world, 'm1')).key, signerOf('m1').key)
})

test('a second signer that finds the same texts makes the copy "captured alike"; once a day, and not for other texts', async () => {
  const world = await openWorld(4, { signers: ['m0', 'm1'] })
  putSite(world.web, world.blog.id)
  await world.member('m0').round.run(world.blog.id)
  await world.spread(['head', 'snapshot'])
  const second = await world.member('m1').round.run(world.blog.id)
  assert.equal(second.turn, 'second')
  await world.spread(['snapshot'])
  const shown = async () => currentSnapshot(await world.member('m2').ledger.blog(world.blog.id), world.clock.nowMs())
  assert.equal((await shown())!.trust, 'captured-alike')
  assert.equal((await shown())!.snapshot.payload.key, signerOf('m0').key)
  world.web.put('http://ana.example/one/', `<title>One</title><article>${'other text '.repeat(50)}</article>`)
  for (const hours of [13, 12]) {
    await world.clock.advance(hours * hourMs)
    await world.member('m0').round.run(world.blog.id)
  }
  world.web.put('http://ana.example/one/', `<title>One</title><article>${'shown to m1 only '.repeat(50)}</article>`)
  await world.spread(['head', 'snapshot'])
  await world.member('m1').round.run(world.blog.id)
  await world.spread(['snapshot'])
  assert.equal((await shown())!.trust, 'captured-by-one')
})

test('a copy that the blog signed itself gets no second look; once its server is silent for a day, another captures', async () => {
  const world = await openWorld(4, { signers: ['m0', 'm1'], online: 'm0' })
  putSite(world.web, world.blog.id)
  await world.member('m0').round.run(world.blog.id)
  await world.spread(['head', 'snapshot'])
  const shown = async () => currentSnapshot(await world.member('m1').ledger.blog(world.blog.id), world.clock.nowMs())
  assert.equal((await shown())!.trust, 'signed-by-blog')
  world.web.taken()
  assert.equal((await world.member('m1').round.run(world.blog.id)).turn, 'none')
  assert.deepEqual(world.web.taken(), {})

  await world.clock.advance(25 * hourMs)
  world.web.put('http://ana.example/one/', `<title>One</title><article>${'later words '.repeat(50)}</article>`)
  assert.equal((await world.member('m1').round.run(world.blog.id)).turn, 'ours')
  await world.spread(['head', 'snapshot'])
  assert.equal((await shown())!.snapshot.payload.key, signerOf('m1').key)
})

test('a round that stayed incomplete is tried again within minutes, a well one after an hour, never two at once', async () => {
  const world = await openWorld(4, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const { round } = world.member('m0')
  const [roundOutcome, same] = await Promise.all([round.run(world.blog.id), round.run(world.blog.id)])
  assert.equal(roundOutcome, same)
  world.web.taken()
  await world.clock.advance(10 * 60_000)
  await round.tick()
  assert.deepEqual(world.web.taken(), {})
  await world.clock.advance(60 * 60_000)
  await round.tick()
  assert.equal(world.web.taken()['http://ana.example/'], 304)
  world.web.put('http://ana.example/', 'oops', 'text/html', { status: 500 })
  await world.clock.advance(70 * 60_000)
  await round.tick()
  world.web.taken()
  await world.clock.advance(6 * 60_000)
  await round.tick()
  assert.deepEqual(world.web.taken(), { 'http://ana.example/': 500 })
})

test('a new entry in the feed brings the next round forward; the feed alone costs one 304', async () => {
  const world = await openWorld(4, { signers: ['m0'] })
  putSite(world.web, world.blog.id)
  const { round } = world.member('m0')
  await round.tick()
  world.web.taken()
  await world.clock.advance(17 * 60_000)
  await round.tick()
  assert.deepEqual(world.web.taken(), { 'http://ana.example/feed.xml': 304 })
  const entries = ['two', 'one'].map((id) => `<entry><id>${id}</id><link href="/${id}/"/></entry>`)
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom">${entries.join('')}</feed>`
  world.web.put('http://ana.example/feed.xml', feed, 'application/atom+xml')
  world.web.put('http://ana.example/two/', `<title>Two</title><article>${'new words '.repeat(50)}</article>`)
  await world.clock.advance(17 * 60_000)
  await round.tick()
  const snapshot = currentSnapshot(await world.member('m0').ledger.blog(world.blog.id), world.clock.nowMs())!.snapshot
  assert.deepEqual(
    snapshot.payload.pages.map((page) => page.path),
    ['/', '/two/', '/one/'],
  )
})

test('a guess about a page is given up after a day where two operators saw the same page, and not for one alone', async () => {
  const world = await openWorld(4, { signers: ['m0', 'm1'] })
  const page = (words: string) => `<title>Our village</title><h1>Our village</h1><p>${words}</p>`
  world.web.put('http://ana.example/', page('Our site is under construction. More in spring.'))
  const round = (name: string) => world.member(name).round.run(world.blog.id)
  const aside = async () => {
    const outcome = await round('m0')
    return outcome.turn === 'ours' && outcome.capture?.ok === false && outcome.capture.reason
  }
  assert.equal(await aside(), 'suspended')
  await world.spread(['head', 'snapshot'])
  await round('m1')
  await world.clock.advance(12 * hourMs)
  await aside()
  await world.spread(['head', 'snapshot'])
  await world.clock.advance(14 * hourMs)
  assert.equal(await aside(), 'suspended')
  await world.spread(['head', 'snapshot'])
  assert.equal((await headAt(world)).snapshot, undefined)
  await world.clock.advance(2 * hourMs)
  await round('m1')
  await world.spread(['snapshot'])
  await round('m0')
  const named = (await headAt(world)).snapshot
  assert.notEqual(named, undefined)
  await world.clock.advance(2 * hourMs)
  world.web.put('http://ana.example/', page('This account has been suspended.'))
  assert.equal(await aside(), 'suspended')
  assert.equal((await headAt(world)).snapshot, named)
})
