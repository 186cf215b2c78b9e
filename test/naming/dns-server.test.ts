/** The DNS server's answers, byte by byte, and its sockets with real programs that ask. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test } from 'node:test'
import dnsPacket from 'dns-packet'
import type { DnsServer } from '../../naming/dns-server.ts'
import { servedZone } from '../../naming/served-zone.ts'
import { realComponent } from '../support/real-component.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { addresses, apex, DnsGround, dnsServer, keysAt, setOf, sourceOf } from './dns-ground.ts'

function served(options: Parameters<typeof dnsServer>[0] = {}, source = sourceOf()): DnsServer {
  const server = dnsServer(options)
  server.serve(new Map([[apex, servedZone(source, 7, Date.now(), new Map())]]))
  return server
}

type Asked = {
  readonly type?: string
  readonly tcp?: boolean
  readonly edns?: object
  readonly flags?: number
  readonly class?: string
  readonly from?: string
}

function question(name: string, { type = 'A', edns, flags = 0, ...asked }: Asked = {}): Buffer {
  const additionals =
    edns === undefined ? [] : [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [], ...edns }]
  const questions = [{ name, type, class: asked.class ?? 'IN' }]
  return dnsPacket.encode({ type: 'query', id: 4711, flags, questions, additionals } as never)
}

function ask(server: DnsServer, name: string, asked: Asked = {}) {
  const sender = { address: asked.from ?? '192.0.2.53', isTcp: asked.tcp ?? false }
  const [reply] = server.answer(question(name, asked), sender)
  return reply === undefined ? null : dnsPacket.decode(reply)
}

const dataOf = (reply: ReturnType<typeof ask>) => reply!.answers!.map((record) => (record as { data: unknown }).data)

test('a name’s addresses are answered with authority, each time from another one on', () => {
  const server = served()
  const replies = [0, 1, 2, 3].map(() => ask(server, apex, { flags: 0x100 })!)
  assert.deepEqual(dataOf(replies[0]!), addresses)
  assert.deepEqual(
    replies.map((reply) => dataOf(reply)[0]),
    [addresses[0], addresses[1], addresses[2], addresses[0]],
  )
  const [first] = replies
  assert.deepEqual(
    [first!.id, first!.flag_aa, first!.flag_ra, first!.flag_rd, first!.flag_tc],
    [4711, true, false, true, false],
  )
  assert.deepEqual(
    first!.answers!.map((record) => (record as { ttl: number }).ttl),
    [30, 30, 30],
  )
})

test('spelling does not matter, and comes back as it was asked', () => {
  const reply = ask(served(), 'BLOG.Example.ORG')!
  assert.deepEqual(dataOf(reply), addresses)
  assert.equal(reply.questions![0]!.name, 'BLOG.Example.ORG')
})

test('what is not there has no records and says how long that holds; what lies between is no missing name', () => {
  const server = served()
  for (const [name, type, code] of [
    [apex, 'MX', 'NOERROR'],
    [`deep.${apex}`, 'A', 'NOERROR'],
    [`other.${apex}`, 'A', 'NXDOMAIN'],
    [`b.deep.${apex}`, 'A', 'NXDOMAIN'],
  ] as const) {
    const reply = ask(server, name, { type })! as ReturnType<typeof ask> & { rcode: string }
    assert.deepEqual([reply.rcode, reply.answers!.length], [code, 0], name)
    assert.equal(reply.authorities![0]!.type, 'SOA')
  }
})

test('nobody is helped beyond the zones: foreign names, ANY, other classes and whole zones are refused', () => {
  const server = served()
  const codeOf = (name: string, asked: Asked) => (ask(server, name, asked) as unknown as { rcode: string }).rcode
  assert.equal(codeOf('example.com', { flags: 0x100 }), 'REFUSED')
  assert.equal(codeOf('xblog.example.org', {}), 'REFUSED')
  assert.equal(codeOf(apex, { type: 'ANY' }), 'REFUSED')
  assert.equal(codeOf('version.bind', { type: 'TXT', class: 'CH' }), 'REFUSED')
  assert.equal(codeOf(apex, { type: 'AXFR', tcp: true }), 'REFUSED')
  assert.equal(codeOf(apex, { type: 'IXFR' }), 'REFUSED')
  assert.equal(codeOf('later.example', {}), 'SERVFAIL', 'a zone of ours of which nothing is known yet')
  assert.equal(codeOf(apex, { flags: 5 << 11 }), 'NOTIMP', 'dynamic updates')
})

test('an answer too long for its way is left out as a whole, and asks for TCP', () => {
  const many = Array.from({ length: 60 }, (_, i) => `198.51.100.${i}`)
  const server = served({}, sourceOf({ sets: [setOf(apex, 'A', 30, ...many)] }))
  const plain = ask(server, apex)!
  assert.deepEqual([plain.flag_tc, plain.answers!.length], [true, 0])
  assert.equal(
    ask(server, apex, { edns: { udpPayloadSize: 65_000 } })!.flag_tc,
    true,
    'ours is 1,232 whatever others take',
  )
  assert.equal(ask(server, apex, { tcp: true })!.answers!.length, 60)
  const few = served({}, sourceOf({ sets: [setOf(apex, 'A', 30, ...many.slice(0, 15))] }))
  assert.equal(ask(few, apex)!.flag_tc, true, '512 bytes without EDNS')
  assert.equal(ask(few, apex, { edns: {} })!.answers!.length, 15)
})

test('EDNS is answered by EDNS, a version that is none of ours by its own code', () => {
  const server = served()
  const opt = (asked: Asked) =>
    ask(server, apex, asked)!.additionals![0] as { type: string; extendedRcode: number; udpPayloadSize: number }
  assert.equal(ask(server, apex)!.additionals!.length, 0)
  assert.deepEqual([opt({ edns: {} }).type, opt({ edns: {} }).udpPayloadSize], ['OPT', 1232])
  assert.equal(opt({ edns: { ednsVersion: 1 } }).extendedRcode, 1)
  assert.equal(ask(server, apex, { edns: { ednsVersion: 1 } })!.answers!.length, 0)
})

test('answers to nothing: replies, rubbish and halves; a readable header is told that the rest is not', () => {
  const server = served()
  const sender = { address: '192.0.2.53', isTcp: false }
  const whole = question(apex, { edns: {} })
  const reply = Buffer.from(whole)
  reply[2] = 0x80
  assert.deepEqual(server.answer(reply, sender), [], 'two servers never talk each other to death')
  assert.deepEqual(server.answer(Buffer.alloc(0), sender), [])
  assert.deepEqual(server.answer(whole.subarray(0, 11), sender), [])
  for (let length = 12; length < whole.length; length++) {
    const [told] = server.answer(Buffer.from(whole.subarray(0, length)), sender)
    assert.equal(told![3]! & 15, 1, `${length} of ${whole.length} bytes`)
    assert.equal(told!.length, 12)
  }
  const greedy = Buffer.from(whole)
  greedy.writeUInt16BE(65_535, 6)
  assert.equal(server.answer(greedy, sender)[0]![3]! & 15, 1)
})

test('no message whatever makes the server throw', () => {
  const server = served({}, sourceOf({ keys: keysAt(Date.now()) }))
  const whole = question(`x.${apex}`, { edns: { flags: 0x8000 } })
  let seed = 7
  for (let i = 0; i < 20_000; i++) {
    const bytes = Buffer.from(whole.subarray(0, 12 + (i % (whole.length - 11))))
    for (let change = 0; change < 1 + (i % 4); change++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      bytes[2 + (seed % (bytes.length - 2))] = (seed >> 8) & 255
    }
    for (const reply of server.answer(bytes, { address: '192.0.2.1', isTcp: i % 2 === 0 }))
      assert.ok(reply.length <= 65_535)
  }
  assert.deepEqual(dataOf(ask(server, apex)), addresses)
})

test('one network gets an answer so often a second; then every second time "ask by TCP"; others are not touched', async () => {
  const clock = new VirtualClock()
  const server = served({ perSecond: 5, clock })
  const tell = (from: string, name = apex) => {
    const reply = ask(server, name, { from })
    return reply === null ? '-' : reply.flag_tc ? 'T' : '+'
  }
  assert.equal(Array.from({ length: 11 }, (_, i) => tell(`192.0.2.${i}`)).join(''), '+++++-T-T-T')
  assert.equal(tell('192.0.3.1'), '+')
  assert.equal(tell('192.0.2.1', `a.deep.${apex}`), '+', 'another answer is counted for itself')
  const missing = Array.from({ length: 8 }, (_, i) => tell('192.0.2.1', `${i}.${apex}`)).join('')
  assert.equal(missing, '+++++-T-', 'made-up names are one answer')
  await clock.advance(1_000)
  assert.equal(tell('192.0.2.1'), '+')
  assert.equal(
    Array.from({ length: 30 }, () => ask(server, apex, { tcp: true })!.answers!.length).every((count) => count === 3),
    true,
  )
})

test('dig and kdig get the same by UDP and TCP, with and without EDNS', async (t) => {
  const [dig, kdig] = [realComponent(t, 'dig'), realComponent(t, 'kdig')]
  if (dig === null || kdig === null) return
  const ground = await DnsGround.open(t)
  ground.serve()
  for (const command of [dig, kdig])
    for (const way of ['+notcp', '+tcp', '+noedns']) {
      const answer = await ground.ask(command, way, '+short', apex, 'A')
      assert.deepEqual(answer.trim().split('\n').sort(), addresses, `${command} ${way}`)
    }
  assert.match(await ground.ask(dig, apex, 'ANY', '+notcp'), /status: REFUSED/)
  assert.match(
    await ground.ask(dig, apex, 'CAA', '+short'),
    /0 issue "ca\.example; accounturi=https:\/\/ca\.example\/1"/,
  )
  assert.match(await ground.ask(dig, apex, '+cookie', '+nsid'), /status: NOERROR/)
})

test('several questions go over one connection, in pieces; one that says nothing that can be read is closed', async (t) => {
  const ground = await DnsGround.open(t)
  ground.serve()
  const whole = question(apex)
  const framed = Buffer.concat([Buffer.of(0, whole.length), whole])
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect(ground.port, '127.0.0.1')
    let heard = Buffer.alloc(0)
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
    socket.on('data', (part) => {
      heard = Buffer.concat([heard, part])
      if (heard.length === 3 * (2 + heard.readUInt16BE(0))) socket.write(Buffer.of(0, 3, 1, 2, 3))
    })
    for (const byte of framed) socket.write(Buffer.of(byte))
    socket.write(Buffer.concat([framed, framed]))
  })
  assert.equal(bytes.length, 3 * (2 + bytes.readUInt16BE(0)))
})
