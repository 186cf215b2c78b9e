/**
 * A first-time reader and the name of a dead blog, on one machine that is a network of its own (`unshare -n -m`): five members,
 * each on port 80 of its own loopback address, the first of which answers for `ana.example`; Debian's unbound as everybody's
 * resolver; Chromium. The blog's own server has never been there, and its author has said so.
 *
 *   node bench/zone/reader-world.ts '{"without": false}'   → one line of JSON
 */
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import dnsPacket from 'dns-packet'
import { systemClock } from '../../lib/clock.ts'
import { systemDnsExchange } from '../../lib/dns.ts'
import { silentLog } from '../../lib/log.ts'
import type { DnsServer, Zones } from '../../naming/dns-server.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Kind, Payloads, SignedObject } from '../../protocol/objects.ts'
import { addressLook } from '../../server/machine/address-look.ts'
import { openDnsSockets } from '../../server/machine/dns-sockets.ts'
import { asNewReader, openBrowser } from '../../test/demo/browser.ts'
import { rootOf, sha256, signerOf } from '../../test/support/small-network.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { type Ground, TestNetwork } from '../../test/support/test-network.ts'
import { until } from '../../test/support/until.ts'
import { wholeMember } from '../../test/support/whole-member.ts'

export type ReaderFigures = {
  /** From the typed address to the post on the screen, all three mirrors alive. */
  readonly allAliveMs: number
  /** From the moment two of three fall silent until no answer of the server holds them, and none of the resolver. */
  readonly leftServerMs: number
  readonly leftResolverMs: number
  /** A new reader after that. */
  readonly twoDeadMs: number
  /** A new reader who is given all three addresses, as names without looks give them. null: not measured. */
  readonly withoutMs: number | null
}

const host = 'ana.example'
const address = `http://${host}/`
const home = '127.0.0.9'
const memberAddress = (i: number) => `127.0.0.${10 + i}`
const mirrors = [1, 2, 3]
const dead = [1, 2]
const [resolverAt, serverAt] = ['127.0.0.1', '127.0.0.2']
const title = 'Still here'
const dayMs = 86_400_000
/** Chromium alone gave up on two silent addresses after 134 s. */
const withoutMsMax = 200_000

const ends: (() => Promise<unknown> | unknown)[] = []
const t = { after: (act: () => Promise<unknown> | unknown) => void ends.push(act) }

async function world() {
  const look = addressLook({ clock: systemClock }, { loopback: true })
  const nameOutside = { look, resolve: async (literal: string) => [literal], keys: null }
  const names = {
    zones: [{ apex: host, isShared: false }],
    servers: [{ name: 'ns1.example.net', addresses: [] }],
    homes: new Map([[host, [home]]]),
    ...{ secondaries: [], key: null, caa: [], mailbox: null, responsesPerSecond: 1_000 },
  }
  const net = await TestNetwork.create(t as never, {
    members: 5,
    wire: 'http',
    urls: (i) => `http://${memberAddress(i)}/`,
    web: { fetch: async () => ({ ok: false as const, reason: 'connect' as const, detail: 'nobody is there' }) },
    make: (ground: Ground) => wholeMember(ground.i === 0 ? { names } : {}, { nameOutside })(ground),
  })
  for (const i of [0, 1, 2, 3, 4]) standBefore(memberAddress(i), net.firstPort + i)
  const say = <K extends Kind>(kind: K, by: string, fields: object, time = Date.now()) =>
    seal(
      kind,
      { network: net.network.id, time, ...fields } as unknown as Omit<Payloads[K], 'key'>,
      signerOf(by),
      sha256,
    )
  const trusted = mirrors.map((i) => signerOf(`m${i}`).key)
  const root = await say('root', 'ana recovery', { ...rootOf('ana', address), trusted }, Date.now() - dayMs)
  const of = { blog: root.id }
  const attested = [0, 1, 2, 3, 4].map((i) => say('attestation', `m${i}`, { ...of, address, marker: 'tag' }))
  const place = { root: root.id, rootVersion: 1, seq: 1, mirrors: [0, 1, 2, 3, 4].map((i) => signerOf(`m${i}`).key) }
  const head = await say('head', 'ana online', { ...of, ...place, expires: Date.now() + 7 * dayMs })
  const down = { state: 'down', by: 'author', until: Date.now() + dayMs }
  const text = {
    draft: '11'.repeat(32),
    prevs: [],
    title,
    html: '<p>Read me.</p>',
    attachments: [],
    published: Date.now(),
  }
  const objects = [root, ...(await Promise.all(attested)), head] as SignedObject[]
  await net.give(objects)
  await net.give([await say('declaration', 'ana posting', { ...of, ...down })] as SignedObject[])
  await net.give([await say('post', 'ana posting', { ...of, ...text })] as SignedObject[])
  await net.start()
  const { server, secondaries, connect: connectTo } = net.member(0).names!
  const sockets = await openDnsSockets(
    { server, secondaries, clock: systemClock, log: silentLog },
    { host: serverAt, port: 53 },
  )
  connectTo(sockets.send)
  t.after(() => sockets.close())
  await startUnbound()
  return { net, server }
}

