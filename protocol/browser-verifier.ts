/** Ed25519 in a browser: WebCrypto where it has it, else the portable verifier, loaded then. */
import type { VerifyEd25519 } from '../protocol/platform.ts'

export function browserVerifier(loadPortable: () => Promise<VerifyEd25519>): VerifyEd25519 {
  let chosen: Promise<VerifyEd25519> | undefined
  return async (key, message, signature) => {
    // Plain http pages have no WebCrypto, older browsers no Ed25519 in it.
    chosen ??= importKey(new Uint8Array(32).fill(1)).then(() => verifyByWebCrypto, loadPortable)
    return (await chosen)(key, message, signature)
  }
}

async function importKey(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', key as BufferSource, 'Ed25519', false, ['verify'])
}

const verifyByWebCrypto: VerifyEd25519 = async (key, message, signature) => {
  try {
    return await crypto.subtle.verify(
      'Ed25519',
      await importKey(key),
      signature as BufferSource,
      message as BufferSource,
    )
  } catch {
    return false // not a point of the curve: nothing verifies under it
  }
}
