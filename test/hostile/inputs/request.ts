/** What an attacker sends over HTTP. Each input of this folder is a function that makes its bytes, for tests and for price lists. */
export type HostileRequest = {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

export function hostileRequest(
  method: HostileRequest['method'],
  path: string,
  body: Uint8Array | string = '',
  headers: Readonly<Record<string, string>> = {},
): HostileRequest {
  return { method, path, headers, body: typeof body === 'string' ? Buffer.from(body) : body }
}
