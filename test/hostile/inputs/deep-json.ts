import { type HostileRequest, hostileRequest } from './request.ts'

const json = { 'content-type': 'application/json' }

/** Brackets that only open. */
export function deepJson(path: string, bytes = 4 * 1024 * 1024, method: 'POST' | 'PUT' = 'POST'): HostileRequest {
  return hostileRequest(method, path, '['.repeat(bytes), json)
}

/** One object of a million names. */
export function wideJson(path: string, bytes = 4 * 1024 * 1024): HostileRequest {
  const names = Array.from({ length: bytes / 12 }, (_, i) => `"${(i + 1e7).toString(36)}":0`)
  return hostileRequest('POST', path, `{${names.join(',')}}`, json)
}

/** One string as long as the body. */
export function longJson(path: string, bytes = 4 * 1024 * 1024): HostileRequest {
  return hostileRequest('POST', path, `{"objects":"${'\\u0041'.repeat(bytes / 6)}"}`, json)
}
