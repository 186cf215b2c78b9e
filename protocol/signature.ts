/** The portable signer and verifier, on tweetnacl. Servers and modern browsers hand in a faster verifier instead. */
import nacl from 'tweetnacl'
import { toHex } from './bytes.ts'
import type { Signer, VerifyEd25519 } from './platform.ts'

/** For platforms without Ed25519 of their own. Always behind `isStrictSignature`: alone it accepts S+L. */
export const verifyPortable: VerifyEd25519 = (key, message, signature) =>
  key.length === 32 && signature.length === 64 && nacl.sign.detached.verify(message, signature, key)

/** A signer from a 32-byte seed (RFC 8032 private key). Same seed, same key, same signatures everywhere. */
export function signerFromSeed(seed: Uint8Array): Signer {
  const pair = nacl.sign.keyPair.fromSeed(seed)
  return { key: toHex(pair.publicKey), sign: (message) => nacl.sign.detached(message, pair.secretKey) }
}
