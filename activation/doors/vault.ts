/**
 * The outage key under a passphrase. Mirrors keep the result; whoever knows the passphrase can open it in any browser.
 * scrypt (RFC 7914) turns the passphrase into 64 bytes: 32 are the key of XChaCha20-Poly1305, and a hash of the rest is
 * `check`, by which a wrong passphrase is told from a damaged vault. 2^17 rounds cost about 128 MB and half a second.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { scryptAsync } from '@noble/hashes/scrypt.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat, fromHex, toHex, utf8 } from '../../protocol/bytes.ts'
import type { Vault } from '../../protocol/objects.ts'

/** OWASP's first recommendation for scrypt. */
export const vaultCost = { n: 2 ** 17, r: 8, p: 1 } as const
/** Memory that opening a vault may take: a hostile mirror cannot make the author's telephone run out of it. */
const memoryBytesMax = 256 * 1024 * 1024
/** The work is done in slices, so that a page stays alive. */
const sliceMs = 12

export type VaultOpened = { ok: true; seed: Uint8Array } | { ok: false; reason: 'wrong-passphrase' | 'damaged' }
export type VaultWork = { readonly onProgress?: (part: number) => void }
type Cost = { readonly n: number; readonly r: number; readonly p: number }

/** `random` gives 40 fresh bytes: 16 of salt, 24 of nonce. `cost` below the default is for tests. */
export async function sealVault(
  seed: Uint8Array,
  passphrase: string,
  random: { bytes(length: number): Uint8Array },
  cost: Cost = vaultCost,
): Promise<Vault> {
  const salt = random.bytes(16)
  const nonce = random.bytes(24)
  const { key, check } = await derive(passphrase, salt, cost, {})
  const sealed = xchacha20poly1305(key, nonce).encrypt(seed)
  return {
    kdf: 'scrypt',
    ...cost,
    salt: toHex(salt),
    cipher: 'xchacha20-poly1305',
    nonce: toHex(nonce),
    sealed: toHex(sealed),
    check,
  }
}

/** The 32-byte seed. Takes about a second; `onProgress` hears of it from 0 to 1. */
export async function openVault(vault: Vault, passphrase: string, work: VaultWork = {}): Promise<VaultOpened> {
  const { n, r } = vault
  if ((n & (n - 1)) !== 0 || 128 * n * r > memoryBytesMax) return { ok: false, reason: 'damaged' }
  const { key, check } = await derive(passphrase, fromHex(vault.salt), vault, work)
  if (check !== vault.check) return { ok: false, reason: 'wrong-passphrase' }
  try {
    return { ok: true, seed: xchacha20poly1305(key, fromHex(vault.nonce)).decrypt(fromHex(vault.sealed)) }
  } catch {
    return { ok: false, reason: 'damaged' } // the passphrase is right, so it is the sealed bytes that are not
  }
}

/** Case and spaces do not count: telephones capitalise first words, and people write words apart in many ways. */
export function normalPassphrase(passphrase: string): string {
  return passphrase
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, ' ')
}

async function derive(
  passphrase: string,
  salt: Uint8Array,
  { n, r, p }: Cost,
  { onProgress }: VaultWork,
): Promise<{ key: Uint8Array; check: string }> {
  const options = { N: n, r, p, dkLen: 64, asyncTick: sliceMs, maxmem: memoryBytesMax + 1024 * 1024 }
  const bytes = await scryptAsync(
    utf8(normalPassphrase(passphrase)),
    salt,
    onProgress ? { ...options, onProgress } : options,
  )
  const check = toHex(sha256(concat(utf8('dgos vault check '), bytes.subarray(32))).subarray(0, 4))
  return { key: bytes.subarray(0, 32), check }
}
