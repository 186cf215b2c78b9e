import { type HostileRequest, hostileRequest } from './request.ts'

/** Ten mebibytes under a hash that no post names. */
export function unwantedBlob(bytes = 10 * 1024 * 1024): HostileRequest {
  return hostileRequest('PUT', `/dgos/v1/blobs/${'ab'.repeat(32)}`, new Uint8Array(bytes).fill(7))
}