/** The member's own port is one of many; readers know port 80 alone. */
function standBefore(at: string, port: number): void {
  const server = createServer((reader) => {
    const member = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [reader, member],
      [member, reader],
    ] as const) {
      from.on('error', () => to.destroy())
      from.pipe(to)
    }
  })
  server.listen(80, at)
  t.after(() => server.close())
}

async function startUnbound(): Promise<void> {
  const folder = await temporaryFolder(t as never, 'unbound')
  const file = join(folder, 'unbound.conf')
  writeFileSync(
    file,
    `server:
  interface: ${resolverAt}
  directory: "${folder}"
  username: ""
  chroot: ""
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  do-ip6: no
  do-not-query-localhost: no
  module-config: "iterator"
remote-control:
  control-enable: no
stub-zone:
  name: "example"
  stub-addr: ${serverAt}@53
`,
  )
  const child = spawn('unbound', ['-d', '-p', '-c', file], { stdio: 'ignore' })
  t.after(() => child.kill('SIGTERM'))
  const resolv = join(folder, 'resolv.conf')
  writeFileSync(resolv, `nameserver ${resolverAt}\n`)
  execFileSync('mount', ['--bind', resolv, '/etc/resolv.conf'])
}

async function addressesAt(server: string): Promise<readonly string[]> {
  const message = dnsPacket.encode({ type: 'query', id: 1, flags: 256, questions: [{ name: host, type: 'A' }] })
  const reply = await systemDnsExchange({ address: server, port: 53 }, message, 'udp')
  const answers = reply === null ? [] : (dnsPacket.decode(Buffer.from(reply)).answers ?? [])
  return answers.filter(({ type }) => type === 'A').map((record) => (record as { data: string }).data)
}

/** The front page of the name at this address. */
function pageAt(at: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: at, headers: { host } }, (response) => {
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve(text))
    })
    asked.on('error', reject)
    asked.end()
  })
}

const isAlive = (found: readonly string[]) => found.length > 0 && !dead.some((i) => found.includes(memberAddress(i)))

/** A browser that was just started, as everybody's first visit: typed, loaded, read. */
async function read(msMax: number): Promise<number> {
  const browser = await openBrowser()
  try {
    return await asNewReader(browser, async (page) => {
      const startMs = performance.now()
      await page.goto(address, { timeout: msMax, waitUntil: 'domcontentloaded' })
      await page.getByText(title).first().waitFor({ timeout: msMax })
      return Math.round(performance.now() - startMs)
    })
  } finally {
    await browser.close()
  }
}

async function measured(without: boolean): Promise<ReaderFigures> {
  const { server } = await world()
  await until(async () => (await addressesAt(serverAt)).length === 3, 'the name has three mirrors')
  await until(async () => (await addressesAt(resolverAt)).length === 3, 'the resolver knows them')
  for (const i of mirrors)
    await until(async () => (await pageAt(memberAddress(i))).includes(title), `mirror ${i} answers under the name`)
  const allAliveMs = await read(60_000)
  const before = server.zones
  silence()
  const startMs = performance.now()
  const since = () => Math.round(performance.now() - startMs)
  const leftServerMs = await until(async () => (isAlive(await addressesAt(serverAt)) ? since() : null), 'they leave')
  const leftResolverMs = await until(
    async () => (isAlive(await addressesAt(resolverAt)) ? since() : null),
    'the resolver forgets them',
    { withinMs: 180_000 },
  )
  const twoDeadMs = await read(60_000)
  if (!without) return { allAliveMs, leftServerMs, leftResolverMs, twoDeadMs, withoutMs: null }
  return { allAliveMs, leftServerMs, leftResolverMs, twoDeadMs, withoutMs: await worstWithout(server, before) }
}

/** All three again, and nobody looks. Which of them a browser tries first changes with each answer: the worst of five. */
async function worstWithout(server: DnsServer, all: Zones): Promise<number> {
  const serve = server.serve.bind(server)
  server.serve = () => undefined
  serve(all)
  await until(async () => (await addressesAt(resolverAt)).length === 3, 'all three are back', { withinMs: 180_000 })
  let worst = 0
  for (let i = 0; i < 5 && worst < 10_000; i++)
    worst = Math.max(worst, await read(withoutMsMax).catch(() => withoutMsMax))
  return worst
}

/** Their packets are dropped: nothing refuses, nothing answers. */
function silence(): void {
  execFileSync('nft', ['add', 'table', 'inet', 'dgos'])
  execFileSync('nft', ['add', 'chain', 'inet', 'dgos', 'in', '{ type filter hook input priority 0; }'])
  for (const i of dead)
    execFileSync('nft', ['add', 'rule', 'inet', 'dgos', 'in', 'ip', 'daddr', memberAddress(i), 'drop'])
}

execFileSync('ip', ['link', 'set', 'lo', 'up'])
const { without = false } = JSON.parse(process.argv[2] ?? '{}') as { without?: boolean }
try {
  console.log(JSON.stringify(await measured(without)))
} finally {
  for (const end of ends.reverse()) await end()
}
process.exit(0)
