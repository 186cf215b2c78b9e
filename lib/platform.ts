/** The contract's platform on Node: OpenSSL through node:crypto, about 70 times faster than the portable verifier. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { toHex } from '../protocol/bytes.ts'
import type { Platform, Signer } from '../protocol/platform.ts'

/** DER prefixes of RFC 8410 for a raw Ed25519 public key and for a PKCS #8 private key made of its seed. */
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex')
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex')

export const nodePlatform: Platform = {
  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),
  verify: (key, message, signature) => {
    const publicKey = publicKeyOf(key)
    return publicKey !== null && verify(null, message, publicKey, signature)
  },
}

function publicKeyOf(key: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.concat([publicPrefix, key]), format: 'der', type: 'spki' })
  } catch {
    return null // not a point: no signature of such a key is good
  }
}

/** A signer from a 32-byte seed; the same key and signatures as `signerFromSeed` of the protocol. */
export function nodeSigner(seed: Uint8Array): Signer {
  const privateKey = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    key: toHex(new Uint8Array(spki.subarray(publicPrefix.length))),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  }
}
