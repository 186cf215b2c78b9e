/** Names at a member: its zones and its DNS server, and on a real machine the sockets, where the operator gave a port. */
import { readFile } from 'node:fs/promises'
import type { Peers } from '../../ledger/peers.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import type { FactsSource } from '../../mirror/pages/facts.ts'
import { AddressWatch } from '../../naming/address-watch.ts'
import { BitZones } from '../../naming/bit-zones.ts'
import { DnsServer } from '../../naming/dns-server.ts'
import { MemberAddresses } from '../../naming/member-addresses.ts'
import type { NameReport } from '../../naming/name-check.ts'
import { Names, type ZoneKeyStore } from '../../naming/names.ts'
import { ResponseRates } from '../../naming/response-rates.ts'
import { Secondaries, type SecondariesDeps, type Secondary } from '../../naming/secondaries.ts'
import { readTsigKey, type TsigKey } from '../../naming/tsig.ts'
import type { Place } from '../../naming/zone.ts'
import { type NameServer, ZoneBook, type ZoneSetting } from '../../naming/zone-book.ts'
import type { Hash, Key } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { Roster } from '../../protocol/roster.ts'
import type { Config } from '../config.ts'
import type { AddressLook } from '../machine/address-look.ts'
import { type DnsSockets, openDnsSockets } from '../machine/dns-sockets.ts'
import { StartRefused } from '../machine/start-refused.ts'

/** What names need from a machine. */
export type NameOutside = {
  readonly look: AddressLook
  readonly resolve: (host: string) => Promise<readonly string[]>
  /** null: zones are not signed. */
  readonly keys: ZoneKeyStore | null
  /** The value of a Namecoin name; null where the operator has no node. */
  readonly nameShow: ((name: string) => Promise<string | null>) | null
}
export type NamePartsDeps = NameOutside & {
  readonly facts: FactsSource
  readonly blogs: () => readonly Hash[]
  readonly roster: () => Roster
  readonly peers: Peers
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly sha256: Sha256
}
export type NamePartsOptions = {
  readonly zones: readonly ZoneSetting[]
  readonly servers: readonly NameServer[]
  readonly homes: ReadonlyMap<string, readonly string[]>
  readonly secondaries: readonly Secondary[]
  readonly key: TsigKey | null
  readonly caa: readonly string[]
  readonly mailbox: string | null
  /** Names of Namecoin. */
  readonly bit: readonly string[]
  readonly responsesPerSecond: number
}
export type NameParts = {
  readonly names: Names
  readonly book: ZoneBook
  readonly server: DnsServer
  readonly secondaries: Secondaries
  /** For people: what is answered for a host; null where nothing is. */
  reportOf(host: string): NameReport | null
  /** How notices leave, once there is a socket. */
  connect(send: SecondariesDeps['send']): void
}

/** Longer than whoever is asked waits himself. */
const askedMs = 6_000

export function createNameParts(deps: NamePartsDeps, options: NamePartsOptions & { readonly self: Key }): NameParts {
  const { clock, random, log, peers, look, keys } = deps
  const { self, zones, key, secondaries: told, responsesPerSecond } = options
  let send: SecondariesDeps['send'] = () => {}
  const watch = new AddressWatch(
    {
      look: (place) => lookAt(look, place),
      ask: async (asked, member) => {
        const path = `dgos/v1/reach?member=${member.id}`
        const answer = (await peers.get(asked.url, path, askedMs)) as { reached?: unknown } | null
        return typeof answer?.reached === 'boolean' ? answer.reached : null
      },
      roster: deps.roster,
      clock,
      random,
    },
    { self },
  )
  const addresses = new MemberAddresses({ resolve: deps.resolve })
  const book = new ZoneBook({ ...deps, watch, addresses }, options)
  const bitOptions = { names: options.bit, servers: options.servers.map(({ name }) => name) }
  const bit = deps.nameShow === null ? null : new BitZones({ nameShow: deps.nameShow, watch, log }, bitOptions)
  const rates = new ResponseRates({ clock }, { perSecond: responsesPerSecond })
  const server = new DnsServer(
    { rates, clock, log },
    { apexes: [...zones.map(({ apex }) => apex), ...options.bit], key },
  )
  const secondaries = new Secondaries(
    { send: (message, to) => send(message, to), clock, random, log },
    { secondaries: told, key },
  )
  return {
    names: new Names({ book, bit, watch, server, secondaries, keys, clock, random, log }),
    book,
    server,
    secondaries,
    reportOf: (host) => {
      const described = book.describe(host)
      return described === null
        ? null
        : { ...described, zones: described.names.map(({ apex }) => zoneReport(server, options, apex)) }
    },
    connect: (own) => {
      send = own
    },
  }
}

