/** The real HTTP server on a socket: what the Api alone cannot show. */
import assert from 'node:assert/strict'
import { Agent, get, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { Api, json, type Route } from '../../server/http/api.ts'
import { Rates } from '../../server/http/rates.ts'
import { type FastPath, HttpServer } from '../../server/http/server.ts'

const clock = systemClock
const noFront: FastPath = { handle: () => false }

async function serverWith(
  t: TestContext,
  routes: readonly Route[],
  options: { front?: FastPath; connectionsMax?: number } = {},
) {
  const rates = new Rates({ clock }, { perMinute: 100_000 })
  const api = new Api({ clock, log: silentLog, rates }, { routes })
  const server = new HttpServer(
    { api, front: options.front ?? noFront, clock, log: silentLog },
    { host: '127.0.0.1', port: 0, trustProxy: false, connectionsMax: options.connectionsMax ?? 100 },
  )
  const port = await server.listen()
  let closed = false
  const close = async () => {
    if (!closed) await server.close()
    closed = true
  }
  t.after(close)
  return { url: `http://127.0.0.1:${port}`, port, close }
}

const echo: Route = {
  method: 'POST',
  path: '/echo',
  bodyBytesMax: 10,
  handle: ({ body }) => json({ bytes: body.length }),
}

type Got = { readonly status: number; readonly body: string; readonly headers: Record<string, unknown> }

function send(url: string, method: string, chunks: readonly string[], headers = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(url, { method, headers, agent: new Agent() }, (answer) => {
      let body = ''
      answer.on('data', (part) => {
        body += part
      })
      answer.on('end', () => resolve({ status: answer.statusCode!, body, headers: answer.headers }))
    })
    asked.on('error', reject)
    for (const chunk of chunks) asked.write(chunk)
    asked.end()
  })
}

test('a body of the right length is read, with and without its length said', async (t) => {
  const { url } = await serverWith(t, [echo])
  assert.equal((await send(`${url}/echo`, 'POST', ['1234567890'], { 'content-length': '10' })).body, '{"bytes":10}')
  assert.equal((await send(`${url}/echo`, 'POST', ['12345', '67890'])).body, '{"bytes":10}')
})

test('a body that says it is too long is refused unread, and one that lies while it is read', async (t) => {
  const { url } = await serverWith(t, [echo])
  const said = await send(`${url}/echo`, 'POST', ['12345678901'], { 'content-length': '11' })
  assert.equal(said.status, 413)
  assert.match(said.body, /TOO_LARGE/)
  assert.equal((await send(`${url}/echo`, 'POST', ['123456', '78901'])).status, 413)
})

test('what is ready in memory is answered before the Api is reached', async (t) => {
  const front: FastPath = {
    handle(request, response) {
      if (request.url !== '/ready') return false
      response.writeHead(200, ['X-From', 'memory'])
      response.end()
      return true
    },
  }
  const { url } = await serverWith(t, [echo], { front })
  assert.equal((await send(`${url}/ready`, 'GET', [])).headers['x-from'], 'memory')
  assert.equal((await send(`${url}/other`, 'GET', [])).status, 404)
})

test('the name of the software is told to nobody, and one error shape to all', async (t) => {
  const { url } = await serverWith(t, [echo])
  const { status, headers, body } = await send(`${url}/nowhere`, 'GET', [])
  assert.equal(status, 404)
  assert.equal(headers['x-powered-by'], undefined)
  assert.deepEqual(Object.keys(JSON.parse(body)), ['error', 'message', 'detail'])
})

function rawAnswer(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.on('data', (part) => {
      answer += part
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

test('a request with two lengths is refused: someone wants to smuggle', async (t) => {
  const { port } = await serverWith(t, [echo])
  const head =
    'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'
  assert.match(await rawAnswer(port, `${head}0\r\n\r\n`), /^HTTP\/1\.1 400/)
})

test('headers longer than 16 KiB are refused', async (t) => {
  const { port } = await serverWith(t, [echo])
  const head = (bytes: number) => `GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: ${'a'.repeat(bytes)}\r\n\r\n`
  assert.match(await rawAnswer(port, head(15 * 1024)), /^HTTP\/1\.1 404/)
  assert.match(await rawAnswer(port, head(16 * 1024)), /^HTTP\/1\.1 431/)
})

test('one connection more than allowed is closed at once', async (t) => {
  const { port } = await serverWith(t, [echo], { connectionsMax: 2 })
  const open = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<ReturnType<typeof connect>>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => resolve(socket))
        }),
    ),
  )
  const third = connect(port, '127.0.0.1')
  await new Promise((resolve) => third.once('close', resolve))
  for (const socket of open) socket.destroy()
})

function ticking(): { route: Route; ended: Promise<void> } {
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const events: AsyncIterable<string> = {
    [Symbol.asyncIterator]() {
      let told = false
      return {
        next: () =>
          told
            ? new Promise(() => {})
            : Promise.resolve({ done: false, value: 'data: 1\n\n' }).finally(() => (told = true)),
        async return() {
          end()
          return { done: true, value: undefined }
        },
      }
    },
  }
  const headers = { 'content-type': 'text/event-stream' }
  const route: Route = {
    method: 'GET',
    path: '/live',
    handle: () => ({ status: 200, headers, body: new Uint8Array(0), events }),
  }
  return { route, ended }
}

function firstEvent(url: string): Promise<{ data: string; leave(): void; over: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: new Agent() }, (answer) => {
      const over = new Promise<void>((done) => answer.on('close', done))
      answer.once('data', (part) => resolve({ data: String(part), leave: () => asked.destroy(), over }))
      answer.on('error', () => {}) // the reader left on purpose
    })
    asked.on('error', reject)
  })
}

test('a stream of events ends when its reader goes', async (t) => {
  const { route, ended } = ticking()
  const { url } = await serverWith(t, [route])
  const { data, leave } = await firstEvent(`${url}/live`)
  assert.equal(data, 'data: 1\n\n')
  leave()
  await ended
})

test('a stop ends streams at once, lets open requests finish, and takes no new ones', async (t) => {
  const { route, ended } = ticking()
  let finish: () => void = () => {}
  const slow: Route = {
    method: 'GET',
    path: '/slow',
    handle: () => new Promise((resolve) => (finish = () => resolve(json({ done: true })))),
  }
  const { url, close } = await serverWith(t, [route, slow])
  const { over } = await firstEvent(`${url}/live`)
  const answer = send(`${url}/slow`, 'GET', [])
  await new Promise((resolve) => setImmediate(resolve))
  while (String(finish) === '() => {}') await new Promise((resolve) => setImmediate(resolve))
  const closed = close()
  await Promise.all([ended, over])
  await assert.rejects(send(`${url}/echo`, 'GET', []), { code: 'ECONNREFUSED' })
  finish()
  assert.equal((await answer).body, '{"done":true}')
  await closed
})
