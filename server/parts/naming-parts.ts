/** What leads readers by names: the member's zones and DNS server, and its part among the proxies. */
import type { Cancel } from '../../lib/clock.ts'
import type { Schedule } from '../../lib/schedule.ts'
import type { Key } from '../../protocol/objects.ts'
import type { Config } from '../config.ts'
import {
  createNameParts,
  type NameOutside,
  type NameParts,
  type NamePartsDeps,
  type NamePartsOptions,
  nameOptionsOf,
} from './name-parts.ts'
import { ProxyParts, type ProxyPartsDeps } from './proxy-parts.ts'

/** What names need from the machine. */
export type NamingOutside = NameOutside
export type NamingPartsDeps = Omit<NamePartsDeps & ProxyPartsDeps, keyof NameOutside> & {
  /** Without it there are neither. */
  readonly namingOutside?: NamingOutside
}
export type NamingOptions = {
  /** Where the operator answers for names. */
  readonly names?: NamePartsOptions
  /** Where this member is a proxy for readers. */
  readonly proxyPort?: number
}
export type NamingPartsOptions = NamingOptions & { readonly self: Key }
export type NamingParts = {
  readonly names: NameParts | null
  readonly proxy: ProxyParts | null
  start(schedule: Schedule): Promise<void>
  stop(): void
}

export function createNamingParts(
  { namingOutside: outside, ...shared }: NamingPartsDeps,
  { self, names: options, proxyPort }: NamingPartsOptions,
): NamingParts {
  if (outside === undefined) return { names: null, proxy: null, start: async () => {}, stop: () => {} }
  const { log } = shared
  const deps = { ...shared, ...outside }
  const names =
    options === undefined ? null : createNameParts({ ...deps, log: log.part('names') }, { ...options, self })
  const proxy = new ProxyParts({ ...deps, log: log.part('proxy') }, { self, port: proxyPort ?? null })
  let stopLooks: Cancel = () => {}
  return {
    names,
    proxy,
    async start(schedule) {
      await names?.names.start(schedule)
      stopLooks = proxy.start(schedule)
    },
    stop() {
      names?.names.stop()
      stopLooks()
    },
  }
}

/** Refuses settings that cannot work together. */
export async function namingOptionsOf(config: Config): Promise<NamingOptions> {
  const [names, { proxyPort }] = [await nameOptionsOf(config), config]
  return { ...(names === null ? {} : { names }), ...(proxyPort === null ? {} : { proxyPort }) }
}