function zoneReport({ zones }: DnsServer, { servers }: NamePartsOptions, apex: string): NameReport['zones'][number] {
  const { serial = -1, delegation = null } = zones.get(apex) ?? {}
  return { apex, serial, servers: servers.map(({ name }) => name), delegation }
}

/** A member says who it is at each of its addresses; of a blog's own server anything will do that is no failure. */
function lookAt(look: AddressLook, { address, member, url }: Place): Promise<boolean> {
  if (member === null) return look(address, url, ({ status }) => status > 0 && status < 500)
  return look(address, `${member.url}dgos/v1/ping`, ({ status, text }) => status === 200 && text.includes(member.id))
}

/** null where the operator has given no port. Refuses settings that cannot work together. */
export async function nameOptionsOf(config: Config): Promise<NamePartsOptions | null> {
  const { dnsPort, dnsZones, dnsServers, dnsHomes, dnsSecondaries, dnsKey, dnsCaa, dnsContact, bitNames } = config
  if (dnsPort === null) return null
  if (dnsZones.length + bitNames.length === 0)
    throw new StartRefused('configuration: dnsZones: needed with dnsPort, or bitNames')
  if (bitNames.length > 0 && config.namecoinRpc === null)
    throw new StartRefused('configuration: namecoinRpc: needed with bitNames')
  if (dnsServers.length === 0)
    throw new StartRefused('configuration: dnsServers: needed with dnsPort, this server first')
  return {
    zones: dnsZones.map((text) => ({ apex: text.replace(/^\*\./, ''), isShared: text.startsWith('*.') })),
    servers: [...grouped(dnsServers)].map(([name, addresses]) => ({ name, addresses })),
    homes: grouped(dnsHomes),
    secondaries: dnsSecondaries.map((text) => {
      const at = text.lastIndexOf(':')
      return { address: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
    }),
    key: dnsKey === null ? null : await keyOf(dnsKey),
    caa: dnsCaa,
    mailbox: dnsContact?.replace('@', '.') ?? null,
    bit: bitNames,
    responsesPerSecond: config.dnsResponsesPerSecond,
  }
}

/** "name=address" entries by name. */
function grouped(entries: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const entry of entries) {
    const [name = '', address] = entry.split('=')
    found.set(name, [...(found.get(name) ?? []), ...(address === undefined ? [] : [address])])
  }
  return found
}

async function keyOf(path: string): Promise<TsigKey> {
  const text = await readFile(path, 'utf8').catch(() => null)
  const key = text === null ? null : readTsigKey(text)
  if (key === null) throw new StartRefused(`configuration: dnsKey: ${path} holds no key as tsig-keygen writes it`)
  return key
}

/** null where there are no names here. */
export async function startDnsDoor(
  parts: NameParts | null,
  { dnsHost, dnsPort }: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<DnsSockets | null> {
  if (parts === null || dnsPort === null) return null
  const sockets = await openDnsSockets({ ...parts, clock, log }, { host: dnsHost, port: dnsPort }).catch(
    (error: Error) => Promise.reject(new StartRefused(`cannot answer DNS on ${dnsHost}:${dnsPort}: ${error.message}`)),
  )
  parts.connect(sockets.send)
  return sockets
}
