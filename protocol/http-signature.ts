/**
 * Members sign what they ask of blogs, so that a wall's owner can let in guards and nobody else: HTTP Message Signatures
 * (RFC 9421) with Ed25519, in the form of Web Bot Auth (draft-meunier-web-bot-auth-architecture): a short life, the tag
 * `web-bot-auth`, and `Signature-Agent`, the origin where the key stands in a directory that is signed by the same key.
 */
import { encodeBase64 } from './base64.ts'
import { fromHex, utf8 } from './bytes.ts'
import type { Key, Time } from './objects.ts'
import type { Sha256, Signer } from './platform.ts'

export const directoryPath = '/.well-known/http-message-signatures-directory'
export const directoryType = 'application/http-message-signatures-directory+json'
/** A signature that somebody has read on the way is of use to him for this long. */
const lastsMs = 60_000

/** What a signature covers, and since when. `agent` is null in the answer that is the directory itself. */
export type Signing = {
  /** Host of the request, with its port where that is not the scheme's own. */
  readonly authority: string
  readonly agent: string | null
  readonly nowMs: Time
  /** 64 random bytes in base64. */
  readonly nonce: string
}

/** The bytes that are signed, and what stands of them in `Signature-Input` behind `sig1=`. Pure. */
export function signatureBase(
  signing: Signing,
  key: Key,
  sha256: Sha256,
): { readonly base: string; readonly input: string } {
  const { authority, agent, nowMs, nonce } = signing
  const created = Math.floor(nowMs / 1000)
  const tag = agent === null ? 'http-message-signatures-directory' : 'web-bot-auth'
  const components = agent === null ? '("@authority";req)' : '("@authority" "signature-agent")'
  const times = `created=${created};expires=${created + lastsMs / 1000}`
  const input = `${components};${times};keyid="${thumbprint(key, sha256)}";alg="ed25519";nonce="${nonce}";tag="${tag}"`
  const covered =
    agent === null ? `"@authority";req: ${authority}` : `"@authority": ${authority}\n"signature-agent": "${agent}"`
  return { base: `${covered}\n"@signature-params": ${input}`, input }
}

/** Headers of a signed request, or of the directory. */
export async function signatureHeaders(
  signing: Signing,
  signer: Signer,
  sha256: Sha256,
): Promise<Readonly<Record<string, string>>> {
  const { base, input } = signatureBase(signing, signer.key, sha256)
  const signature = encodeBase64(await signer.sign(utf8(base)))
  return {
    ...(signing.agent === null ? {} : { 'signature-agent': `"${signing.agent}"` }),
    'signature-input': `sig1=${input}`,
    signature: `sig1=:${signature}:`,
  }
}

/** The directory: a JWK set with the one key. */
export function keyDirectory(key: Key, sha256: Sha256): string {
  return JSON.stringify({ keys: [{ ...jwk(key), kid: thumbprint(key, sha256), use: 'sig', alg: 'EdDSA' }] })
}

/** Names a key as RFC 7638 and RFC 8037 say: SHA-256 of its JWK, names in order. */
function thumbprint(key: Key, sha256: Sha256): string {
  return base64Url(sha256(utf8(JSON.stringify(jwk(key)))))
}

function jwk(key: Key) {
  return { crv: 'Ed25519', kty: 'OKP', x: base64Url(fromHex(key)) }
}

function base64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
