/** `npm run drill` in its short form: half of all members die with the blogs they guard, or operators collude against living ones. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulated } from '../../bench/drill/simulated.ts'

const figures = simulated({ falls: 60, members: 500, seed: 'short' })

test('with half of all members killed every fallen blog is declared by a quorum, within seven minutes', () => {
  const half = figures.killed.find(({ killed }) => killed === 0.5)!
  assert.deepEqual([half.declared, half.readable, half.writableByForm], [1, 1, 1])
  assert.ok(half.p99S <= 420, `${half.p99S} s`)
})

test('with seven of ten members killed nearly every fallen blog is declared', () => {
  const most = figures.killed.find(({ killed }) => killed === 0.7)!
  assert.ok(most.declared >= 0.95, String(most.declared))
})

test('colluders who call the others absent declare living blogs down, and lead nobody away', () => {
  for (const { operators, misledWithWords, misledAsking } of figures.colluding) {
    assert.equal(misledWithWords, 0, `${operators} of operators`)
    assert.ok(misledAsking <= 0.02, `${operators} of operators, evidence held back: ${misledAsking}`)
  }
  assert.ok(figures.colluding.at(-1)!.declared > 0.5, 'the attack is a real one')
})
