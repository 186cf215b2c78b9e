/**
 * How this member is set: one JSON file and the environment, which wins. `url` in the file is `DGOS_URL` in the
 * environment, `probeMs` is `DGOS_PROBE_MS`. Everything is checked before anything starts; a wrong or unknown key
 * refuses the start and is named. Defaults are resolved here and nowhere else.
 */
import { z } from 'zod'
import { ok, type Result, refuse } from '../protocol/codes.ts'
import { type Intervals, intervalFields, intervalsOf } from './machine/intervals.ts'

const address = z
  .string()
  .max(512)
  .regex(
    /^https?:\/\/[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[1-9][0-9]{0,4})?\/([A-Za-z0-9~_-][A-Za-z0-9._~-]{0,99}\/){0,5}$/,
    'must be http(s)://host/ with a final slash',
  )
const listen = z.string().regex(/^(\[[0-9a-f:]+\]|[0-9A-Za-z.-]+):[0-9]{1,5}$/, 'must be host:port')
const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1'),
])
/** In the environment a list is one text, with commas. */
const list = (entry: z.ZodString) =>
  z
    .union([
      z.array(entry).max(listMax),
      z
        .string()
        .transform((text) => text.split(',').filter(Boolean))
        .pipe(z.array(entry).max(listMax)),
    ])
    .default([])
const listMax = 64
const count = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

/** The amounts that an operator may set, as they are where nobody does. */
export const limitDefaults = {
  perAddressPerMinute: 1_200,
  perKeyPerMinute: 600,
  blogsPerMinute: 30,
  blogBytesMax: 500_000_000,
  archiveBytesMax: 200_000_000,
  blogsFloor: 3,
  originBudgetPerHour: 300,
  dnsResponsesPerSecond: 50,
} as const

