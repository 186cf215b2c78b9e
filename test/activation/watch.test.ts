import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BlogState } from '../../protocol/blog-state.ts'
import type { TestBlog } from '../support/test-web.ts'
import { spread, type WatchingMember, type WatchNetworkOptions, watchNetwork } from './watching-members.ts'

const minuteMs = 60_000

/** A network that has watched a well blog for ten minutes. */
async function guarded(t: TestContext, options: WatchNetworkOptions = {}) {
  const net = await watchNetwork(t, options)
  const blog = await net.enrol()
  await net.start()
  await net.clock.advance(11 * minuteMs)
  const mirrors = await net.mirrorsOf(blog)
  return { net, blog, mirrors }
}

async function stateAt(member: WatchingMember, blog: TestBlog): Promise<BlogState> {
  return member.ledger.state(blog.id)
}

for (const mirrors of [6, 10]) {
  for (const failure of ['silent', 'refused'] as const) {
    test(`a ${failure} blog of ${mirrors} mirrors is declared down within 120 seconds, everywhere`, async (t) => {
      const { net, blog } = await guarded(t, { mirrors, failure, seed: mirrors })
      assert.equal((await stateAt(net.members[0]!, blog)).state, 'up')
      blog.site = 'silent'
      const allKnow = async () => {
        const states = await Promise.all(net.members.map((member) => stateAt(member, blog)))
        return states.every((state) => state.state === 'down' && state.by === 'quorum')
      }
      assert.ok(await net.clock.advanceUntil(allKnow, 120_000), 'not declared')
    })
  }
}

test('ten watchers make one declaration, not ten', async (t) => {
  const { net, blog } = await guarded(t)
  blog.site = 'silent'
  await net.clock.advance(5 * minuteMs)
  const { declaration } = await net.members[0]!.ledger.blog(blog.id)
  assert.equal(declaration.length, 1)
  assert.ok(declaration[0]!.payload.votes!.length >= 6)
})

test('one watcher that is cut off changes nothing: it finds itself ill and does not vote', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  const ill = mirrors[3]!
  ill.cutOff = true
  await net.clock.advance(20 * minuteMs)
  for (const member of net.members) {
    if (member === ill) continue
    assert.equal((await stateAt(member, blog)).state, 'up')
  }
  const { observation, declaration } = await ill.ledger.blog(blog.id)
  assert.equal(declaration.length, 0)
  const own = observation.filter((observation) => observation.payload.key === ill.signer.key)
  assert.ok(own.every((observation) => observation.payload.probes < 3 || observation.payload.state === 'up'))
})

test('a region that was cut off and comes back votes for nothing that it saw meanwhile', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  const region = mirrors.slice(0, 7)
  for (const testMember of region) testMember.cutOff = true
  await net.clock.advance(15 * minuteMs)
  for (const testMember of region) testMember.cutOff = false
  await net.clock.advance(10 * minuteMs)
  for (const mirror of mirrors) {
    const { observation, declaration } = await mirror.ledger.blog(blog.id)
    assert.equal(declaration.length, 0)
    assert.ok(!observation.some(({ payload }) => payload.state === 'down' && payload.probes >= 3))
  }
})

test('a watcher that alone cannot see the blog votes, and is outvoted', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  mirrors[3]!.blind = true
  await net.clock.advance(10 * minuteMs)
  const { observation, declaration } = await mirrors[0]!.ledger.blog(blog.id)
  const voted = observation.some(
    (observation) => observation.payload.key === mirrors[3]!.signer.key && observation.payload.probes >= 3,
  )
  assert.ok(voted)
  assert.equal(declaration.length, 0)
  assert.equal((await stateAt(mirrors[0]!, blog)).state, 'suspected')
})

test('a minority of five of ten cannot declare, whatever it says', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  for (const mirror of mirrors.slice(0, 5)) mirror.blind = true
  await net.clock.advance(15 * minuteMs)
  for (const member of net.members) assert.notEqual((await stateAt(member, blog)).state, 'down')
  assert.equal((await mirrors[0]!.ledger.blog(blog.id)).declaration.length, 0)
})

