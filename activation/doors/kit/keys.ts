/**
 * The author's posting key in the kit: sealed in the file; opened with the passphrase; and, if the author wants it and the
 * browser knows Ed25519, as a copy on this device that signs but cannot be read out.
 */
import { concat, fromHex } from '../../../protocol/bytes.ts'
import type { Signer } from '../../../protocol/platform.ts'
import { signerFromSeed } from '../../../protocol/signature.ts'
import { openVault } from '../vault.ts'
import type { KitData } from './kit-data.ts'

/** PKCS #8 around an Ed25519 seed (RFC 8410). */
const pkcs8Head = fromHex('302e020100300506032b657004220420')

export type Unlocking =
  | { ok: true; seed: Uint8Array; signer: Signer }
  | { ok: false; reason: 'wrong-passphrase' | 'damaged' }

export async function unlockKit(
  data: KitData,
  passphrase: string,
  onProgress: (part: number) => void,
): Promise<Unlocking> {
  const opened = await openVault(data.sealed, passphrase, { onProgress })
  if (!opened.ok) return opened
  const signer = signerFromSeed(opened.seed)
  return signer.key === data.posting ? { ok: true, seed: opened.seed, signer } : { ok: false, reason: 'damaged' }
}

export async function canStay(): Promise<boolean> {
  try {
    await crypto.subtle.generateKey('Ed25519', false, ['sign'])
    return true
  } catch {
    return false // no WebCrypto here, or none with Ed25519
  }
}

/** Keeps a copy that no script can read out: it signs here, and nowhere else. */
export async function stayUnlocked(data: KitData, seed: Uint8Array): Promise<void> {
  const bytes = concat(pkcs8Head, seed) as Uint8Array<ArrayBuffer>
  const key = await crypto.subtle.importKey('pkcs8', bytes, 'Ed25519', false, ['sign'])
  await withKeys('readwrite', (keys) => keys.put(key, data.posting))
}

export async function forgetKey(data: KitData): Promise<void> {
  await withKeys('readwrite', (keys) => keys.delete(data.posting))
}

/** The signer of a copy kept on this device, or null. */
export async function keptSigner(data: KitData): Promise<Signer | null> {
  const key = await withKeys('readonly', (keys) => keys.get(data.posting))
  if (!(key instanceof CryptoKey)) return null
  return {
    key: data.posting,
    sign: async (message) =>
      new Uint8Array(await crypto.subtle.sign('Ed25519', key, message as Uint8Array<ArrayBuffer>)),
  }
}

function databaseOrNull(): IDBOpenDBRequest | null {
  try {
    return indexedDB.open('dgos-keys', 1)
  } catch {
    return null // a sandboxed page may keep nothing
  }
}

function withKeys(mode: IDBTransactionMode, act: (keys: IDBObjectStore) => IDBRequest): Promise<unknown> {
  return new Promise((resolve) => {
    const opening = databaseOrNull()
    if (opening === null) return resolve(null)
    opening.onupgradeneeded = () => opening.result.createObjectStore('keys')
    opening.onerror = () => resolve(null)
    opening.onsuccess = () => {
      const request = act(opening.result.transaction('keys', mode).objectStore('keys'))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve(null)
      request.transaction!.oncomplete = () => opening.result.close()
    }
  })
}
