import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  afterIllness,
  nextLookMs,
  nextSlotMs,
  type ProbeHistory,
  withLook,
} from '../../activation/watch/probe-history.ts'
import { pace } from './watching-members.ts'

const minuteMs = 60_000

/** u = up, d = down, c = changed, w = a wall, f = a flood; one look every `stepMs`. */
function seen(letters: string, stepMs = 30_000): ProbeHistory {
  const states = { u: 'up', d: 'down', c: 'changed', w: 'defended', f: 'defended' } as const
  let history: ProbeHistory | null = null
  for (const [i, letter] of [...letters].entries())
    history = withLook(history, {
      state: states[letter as 'u'],
      reason: letter === 'f' ? 'status-429' : 'test',
      atMs: i * stepMs,
    })
  return history!
}

test('one or two failures are a warning, three in a row a vote', () => {
  assert.deepEqual([seen('ud').state, seen('ud').vote, seen('ud').probes], ['down', false, 1])
  assert.deepEqual([seen('udd').vote, seen('udd').probes], [false, 2])
  assert.deepEqual([seen('uddd').vote, seen('uddd').probes], [true, 3])
})

test('one good look takes a young vote back', () => {
  assert.deepEqual([seen('udddu').state, seen('udddu').vote], ['up', false])
})

test('seven failures of the last ten are a vote although some looks are good', () => {
  const half = seen('ududdduddu')
  assert.deepEqual([half.state, half.vote], ['up', false])
  const ill = seen('dduddduddu')
  assert.deepEqual([ill.state, ill.vote, ill.probes], ['down', true, 7])
})

test('three good looks in a row end even a long outage, two do not', () => {
  assert.equal(seen('dddddddddduu').state, 'down')
  const back = seen('dddddddddduuu')
  assert.deepEqual([back.state, back.vote, back.probes], ['up', true, 3])
})

test('good looks count together only within five minutes', () => {
  assert.equal(seen('uuu', 5 * minuteMs).vote, false)
  assert.equal(seen('uuu', 2 * minuteMs).vote, true)
})

test('looks that are older than twenty minutes are forgotten', () => {
  assert.equal(seen('dddddddddu', 5 * minuteMs).state, 'up')
})

test('another page is changed, and since the first bad look', () => {
  const parked = seen('uuccc')
  assert.deepEqual([parked.state, parked.since], ['changed', 60_000])
  assert.equal(seen('udcdcd').state, 'changed')
  assert.equal(seen('uccddd').state, 'down')
})

test('a watcher that was ill keeps one look of its illness, as a warning', () => {
  const ill = afterIllness(seen('udddddddd'))
  assert.deepEqual([ill.state, ill.vote, ill.probes, ill.looks.length], ['down', false, 1, 1])
  assert.equal(withLook(ill, { state: 'up', reason: 'test', atMs: 9 * 30_000 }).state, 'up')
})

test('a wall is no failure and no good look, however often it is met', () => {
  const walled = seen('uuwwwwwwwwww')
  assert.deepEqual([walled.state, walled.vote, walled.failing, walled.since], ['defended', false, 0, 60_000])
  assert.deepEqual([seen('uuw').state, seen('wwu').vote, seen('wwuu').vote], ['defended', false, false])
  assert.equal(seen('wwuuu').vote, true)
})

test('a wall ends a row of failures, and three of its answers all that failed before', () => {
  assert.deepEqual([seen('ddw').state, seen('ddw').failing, seen('ddwd').vote], ['defended', 0, false])
  assert.deepEqual([seen('dddddddddw').state, seen('dddddddddw').vote], ['down', true])
  assert.deepEqual([seen('dddddddddwww').state, seen('dddddddddwww').vote], ['defended', false])
  assert.deepEqual([seen('wwwddd').state, seen('wwwddd').vote], ['down', true])
})

test('nothing but "too many requests" for a quarter of an hour is a vote; a wall between begins it anew', () => {
  assert.equal(seen('ffff', 5 * minuteMs).vote, true)
  assert.equal(seen('fff', 5 * minuteMs).vote, false)
  assert.equal(seen('fwff', 5 * minuteMs).vote, false)
  assert.equal(seen('ffuf', 5 * minuteMs).vote, false)
  assert.equal(nextLookMs(seen('ffff', 5 * minuteMs), true, pace), null)
  assert.equal(nextLookMs(seen('uwww'), false, pace), null)
})

test('the pace is 15 and 30 s after failures, a minute while down, and the timetable while well', () => {
  assert.equal(nextLookMs(seen('ud'), false, pace), 15_000)
  assert.equal(nextLookMs(seen('udd'), false, pace), 30_000)
  assert.equal(nextLookMs(seen('uddd'), false, pace), 60_000)
  assert.equal(nextLookMs(seen('uccc'), false, pace), 120_000)
  assert.equal(nextLookMs(seen('uuu'), true, pace), 60_000)
  assert.equal(nextLookMs(seen('udu'), false, pace), null)
  assert.equal(nextLookMs(seen('ududu'), false, pace), 30_000)
})

test('ten watchers share the interval: somebody looks every thirty seconds', () => {
  const slots = Array.from({ length: 10 }, (_, rank) => nextSlotMs(1_000_000, rank, 10, 12_345, 300_000))
  const sorted = slots.sort((a, b) => a - b)
  assert.ok(sorted.every((slot) => slot > 1_000_000 && slot <= 1_300_000))
  for (let i = 1; i < 10; i++) assert.equal(sorted[i]! - sorted[i - 1]!, 30_000)
})

test('a slot comes round after exactly one interval, and never now', () => {
  const first = nextSlotMs(5_000_000, 3, 7, 99, 300_000)
  assert.equal(nextSlotMs(first, 3, 7, 99, 300_000), first + 300_000)
  assert.equal(nextSlotMs(first - 1, 3, 7, 99, 300_000), first)
})
