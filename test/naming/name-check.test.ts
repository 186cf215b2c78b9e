/** What `dgos name check` finds: each thing that can be wrong with a name, and nothing where all is well. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DnsExchange } from '../../lib/dns.ts'
import { seededRandom } from '../../lib/random.ts'
import { checkName, type NameReport } from '../../naming/name-check.ts'
import type { RecordSet } from '../../naming/records.ts'
import { servedZone } from '../../naming/served-zone.ts'
import { apex, dnsServer, keysAt, setOf, sourceOf } from './dns-ground.ts'

const nowMs = Date.now()
const keys = keysAt(nowMs)
const zone = servedZone(sourceOf({ keys }), 7, nowMs, new Map())
const sender = { address: '192.0.2.53', isTcp: false }
const resolver = { address: '192.0.2.99', port: 53 }
const [tag, algorithm, digestType, digest] = zone.delegation!.split(' ')
const ds = {
  keyTag: Number(tag),
  algorithm: Number(algorithm),
  digestType: Number(digestType),
  digest: Buffer.from(digest!, 'hex'),
}

const good: NameReport = {
  host: apex,
  names: [{ apex, name: apex }],
  isAway: false,
  trustsUs: true,
  home: ['192.0.2.10'],
  mirrors: [1, 2].map((i) => ({
    name: `Member ${i}`,
    url: `https://m${i}.example/`,
    addresses: [`198.51.100.${i}`],
    withdrawn: [],
  })),
  zones: [{ apex, serial: 7, servers: ['ns1.example.net', 'ns2.example.net'], delegation: zone.delegation }],
}
const names: readonly RecordSet[] = [
  setOf(apex, 'NS', 3_600, 'ns1.example.net', 'ns2.example.net'),
  setOf(apex, 'A', 30, '192.0.2.10'),
  setOf('ns1.example.net', 'A', 300, '192.0.2.1'),
  setOf('ns2.example.net', 'A', 300, '192.0.2.2'),
]

/** A world in which the resolver knows `records`, and each server has the zone, another one, or is silent. */
function world(
  records: readonly RecordSet[],
  servers: Readonly<Record<string, 'zone' | 'old' | 'other' | 'udp' | 'silent'>> = {},
): DnsExchange {
  const own = dnsServer()
  const old = dnsServer()
  own.serve(new Map([[apex, zone]]))
  old.serve(new Map([[apex, { ...servedZone(sourceOf({ keys }), 5, nowMs, new Map()) }]]))
  const knows = dnsServer()
  const root = { apex: '', servers: ['ns.example'], mailbox: 'h.example', keys: null }
  // one zone a name: as the resolver's answers need no authority, a server of ours speaks in its place
  const byName = new Map(
    [...new Set(records.map((set) => set.name))].map((name) => {
      const sets = records.filter((set) => set.name === name && set.type !== 'NS')
      const ns = records.find((set) => set.name === name && set.type === 'NS')
      return [
        name,
        servedZone(
          { ...root, apex: name, sets, servers: (ns?.data as string[]) ?? ['none.example'] },
          1,
          nowMs,
          new Map(),
        ),
      ] as const
    }),
  )
  knows.serve(byName)
  return async (server, message, way) => {
    const what = server.address === resolver.address ? 'resolver' : (servers[server.address] ?? 'zone')
    if (what === 'silent' || (what === 'udp' && way === 'tcp')) return null
    const from = { resolver: knows, zone: own, udp: own, old, other: dnsServer() }[what]
    return from.answer(Buffer.from(message), sender)[0] ?? null
  }
}

async function findings(report: NameReport = good, exchange = world(names)) {
  const found = await checkName({ exchange, random: seededRandom('check'), resolver, port: 53 }, report)
  return found
    .filter((finding) => finding.result !== 'good')
    .map(({ check, result, detail }) => `${result} ${check}: ${detail}`)
}

const without = (name: string, type: string) => names.filter((set) => set.name !== name || set.type !== type)