const fields = z.strictObject({
  ...intervalFields,
  /** Shown on pages and in the member list. */
  name: z.string().min(1).max(100),
  /** Where others reach this member. */
  url: address,
  /** A separate origin for other people's bytes, where the operator has one. */
  contentUrl: address.optional(),
  /** Where the process listens; a reverse proxy stands before it. */
  listen: listen.default('127.0.0.1:8080'),
  /** A line by which people reach the operator. */
  contact: z.string().max(300).default(''),
  weight: count(1, 8).default(1),
  join: z.enum(['closed', 'invitation', 'open']).default('invitation'),
  /** Set by `dgos leave`: the member record says that it goes. */
  leaving: flag.default(false),
  log: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Shortens all intervals: for demonstrations and tests. */
  fast: flag.default(false),
  /** Believe X-Forwarded-For of a proxy on this machine or in its private network. */
  trustProxy: flag.default(false),
  /** smtp:// or smtps:// address through which authors are told. Without it mail is not offered. */
  mail: z
    .string()
    .regex(/^smtps?:\/\//, 'must be smtp:// or smtps://')
    .max(500)
    .optional(),
  mailFrom: z.string().max(200).optional(),
  /** Takes mail for secret addresses of blogs on this port. Needs `mail`, by which authors are told. */
  smtpPort: count(1, 65_535).optional(),
  smtpHost: z.string().max(100).default('0.0.0.0'),
  /** What stands behind the @ of secret addresses; the host of `url` by default. */
  smtpDomain: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/)
    .optional(),
  /** PEM files for STARTTLS: both or neither. */
  smtpKey: z.string().max(4000).optional(),
  smtpCert: z.string().max(4000).optional(),
  /** The name server that is asked for DKIM keys; the system's by default. */
  mailDns: listen.optional(),
  /** Takes mail from a provider's webhook, without a port of its own. */
  mailByWebhook: flag.default(false),
  /** Answers DNS questions on this port, by UDP and TCP. Needs `dnsZones` and `dnsServers`. */
  dnsPort: count(1, 65_535).optional(),
  dnsHost: z.string().max(100).default('0.0.0.0'),
  /** A blog's own host whose name servers are ours, or `*.` and a zone in which each blog that trusts us has a name. */
  dnsZones: list(
    z.string().regex(/^(\*\.)?[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/, 'must be a name, or *. and a name'),
  ),
  /** Names of the zones' servers, this one first; `name=address` where the name lies in a zone of ours. */
  dnsServers: list(
    z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(=[0-9a-f.:]{2,45})?$/, 'must be name or name=address'),
  ),
  /** Addresses of blogs' own servers: `host=address`, one entry an address. */
  dnsHomes: list(z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?=[0-9a-f.:]{2,45}$/, 'must be host=address')),
  /** Servers that are told of changes, and fetch zones with `dnsKey`: `address:port`. */
  dnsSecondaries: list(listen),
  /** File with the shared key (TSIG), as tsig-keygen writes it. */
  dnsKey: z.string().max(4000).optional(),
  /** Who may issue certificates for names of our zones: CAA, `letsencrypt.org; accounturi=…`. */
  dnsCaa: list(z.string().regex(/^[ -~]{1,250}$/, 'must be ASCII')),
  /** Mail address of who answers for the zones, for their SOA. */
  dnsContact: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}@[a-z0-9][a-z0-9.-]{0,200}$/, 'must be a mail address')
    .optional(),
  /** Signs the zones (DNSSEC). */
  dnsSigned: flag.default(true),
  /** The same answer to one network in a second; more is cut to "ask by TCP" or dropped. */
  dnsResponsesPerSecond: count(1, 1_000_000).default(limitDefaults.dnsResponsesPerSecond),
  /** Names of Namecoin that are answered for: `ana.bit`. Needs `namecoinRpc`. */
  bitNames: list(z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}\.bit$/, 'must be a name of one label and .bit')),
  /** The node that knows their values: http://user:password@127.0.0.1:8336/ */
  namecoinRpc: z
    .url({ protocol: /^https?$/ })
    .max(500)
    .optional(),
  /** Is a proxy for readers of this network's blogs on this port. */
  proxyPort: count(1, 65_535).optional(),
  proxyHost: z.string().max(100).default('0.0.0.0'),
  /** Where the page tree is written for a web server in front. Empty: not written. */
  pagesDir: z.string().max(4000).optional(),
  /** A program that is run when a blog that trusts this member with its name goes down, and when it is back. */
  dnsHook: z.string().max(4000).regex(/^\//, 'must be an absolute path').optional(),
  /** Requests one truncated address (IPv4 /24, IPv6 /48) may make in a minute. */
  perAddressPerMinute: count(10, 10_000_000).default(limitDefaults.perAddressPerMinute),
  /** Objects one key may hand in within a minute. */
  perKeyPerMinute: count(10, 10_000_000).default(limitDefaults.perKeyPerMinute),
  /** New blogs one truncated address may hand in within a minute: every member would keep them. */
  blogsPerMinute: count(1, 1_000_000).default(limitDefaults.blogsPerMinute),
  /** Open connections; more are closed at once. */
  connectionsMax: count(8, 65_535).default(1_024),
  /** Disk that one blog's copies and attachments may take here. */
  blogBytesMax: count(1_000_000, 1_000_000_000_000).default(limitDefaults.blogBytesMax),
  /** Disk that the archive of one mirrored blog may take here, besides its copies. 0 keeps no archives. */
  archiveBytesMax: count(0, 1_000_000_000_000).default(limitDefaults.archiveBytesMax),
  /** Blogs of an operator that are kept even where it stores nothing for others. */
  blogsFloor: count(0, 1_000).default(limitDefaults.blogsFloor),
  /** Requests to one origin in an hour while capturing. */
  originBudgetPerHour: count(10, 100_000).default(limitDefaults.originBudgetPerHour),
})

type Fields = z.output<typeof fields>