test('a verdict of liars who call the honest mirrors unreachable is disputed at once by all that heard these, and soon by all', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 14 })
  const liars = mirrors.slice(0, 4)
  const stranger = net.members.find((member) => !mirrors.includes(member))!
  const nowMs = net.clock.nowMs()
  const unreachable = net.members.filter((member) => !liars.includes(member)).map(({ signer }) => signer.key)
  const lie = { state: 'down', reason: 'timeout', probes: 5, since: nowMs - minuteMs, unreachable } as const
  const votes = await Promise.all(
    liars.map((liar) => net.seal('observation', { blog: blog.id, address: blog.address, ...lie }, liar.signer)),
  )
  const spoken = { blog: blog.id, state: 'down', by: 'quorum', until: nowMs + 30 * minuteMs } as const
  const word = await net.seal('declaration', { ...spoken, votes: votes.map((vote) => vote.envelope) }, liars[0]!.signer)
  await spread(net, liars[0]!, [word])
  await net.clock.advance(2_000)
  for (const member of mirrors.slice(4)) assert.equal((await stateAt(member, blog)).disputed, true)
  const isDisputed = async () => (await stateAt(stranger, blog)).disputed
  assert.ok(await net.clock.advanceUntil(isDisputed, 20_000), 'not disputed')
})

test('a false declaration by six of ten is disputed by the life that others fetch', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  for (const mirror of mirrors.slice(0, 6)) mirror.blind = true
  const witness = mirrors[9]!
  const isDown = async () => (await stateAt(witness, blog)).state === 'down'
  assert.ok(await net.clock.advanceUntil(isDown, 8 * minuteMs), 'six of ten declare')
  const isDisputed = async () => (await stateAt(witness, blog)).disputed
  assert.ok(await net.clock.advanceUntil(isDisputed, 4 * minuteMs), 'not disputed')
  for (const mirror of mirrors.slice(0, 6)) mirror.blind = false
  const isOver = async () => (await stateAt(witness, blog)).state === 'up'
  assert.ok(await net.clock.advanceUntil(isOver, 6 * minuteMs), 'not lifted')
})

test('a declaration of a blog that is really down is not disputed, and is renewed while it lasts', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  blog.site = 'silent'
  for (let i = 0; i < 12; i++) {
    await net.clock.advance(5 * minuteMs)
    const { state, disputed } = await stateAt(mirrors[0]!, blog)
    assert.deepEqual([state, disputed], ['down', false], `after ${5 * (i + 1)} minutes`)
  }
  const { declaration } = await mirrors[0]!.ledger.blog(blog.id)
  assert.ok(declaration.length <= 6, `${declaration.length} declarations in an hour`)
})

test('half of all members killed together with the blog: it is still declared', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 16 })
  for (const testMember of [...mirrors.slice(0, 5), ...net.members.filter((two) => !mirrors.includes(two)).slice(0, 3)])
    await net.kill(testMember)
  blog.site = 'silent'
  const isDown = async () => (await stateAt(mirrors[9]!, blog)).state === 'down'
  assert.ok(await net.clock.advanceUntil(isDown, 9 * minuteMs), 'not declared')
})

test('a blog that comes back is seen by three good looks, and the outage ends', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  blog.site = 'silent'
  await net.clock.advance(10 * minuteMs)
  blog.site = 'up'
  const startMs = net.clock.nowMs()
  const isUp = async () => (await stateAt(mirrors[0]!, blog)).state === 'up'
  assert.ok(await net.clock.advanceUntil(isUp, 6 * minuteMs), 'not lifted')
  assert.ok(net.clock.nowMs() - startMs >= 2 * minuteMs, 'lifted on less than three looks')
  const { declaration } = await mirrors[0]!.ledger.blog(blog.id)
  const over = declaration.filter((declaration) => declaration.payload.state === 'over')
  assert.equal(over.length, 1)
  assert.ok(over[0]!.payload.votes!.length >= 6)
})

test('a blog that comes back while half of its mirrors are dead is seen too', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 16 })
  for (const mirror of mirrors.slice(0, 5)) await net.kill(mirror)
  blog.site = 'silent'
  await net.clock.advance(9 * minuteMs)
  assert.equal((await stateAt(mirrors[9]!, blog)).state, 'down')
  blog.site = 'up'
  const isUp = async () => (await stateAt(mirrors[9]!, blog)).state !== 'down'
  assert.ok(await net.clock.advanceUntil(isUp, 6 * minuteMs), 'not lifted')
})

test('a parked address is changed at once and down after an hour', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  blog.site = 'parked'
  await net.clock.advance(50 * minuteMs)
  assert.equal((await stateAt(mirrors[0]!, blog)).state, 'suspected')
  await net.clock.advance(20 * minuteMs)
  assert.equal((await stateAt(mirrors[0]!, blog)).state, 'down')
})

test('a blog that answers one look in five under attack is declared down', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  blog.site = 'flickering'
  const isDown = async () => (await stateAt(mirrors[0]!, blog)).state === 'down'
  assert.ok(await net.clock.advanceUntil(isDown, 15 * minuteMs), 'not declared')
})

