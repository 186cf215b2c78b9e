/** The name of a blog at a member that answers for it: home while the blog is up, to trusted mirrors while it is down. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import dnsPacket from 'dns-packet'
import { pause } from '../../lib/clock.ts'
import type { KeptKey } from '../../naming/dnssec.ts'
import type { Payloads } from '../../protocol/objects.ts'
import type { NamePartsOptions } from '../../server/parts/name-parts.ts'
import type { DelayMs } from '../support/memory-wire.ts'
import { signerOf } from '../support/small-network.ts'
import type { TestNetwork } from '../support/test-network.ts'
import { wholeMember } from '../support/whole-member.ts'
import { CopiedBlog } from './copied-blog.ts'

const home = '192.0.2.10'
const mirrorOf = (i: number) => `198.51.100.${i}`
const trusting = { trusted: [0, 1, 2].map((i) => signerOf(`m${i}`).key) }

const plain: NamePartsOptions = {
  zones: [
    { apex: 'ana.example', isShared: false },
    { apex: 'names.m0.example', isShared: true },
  ],
  servers: [
    { name: 'ns.m0.example', addresses: [] },
    { name: 'ns.names.m0.example', addresses: ['198.51.100.53'] },
  ],
  homes: new Map([['ana.example', [home]]]),
  secondaries: [],
  key: null,
  caa: ['ca.example; accounturi=https://ca.example/acct/1'],
  mailbox: 'dns.m0.example',
  bit: [],
  responsesPerSecond: 1_000,
}

async function arrange(
  t: TestContext,
  root: Partial<Payloads['root']> = trusting,
  options: Partial<NamePartsOptions> = {},
  delayMs?: DelayMs,
) {
  let net: TestNetwork | null = null
  const clock = () => net!.clock
  const dead = new Set<string>()
  const kept = new Map<string, readonly KeptKey[]>()
  const namingOutside = {
    look: async (address: string) => {
      if (dead.has(address) && delayMs !== undefined) await pause(clock(), 3_000)
      return !dead.has(address)
    },
    resolve: async (host: string) => [mirrorOf(Number(/^m(\d)/.exec(host)![1]))],
    nameShow: null,
    keys: {
      read: async (apex: string) => kept.get(apex) ?? [],
      write: async (apex: string, keys: readonly KeptKey[]) => void kept.set(apex, keys),
    },
  }
  const urls = (i: number) => `http://m${i}.example/`
  const make: ReturnType<typeof wholeMember> = (ground) =>
    wholeMember(ground.i === 0 ? { naming: { names: { ...plain, ...options } } } : {}, { namingOutside })(ground)
  const blog = await CopiedBlog.create(t, root, {
    make,
    urls,
    members: 5,
    ...(delayMs === undefined ? {} : { delayMs }),
  })
  net = blog.net
  const { names } = blog.member.naming
  await blog.net.start()
  const ask = (name: string, type = 'A') => {
    const message = dnsPacket.encode({ type: 'query', id: 1, questions: [{ name, type: type as 'A' }] })
    const [reply] = names!.server.answer(message, { address: '192.0.2.53', isTcp: false })
    return dnsPacket.decode(reply!) as ReturnType<typeof dnsPacket.decode> & { rcode: string }
  }
  const addresses = (name = 'ana.example') => {
    const { answers = [] } = ask(name)
    return answers.map((record) => (record as { data: string }).data).sort()
  }
  const cut = (i: number) => {
    dead.add(mirrorOf(i))
    blog.net.member(i).cutOff = true
  }
  return { blog, ask, addresses, cut, kept, dead, advance: (seconds: number) => blog.net.advance({ seconds }) }
}

test('a name leads home, to the mirrors within seconds of the author’s word, and home again', async (t) => {
  const { blog, addresses, advance } = await arrange(t)
  const names = ['ana.example', 'ana.example.names.m0.example']
  await advance(30)
  for (const name of names) assert.deepEqual(addresses(name), [home])
  await blog.declare()
  await advance(7)
  for (const name of names) assert.deepEqual(addresses(name), [0, 1, 2].map(mirrorOf))
  await blog.declare({ state: 'over' })
  await advance(7)
  for (const name of names) assert.deepEqual(addresses(name), [home])
})

test('a mirror that dies leaves the name within fifteen seconds, and comes back when it has stood for half a minute', async (t) => {
  const { blog, addresses, advance, cut, dead } = await arrange(t)
  await blog.declare()
  await advance(70)
  cut(1)
  await advance(15)
  assert.deepEqual(addresses(), [0, 2].map(mirrorOf))
  dead.clear()
  blog.net.heal()
  await advance(19)
  assert.deepEqual(addresses(), [0, 2].map(mirrorOf))
  await advance(45)
  assert.deepEqual(addresses(), [0, 1, 2].map(mirrorOf))
})

test('a mirror that swallows packets leaves the name within twenty seconds: who is asked about it answers in time', async (t) => {
  const { blog, addresses, advance, cut } = await arrange(t, trusting, {}, [20, 80])
  await blog.declare()
  await advance(70)
  assert.deepEqual(addresses(), [0, 1, 2].map(mirrorOf))
  cut(1)
  await advance(20)
  assert.deepEqual(addresses(), [0, 2].map(mirrorOf))
})

test('a mirror that was dead before the blog fell is never shown', async (t) => {
  const { blog, addresses, advance, cut } = await arrange(t)
  await advance(10)
  cut(2)
  await advance(70)
  await blog.declare()
  await advance(7)
  assert.deepEqual(addresses(), [0, 1].map(mirrorOf))
})

test('only whom the root trusts stands under the name; where nobody is trusted it stays at home', async (t) => {
  const one = await arrange(t, { trusted: [signerOf('m2').key] })
  await one.blog.declare()
  await one.advance(7)
  assert.deepEqual(one.addresses(), [mirrorOf(2)])
  assert.equal(one.ask('ana.example.names.m0.example').rcode, 'NXDOMAIN', 'this member is not among them')
  const nobody = await arrange(t, {})
  await nobody.blog.declare()
  await nobody.advance(7)
  assert.deepEqual(nobody.addresses(), [home])
})

test('an exercise moves no name', async (t) => {
  const { blog, addresses, advance } = await arrange(t)
  await blog.declare({ exercise: true })
  await advance(7)
  assert.deepEqual(addresses(), [home])
})

test('zones say who serves them and who may issue certificates, with the address of a server inside', async (t) => {
  const { ask } = await arrange(t)
  const dataOf = (name: string, type: string) =>
    ask(name, type).answers!.map((record) => (record as { data: unknown }).data)
  assert.deepEqual(dataOf('ana.example', 'NS').sort(), ['ns.m0.example', 'ns.names.m0.example'])
  const [soa] = dataOf('ana.example', 'SOA') as [{ mname: string; rname: string }]
  assert.deepEqual([soa.mname, soa.rname], ['ns.m0.example', 'dns.m0.example'])
  assert.deepEqual(dataOf('ns.names.m0.example', 'A'), ['198.51.100.53'])
  const [caa] = dataOf('ana.example', 'CAA') as [{ tag: string; value: string }]
  assert.deepEqual([caa.tag, caa.value], ['issue', plain.caa[0]])
})

test('a zone of which nothing is known fails, so that resolvers ask the next server; keys outlive the process', async (t) => {
  const { ask, kept } = await arrange(t, trusting, { zones: [{ apex: 'bob.example', isShared: false }] })
  assert.equal(ask('bob.example').rcode, 'SERVFAIL')
  assert.equal(kept.size, 0)
  const other = await arrange(t)
  assert.deepEqual([...other.kept.keys()].sort(), ['ana.example', 'names.m0.example'])
})
