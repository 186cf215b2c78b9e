import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, fromHex, toHex, utf8 } from '../../protocol/bytes.ts'
import { placementId } from '../../protocol/membership.ts'
import { attesters, placeMirrors } from '../../protocol/placement.ts'
import type { MemberView, Roster } from '../../protocol/roster.ts'
import { SmallNetwork, sha256 } from '../support/small-network.ts'

const hash = (text: string) => toHex(sha256(utf8(text)))

/** A roster of `count` members, each of its own operator, region and block, changed by `change`. */
function rosterOf(count: number, change: (i: number) => Partial<MemberView> = () => ({})): Roster {
  const members = Array.from({ length: count }, (_, i) => {
    const id = hash(`member ${i}`)
    const plain = { id, key: id, operator: hash(`operator ${i}`), weight: 1, standing: 'full', leaving: false }
    const place = { region: `r${i}`, block: `b${i}`, inviters: [], placement: hash(`placement ${i}`) }
    return { ...plain, ...place, ...change(i) } as unknown as MemberView
  })
  return { members, operators: members.map((member) => member.operator), memberOf: () => null } as unknown as Roster
}

const subjects = (count: number) => Array.from({ length: count }, (_, i) => hash(`blog ${i}`))

test('ten mirrors of ten operators, the same list for everyone, in whatever order the roster comes', () => {
  const roster = rosterOf(40, (i) => ({ operator: hash(`operator ${i % 15}`) }))
  const turned = { ...roster, members: roster.members.toReversed() }
  for (const subject of subjects(50)) {
    const mirrors = placeMirrors(subject, roster, sha256)
    assert.equal(mirrors.length, 10)
    assert.equal(new Set(mirrors.map((mirror) => mirror.operator)).size, 10)
    assert.deepEqual(placeMirrors(subject, turned, sha256), mirrors)
  }
})

test('guests, leaving members and excepted operators keep nothing', () => {
  const roster = rosterOf(8, (i) => (i === 0 ? { standing: 'guest' } : i === 1 ? { leaving: true } : {}))
  const except = [roster.members[2]!.operator]
  const mirrors = placeMirrors(hash('blog'), roster, sha256, { exceptOperators: except })
  assert.equal(mirrors.length, 5)
  assert.ok(!mirrors.some((mirror) => roster.members.slice(0, 3).includes(mirror)))
})

test('two friends place on two members, and one of them where the other is excepted', async () => {
  const net = await SmallNetwork.found(2)
  assert.equal(placeMirrors(hash('blog'), net.roster(), sha256).length, 2)
  assert.equal(attesters('https://ana.example/', net.roster(), sha256).length, 2)
  const places = placeMirrors(hash('blog'), net.roster(), sha256, { exceptOperators: [net.roster().operators[0]!] })
  assert.equal(places.length, 1)
})

test('at most 4 of a region, 3 of an address block and 3 of an inviter while others remain', () => {
  const crowd = rosterOf(60, (i) => (i < 40 ? { region: 'eu' } : {}))
  const block = rosterOf(60, (i) => (i < 40 ? { block: '10.1' } : {}))
  const invited = rosterOf(60, (i) => (i < 40 ? { inviters: [hash('mallory')] } : {}))
  for (const subject of subjects(30)) {
    assert.ok(placeMirrors(subject, crowd, sha256).filter((mirror) => mirror.region === 'eu').length <= 4)
    assert.ok(placeMirrors(subject, block, sha256).filter((mirror) => mirror.block === '10.1').length <= 3)
    assert.ok(placeMirrors(subject, invited, sha256).filter((mirror) => mirror.inviters.length > 0).length <= 3)
  }
})

test('caps are dropped one after the other until ten are found, the operator cap never', () => {
  const oneRegion = rosterOf(12, () => ({ region: 'eu' }))
  assert.equal(placeMirrors(hash('a'), oneRegion, sha256).length, 10)
  const oneBlock = rosterOf(12, () => ({ region: 'eu', block: '10.1', inviters: [hash('m')] }))
  assert.equal(placeMirrors(hash('a'), oneBlock, sha256).length, 10)
  const oneOperator = rosterOf(12, (i) => ({ operator: hash(`operator ${i % 2}`) }))
  assert.equal(placeMirrors(hash('a'), oneOperator, sha256).length, 2)
  const nobodyPreferred = placeMirrors(hash('a'), rosterOf(12), sha256, { prefer: () => false })
  assert.deepEqual(
    nobodyPreferred.map((member) => member.id),
    placeMirrors(hash('a'), rosterOf(12), sha256).map((mirror) => mirror.id),
  )
})

