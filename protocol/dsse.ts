/** The bytes that DSSE signs (secure-systems-lab/dsse, protocol v1.0.2, "PAE"). Apart, because outage lists are small code. */
import { byteLength, concat, utf8 } from './bytes.ts'

export function signedBytes(payloadType: string, payload: Uint8Array): Uint8Array {
  return concat(utf8(`DSSEv1 ${byteLength(payloadType)} ${payloadType} ${payload.length} `), payload)
}
