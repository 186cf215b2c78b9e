import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide, renewBeforeMs, standingWord } from '../../activation/watch/verdict.ts'
import type { Observation, SignedObject } from '../../protocol/objects.ts'
import type { TestBlog } from '../support/test-web.ts'
import { type WatchingMember, type WatchNetwork, watchNetwork } from './watching-members.ts'

const minuteMs = 60_000
const nowMs = 1_000_000_000

function word(state: 'down' | 'over', timeMs: number, untilMs = timeMs + 30 * minuteMs): SignedObject<'declaration'> {
  return { payload: { state, time: timeMs, until: untilMs, by: 'quorum' } } as SignedObject<'declaration'>
}
const down = (timeMs: number) => ({ down: true, timeMs })
const up = (timeMs: number) => ({ up: true, timeMs })
const noDown = { down: false, timeMs: 0 }
const noUp = { up: false, timeMs: 0 }

test('a quorum of down votes is declared once', () => {
  assert.equal(decide(null, down(nowMs), noUp, nowMs), 'declare')
  assert.equal(decide(null, noDown, noUp, nowMs), 'none')
  assert.equal(decide(word('down', nowMs), down(nowMs), noUp, nowMs), 'none')
  assert.equal(decide(word('down', nowMs), down(nowMs + 1_000), noUp, nowMs + 1_000), 'none')
})

test('a word that has half of its time left is renewed by newer votes, never by the same ones', () => {
  const standing = word('down', nowMs)
  const later = nowMs + 30 * minuteMs - renewBeforeMs + 1
  assert.equal(decide(standing, down(later), noUp, later), 'renew')
  assert.equal(decide(standing, down(later), noUp, later - 2), 'none')
  assert.equal(decide(standing, down(nowMs), noUp, later), 'none')
  assert.equal(decide(standing, noDown, noUp, later), 'none')
})

test('up votes lift a word only where they are newer than it', () => {
  const standing = word('down', nowMs)
  assert.equal(decide(standing, noDown, up(nowMs + 1), nowMs + 1), 'lift')
  assert.equal(decide(standing, noDown, up(nowMs), nowMs + 1), 'none')
  assert.equal(decide(null, noDown, up(nowMs), nowMs), 'none')
})

test('after "over" the votes of the old outage declare nothing, new ones do', () => {
  const over = word('over', nowMs)
  assert.equal(decide(over, down(nowMs - 1), noUp, nowMs + 1), 'none')
  assert.equal(decide(over, down(nowMs + 1), noUp, nowMs + 1), 'declare')
})

async function votes(
  net: WatchNetwork,
  blog: TestBlog,
  members: readonly WatchingMember[],
  over: Partial<Observation> = {},
) {
  const atMs = net.clock.nowMs()
  const said = {
    state: 'down',
    reason: 'timeout',
    probes: 3,
    since: atMs - minuteMs,
    unreachable: [],
    ...over,
  } as const
  return Promise.all(
    members.map((member) => net.seal('observation', { blog: blog.id, address: blog.address, ...said }, member.signer)),
  )
}

test('a declaration with too few votes, borrowed votes, or votes of strangers is refused by everyone', async (t) => {
  const net = await watchNetwork(t, { members: 14 })
  const blog = await net.enrol()
  const mirrors = await net.mirrorsOf(blog)
  const strangers = net.members.filter((member) => !mirrors.includes(member))
  const until = net.clock.nowMs() + 30 * minuteMs
  const declare = async (given: readonly SignedObject<'observation'>[]) => {
    const fields = {
      blog: blog.id,
      state: 'down',
      by: 'quorum',
      until,
      votes: given.map((observation) => observation.envelope),
    } as const
    const object = await net.seal('declaration', fields, mirrors[0]!.signer)
    const [answer] = await strangers[0]!.ledger.accept([object.envelope], 'peer')
    return answer!.result === 'refused' ? answer!.code : answer!.result
  }
  const six = await votes(net, blog, mirrors.slice(0, 6))
  assert.equal(await declare(six.slice(0, 5)), 'NO_QUORUM')
  assert.equal(await declare([...six.slice(0, 5), six[0]!]), 'NO_QUORUM')
  assert.equal(await declare([...six.slice(0, 5), ...(await votes(net, blog, strangers.slice(0, 2)))]), 'NO_QUORUM')
  assert.equal(await declare(await votes(net, blog, mirrors.slice(0, 6), { probes: 2 })), 'NO_QUORUM')
  assert.equal(await declare(await votes(net, blog, mirrors.slice(0, 6), { state: 'changed' })), 'NO_QUORUM')
  assert.equal(await declare(await votes(net, blog, mirrors.slice(0, 6), { state: 'up' })), 'NO_QUORUM')
  assert.equal(await declare(six), 'stored')
})

test('a word whose voters call mirrors absent that were heard here is disputed, one about silent mirrors is not', async (t) => {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  const mirrors = await net.mirrorsOf(blog)
  const unreachable = net.members
    .filter((member) => !mirrors.slice(0, 4).includes(member))
    .map(({ signer }) => signer.key)
  const four = await votes(net, blog, mirrors.slice(0, 4), { unreachable })
  const until = net.clock.nowMs() + 30 * minuteMs
  const fields = {
    blog: blog.id,
    state: 'down',
    by: 'quorum',
    until,
    votes: four.map((observation) => observation.envelope),
  } as const
  const object = await net.seal('declaration', fields, mirrors[0]!.signer)
  const { ledger } = mirrors[9]!
  await ledger.accept([object.envelope], 'peer')
  const isDisputed = async () => {
    const { state, disputed } = await ledger.state(blog.id)
    assert.equal(state, 'down')
    return disputed
  }
  assert.equal(await isDisputed(), false)
  const [seen] = await votes(net, blog, mirrors.slice(5, 6), { state: 'up' })
  await ledger.accept([seen!.envelope], 'peer')
  assert.equal(await isDisputed(), false, 'four of five suffice')
  const more = await votes(net, blog, mirrors.slice(6, 10), { state: 'up' })
  await ledger.accept(
    more.map((observation) => observation.envelope),
    'peer',
  )
  assert.equal(await isDisputed(), true)
})

test('votes that arrive while a word is being signed make no second word', async (t) => {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  const mirrors = await net.mirrorsOf(blog)
  const [first] = mirrors
  first!.verdict.start()
  const ten = await votes(net, blog, mirrors)
  await Promise.all(ten.map((observation) => first!.ledger.accept([observation.envelope], 'peer')))
  while ((await first!.ledger.blog(blog.id)).declaration.length === 0) await new Promise(setImmediate)
  for (let i = 0; i < 100; i++) await new Promise(setImmediate)
  first!.verdict.stop()
  assert.equal((await first!.ledger.blog(blog.id)).declaration.length, 1)
})

test('the newest unexpired word of the quorum stands, whatever the author says', async (t) => {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  const [first] = await net.mirrorsOf(blog)
  const until = net.clock.nowMs() + 60 * minuteMs
  const own = await net.seal('declaration', { blog: blog.id, state: 'down', by: 'author', until }, blog.posting)
  await first!.ledger.accept([own.envelope], 'author')
  assert.equal(standingWord(await first!.ledger.blog(blog.id), net.clock.nowMs()), null)
})
