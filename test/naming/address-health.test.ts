import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AddressHealth, afterLook, type Look, unknownHealth } from '../../naming/address-health.ts'

const rules = { self: 'us', isAlone: false }

/** Looks as "us- 0" (we did not reach it at 0 s), "ana+ 5" (another operator did at 5 s). */
function after(words: readonly string[], from: AddressHealth = unknownHealth, under = rules): AddressHealth {
  return words.map(lookOf).reduce((health, look) => afterLook(health, look, under), from)
}

function lookOf(words: string): Look {
  const [, operator, sign, seconds] = /^([a-z]+)([+-]) (\d+)$/.exec(words)!
  return { operator: operator!, reached: sign === '+', atMs: 1_000 * Number(seconds) }
}

test('an address is withdrawn when we and another operator do not reach it within 30 s, whoever was first', () => {
  assert.equal(after(['us- 0', 'ana- 30']).isWithdrawn, true)
  assert.equal(after(['ana- 0', 'us- 30']).isWithdrawn, true)
  assert.equal(after(['ana- 0', 'us- 31']).isWithdrawn, false, 'a second later it does not count')
})

test('one operator withdraws nothing, neither we nor strangers, however often they fail', () => {
  assert.equal(after(['us- 0', 'us- 10', 'us- 20', 'us- 30', 'us- 40']).isWithdrawn, false)
  assert.equal(after(['ana- 0', 'bob- 1', 'eve- 2', 'us+ 3']).isWithdrawn, false)
  assert.equal(after(['us- 0', 'ana- 1', 'us+ 2']).isWithdrawn, true, 'and what comes after is for the return')
  assert.equal(after(['ana- 0', 'ana+ 5', 'us- 6']).isWithdrawn, false, 'who reaches it again denies it no more')
})

test('where nobody else could look, three looks of ours in a row are enough', () => {
  const alone = { ...rules, isAlone: true }
  assert.equal(after(['us- 0', 'us- 10'], unknownHealth, alone).isWithdrawn, false)
  assert.equal(after(['us- 0', 'us- 10', 'us- 20'], unknownHealth, alone).isWithdrawn, true)
  assert.equal(after(['us- 0', 'us- 10', 'us+ 20', 'us- 30'], unknownHealth, alone).isWithdrawn, false)
})

test('it comes back after three looks in a row that reach it, and not while another operator denies it', () => {
  const dead = after(['us- 0', 'ana- 0'])
  assert.equal(after(['us+ 40', 'us+ 50'], dead).isWithdrawn, true)
  assert.equal(after(['us+ 40', 'us+ 50', 'us+ 60'], dead).isWithdrawn, false)
  assert.equal(after(['us+ 40', 'us+ 50', 'us- 60', 'us+ 70'], dead).isWithdrawn, true)
  assert.equal(after(['us+ 40', 'us+ 50', 'bob- 55', 'us+ 60'], dead).isWithdrawn, true)
})

test('each withdrawal within an hour doubles what the return takes, up to eight minutes', () => {
  let health = unknownHealth
  const wanted: number[] = []
  for (let fall = 0; fall < 7; fall++) {
    health = after(['us- 0', 'ana- 0'], health)
    let looks = 0
    while (health.isWithdrawn) health = after([`us+ ${31 + looks++}`], health)
    wanted.push(looks)
  }
  assert.deepEqual(wanted, [3, 6, 12, 24, 48, 48, 48])
  health = after(['us- 4000', 'ana- 4000'], health)
  assert.equal(after(['us+ 4031', 'us+ 4041', 'us+ 4051'], health).isWithdrawn, false, 'an hour later all is forgotten')
})
