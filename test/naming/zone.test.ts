import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blogFacts } from '../../mirror/pages/facts.ts'
import { addressesOf, isAway, type NamePlaces, type Place, portOf, trustedMirrors } from '../../naming/zone.ts'
import type { Payloads } from '../../protocol/objects.ts'
import { rootOf, SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'

const none = { a: [], aaaa: [] }
const member = (name: string) => ({ id: name, operator: `of ${name}` }) as never
const home = (...addresses: string[]): Place[] => addresses.map((address) => ({ address, member: null, url: '' }))
const mirrors = (...addresses: string[]): Place[] =>
  addresses.map((address) => ({ address, member: member(address), url: '' }))
const withdrawn =
  (...addresses: string[]) =>
  (place: Place) =>
    addresses.includes(place.address)

const places: NamePlaces = {
  isAway: true,
  home: home('192.0.2.1'),
  mirrors: mirrors('198.51.100.1', '2001:db8::1', '198.51.100.2', '198.51.100.3', '198.51.100.4'),
}

test('a name leads home while its blog is up, and to at most three mirrors of each family while it is down', () => {
  assert.deepEqual(addressesOf({ ...places, isAway: false }, withdrawn(), none), { a: ['192.0.2.1'], aaaa: [] })
  const away = { a: ['198.51.100.1', '198.51.100.2', '198.51.100.3'], aaaa: ['2001:db8::1'] }
  assert.deepEqual(addressesOf(places, withdrawn(), none), away)
})

test('the next mirror takes the place of one that is withdrawn', () => {
  assert.deepEqual(addressesOf(places, withdrawn('198.51.100.1', '2001:db8::1'), none), {
    a: ['198.51.100.2', '198.51.100.3', '198.51.100.4'],
    aaaa: [],
  })
})

test('a name is never empty: where all are withdrawn it keeps what it showed last', () => {
  const all = () => true
  const shown = { a: ['198.51.100.2', '203.0.113.9'], aaaa: [] }
  assert.deepEqual(addressesOf(places, all, shown).a, ['198.51.100.2'], 'what is no place of it any more stays away')
  assert.deepEqual(addressesOf(places, all, none).a, ['198.51.100.1', '198.51.100.2', '198.51.100.3'])
  assert.deepEqual(addressesOf({ ...places, isAway: false }, all, none).a, ['192.0.2.1'])
})

test('a blog that trusts nobody keeps its own addresses, and one without any leads to mirrors even while up', () => {
  assert.deepEqual(addressesOf({ ...places, mirrors: [] }, withdrawn(), none).a, ['192.0.2.1'])
  assert.deepEqual(addressesOf({ ...places, isAway: false, home: [] }, withdrawn(), none).a.length, 3)
  assert.deepEqual(addressesOf({ isAway: true, home: [], mirrors: [] }, withdrawn(), none), none)
})

async function factsOf(root: Partial<Payloads['root']> = {}, records: (i: number) => object = () => ({})) {
  const small = await SmallNetwork.found(5, undefined, records)
  const fields = { ...rootOf('ana', 'https://ana.example/'), ...root }
  const ana = new SmallBlog(small, 'ana', 'https://ana.example/', await small.sign('root', 'ana recovery', fields))
  await ana.head([3, 2, 1, 0].map((i) => small.roster().memberOf(signerOf(`m${i}`).key)!))
  return {
    ana,
    facts: () => blogFacts(ana.objects(), small.roster(), startMs + 60_000, sha256)!,
    names: (port = '443') => {
      const facts = blogFacts(ana.objects(), small.roster(), startMs + 60_000, sha256)!
      return trustedMirrors(facts, port).map((found) => found.name)
    },
  }
}

const trusted = (...names: string[]) => ({ trusted: names.map((name) => signerOf(name).key) })

test('mirrors of a name are those of the head that the root trusts, in the order of the head', async () => {
  assert.deepEqual((await factsOf()).names(), [])
  assert.deepEqual((await factsOf(trusted('m1', 'm3', 'm4'))).names(), ['m3', 'm1'], 'm4 is no mirror')
})

test('a passive member, one that leaves, a second of an operator, and one on another port are none', async () => {
  const all = trusted('m0', 'm1', 'm2', 'm3')
  assert.deepEqual((await factsOf(all, (i) => (i === 2 ? { passive: true } : {}))).names(), ['m3', 'm1', 'm0'])
  assert.deepEqual((await factsOf(all, (i) => (i === 3 ? { leaving: true } : {}))).names(), ['m2', 'm1', 'm0'])
  const twice = (i: number) => (i === 1 ? { operator: signerOf('o3').key } : {})
  assert.deepEqual((await factsOf(all, twice)).names(), ['m3', 'm2', 'm0'])
  const port = (i: number) => (i === 3 ? { url: 'https://m3.example.org:8443/' } : {})
  assert.deepEqual((await factsOf(all, port)).names(), ['m2', 'm1', 'm0'])
  assert.deepEqual((await factsOf(all, port)).names('8443'), ['m3'])
  assert.deepEqual((await factsOf({ ...all, closed: true })).names(), [])
  assert.deepEqual(['https://a.example/', 'http://a.example/', 'http://a.example:81/'].map(portOf), ['443', '80', '81'])
})

test('readers are sent away by the author’s word, and neither before it nor by an exercise', async () => {
  const real = await factsOf(trusted('m1'))
  assert.equal(isAway(real.facts()), false)
  await real.ana.say('down', startMs + 1_000, 3_600_000)
  assert.equal(isAway(real.facts()), true)
  await real.ana.say('over', startMs + 2_000, 3_600_000)
  assert.equal(isAway(real.facts()), false)
  const drill = await factsOf(trusted('m1'))
  await drill.ana.say('down', startMs + 1_000, 600_000, { exercise: true })
  assert.equal(isAway(drill.facts()), false)
})
