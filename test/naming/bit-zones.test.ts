/** .bit names in the DNS server: their values from a node's answers, their dead addresses withdrawn. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import { AddressWatch } from '../../naming/address-watch.ts'
import { BitZones } from '../../naming/bit-zones.ts'
import { namecoinNode } from '../../server/machine/namecoin-node.ts'
import { openWebServer } from '../support/open-servers.ts'
import { freePort } from '../support/ports.ts'
import { realComponent } from '../support/real-component.ts'
import { SmallNetwork, signerOf } from '../support/small-network.ts'
import { until } from '../support/until.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { DnsGround, output, runServer } from './dns-ground.ts'
import { unboundConfig } from './unbound-config.ts'

const ips = [1, 2, 3, 4].map((i) => `192.0.2.${i}`)

async function arrange(values: Record<string, unknown>) {
  const small = await SmallNetwork.found(3)
  const clock = new VirtualClock()
  const dead = new Set<string>()
  const random = seededRandom('bit')
  const watch = new AddressWatch(
    {
      look: async ({ address }) => !dead.has(address),
      ask: async () => null,
      roster: () => small.roster(),
      clock,
      random,
    },
    { self: signerOf('m0').key },
  )
  let isSilent = false
  const nameShow = async (name: string) => {
    if (isSilent) throw new Error('silent')
    return values[name] === undefined ? null : JSON.stringify(values[name])
  }
  const zones = new BitZones(
    { nameShow, watch, log: silentLog },
    { names: ['ana.bit', 'bob.bit'], servers: ['ns1.example.net'] },
  )
  await zones.refresh()
  const rounds = async (count: number) => {
    for (let i = 0; i < count; i++) await watch.round(zones.lookedAt())
  }
  const setsOf = (apex: string) => zones.sources().find((source) => source.apex === apex)?.sets ?? null
  const dataOf = (name: string, type: string) =>
    setsOf('ana.bit')?.find((set) => set.name === name && set.type === type)?.data
  const silence = () => {
    isSilent = true
  }
  return { zones, values, dead, rounds, setsOf, dataOf, silence }
}

test('of four addresses at most three are shown, and two dead ones are not among them', async () => {
  const { dead, rounds, dataOf } = await arrange({ 'd/ana': { ip: ips, map: { www: { alias: '@' } } } })
  assert.deepEqual(dataOf('ana.bit', 'A'), ips.slice(0, 3))
  for (const ip of [ips[0]!, ips[2]!]) dead.add(ip)
  await rounds(2)
  assert.equal(dataOf('ana.bit', 'A')!.length, 3)
  await rounds(1)
  assert.deepEqual(dataOf('ana.bit', 'A'), [ips[1], ips[3]])
  assert.deepEqual(dataOf('www.ana.bit', 'CNAME'), ['ana.bit'])
})

test('a name that is gone is gone; a node that falls silent changes nothing; servers of others are not ours to answer for', async () => {
  const { zones, values, setsOf, silence } = await arrange({
    'd/ana': { ip: ips },
    'd/bob': { ns: ['ns.elsewhere.example.'], ip: ips },
  })
  assert.equal(setsOf('bob.bit'), null)
  assert.notEqual(setsOf('ana.bit'), null)
  delete values['d/ana']
  await zones.refresh()
  assert.equal(setsOf('ana.bit'), null)
  values['d/ana'] = { ip: ips }
  await zones.refresh()
  silence()
  await zones.refresh()
  assert.notEqual(setsOf('ana.bit'), null)
})

test('a node is asked with its password, and believed only where it says a value or that there is none', async (t) => {
  const asked: { authorization: string | undefined; body: string }[] = []
  let answer: unknown = {}
  const origin = await openWebServer(t, (request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, body })
      response.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  const show = namecoinNode(`${origin.replace('//', '//user:p%40ss@')}/`)
  answer = { result: { name: 'd/ana', value: '{"ip":"192.0.2.1"}', expired: false }, error: null }
  assert.equal(await show('d/ana'), '{"ip":"192.0.2.1"}')
  assert.equal(asked[0]!.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`)
  assert.deepEqual(JSON.parse(asked[0]!.body).params, ['d/ana'])
  answer = { result: null, error: { code: -4, message: 'name never existed: "d/ana"' } }
  assert.equal(await show('d/ana'), null)
  answer = { result: { value: '{}', expired: true } }
  assert.equal(await show('d/ana'), null)
  for (const other of [{ error: { code: -28, message: 'Loading block index…' } }, {}, 'no json', 'x'.repeat(70_000)]) {
    answer = other
    await assert.rejects(show('d/ana'), Error)
  }
})

test('unbound sees the two living of four addresses', async (t) => {
  if (realComponent(t, 'unbound') === null) return
  const { zones, dead, rounds } = await arrange({ 'd/ana': { ip: ips } })
  for (const ip of [ips[0]!, ips[1]!]) dead.add(ip)
  await rounds(3)
  const ground = await DnsGround.open(t)
  ground.serve(zones.sources()[0]!)
  const port = await freePort()
  const { said } = await runServer(
    t,
    'unbound',
    (file) => ['-d', '-p', '-c', file],
    (folder) =>
      unboundConfig({
        folder,
        interface: `127.0.0.1@${port}`,
        zone: 'bit',
        server: `127.0.0.1@${ground.port}`,
        more: ['domain-insecure: "bit."'],
      }),
  )
  const ask = () => output('dig', ['@127.0.0.1', '-p', String(port), '+short', '+tries=1', '+time=2', 'ana.bit', 'A'])
  const found = await until(async () => ((await ask()).includes('192.0.2') ? ask() : null), 'unbound answers', {
    seen: said,
  })
  assert.deepEqual(found.trim().split('\n').sort(), ips.slice(2))
})