test('a well blog receives at most two probes a minute from its ten watchers', async (t) => {
  const { net, blog } = await guarded(t)
  const before = blog.probes.length
  await net.clock.advance(60 * minuteMs)
  const perMinute = (blog.probes.length - before) / 60
  assert.ok(perMinute <= 2.05 && perMinute >= 1.9, `${perMinute} a minute`)
})

test('liars who cry wolf every ten seconds cannot make the others probe without end', async (t) => {
  const { net, blog, mirrors } = await guarded(t)
  const liars = mirrors.slice(0, 2)
  for (const liar of liars) liar.watch.stop()
  const before = blog.probes.length
  for (let i = 0; i < 60; i++) {
    for (const liar of liars) {
      const lie = { state: 'down', reason: 'timeout', probes: 9, since: net.clock.nowMs(), unreachable: [] } as const
      const object = await net.seal('observation', { blog: blog.id, address: blog.address, ...lie }, liar.signer)
      await spread(net, liar, [object])
    }
    await net.clock.advance(10_000)
  }
  const perMinute = (blog.probes.length - before) / 10
  assert.ok(perMinute <= 6, `${perMinute} a minute`)
})

test('the doubt of a member that does not watch the blog makes it not suspected and wakes nobody', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 14, standIns: 0 })
  const outsider = net.members.find((member) => !mirrors.includes(member))!
  const before = blog.probes.length
  const lie = { state: 'down', reason: 'timeout', probes: 9, since: net.clock.nowMs(), unreachable: [] } as const
  const doubt = await net.seal('observation', { blog: blog.id, address: blog.address, ...lie }, outsider.signer)
  for (const member of net.members) await member.ledger.accept([doubt.envelope], 'peer')
  await net.clock.advance(10_000)
  for (const mirror of mirrors) assert.equal((await stateAt(mirror, blog)).state, 'up')
  assert.ok(blog.probes.length - before <= 1, 'only the timetable looked')
})

test('a network of three friends declares with two of two watchers, and one friend alone never', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 3, mirrors: 2 })
  mirrors[0]!.blind = true
  await net.clock.advance(10 * minuteMs)
  assert.notEqual((await stateAt(mirrors[1]!, blog)).state, 'down')
  mirrors[0]!.blind = false
  await net.clock.advance(10 * minuteMs)
  blog.site = 'silent'
  const isDown = async () => (await stateAt(mirrors[1]!, blog)).state === 'down'
  assert.ok(await net.clock.advanceUntil(isDown, 6 * minuteMs), 'not declared')
})

test('stand-ins leave a well blog alone, and look when a watcher has voted down', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 16 })
  const standIns = net.members.filter((member) => !mirrors.includes(member))
  const spoken = async () => {
    const { observation } = await mirrors[0]!.ledger.blog(blog.id)
    return standIns.filter(({ signer }) => observation.some(({ payload }) => payload.key === signer.key)).length
  }
  assert.equal(await spoken(), 0)
  mirrors[3]!.blind = true
  const allSpoke = async () => (await spoken()) === standIns.length
  assert.ok(await net.clock.advanceUntil(allSpoke, 9 * minuteMs), 'not all stand-ins have looked')
  assert.notEqual((await stateAt(mirrors[0]!, blog)).state, 'down')
})

test('with eight of ten mirrors dead a blog is declared by the votes of stand-ins', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 16 })
  for (const mirror of mirrors.slice(0, 8)) await net.kill(mirror)
  blog.site = 'silent'
  const isDown = async () => {
    const { state, disputed } = await stateAt(mirrors[9]!, blog)
    return state === 'down' && !disputed
  }
  assert.ok(await net.clock.advanceUntil(isDown, 8 * minuteMs), 'not declared')
})

test('with every mirror dead stand-ins find that out, look themselves and declare', async (t) => {
  const { net, blog, mirrors } = await guarded(t, { members: 16 })
  for (const mirror of mirrors) await net.kill(mirror)
  blog.site = 'silent'
  const witness = net.members.find((member) => !mirrors.includes(member))!
  const isDown = async () => (await stateAt(witness, blog)).state === 'down'
  assert.ok(await net.clock.advanceUntil(isDown, 10 * minuteMs), 'not declared')
})

test('a member that is no mirror of a blog does not probe it', async (t) => {
  const { net, mirrors, blog } = await guarded(t, { members: 14 })
  const others = net.members.filter((member) => !mirrors.includes(member))
  assert.ok(others.length > 0)
  for (const other of others) assert.deepEqual(other.watch.watched(), [])
  assert.deepEqual(mirrors[0]!.watch.watched(), [blog.id])
})

test('a stopped watch leaves no timer', async (t) => {
  const { net } = await guarded(t)
  for (const member of net.members) await net.kill(member)
  await net.clock.advance(minuteMs)
  assert.equal(net.clock.waiting, 0)
})