test('with load preferred away from the full, no member carries more than 1.5 times the mean', (t) => {
  const members = 200
  const blogs = subjects(1000)
  const roster = rosterOf(members)
  const load = new Map<string, number>()
  const mean = (placed: number) => Math.max(1, (placed * 10) / members)
  for (const [i, subject] of blogs.entries()) {
    const prefer = (member: MemberView) => (load.get(member.id) ?? 0) + 1 <= 1.5 * mean(i + 1)
    for (const mirror of placeMirrors(subject, roster, sha256, { prefer }))
      load.set(mirror.id, (load.get(mirror.id) ?? 0) + 1)
  }
  const worst = Math.max(...load.values()) / mean(blogs.length)
  t.diagnostic(`${members} members, ${blogs.length} blogs: max/mean ${worst.toFixed(2)}`)
  assert.ok(worst <= 1.5, `max/mean is ${worst}`)
})

test('a member of weight 3 keeps about three times as much', (t) => {
  const roster = rosterOf(60, (i) => ({ weight: i < 10 ? 3 : 1 }))
  const slots = subjects(600).flatMap((subject) => placeMirrors(subject, roster, sha256))
  const share = (from: number, to: number) =>
    slots.filter((slot) => roster.members.slice(from, to).includes(slot)).length / (to - from)
  const ratio = share(0, 10) / share(10, 60)
  t.diagnostic(`weight 3 keeps ${ratio.toFixed(2)} times as much as weight 1`)
  assert.ok(ratio > 2.2 && ratio < 3.2, `weight 3 keeps ${ratio} times as much`)
})

test('one joining member takes its own share of slots and moves no others', (t) => {
  const before = rosterOf(100)
  const after = rosterOf(101)
  const blogs = subjects(1500)
  let moved = 0
  for (const subject of blogs) {
    const old = new Set(placeMirrors(subject, before, sha256).map((mirror) => mirror.id))
    moved += placeMirrors(subject, after, sha256).filter((mirror) => !old.has(mirror.id)).length
  }
  const ideal = (blogs.length * 10) / 101
  t.diagnostic(
    `a 101st member: ${moved} of ${blogs.length * 10} slots move, ${(moved / ideal).toFixed(2)} of the ideal`,
  )
  assert.ok(moved <= 1.1 * ideal, `${moved} slots moved, ideal ${ideal.toFixed(0)}`)
})

/** The ten best placements for a subject out of 100,000 keys, as an attacker finds who knows the nonce beforehand. */
function groundPlacements(subject: string, nonce: string): string[] {
  const tried = Array.from({ length: 100_000 }, (_, i) => {
    const key = i.toString(16).padStart(64, '0')
    const placement = placementId(key, [nonce], '', sha256)
    return { placement, score: toHex(sha256(concat(fromHex(subject), fromHex(placement), Uint8Array.of(0)))) }
  })
  return tried
    .sort((a, b) => (a.score < b.score ? 1 : -1))
    .slice(0, 10)
    .map((ranked) => ranked.placement)
}

test('100,000 ground keys win an operator one slot, and an inviter three', (t) => {
  const subject = hash('the coveted blog')
  const ground = groundPlacements(subject, hash('nonce'))
  const eve = (fields: Partial<MemberView>) =>
    rosterOf(1000, (i) => (i < 10 ? { placement: ground[i]!, ...fields } : {}))
  const best = eve({})
  assert.ok(
    placeMirrors(subject, best, sha256).filter((mirror) => ground.includes(mirror.placement)).length >= 9,
    'ground well',
  )
  const oneOperator = placeMirrors(subject, eve({ operator: hash('eve') }), sha256)
  const oneInviter = placeMirrors(subject, eve({ inviters: [hash('eve')] }), sha256)
  const won = (placed: readonly MemberView[]) => placed.filter((member) => ground.includes(member.placement)).length
  t.diagnostic(
    `100,000 ground keys, the ten best: ${won(oneOperator)} slot as one operator, ${won(oneInviter)} as invited`,
  )
  assert.equal(won(oneOperator), 1)
  assert.equal(won(oneInviter), 3)
})
