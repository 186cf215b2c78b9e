/** What is still wrong with a name, in words for its owner and for the operator: from the member's own knowledge to the reader's resolver. */
import dnsPacket from 'dns-packet'
import type { DnsAddress, DnsExchange } from '../lib/dns.ts'
import type { Random } from '../lib/random.ts'
import type { NameDescription } from './zone-book.ts'

export type NameFinding = {
  readonly check: string
  readonly result: 'good' | 'warning' | 'bad'
  /** What was found, and what to do where it is not good. */
  readonly detail: string
}

/** What a member says of a name that it answers for. */
export type NameReport = NameDescription & {
  readonly zones: readonly {
    readonly apex: string
    /** Lower than zero: not served yet. */
    readonly serial: number
    readonly servers: readonly string[]
    /** For the parent zone; null where it is not signed. */
    readonly delegation: string | null
  }[]
}

export type NameCheckDeps = {
  readonly exchange: DnsExchange
  readonly random: Random
  /** Whom readers ask. */
  readonly resolver: DnsAddress
  /** Where name servers listen: 53 for everyone but tests. */
  readonly port: number
}

const aliasTtlMax = 300
const mirrorsWanted = 2

export async function checkName(deps: NameCheckDeps, report: NameReport): Promise<readonly NameFinding[]> {
  return [
    homeFinding(report),
    ...mirrorFindings(report),
    ...(await serverFindings(deps, report)),
    await leadFinding(deps, report),
    await readerFinding(deps, report),
    ...(await signedFindings(deps, report)),
  ]
}

function homeFinding({ host, home }: NameReport): NameFinding {
  const check = 'home'
  if (home.length > 0) return { check, result: 'good', detail: `the blog's own server is at ${home.join(', ')}` }
  return {
    check,
    result: 'bad',
    detail: `nobody told this member where the blog's own server is: add "${host}=<its address>" to dnsHomes, or the name leads to mirrors even while the blog is up`,
  }
}

function mirrorFindings({ mirrors }: NameReport): readonly NameFinding[] {
  const check = 'mirrors'
  const there = mirrors.filter(({ addresses }) => addresses.length > 0)
  const lost = mirrors.filter(({ addresses }) => addresses.length === 0)
  const dead = there.filter(({ addresses, withdrawn }) => withdrawn.length === addresses.length)
  const names = there.map(({ name }) => name).join(', ')
  const few: NameFinding =
    there.length === 0
      ? {
          check,
          result: 'bad',
          detail:
            'no mirror may answer under the name: the author says "dgos blog keys trust <url>" for two or three mirrors of different operators',
        }
      : there.length < mirrorsWanted
        ? {
            check,
            result: 'warning',
            detail: `${names} alone may answer under the name: trust one more, of another operator`,
          }
        : { check, result: 'good', detail: `${names} may answer under the name` }
  const more = (list: typeof mirrors, why: string) =>
    list.length === 0
      ? []
      : [{ check, result: 'warning' as const, detail: `${list.map(({ name }) => name).join(', ')}: ${why}` }]
  return [
    few,
    ...more(lost, 'the host of its url has no public address'),
    ...more(dead, 'does not answer now, and is left out'),
  ]
}

/** Each name server has the zone, by UDP and TCP, in its newest form. */
async function serverFindings(deps: NameCheckDeps, { zones }: NameReport): Promise<readonly NameFinding[]> {
  const asked = zones.flatMap((zone) => zone.servers.map((server) => ({ zone, server })))
  return Promise.all(
    asked.map(async ({ zone: { apex, serial }, server }): Promise<NameFinding> => {
      const [check, bad] = ['servers', (detail: string) => ({ check: 'servers', result: 'bad' as const, detail })]
      const [address] = await addressesAt(deps, server)
      if (address === undefined) return bad(`${server} has no address: give it one where its name is kept`)
      const at = { address, port: deps.port }
      const udp = await asking(deps, at, apex, 'SOA', 'udp')
      const by = `${server} (${address})`
      if (udp === null) return bad(`${by} does not answer by UDP on port ${deps.port}: is the port open?`)
      const [soa] = udp.answers
      if (udp.code !== 'NOERROR' || soa === undefined || !udp.isAuthoritative)
        return bad(
          `${by} does not have the zone ${apex} (${udp.code}): is it among dnsZones, or a secondary with the key?`,
        )
      const tcp = await asking(deps, at, apex, 'SOA', 'tcp')
      if (tcp === null) return bad(`${by} does not answer by TCP on port ${deps.port}: long answers are lost`)
      const theirs = (soa.data as { serial: number }).serial
      if (theirs < serial)
        return {
          check,
          result: 'warning',
          detail: `${by} has ${apex} in the form ${theirs}, the newest is ${serial}: does it hear notices?`,
        }
      return { check, result: 'good', detail: `${by} has ${apex}` }
    }),
  )
}

