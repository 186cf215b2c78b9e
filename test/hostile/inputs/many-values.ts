import { type HostileRequest, hostileRequest } from './request.ts'

/** A batch of a million empty objects: each takes fifty times its bytes once it is parsed. */
export function manyValues(bytes = 4_000_000): HostileRequest {
  const one = '{"a":{}},'
  return hostileRequest('POST', '/dgos/v1/objects', `{"objects":[${one.repeat(bytes / one.length)}{}]}`)
}
