/**
 * The worst hour of a blog, on one machine that is a network of its own (`unshare -n -m`): five members, each on port 80 of its
 * own loopback address, the first of which answers for `ana.example`; Debian's unbound as everybody's resolver. The blog's own
 * server has never been there, and its author has said so.
 */
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import dnsPacket from 'dns-packet'
import { systemClock } from '../../lib/clock.ts'
import { systemDnsExchange } from '../../lib/dns.ts'
import { silentLog } from '../../lib/log.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Kind, Payloads, SignedObject } from '../../protocol/objects.ts'
import { addressLook } from '../../server/machine/address-look.ts'
import { openDnsSockets } from '../../server/machine/dns-sockets.ts'
import { unboundConfig } from '../../test/naming/unbound-config.ts'
import { rootOf, sha256, signerOf } from '../../test/support/small-network.ts'
import { temporaryFolder } from '../../test/support/temporary-folder.ts'
import { type Ground, TestNetwork } from '../../test/support/test-network.ts'
import { wholeMember } from '../../test/support/whole-member.ts'

export const host = 'ana.example'
export const address = `http://${host}/`
const home = '127.0.0.9'
export const memberAddress = (i: number) => `127.0.0.${10 + i}`
export const mirrors = [1, 2, 3]
export const [resolverAt, serverAt] = ['127.0.0.1', '127.0.0.2']
export const title = 'Still here'
/** Where members are proxies. */
export const proxyPort = 3_128
const dayMs = 86_400_000

const ends: (() => Promise<unknown> | unknown)[] = []
const t = { after: (act: () => Promise<unknown> | unknown) => void ends.push(act) }

/** All of it, running. */
export async function startWorld() {
  const look = addressLook({ clock: systemClock }, { loopback: true })
  const namingOutside = { look, resolve: async (literal: string) => [literal], keys: null, nameShow: null }
  const names = {
    zones: [{ apex: host, isShared: false }],
    servers: [{ name: 'ns1.example.net', addresses: [] }],
    homes: new Map([[host, [home]]]),
    ...{ secondaries: [], key: null, caa: [], mailbox: null, bit: [], responsesPerSecond: 1_000 },
  }
  const net = await TestNetwork.create(t as never, {
    members: 5,
    wire: 'http',
    urls: (i) => `http://${memberAddress(i)}/`,
    web: { fetch: async () => ({ ok: false as const, reason: 'connect' as const, detail: 'nobody is there' }) },
    make: (ground: Ground) =>
      wholeMember({ naming: { proxyPort, ...(ground.i === 0 ? { names } : {}) } }, { namingOutside })(ground),
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
  const { server, secondaries, connect: connectTo } = net.member(0).naming.names!
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
    unboundConfig({
      folder,
      interface: resolverAt,
      zone: 'example',
      server: `${serverAt}@53`,
      more: ['module-config: "iterator"'],
    }),
  )
  const child = spawn('unbound', ['-d', '-p', '-c', file], { stdio: 'ignore' })
  t.after(() => child.kill('SIGTERM'))
  const resolv = join(folder, 'resolv.conf')
  writeFileSync(resolv, `nameserver ${resolverAt}\n`)
  execFileSync('mount', ['--bind', resolv, '/etc/resolv.conf'])
}

export async function addressesAt(server: string): Promise<readonly string[]> {
  const message = dnsPacket.encode({ type: 'query', id: 1, flags: 256, questions: [{ name: host, type: 'A' }] })
  const reply = await systemDnsExchange({ address: server, port: 53 }, message, 'udp')
  const answers = reply === null ? [] : (dnsPacket.decode(Buffer.from(reply)).answers ?? [])
  return answers.filter(({ type }) => type === 'A').map((record) => (record as { data: string }).data)
}

/** Their packets are dropped: nothing refuses, nothing answers. */
export function silence(members: readonly number[]): void {
  const nft = (...words: string[]) => execFileSync('nft', words)
  nft('add', 'table', 'inet', 'dgos')
  nft('add', 'chain', 'inet', 'dgos', 'in', '{ type filter hook input priority 0; }')
  for (const i of members) nft('add', 'rule', 'inet', 'dgos', 'in', 'ip', 'daddr', memberAddress(i), 'drop')
}

/** Packets reach everybody again. */
export function heal(): void {
  execFileSync('nft', ['delete', 'table', 'inet', 'dgos'])
}

/** Runs `measured` in this process, which `unshare -n -m` has given a network of its own, and prints what it found. */
export async function printed(measured: (options: { readonly without?: boolean }) => Promise<object>): Promise<never> {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  try {
    console.log(JSON.stringify(await measured(JSON.parse(process.argv[2] ?? '{}') as object)))
  } finally {
    for (const end of ends.reverse()) await end()
  }
  process.exit(0)
}