/** The author's own zone leads to ours: by NS records, or by a CNAME. */
async function leadFinding(deps: NameCheckDeps, { host, names, zones }: NameReport): Promise<NameFinding> {
  const check = 'delegation'
  const [alias] = await recordsAt(deps, host, 'CNAME')
  const target = names.find(({ name }) => name !== host)?.name
  if (alias !== undefined && target !== undefined && alias.data === target) {
    if (alias.ttl <= aliasTtlMax) return { check, result: 'good', detail: `${host} is a CNAME to ${target}` }
    return {
      check,
      result: 'good',
      detail: `${host} is a CNAME to ${target}; its TTL does not matter, the addresses behind it change`,
    }
  }
  const own = zones.find(({ apex }) => apex === host)
  const servers = (await recordsAt(deps, host, 'NS')).map(({ data }) => String(data).toLowerCase())
  if (own !== undefined && servers.length > 0 && servers.every((server) => own.servers.includes(server)))
    return { check, result: 'good', detail: `${host} is delegated to ${servers.join(', ')}` }
  const wanted =
    own !== undefined
      ? `for ${host} set ${own.servers.map((server) => `NS ${server}.`).join(' and ')}, and remove its A, AAAA and CNAME records`
      : `for ${host} set CNAME ${target}. in place of its A and AAAA records`
  const found =
    alias !== undefined
      ? `a CNAME to ${alias.data}`
      : servers.length > 0
        ? `delegated to ${servers.join(', ')}`
        : 'not delegated'
  return { check, result: 'bad', detail: `${host} is ${found}: at your DNS provider, ${wanted}` }
}

/** What a reader's resolver says is what we say now. */
async function readerFinding(deps: NameCheckDeps, { host, isAway, home, mirrors }: NameReport): Promise<NameFinding> {
  const check = 'readers'
  const found = [...(await addressesAt(deps, host))]
  if (found.length === 0) return { check, result: 'bad', detail: `${host} has no address for readers` }
  const away = mirrors.flatMap(({ addresses, withdrawn }) =>
    addresses.filter((address) => !withdrawn.includes(address)),
  )
  const right = isAway && mirrors.length > 0 ? away : home
  const wrong = found.filter((address) => !right.includes(address))
  const where = isAway ? 'mirrors' : 'the blog'
  if (wrong.length === 0) return { check, result: 'good', detail: `readers are sent to ${where}: ${found.join(', ')}` }
  return {
    check,
    result: 'warning',
    detail: `readers are sent to ${wrong.join(', ')}, where ${where} should be (${right.join(', ')}): old answers pass within their TTL, wrong records do not`,
  }
}

/** Signing is optional; half of it is worse than none. */
async function signedFindings(deps: NameCheckDeps, { host, zones }: NameReport): Promise<readonly NameFinding[]> {
  const check = 'dnssec'
  const own = zones.find(({ apex }) => apex === host)
  if (own === undefined || own.delegation === null) return []
  const told = (await recordsAt(deps, host, 'DS')).map(({ data }) => dsText(data as DsData))
  if (told.includes(own.delegation))
    return [{ check, result: 'good', detail: 'signed, and the parent zone knows the key' }]
  if (told.length === 0)
    return [
      {
        check,
        result: 'good',
        detail: `signed; to have it checked, give the parent zone: ${host}. DS ${own.delegation}`,
      },
    ]
  return [
    {
      check,
      result: 'bad',
      detail: `the parent zone knows another key, so that careful resolvers show nothing: in place of its DS records set ${own.delegation}`,
    },
  ]
}

type DsData = {
  readonly keyTag: number
  readonly algorithm: number
  readonly digestType: number
  readonly digest: Buffer
}
type Found = { readonly type: string; readonly ttl: number; readonly data: unknown }
type Asked = { readonly code: string; readonly isAuthoritative: boolean; readonly answers: readonly Found[] }

function dsText({ keyTag, algorithm, digestType, digest }: DsData): string {
  return `${keyTag} ${algorithm} ${digestType} ${digest.toString('hex').toUpperCase()}`
}

async function addressesAt(deps: NameCheckDeps, name: string): Promise<readonly string[]> {
  const found = await Promise.all([recordsAt(deps, name, 'A'), recordsAt(deps, name, 'AAAA')])
  return found.flat().map(({ data }) => String(data))
}

async function recordsAt(
  deps: NameCheckDeps,
  name: string,
  type: 'A' | 'AAAA' | 'NS' | 'CNAME' | 'DS',
): Promise<readonly Found[]> {
  const asked = await asking(deps, deps.resolver, name, type, 'udp')
  return (asked?.answers ?? []).filter((record) => record.type === type)
}

/** null where nothing that can be read comes back. */
async function asking(
  { exchange, random }: NameCheckDeps,
  server: DnsAddress,
  name: string,
  type: string,
  way: 'udp' | 'tcp',
): Promise<Asked | null> {
  const id = random.below(0x10000)
  const questions = [{ name, type: type as 'A' }]
  const message = dnsPacket.encode({ type: 'query', id, flags: dnsPacket.RECURSION_DESIRED, questions })
  const reply = await exchange(server, message, way)
  try {
    const { rcode, flag_aa, answers, ...read } = dnsPacket.decode(Buffer.from(reply ?? [])) as ReturnType<
      typeof dnsPacket.decode
    > & { rcode: string }
    return read.id === id
      ? { code: rcode, isAuthoritative: flag_aa, answers: (answers ?? []) as unknown as Found[] }
      : null
  } catch {
    return null // nothing, or no DNS
  }
}
