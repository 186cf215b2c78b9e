/** DNS servers of ours on loopback for tests, with records that a test gives, and real programs that ask them. */
import { execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import { DnsServer } from '../../naming/dns-server.ts'
import { type KeptKey, renewedKeys } from '../../naming/dnssec.ts'
import type { RecordSet } from '../../naming/records.ts'
import { ResponseRates } from '../../naming/response-rates.ts'
import { Secondaries, type Secondary } from '../../naming/secondaries.ts'
import { type ServedZone, servedZone, type ZoneSource } from '../../naming/served-zone.ts'
import type { TsigKey } from '../../naming/tsig.ts'
import { type DnsSockets, openDnsSockets } from '../../server/machine/dns-sockets.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

export const apex = 'blog.example.org'
export const addresses = ['198.51.100.1', '198.51.100.2', '198.51.100.3']

export const setOf = (name: string, type: RecordSet['type'], ttl: number, ...data: unknown[]): RecordSet => {
  return { name, type, ttl, data }
}

/** A blog's own zone: three mirrors, who may issue certificates, and a name two labels down. */
export function sourceOf(over: Partial<ZoneSource> = {}): ZoneSource {
  return {
    apex,
    sets: [
      setOf(apex, 'A', 30, ...addresses),
      setOf(apex, 'AAAA', 30, '2001:db8::1'),
      setOf(apex, 'CAA', 300, { flags: 0, tag: 'issue', value: 'ca.example; accounturi=https://ca.example/1' }),
      setOf(`a.deep.${apex}`, 'A', 30, '198.51.100.9'),
    ],
    servers: ['ns1.example.net', 'ns2.example.net'],
    mailbox: 'hostmaster.example.net',
    keys: null,
    ...over,
  }
}

export function keysAt(nowMs: number, before: readonly KeptKey[] = []): readonly KeptKey[] {
  return renewedKeys(before, nowMs, () => new Uint8Array(randomBytes(32)))
}

export type GroundOptions = {
  readonly key?: TsigKey | null
  readonly secondaries?: readonly Secondary[]
  readonly perSecond?: number
  readonly clock?: Clock
}

/** Without sockets. */
export function dnsServer({ key = null, perSecond = 1_000_000, clock = systemClock }: GroundOptions = {}): DnsServer {
  const rates = new ResponseRates({ clock }, { perSecond })
  return new DnsServer({ rates, clock, log: silentLog }, { apexes: [apex, 'later.example'], key })
}

export class DnsGround {
  readonly server: DnsServer
  readonly sockets: DnsSockets
  readonly secondaries: Secondaries
  #serial = 100

  private constructor(server: DnsServer, sockets: DnsSockets, secondaries: Secondaries) {
    this.server = server
    this.sockets = sockets
    this.secondaries = secondaries
  }

  static async open(t: TestContext, options: GroundOptions = {}): Promise<DnsGround> {
    const server = dnsServer(options)
    const { key = null, secondaries: told = [] } = options
    const clock = systemClock
    let send: DnsSockets['send'] = () => {}
    const secondaries = new Secondaries(
      { send: (message, to) => send(message, to), clock, random: seededRandom('dns'), log: silentLog },
      { secondaries: told, key },
    )
    const sockets = await openDnsSockets({ server, secondaries, clock, log: silentLog }, { host: '127.0.0.1', port: 0 })
    send = sockets.send
    t.after(() => {
      secondaries.stop()
      return sockets.close()
    })
    return new DnsGround(server, sockets, secondaries)
  }

  get port(): number {
    return this.sockets.port
  }

  /** Serves this zone under the next serial, and tells the secondaries. */
  serve(source: ZoneSource = sourceOf(), nowMs = Date.now()): ServedZone {
    const zone = servedZone(source, this.#serial++, nowMs, new Map())
    this.server.serve(new Map([...this.server.zones, [source.apex, zone]]))
    this.secondaries.notify(zone)
    return zone
  }

  ask(command: string, ...words: string[]): Promise<string> {
    return output(command, ['@127.0.0.1', '-p', String(this.port), ...words])
  }
}

/** What a program prints; also where it ends with a code of its own. */
export function output(command: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, words, { timeout: 60_000 }, (_error, out, err) => resolve(out + err))
  })
}

/** Writes `config` into a folder, runs the program with it, and waits until `answers` holds. It ends with the test. */
export async function runServer(
  t: TestContext,
  command: string,
  words: (file: string, folder: string) => readonly string[],
  config: (folder: string) => string,
): Promise<{ readonly folder: string; readonly said: () => string }> {
  const folder = await temporaryFolder(t, 'dns')
  const file = join(folder, 'server.conf')
  await writeFile(file, config(folder))
  const child = spawn(command, words(file, folder), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part) => {
      text += part
    })
  t.after(
    () =>
      new Promise<void>((resolve) => {
        if (child.exitCode !== null) return resolve()
        child.once('exit', () => resolve())
        child.kill('SIGTERM')
      }),
  )
  return { folder, said: () => text }
}
