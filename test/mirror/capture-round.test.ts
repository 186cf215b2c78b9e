import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentHead, currentSnapshot } from '../../protocol/heads.ts'
import { signerOf } from '../support/small-network.ts'
import { MirroringMembers, putSite } from './mirroring-members.ts'

const hourMs = 3_600_000

async function headAt(net: MirroringMembers, name = 'm0') {
  return currentHead(await net.member(name).ledger.blog(net.blog.id), net.clock.nowMs())!.payload
}

test('the first head signer captures, signs the snapshot, and places ten mirrors of ten operators', async (t) => {
  const net = await MirroringMembers.create(t, 12, { signers: ['m0', 'm1'] })
  putSite(net.web, net.blog.id)
  const outcome = await net.member('m0').round.run(net.blog.id)
  assert.ok(outcome.turn === 'ours' && outcome.capture?.ok)
  const head = await headAt(net)
  assert.equal(head.mirrors.length, 10)
  assert.equal(head.seq, 1)
  const shown = currentSnapshot(await net.member('m0').ledger.blog(net.blog.id), net.clock.nowMs())
  assert.equal(shown!.trust, 'captured-by-one')
  assert.equal((await net.member('m5').round.run(net.blog.id)).turn, 'none')
  assert.equal(head.feed, 'http://ana.example/feed.xml')
})

test('an unchanged blog makes no new object for half a day, then a head that says that its signer lives', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const { round, ledger } = net.member('m0')
  await round.run(net.blog.id)
  const made: string[] = []
  ledger.onStored((objects) => made.push(...objects.map((object) => object.kind)))
  for (let hour = 1; hour < 12; hour++) {
    await net.clock.advance(hourMs)
    await round.run(net.blog.id)
  }
  assert.deepEqual(made, [])
  await net.clock.advance(2 * hourMs)
  await round.run(net.blog.id)
  assert.deepEqual(made, ['head'])
  assert.equal((await headAt(net)).seq, 2)
})

test('a changed page makes a snapshot and a head that continues the chain', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const { round } = net.member('m0')
  await round.run(net.blog.id)
  const first = await headAt(net)
  await net.clock.advance(hourMs)
  putSite(net.web, net.blog.id, 'Ana writes again')
  await round.run(net.blog.id)
  const second = await headAt(net)
  assert.equal(second.seq, 2)
  assert.notEqual(second.snapshot, first.snapshot)
  assert.deepEqual(second.mirrors, first.mirrors)
})

test('an address that nobody attested is not fetched, though its mirrors are placed', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'], attested: false })
  putSite(net.web, net.blog.id)
  await net.member('m0').round.run(net.blog.id)
  assert.deepEqual(net.web.taken(), {})
  assert.equal((await headAt(net)).snapshot, undefined)
})

test('while the blog is down it is not captured; a signer that is silent for a day is followed by the next', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0', 'm1'] })
  putSite(net.web, net.blog.id)
  await net.member('m0').round.run(net.blog.id)
  await net.spread()
  const word = {
    blog: net.blog.id,
    state: 'down',
    by: 'author',
    until: net.clock.nowMs() + 5 * 86_400_000,
  } as const
  await net.member('m0').ledger.publish('declaration', word, signerOf('ana posting'))
  await net.spread()
  net.web.taken()
  await net.clock.advance(25 * hourMs)
  const outcome = await net.member('m1').round.run(net.blog.id)
  assert.ok(outcome.turn === 'ours' && outcome.capture === null && outcome.head !== null)
  assert.deepEqual(net.web.taken(), {})
  assert.equal((await headAt(net, 'm1')).key, signerOf('m1').key)
})

test('a second signer that finds the same texts makes the copy "captured alike"; once a day, and not for other texts', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0', 'm1'] })
  putSite(net.web, net.blog.id)
  await net.member('m0').round.run(net.blog.id)
  await net.spread(['head', 'snapshot'])
  const second = await net.member('m1').round.run(net.blog.id)
  assert.equal(second.turn, 'second')
  await net.spread(['snapshot'])
  const shown = async () => currentSnapshot(await net.member('m2').ledger.blog(net.blog.id), net.clock.nowMs())
  assert.equal((await shown())!.trust, 'captured-alike')
  assert.equal((await shown())!.snapshot.payload.key, signerOf('m0').key)
  net.web.put('http://ana.example/one/', `<title>One</title><article>${'other text '.repeat(50)}</article>`)
  for (const hours of [13, 12]) {
    await net.clock.advance(hours * hourMs)
    await net.member('m0').round.run(net.blog.id)
  }
  net.web.put('http://ana.example/one/', `<title>One</title><article>${'shown to m1 only '.repeat(50)}</article>`)
  await net.spread(['head', 'snapshot'])
  await net.member('m1').round.run(net.blog.id)
  await net.spread(['snapshot'])
  assert.equal((await shown())!.trust, 'captured-by-one')
})

