/** A small world that many cases share: twelve founding members, and the blog of Ana. */
import { toHex } from '../../bytes.ts'
import { placementId } from '../../membership.ts'
import type { Hash, Key, Payloads, Time } from '../../objects.ts'
import { dayMs, hourMs, type Sheet, t0 } from './forge.ts'

export const address = 'https://ana.example.org/'

/** Twelve members of twelve operators, founders all. Gives the aliases of the network's objects. */
export async function found(sheet: Sheet, count = 12): Promise<string[]> {
  const founders = Array.from({ length: count }, (_, i) => sheet.key(`member ${i + 1}`))
  await sheet.object('network', 'network', 'founder', {
    time: t0 - 90 * dayMs,
    name: 'Vectors',
    founders,
    nonce: sheet.forge.hash('network'),
  })
  const aliases = ['network']
  for (let i = 1; i <= count; i++)
    aliases.push(await memberRecord(sheet, `m${i}`, { name: `member ${i}`, operator: `operator ${i}` }))
  return aliases
}

export type MemberFields = {
  readonly name: string
  readonly operator: string
  readonly by?: string
  readonly time?: Time
  readonly expires?: Time
  readonly nonces?: readonly Hash[]
  readonly fields?: Partial<Payloads['member']>
}

/** A member record; without nonces that of a founder. */
export async function memberRecord(sheet: Sheet, alias: string, given: MemberFields): Promise<string> {
  const { name, operator, by = name, time = t0, expires = time + 30 * dayMs, nonces = [], fields = {} } = given
  await sheet.object(alias, 'member', by, {
    time,
    member: sheet.key(name),
    name,
    url: `https://${name.replace(' ', '-')}.example.net/`,
    operator: sheet.key(operator),
    contact: '',
    passive: false,
    weight: 1,
    next: nextOf(sheet, `${name}, next key`),
    vouchers: [],
    placement: placementId(sheet.key(name), nonces, sheet.network, sheet.forge.sha256),
    expires,
    ...fields,
  })
  return alias
}

export function nextOf(sheet: Sheet, name: string): Hash {
  const bytes = sheet.forge
    .key(name)
    .match(/../g)!
    .map((pair) => Number.parseInt(pair, 16))
  return toHex(sheet.forge.sha256(Uint8Array.from(bytes)))
}

type RootFields = Partial<Payloads['root']>

/** Root 1 of Ana's blog: three recovery keys, two posting keys, an online key, two stewards. */
export async function blogRoot(sheet: Sheet, alias: string, fields: RootFields = {}, by = 'recovery 1'): Promise<Hash> {
  return sheet.object(alias, 'root', by, {
    time: t0,
    version: 1,
    recovery: sheet.keys('recovery 1', 'recovery 2', 'recovery 3'),
    posting: postingKeys(sheet, 'laptop', 'phone'),
    online: sheet.key('online'),
    signers: sheet.keys('member 11', 'member 12'),
    addresses: [address],
    title: "Ana's blog",
    revoked: [],
    ...fields,
  })
}

export function postingKeys(sheet: Sheet, ...names: readonly string[]) {
  return names.map((name) => ({ key: sheet.key(name), name }))
}

/** A later root: what it does not name stays as in root 1. */
export async function nextRoot(
  sheet: Sheet,
  alias: string,
  previous: string,
  fields: RootFields,
  by: string,
): Promise<Hash> {
  return blogRoot(
    sheet,
    alias,
    { time: t0 + hourMs, version: 2, blog: sheet.id('root1'), previous: sheet.id(previous), ...fields },
    by,
  )
}

/** Member ids of the mirror list: members 1 … count. */
export function mirrorList(sheet: Sheet, count = 10): Key[] {
  return Array.from({ length: count }, (_, i) => sheet.key(`member ${i + 1}`))
}

export type HeadFields = Partial<Payloads['head']>

export async function head(
  sheet: Sheet,
  alias: string,
  fields: HeadFields = {},
  by = 'online',
  root = 'root1',
): Promise<Hash> {
  const time = fields.time ?? t0 + hourMs
  return sheet.object(alias, 'head', by, {
    time,
    blog: sheet.id('root1'),
    root: sheet.id(root),
    rootVersion: 1,
    seq: 1,
    mirrors: mirrorList(sheet),
    expires: time + 7 * dayMs,
    ...fields,
  })
}