test('where all is well nothing is found, with the parent zone signed or not', async () => {
  assert.deepEqual(await findings(), [])
})

test('a home that nobody told, and mirrors that are missing, few, lost or dead', async () => {
  const [first] = good.mirrors
  assert.match(
    (await findings({ ...good, home: [] })).join('\n'),
    /^bad home: .* add "blog\.example\.org=<its address>" to dnsHomes/,
  )
  assert.match(
    (await findings({ ...good, mirrors: [] })).join(),
    /bad mirrors: no mirror may answer.*dgos blog keys trust/,
  )
  assert.match((await findings({ ...good, mirrors: [first!] })).join(), /warning mirrors: Member 1 alone/)
  const lost = { ...good, mirrors: [...good.mirrors, { ...first!, name: 'Lost', addresses: [] }] }
  assert.match((await findings(lost)).join(), /warning mirrors: Lost: the host of its url has no public address/)
  const dead = { ...good, mirrors: [...good.mirrors, { ...first!, name: 'Dead', withdrawn: first!.addresses }] }
  assert.match((await findings(dead)).join(), /warning mirrors: Dead: does not answer now/)
})

test('a server without address, silent, deaf on TCP, without the zone or with an old one', async () => {
  assert.match(
    (await findings(good, world(without('ns2.example.net', 'A')))).join(),
    /bad servers: ns2\.example\.net has no address/,
  )
  const second = (what: 'silent' | 'udp' | 'other' | 'old') => findings(good, world(names, { '192.0.2.2': what }))
  assert.match(
    (await second('silent')).join(),
    /bad servers: ns2\.example\.net \(192\.0\.2\.2\) does not answer by UDP on port 53/,
  )
  assert.match((await second('udp')).join(), /bad servers: .* does not answer by TCP/)
  assert.match((await second('other')).join(), /bad servers: .* does not have the zone blog\.example\.org \(SERVFAIL\)/)
  assert.match((await second('old')).join(), /warning servers: .* in the form 5, the newest is 7/)
})

test('a name that is not delegated, or to others: the words say what to enter at the provider', async () => {
  const other = [...without(apex, 'NS'), setOf(apex, 'NS', 300, 'ns.provider.example')]
  assert.match(
    (await findings(good, world(other))).join(),
    /bad delegation: .* is delegated to ns\.provider\.example: at your DNS provider, for blog\.example\.org set NS ns1\.example\.net\. and NS ns2\.example\.net\., and remove its A, AAAA and CNAME/,
  )
  const shared = { ...good, names: [{ apex: 'names.m1.example', name: `${apex}.names.m1.example` }], zones: [] }
  assert.match(
    (await findings(shared)).join(),
    /bad delegation: .* set CNAME blog\.example\.org\.names\.m1\.example\. in place/,
  )
  const alias = [setOf(apex, 'CNAME', 300, `${apex}.names.m1.example`), ...without(apex, 'A')]
  assert.doesNotMatch((await findings(shared, world(alias))).join(), /delegation/)
})

test('readers who are sent elsewhere than the member says', async () => {
  const away = { ...good, isAway: true }
  assert.match(
    (await findings(away)).join(),
    /warning readers: readers are sent to 192\.0\.2\.10, where mirrors should be \(198\.51\.100\.1, 198\.51\.100\.2\)/,
  )
  assert.match(
    (await findings(good, world(without(apex, 'A')))).join(),
    /bad readers: blog\.example\.org has no address/,
  )
})

test('a parent zone that knows another key is worse than one that knows none', async () => {
  const signed = [...names, { ...setOf(apex, 'A', 30, ds), type: 'DS' as never }]
  assert.deepEqual(await findings(good, world(signed)), [])
  const wrong = [...names, { ...setOf(apex, 'A', 30, { ...ds, keyTag: 1 }), type: 'DS' as never }]
  assert.match((await findings(good, world(wrong))).join(), /bad dnssec: the parent zone knows another key/)
})
