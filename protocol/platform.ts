/**
 * What the contract needs from the platform it runs on, handed in by the caller: node:crypto on servers,
 * WebCrypto in browsers, tweetnacl where there is no WebCrypto Ed25519. See lib/platform.ts and embed-beacon/.
 */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** Plain RFC 8032 verification of a 64-byte signature by a 32-byte key. The strict byte checks come first, elsewhere. */
export type VerifyEd25519 = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>

export type Platform = { readonly sha256: Sha256; readonly verify: VerifyEd25519 }

/** Signs with one private key. `key` is the public key in hex. */
export type Signer = { readonly key: string; sign(message: Uint8Array): Uint8Array | Promise<Uint8Array> }
