import { batchObjectsMax } from '../../../protocol/limits.ts'
import type { SignedObject } from '../../../protocol/objects.ts'
import { type HostileRequest, hostileRequest } from './request.ts'

/** As many objects as one request takes. */
export function fullBatch(objects: readonly SignedObject[]): HostileRequest {
  const envelopes = objects.slice(0, batchObjectsMax).map((object) => object.envelope)
  return hostileRequest('POST', '/dgos/v1/objects', JSON.stringify({ objects: envelopes }))
}

/** The same with one bit of each signature turned, so that every one is verified in vain. */
export function wrongSignatures(objects: readonly SignedObject[]): HostileRequest {
  const turned = objects.slice(0, batchObjectsMax).map(({ envelope }) => ({
    ...envelope,
    signatures: envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: turnedBit(sig) })),
  }))
  return hostileRequest('POST', '/dgos/v1/objects', JSON.stringify({ objects: turned }))
}

function turnedBit(sig: string): string {
  const bytes = Buffer.from(sig, 'base64')
  bytes[0]! ^= 1
  return bytes.toString('base64')
}
