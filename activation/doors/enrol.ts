/**
 * What an author signs once, when a blog joins: its first root, and the outage key that any browser can use on the day.
 * Pure builders; the command line and the kit keep the seeds and send the objects.
 */

import { seal } from '../../protocol/envelope.ts'
import { delegatedPostsPerDay, delegationMsMax } from '../../protocol/limits.ts'
import type { Hash, Key, SignedObject, Time, Vault } from '../../protocol/objects.ts'
import type { Sha256, Signer } from '../../protocol/platform.ts'
import { signerFromSeed } from '../../protocol/signature.ts'
import { recoverySecretBytes, recoverySeed } from './recovery-words.ts'

export type KeyPair = { readonly seed: Uint8Array; readonly signer: Signer }
/** `secret` is what the words on paper hold, and what the seed is made of. */
export type RecoveryKey = KeyPair & { readonly secret: Uint8Array }
export type AuthorKeys = {
  /** Highest first. Kept on paper, away from the machine. */
  readonly recovery: readonly RecoveryKey[]
  readonly posting: KeyPair
  /** For the blog's own server, where it runs code of ours. */
  readonly online: KeyPair
  /** Sealed under the passphrase, then forgotten by this machine. */
  readonly outage: KeyPair
}

export function keyPair(seed: Uint8Array): KeyPair {
  return { seed, signer: signerFromSeed(seed) }
}

export function recoveryKey(secret: Uint8Array): RecoveryKey {
  return { secret, ...keyPair(recoverySeed(secret)) }
}

/** Fresh keys. `random` must be the system's: these are keys of real people. */
export function makeKeys(random: { bytes(length: number): Uint8Array }, recoveryKeys = 2): AuthorKeys {
  const fresh = () => keyPair(random.bytes(32))
  const recovery = Array.from({ length: recoveryKeys }, () => recoveryKey(random.bytes(recoverySecretBytes)))
  return { recovery, posting: fresh(), online: fresh(), outage: fresh() }
}

export type RootOptions = {
  readonly network: Hash
  readonly time: Time
  readonly title: string
  readonly addresses: readonly string[]
  readonly language?: string
  readonly recovery: readonly Key[]
  readonly posting: readonly { readonly key: Key; readonly name: string }[]
  readonly online?: Key
  /** Stewards: members that capture the blog and sign its heads, in order. */
  readonly signers: readonly Key[]
}

/** Root 1. Its id is the blog's id. `signer` is one of the recovery keys. */
export function makeRoot(options: RootOptions, signer: Signer, sha256: Sha256): Promise<SignedObject<'root'>> {
  return seal('root', { ...options, version: 1, revoked: [] }, signer, sha256)
}

export type OutageDelegationOptions = {
  readonly network: Hash
  readonly blog: Hash
  readonly time: Time
  readonly outageKey: Key
  readonly vault: Vault
  /** Whether the outage key may say for up to six hours that the blog is down. */
  readonly mayDeclare: boolean
  readonly until?: Time
}

/** `signer` is a posting key. Lasts 400 days unless told otherwise. */
export function makeOutageDelegation(
  options: OutageDelegationOptions,
  signer: Signer,
  sha256: Sha256,
): Promise<SignedObject<'delegation'>> {
  const { network, blog, time, outageKey, vault, mayDeclare } = options
  const fields = {
    network,
    time,
    blog,
    to: outageKey,
    may: mayDeclare ? (['post', 'declaration'] as const) : (['post'] as const),
    until: options.until ?? time + delegationMsMax,
    postsPerDay: delegatedPostsPerDay,
    name: 'outage key',
    vault,
  }
  return seal('delegation', fields, signer, sha256)
}
