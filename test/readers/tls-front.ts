/** Many https origins on one port: a throw-away certificate, and for each host whoever answers for it. */

import { createHash, X509Certificate } from 'node:crypto'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { testTls } from '../support/test-tls.ts'

export type Answer = (request: IncomingMessage, response: ServerResponse) => void
export type Asked = { readonly host: string; readonly path: string; readonly destination: string }

export class TlsFront {
  readonly #hosts = new Map<string, Answer>()
  /** Asked before the host itself; true where it has answered. */
  readonly #before = new Map<string, (request: IncomingMessage, response: ServerResponse) => boolean>()
  readonly asked: Asked[] = []
  readonly port: number
  /** For `--ignore-certificate-errors-spki-list`. */
  readonly fingerprint: string
  readonly #close: () => Promise<void>

  private constructor(port: number, fingerprint: string, close: () => Promise<void>) {
    this.port = port
    this.fingerprint = fingerprint
    this.#close = close
  }

  static async open(openssl: string): Promise<TlsFront> {
    const { key, cert } = testTls('readers.test', openssl)
    const held: { front: TlsFront | null } = { front: null }
    const server = createServer({ key, cert }, (asked, response) => held.front?.answer(asked, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const spki = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })
    held.front = new TlsFront(
      (server.address() as AddressInfo).port,
      createHash('sha256').update(spki).digest('base64'),
      () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    )
    return held.front
  }

  serve(host: string, answer: Answer): void {
    this.#hosts.set(host, answer)
  }

  /** Another program behind this host, on loopback. */
  pass(host: string, port: number): void {
    this.serve(host, (asked, response) => {
      const headers = { ...asked.headers, host }
      const { method, url } = asked
      const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      onward.on('error', () => response.destroy())
      asked.pipe(onward)
    })
  }

  /** Lets `lie` answer first. */
  corrupt(host: string, lie: (request: IncomingMessage, response: ServerResponse) => boolean): void {
    this.#before.set(host, lie)
  }

  honest(): void {
    this.#before.clear()
    this.asked.length = 0
  }

  answer(asked: IncomingMessage, response: ServerResponse): void {
    const host = asked.headers.host ?? ''
    const path = asked.url ?? '/'
    this.asked.push({ host, path, destination: String(asked.headers['sec-fetch-dest'] ?? '') })
    if (this.#before.get(host)?.(asked, response) === true) return
    const answer = this.#hosts.get(host)
    if (answer === undefined) response.destroy()
    else answer(asked, response)
  }

  close(): Promise<void> {
    return this.#close()
  }
}

export function send(response: ServerResponse, type: string, body: string | Uint8Array, status = 200): void {
  response.writeHead(status, { 'content-type': type, 'access-control-allow-origin': '*' })
  response.end(body)
}
