/**
 * Zones of .bit names: their values are asked of a Namecoin node once a minute, their addresses looked at every ten seconds, and
 * the dead left out, as for any other name. Only names that the operator lists: this is no resolver for everyone.
 */
import type { Log } from '../lib/log.ts'
import type { AddressWatch } from './address-watch.ts'
import { type BitNode, readBitName } from './namecoin-value.ts'
import type { RecordSet } from './records.ts'
import type { ZoneSource } from './served-zone.ts'
import { addressesOf, type NameAddresses, type Place, ttlSeconds } from './zone.ts'

export type BitZonesDeps = {
  /** The value of a name (`name_show`): null where there is none. Throws where the node does not answer. */
  readonly nameShow: (name: string) => Promise<string | null>
  readonly watch: AddressWatch
  readonly log: Log
}
export type BitZonesOptions = {
  /** "ana.bit" */
  readonly names: readonly string[]
  readonly servers: readonly string[]
}

const none: NameAddresses = { a: [], aaaa: [] }

export class BitZones {
  readonly #deps: BitZonesDeps
  readonly #options: BitZonesOptions
  readonly #nodes = new Map<string, BitNode>()
  readonly #shown = new Map<string, NameAddresses>()

  constructor(deps: BitZonesDeps, options: BitZonesOptions) {
    this.#deps = deps
    this.#options = options
  }

  /** A node that does not answer changes nothing; a name that is gone is gone. */
  async refresh(): Promise<void> {
    for (const apex of this.#options.names) {
      try {
        const node = await readBitName(`d/${apex.replace(/\.bit$/, '')}`, this.#deps.nameShow)
        if (node === null) this.#nodes.delete(apex)
        else this.#nodes.set(apex, node)
      } catch (error) {
        this.#deps.log.warn('namecoin-silent', { name: apex, error: (error as Error).message.slice(0, 200) })
      }
    }
  }

  /** Names with several addresses: where a look decides something. */
  lookedAt(): readonly Place[] {
    return [...this.#nodes].flatMap(([apex, node]) =>
      flattened(apex, node).flatMap(([name, { a, aaaa }]) =>
        a.length + aaaa.length < 2 ? [] : placesOf(name, a, aaaa),
      ),
    )
  }

  /** Where a value names servers or another name, there is nothing here to answer. */
  sources(): readonly ZoneSource[] {
    const own = [...this.#nodes].filter(([, node]) => node.ns.length === 0 && node.translate === null)
    return own.map(([apex, node]) => ({
      apex,
      sets: flattened(apex, node).flatMap(([name, inner]) => this.#setsOf(name, inner, name === apex)),
      servers: this.#options.servers,
      mailbox: `hostmaster.${apex}`,
      keys: null,
    }))
  }

  #setsOf(name: string, { a, aaaa, alias, txt, ns }: BitNode, isApex: boolean): readonly RecordSet[] {
    const places = { isAway: false, home: placesOf(name, a, aaaa), mirrors: [] }
    const shown = addressesOf(places, (place) => this.#deps.watch.isWithdrawn(place), this.#shown.get(name) ?? none)
    this.#shown.set(name, shown)
    const set = (type: RecordSet['type'], data: readonly unknown[]) =>
      data.length === 0 ? [] : [{ name, type, ttl: ttlSeconds, data }]
    // a zone's own name keeps its SOA, beside which no CNAME may stand
    if (alias !== null) return isApex ? [] : set('CNAME', [alias])
    return [...set('A', shown.a), ...set('AAAA', shown.aaaa), ...set('TXT', txt), ...(isApex ? [] : set('NS', ns))]
  }
}

/** Every name of a value, with its node: wildcards and DNAMEs are no names of their own. */
function flattened(name: string, node: BitNode): readonly (readonly [string, BitNode])[] {
  const inner = [...node.map].filter(([label]) => label !== '*')
  return [[name, node], ...inner.flatMap(([label, child]) => flattened(`${label}.${name}`, child))]
}

function placesOf(name: string, a: readonly string[], aaaa: readonly string[]): readonly Place[] {
  return [...a, ...aaaa].map((address) => ({ address, member: null, url: `http://${name}/` }))
}
