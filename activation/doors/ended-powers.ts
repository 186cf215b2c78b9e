/**
 * What ends together with posting keys: all that they delegated (the form's outage key, mail doors, apps) and their word
 * that the blog is down. Whoever ends a key says so, and keeps what was posted with these powers.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import type { KeyRoles } from '../../protocol/key-roles.ts'
import type { Hash, Key, Payloads, SignedObject, Time } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { type KeyPair, makeOutageDelegation } from './enrol.ts'
import { declarationAfter } from './successor.ts'
import { sealVault } from './vault.ts'

export type EndedPowers = {
  /** Whether the form on any member loses its key. */
  readonly form: boolean
  /** Doors and apps that lose theirs, by name. */
  readonly doors: readonly string[]
  /** Revocations that keep what the delegated keys posted: without a delegation it would vanish with it. */
  readonly revoke: Payloads['root']['revoked']
  /** What an ended key said of an outage that still holds, to be said again; null for nothing. */
  readonly declaration: Omit<Payloads['declaration'], 'key'> | null
}

export type Ending = {
  readonly blog: BlogObjects
  readonly roles: KeyRoles
  /** Posting keys that end. */
  readonly keys: readonly Key[]
  readonly lastGood: readonly Hash[]
  readonly nowMs: Time
}

export function powersEndedWith({ blog, roles, keys, lastGood, nowMs }: Ending): EndedPowers {
  const granted = [...roles.delegations.values()].filter(({ payload }) => keys.includes(payload.key))
  const valid = granted.filter(({ payload }) => payload.until > nowMs && payload.may.length > 0)
  const hasPosted = (key: Key) => blog.post.some((post) => post.payload.key === key)
  const posters = granted.map(({ payload }) => payload.to).filter(hasPosted)
  const voices = [...keys, ...granted.map(({ payload }) => payload.to)]
  const said = voices.map((key) => declarationAfter(blog, key, nowMs)).find((declaration) => declaration !== null)
  return {
    form: valid.some(({ payload }) => payload.vault !== undefined),
    doors: valid.filter(({ payload }) => payload.vault === undefined).map(nameOf),
    revoke: posters.map((key) => ({ key, lastGood: [...lastGood] })),
    declaration: said ?? null,
  }
}

/** In words for the author; `again`: the declaration was said again by another key. Empty where nothing ends. */
export function endedPowersText({ doors, declaration }: EndedPowers, again: boolean): string {
  const ended = doors.length === 0 ? '' : ` Ended with it, to be opened anew: ${doors.join(', ')}.`
  const silent =
    declaration === null || again ? '' : ' Its word that your blog is down ended too: say it again when you next send.'
  return ended + silent
}

export type FormKeyOptions = {
  readonly network: Hash
  readonly blog: Hash
  readonly time: Time
  readonly passphrase: string
  /** A posting or a recovery key. */
  readonly signer: Signer
}

/** A key for the form on any member, fresh, under `passphrase`. */
export async function newFormKey(
  pair: KeyPair,
  { network, blog, time, passphrase, signer }: FormKeyOptions,
  random: { bytes(length: number): Uint8Array },
): Promise<SignedObject<'delegation'>> {
  const vault = await sealVault(pair.seed, passphrase, random)
  const fields = { network, blog, time, outageKey: pair.signer.key, vault, mayDeclare: true }
  return makeOutageDelegation(fields, signer, sha256)
}

function nameOf({ payload }: SignedObject<'delegation'>): string {
  return payload.name ?? `the key ${payload.to.slice(0, 8)}…`
}