test('a copy that the blog signed itself gets no second look; once its server is silent for a day, another captures', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0', 'm1'], online: 'm0' })
  putSite(net.web, net.blog.id)
  await net.member('m0').round.run(net.blog.id)
  await net.spread(['head', 'snapshot'])
  const shown = async () => currentSnapshot(await net.member('m1').ledger.blog(net.blog.id), net.clock.nowMs())
  assert.equal((await shown())!.trust, 'signed-by-blog')
  net.web.taken()
  assert.equal((await net.member('m1').round.run(net.blog.id)).turn, 'none')
  assert.deepEqual(net.web.taken(), {})

  await net.clock.advance(25 * hourMs)
  net.web.put('http://ana.example/one/', `<title>One</title><article>${'later words '.repeat(50)}</article>`)
  assert.equal((await net.member('m1').round.run(net.blog.id)).turn, 'ours')
  await net.spread(['head', 'snapshot'])
  assert.equal((await shown())!.snapshot.payload.key, signerOf('m1').key)
})

test('a round that stayed incomplete is tried again within minutes, a well one after an hour, never two at once', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const { round } = net.member('m0')
  const [roundOutcome, same] = await Promise.all([round.run(net.blog.id), round.run(net.blog.id)])
  assert.equal(roundOutcome, same)
  net.web.taken()
  await net.clock.advance(10 * 60_000)
  await round.tick()
  assert.deepEqual(net.web.taken(), {})
  await net.clock.advance(60 * 60_000)
  await round.tick()
  assert.equal(net.web.taken()['http://ana.example/'], 304)
  net.web.put('http://ana.example/', 'oops', 'text/html', { status: 500 })
  await net.clock.advance(70 * 60_000)
  await round.tick()
  net.web.taken()
  await net.clock.advance(6 * 60_000)
  await round.tick()
  assert.deepEqual(net.web.taken(), { 'http://ana.example/': 500 })
})

test('a new entry in the feed brings the next round forward; the feed alone costs one 304', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0'] })
  putSite(net.web, net.blog.id)
  const { round } = net.member('m0')
  await round.tick()
  net.web.taken()
  await net.clock.advance(17 * 60_000)
  await round.tick()
  assert.deepEqual(net.web.taken(), { 'http://ana.example/feed.xml': 304 })
  const entries = ['two', 'one'].map((id) => `<entry><id>${id}</id><link href="/${id}/"/></entry>`)
  const feed = `<feed xmlns="http://www.w3.org/2005/Atom">${entries.join('')}</feed>`
  net.web.put('http://ana.example/feed.xml', feed, 'application/atom+xml')
  net.web.put('http://ana.example/two/', `<title>Two</title><article>${'new words '.repeat(50)}</article>`)
  await net.clock.advance(17 * 60_000)
  await round.tick()
  const snapshot = currentSnapshot(await net.member('m0').ledger.blog(net.blog.id), net.clock.nowMs())!.snapshot
  assert.deepEqual(
    snapshot.payload.pages.map((page) => page.path),
    ['/', '/two/', '/one/'],
  )
})

test('a guess about a page is given up after a day where two operators saw the same page, and not for one alone', async (t) => {
  const net = await MirroringMembers.create(t, 4, { signers: ['m0', 'm1'] })
  const page = (words: string) => `<title>Our village</title><h1>Our village</h1><p>${words}</p>`
  net.web.put('http://ana.example/', page('Our site is under construction. More in spring.'))
  const round = (name: string) => net.member(name).round.run(net.blog.id)
  const aside = async () => {
    const outcome = await round('m0')
    return outcome.turn === 'ours' && outcome.capture?.ok === false && outcome.capture.reason
  }
  assert.equal(await aside(), 'suspended')
  await net.spread(['head', 'snapshot'])
  await round('m1')
  await net.clock.advance(12 * hourMs)
  await aside()
  await net.spread(['head', 'snapshot'])
  await net.clock.advance(14 * hourMs)
  assert.equal(await aside(), 'suspended')
  await net.spread(['head', 'snapshot'])
  assert.equal((await headAt(net)).snapshot, undefined)
  await net.clock.advance(2 * hourMs)
  await round('m1')
  await net.spread(['snapshot'])
  await round('m0')
  const named = (await headAt(net)).snapshot
  assert.notEqual(named, undefined)
  await net.clock.advance(2 * hourMs)
  net.web.put('http://ana.example/', page('This account has been suspended.'))
  assert.equal(await aside(), 'suspended')
  assert.equal((await headAt(net)).snapshot, named)
})