export type Config = Omit<
  Fields,
  | keyof typeof intervalFields
  | 'listen'
  | 'contentUrl'
  | 'mail'
  | 'mailFrom'
  | 'pagesDir'
  | 'dnsHook'
  | 'smtpPort'
  | 'smtpDomain'
  | 'smtpKey'
  | 'smtpCert'
  | 'mailDns'
  | 'dnsPort'
  | 'dnsKey'
  | 'dnsContact'
  | 'proxyPort'
  | 'namecoinRpc'
> & {
  readonly listen: { readonly host: string; readonly port: number }
  readonly contentUrl: string | null
  readonly mail: string | null
  readonly mailFrom: string | null
  readonly pagesDir: string | null
  readonly dnsHook: string | null
  readonly smtpPort: number | null
  readonly smtpDomain: string | null
  readonly smtpKey: string | null
  readonly smtpCert: string | null
  readonly mailDns: string | null
  readonly dnsPort: number | null
  readonly dnsKey: string | null
  readonly dnsContact: string | null
  readonly proxyPort: number | null
  readonly namecoinRpc: string | null
  readonly intervals: Intervals
}

export type Env = Readonly<Record<string, string | undefined>>

/** Names that belong to the command line and not to a member's configuration. */
const otherNames = new Set(['DGOS_DATA', 'DGOS_CONFIG', 'DGOS_HOME', 'DGOS_MEMBER'])

/** `fileText` is the configuration file, null where there is none. The refusal's detail names every wrong key. */
export function readConfig(env: Env, fileText: string | null): Result<Config> {
  const file = fileText === null ? ok({}) : parseFile(fileText)
  if (!file.ok) return file
  const named = envFields(env)
  if (!named.ok) return named
  const parsed = fields.safeParse({ ...file.value, ...named.value })
  return parsed.success ? ok(resolve(parsed.data)) : refuse('BAD_FIELDS', wrongKeys(parsed.error, named.value))
}

/** The name in the environment of a key of the file. */
export function envName(key: string): string {
  return `DGOS_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

function parseFile(text: string): Result<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return ok({ ...value })
    return refuse('BAD_JSON', 'the configuration file must hold one JSON object')
  } catch (error) {
    return refuse('BAD_JSON', `the configuration file is not JSON: ${(error as Error).message}`)
  }
}

function envFields(env: Env): Result<Record<string, string>> {
  const known = new Map(Object.keys(fields.shape).map((key) => [envName(key), key]))
  const found: Record<string, string> = {}
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('DGOS_') || otherNames.has(name) || value === undefined) continue
    const key = known.get(name)
    if (key === undefined) return refuse('BAD_FIELDS', `${name}: no such setting`)
    found[key] = value
  }
  return ok(found)
}

function wrongKeys(error: z.ZodError, fromEnv: Readonly<Record<string, string>>): string {
  const lines = error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${key}: no such setting`)
    const key = String(issue.path[0] ?? 'configuration')
    return [`${Object.hasOwn(fromEnv, key) ? envName(key) : key}: ${issue.message}`]
  })
  return lines.join('; ')
}

function resolve(data: Fields): Config {
  const at = data.listen.lastIndexOf(':')
  return {
    ...data,
    listen: { host: data.listen.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(data.listen.slice(at + 1)) },
    contentUrl: data.contentUrl ?? null,
    mail: data.mail ?? null,
    mailFrom: data.mailFrom ?? null,
    pagesDir: data.pagesDir ?? null,
    dnsHook: data.dnsHook ?? null,
    smtpPort: data.smtpPort ?? null,
    smtpDomain: data.smtpDomain ?? null,
    smtpKey: data.smtpKey ?? null,
    smtpCert: data.smtpCert ?? null,
    mailDns: data.mailDns ?? null,
    dnsPort: data.dnsPort ?? null,
    dnsKey: data.dnsKey ?? null,
    dnsContact: data.dnsContact ?? null,
    proxyPort: data.proxyPort ?? null,
    namecoinRpc: data.namecoinRpc ?? null,
    intervals: intervalsOf(data),
  }
}
