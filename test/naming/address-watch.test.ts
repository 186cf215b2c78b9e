import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pause } from '../../lib/clock.ts'
import { seededRandom } from '../../lib/random.ts'
import { AddressWatch, lookEveryMs } from '../../naming/address-watch.ts'
import type { Place } from '../../naming/zone.ts'
import { SmallNetwork, signerOf } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

/** What happens to a packet for one of these addresses: refused at once, or never answered. */
type Lines = { dead: Set<string>; silent: Set<string>; ill: Set<string>; asked: string[] }

async function arrange(members: number) {
  const small = await SmallNetwork.found(members)
  const clock = new VirtualClock()
  const lines: Lines = { dead: new Set(), silent: new Set(), ill: new Set(), asked: [] }
  const reaches = async (name: string) => {
    if (lines.silent.has(name)) await pause(clock, 3_000)
    return !lines.dead.has(name) && !lines.silent.has(name)
  }
  const watch = new AddressWatch(
    {
      look: async ({ member, address }) => !lines.ill.has('m0') && (await reaches(member?.name ?? address)),
      ask: async (asked, member) => {
        lines.asked.push(asked.name)
        return lines.ill.has('m0') || lines.dead.has(asked.name) ? null : await reaches(member.name)
      },
      roster: () => small.roster(),
      clock,
      random: seededRandom('address-watch'),
    },
    { self: signerOf('m0').key },
  )
  const places: Place[] = small
    .roster()
    .members.map((member) => ({ address: `192.0.2.${member.name}`, member, url: member.url }))
  const place = (name: string) => places.find((entry) => entry.member?.name === name)!
  let changes = 0
  watch.onChange(() => changes++)
  const rounds = async (count: number, looked = places) => {
    for (let i = 0; i < count; i++) {
      await Promise.all([watch.round(looked), clock.advance(lookEveryMs)])
    }
  }
  return { watch, lines, place, rounds, clock, changed: () => changes }
}

test('a dead mirror is withdrawn within one round, and told once', async () => {
  const { watch, lines, place, rounds, changed } = await arrange(6)
  await rounds(2)
  lines.dead.add('m3')
  await rounds(3)
  assert.deepEqual(
    ['m1', 'm2', 'm3'].map((name) => watch.isWithdrawn(place(name))),
    [false, false, true],
  )
  assert.equal(changed(), 1)
  const asked = lines.asked.length
  await rounds(3)
  assert.equal(lines.asked.length, asked, 'nobody is asked about what is withdrawn')
})

test('a silent mirror is withdrawn when the look ends: the others were asked after a second', async () => {
  const { watch, lines, place, clock } = await arrange(6)
  lines.silent.add('m3')
  const round = watch.round([place('m3'), place('m2')])
  await clock.advance(1_000)
  assert.equal(lines.asked.length, 3)
  await clock.advance(2_999) // the second look began after that second
  assert.equal(watch.isWithdrawn(place('m3')), false)
  await clock.advance(1)
  await round
  assert.equal(watch.isWithdrawn(place('m3')), true)
  assert.equal(watch.isWithdrawn(place('m2')), false)
})

test('one look that is lost withdraws nothing, also where another operator has just denied the mirror', async () => {
  const { watch, lines, place, clock } = await arrange(6)
  const m3 = place('m3')
  await Promise.all([watch.round([m3]), clock.advance(lookEveryMs)])
  watch.denied(m3, signerOf('o1').key, clock.nowMs())
  lines.silent.add('m3')
  const round = watch.round([m3])
  await clock.advance(500)
  lines.silent.delete('m3')
  await clock.advance(5_000)
  await round
  assert.equal(watch.isWithdrawn(m3), false)
})

test('a member whose own line is cut withdraws nothing', async () => {
  const { watch, lines, place, rounds } = await arrange(6)
  lines.ill.add('m0')
  await rounds(6)
  assert.deepEqual(
    ['m1', 'm2', 'm3', 'm4', 'm5'].filter((name) => watch.isWithdrawn(place(name))),
    [],
  )
})

test('with nobody else to ask, the third look decides; neither we nor the mirror itself are asked', async () => {
  const { watch, lines, place, rounds } = await arrange(2)
  lines.dead.add('m1')
  await rounds(2)
  assert.equal(watch.isWithdrawn(place('m1')), false)
  await rounds(1)
  assert.equal(watch.isWithdrawn(place('m1')), true)
  assert.deepEqual(lines.asked, [])
})

test('a watcher that did not reach a mirror counts beside our own look, while its word is fresh', async () => {
  const { watch, lines, place, rounds, clock } = await arrange(2)
  await rounds(1)
  const m1 = place('m1')
  lines.dead.add('m1')
  watch.denied(m1, signerOf('o7').key, clock.nowMs() - 31_000)
  watch.denied(m1, signerOf('o1').key, clock.nowMs())
  watch.denied(m1, signerOf('o0').key, clock.nowMs())
  await rounds(1)
  assert.equal(watch.isWithdrawn(m1), false, 'old words, and those of the mirror’s own operator and ours')
  watch.denied(m1, signerOf('o7').key, clock.nowMs())
  assert.equal(watch.isWithdrawn(m1), true)
})

test('a blog’s own address is looked at by us alone, and asks nothing of others', async () => {
  const { watch, lines, rounds } = await arrange(6)
  const own: Place[] = ['192.0.2.10', '192.0.2.11'].map((address) => ({ address, member: null, url: '' }))
  lines.dead.add('192.0.2.10')
  await rounds(3, own)
  assert.deepEqual(
    own.map((place) => watch.isWithdrawn(place)),
    [true, false],
  )
  assert.deepEqual(lines.asked, [])
  await rounds(1, [own[1]!])
  assert.equal(watch.isWithdrawn(own[0]!), false, 'what is looked at no more is forgotten')
})
