/** Signed zones, judged by Debian's unbound and delv: good ones are believed, altered ones are not, keys change unseen. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { keyPlan, kskFlags, opened, renewedKeys, zskFlags } from '../../naming/dnssec.ts'
import { byCanonicalName } from '../../naming/records.ts'
import { type ServedZone, servedZone, signingPeriod } from '../../naming/served-zone.ts'
import { freePort } from '../support/ports.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import { addresses, apex, DnsGround, keysAt, output, runServer, setOf, sourceOf } from './dns-ground.ts'
import { unboundConfig } from './unbound-config.ts'

const dayMs = 86_400_000

test('names stand in canonical order', () => {
  const names = ['z.example', 'example', 'a.example', 'yljkjljk.a.example', 'zabc.a.example', '_x.example', '9.example']
  const sorted = [
    'example',
    '9.example',
    '_x.example',
    'a.example',
    'yljkjljk.a.example',
    'zabc.a.example',
    'z.example',
  ]
  assert.deepEqual(names.sort(byCanonicalName), sorted)
})

test('a zone key signs a month, its successor stands beside it two days before, and it two days after', () => {
  const startMs = Date.UTC(2027, 0, 1)
  let keys = renewedKeys([], startMs, () => new Uint8Array(32).fill(1))
  let seed = 1
  const history: { tags: Set<string>; signs: string }[] = []
  for (let day = 0; day < 200; day++) {
    const nowMs = startMs + day * dayMs
    keys = renewedKeys(keys, nowMs, () => new Uint8Array(32).fill(++seed))
    const { published, zsk } = keyPlan(keys, nowMs)
    history.push({ tags: new Set(published.map((key) => key.seed)), signs: zsk.seed })
    assert.equal(published.filter((key) => key.flags === kskFlags).length, 1)
    assert.ok(published.filter((key) => key.flags === zskFlags).length <= 2)
  }
  assert.equal(new Set(keys.filter((key) => key.flags === kskFlags)).size, 1, 'what the parent knows never changes')
  assert.ok(new Set(history.map(({ signs }) => signs)).size >= 6)
  history.forEach(({ tags, signs }, day) => {
    assert.ok(tags.has(signs))
    if (day === 0) return
    assert.ok(history[day - 1]!.tags.has(signs), `day ${day}: a key set of yesterday knows what signs today`)
    assert.ok(tags.has(history[day - 1]!.signs), `day ${day}: today's key set knows what signed yesterday`)
  })
  assert.equal(
    keys.some((key) => key.seed === history[0]!.signs && key.flags === zskFlags),
    false,
    'the first is gone',
  )
})

test('a zone is signed anew each second day and when its key changes, and what did not change keeps its signature', () => {
  const nowMs = 2 * dayMs * 10_000
  const keys = keysAt(nowMs)
  assert.equal(signingPeriod(keys, nowMs), signingPeriod(keys, nowMs + dayMs))
  assert.notEqual(signingPeriod(keys, nowMs), signingPeriod(keys, nowMs + 2 * dayMs))
  const cache = new Map()
  const first = servedZone(sourceOf({ keys }), 1, nowMs, cache)
  const moved = sourceOf({
    keys,
    sets: sourceOf().sets.map((set) => (set.type === 'AAAA' ? setOf(apex, 'AAAA', 30, '2001:db8::2') : set)),
  })
  const second = servedZone(moved, 2, nowMs, cache)
  const signature = (zone: ServedZone, type: 'A' | 'AAAA') => zone.names.get(apex)!.get(type)!.signature[0]!
  assert.equal(signature(first, 'A'), signature(second, 'A'))
  assert.notEqual(signature(first, 'AAAA'), signature(second, 'AAAA'))
  assert.equal(
    cache.size,
    [...second.names.values()].reduce((sum, types) => sum + types.size, 0),
    'old ones are forgotten',
  )
})

async function delv(t: TestContext, ground: DnsGround, zone: ServedZone, keys = zone) {
  const folder = await temporaryFolder(t, 'delv')
  const anchors = join(folder, 'anchors')
  const [tag, algorithm, digestType, digest] = keys.delegation!.split(' ')
  await writeFile(anchors, `trust-anchors { "${apex}." static-ds ${tag} ${algorithm} ${digestType} "${digest}"; };\n`)
  return (name: string, type: string) =>
    output('delv', ['@127.0.0.1', '-p', String(ground.port), '-a', anchors, `+root=${apex}`, name, type])
}

test('delv believes records, missing types and missing names of a signed zone, and nothing under another key', async (t) => {
  if (realComponent(t, 'delv') === null) return
  const ground = await DnsGround.open(t)
  const zone = ground.serve(sourceOf({ keys: keysAt(Date.now()) }))
  const ask = await delv(t, ground, zone)
  for (const type of ['A', 'AAAA', 'NS', 'SOA', 'CAA', 'DNSKEY'])
    assert.match(await ask(apex, type), /; fully validated/, type)
  assert.match(await ask(`a.deep.${apex}`, 'A'), /; fully validated\n.*198\.51\.100\.9/)
  assert.match(await ask(apex, 'MX'), /; negative response, fully validated/)
  assert.match(await ask(`deep.${apex}`, 'A'), /; negative response, fully validated/)
  for (const name of [`other.${apex}`, `zzz.deep.${apex}`, `a.a.deep.${apex}`, `0.${apex}`])
    assert.match(await ask(name, 'A'), /; negative response, fully validated\n[\s\S]*NXDOMAIN/, name)
  const other = servedZone(sourceOf({ keys: keysAt(Date.now()) }), 1, Date.now(), new Map())
  const wrong = await delv(t, ground, zone, other)
  assert.match(await wrong(apex, 'A'), /resolution failed: (broken trust chain|no valid DS)/)
})

async function unbound(t: TestContext, ground: DnsGround, delegation: string) {
  const port = await freePort()
  const more = ['module-config: "validator iterator"', `trust-anchor: "${apex}. DS ${delegation}"`]
  const config = (folder: string) => {
    const [listens, server] = [`127.0.0.1@${port}`, `127.0.0.1@${ground.port}`]
    return unboundConfig({ folder, interface: listens, zone: apex, server, more })
  }
  const { said } = await runServer(t, 'unbound', (file) => ['-d', '-p', '-c', file], config)
  const ask = (name: string, type: string, ...words: string[]) =>
    output('dig', ['@127.0.0.1', '-p', String(port), '+dnssec', name, type, ...words])
  await until(async () => /status: /.test(await ask(apex, 'SOA', '+tries=1', '+time=1')), 'unbound answers', {
    seen: said,
  })
  return ask
}

const isBelieved = (answer: string) => /flags:[a-z ]* ad[ ;]/.test(answer)

test('unbound believes what stands there and what does not, and refuses what was altered on the way', async (t) => {
  if (realComponent(t, 'unbound') === null) return
  const keys = keysAt(Date.now())
  const ground = await DnsGround.open(t)
  const zone = ground.serve(sourceOf({ keys }))
  const ask = await unbound(t, ground, zone.delegation!)
  const found = await ask(apex, 'A')
  assert.ok(isBelieved(found), found)
  for (const address of addresses) assert.match(found, new RegExp(address.replaceAll('.', '\\.')))
  for (const name of [`other.${apex}`, `x.deep.${apex}`]) {
    const missing = await ask(name, 'A')
    assert.match(missing, /status: NXDOMAIN/)
    assert.ok(isBelieved(missing), missing)
  }
  const noType = await ask(apex, 'TXT')
  assert.ok(isBelieved(noType) && /status: NOERROR/.test(noType), noType)

  const deep = `a.deep.${apex}`
  const evil = servedZone(sourceOf({ sets: [setOf(deep, 'A', 30, '203.0.113.66')] }), 9, Date.now(), new Map())
  const { signature } = zone.names.get(deep)!.get('A')!
  const altered = new Map([['A' as const, { ...evil.names.get(deep)!.get('A')!, signature }]])
  ground.server.serve(new Map([[apex, { ...zone, names: new Map([...zone.names, [deep, altered]]) }]]))
  const answer = await ask(deep, 'A')
  assert.match(answer, /status: SERVFAIL/)
  assert.doesNotMatch(answer, /203\.0\.113\.66/)
})

test('the zone key changes while a resolver keeps the key set of before', async (t) => {
  if (realComponent(t, 'unbound') === null) return
  const nowMs = Date.now()
  const old = keysAt(nowMs - 33 * dayMs)
  const keys = keysAt(nowMs - 2.5 * dayMs, old)
  const signs = (atMs: number) => opened(keyPlan(keys, atMs).zsk).tag
  assert.notEqual(signs(nowMs - dayMs), signs(nowMs))
  const ground = await DnsGround.open(t)
  const ask = await unbound(t, ground, ground.serve(sourceOf({ keys }), nowMs - dayMs).delegation!)
  const before = await ask(apex, 'A')
  assert.ok(isBelieved(before) && before.includes(` ${signs(nowMs - dayMs)} ${apex}.`), before)
  ground.serve(sourceOf({ keys }), nowMs)
  const after = await ask(`a.deep.${apex}`, 'A')
  assert.ok(isBelieved(after) && after.includes(` ${signs(nowMs)} ${apex}.`), after)
})
