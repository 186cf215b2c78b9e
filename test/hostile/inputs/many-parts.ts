import { type HostileRequest, hostileRequest } from './request.ts'

/** A form of nothing but boundaries. */
export function manyParts(path = '/post', bytes = 8 * 1024 * 1024): HostileRequest {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  return hostileRequest('POST', path, '--x\r\n\r\n'.repeat(bytes / 7), headers)
}

/** A form of a million fields. */
export function manyFields(path: string, bytes = 1024 * 1024): HostileRequest {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return hostileRequest('POST', path, 'a=&'.repeat(bytes / 3), headers)
}
