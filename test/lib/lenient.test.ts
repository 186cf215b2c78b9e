/** What browsers take of sloppy servers is taken for captures and probes; the guards and bounds stay as they are. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../../lib/clock.ts'
import { CookieChain, mendedHead } from '../../lib/lenient-request.ts'
import { createSafeFetch, type SafeFetchDeps } from '../../lib/safe-fetch.ts'
import type { WebRequest } from '../../lib/web.ts'
import { openRawServer, openWebServer } from '../support/open-servers.ts'

function open(
  t: TestContext,
  { loopback = true, resolve }: { loopback?: boolean; resolve?: SafeFetchDeps['resolve'] } = {},
) {
  const deps: SafeFetchDeps = { clock: systemClock, ...(resolve === undefined ? {} : { resolve }) }
  const web = createSafeFetch(deps, { loopback, userAgent: 'DGOS-test' })
  t.after(() => web.close())
  return (url: string, request: Partial<WebRequest> = {}) =>
    web.fetch({ url, bytesMax: 1_000_000, timeMs: 5_000, lenient: true, ...request })
}

const says = (raw: string | Uint8Array) => (socket: Socket) => {
  socket.once('data', () => socket.end(typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw))
}
const page = 'Content-Type: text/html\r\n\r\n<p>hello'

test('each answer that Chromium shows is read, and none of them where nobody asked for leniency', async (t) => {
  const folder = join(import.meta.dirname, '../mirror/copies')
  const raws: Readonly<Record<string, string | Uint8Array>> = {
    'control character': readFileSync(join(folder, 'http-header-control-char/response.raw')),
    folded: readFileSync(join(folder, 'http-header-folded/response.raw')),
    'no colon': readFileSync(join(folder, 'http-header-no-colon/response.raw')),
    'length and chunks': readFileSync(join(folder, 'http-length-and-chunked/response.raw')),
    'length twice': readFileSync(join(folder, 'http-length-and-chunked/twice.raw')),
    'bare line feeds': `HTTP/1.1 200 OK\n${page.replaceAll('\r', '')}`,
    'blank before the colon': `HTTP/1.1 200 OK\r\nX-A : b\r\n${page}`,
    'a name that is none': `HTTP/1.1 200 OK\r\nX/Y z: b\r\n${page}`,
    'a length that is none': `HTTP/1.1 200 OK\r\nContent-Length: many\r\n${page}`,
    'a version that is none': `HTTP/2 200\r\n${page}`,
    'no reason': `HTTP/1.1 200\r\n${page}`,
    'go on first': `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nBad\r\n${page}`,
  }
  const fetch = open(t)
  for (const [name, raw] of Object.entries(raws)) {
    const answer = await fetch(`${await openRawServer(t, says(raw))}/`)
    assert.ok(answer.ok, `${name}: ${!answer.ok && answer.detail}`)
    assert.match(new TextDecoder().decode(answer.body), /<h1>Case<\/h1>|hello/, name)
    assert.equal(answer.short, undefined, name)
  }
  const strict = await fetch(`${await openRawServer(t, says(raws['no colon']!))}/`, { lenient: false })
  assert.equal(!strict.ok && strict.reason, 'protocol')
})

test('two different lengths, and what is no answer at all, are refused', async (t) => {
  const fetch = open(t)
  for (const raw of [
    `HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n${page}`,
    'SSH-2.0-OpenSSH\r\n\r\n',
    'hello',
  ]) {
    const answer = await fetch(`${await openRawServer(t, says(raw))}/`)
    assert.equal(!answer.ok && answer.reason, 'protocol', raw)
  }
})

test('a body that breaks off is what came, and said to be short; one that never began is a failure', async (t) => {
  const fetch = open(t)
  const folder = join(import.meta.dirname, '../mirror/copies/http-short-body')
  for (const file of ['response.raw', 'nochunkend.raw']) {
    const answer = await fetch(`${await openRawServer(t, says(readFileSync(join(folder, file))))}/`)
    assert.deepEqual([answer.ok, answer.ok && answer.short, answer.ok && answer.body.length], [true, true, 232], file)
  }
  const none = await fetch(`${await openRawServer(t, says('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'))}/`)
  assert.equal(none.ok, false)
})

test('18 kB and 200 kB of heads are read, 300 kB are not', async (t) => {
  const fetch = open(t)
  const heads = (count: number) => `HTTP/1.1 200 OK\r\n${`Link: <${'x'.repeat(990)}>\r\n`.repeat(count)}${page}`
  for (const count of [18, 200]) assert.equal((await fetch(`${await openRawServer(t, says(heads(count)))}/`)).ok, true)
  const over = await fetch(`${await openRawServer(t, says(heads(300)))}/`)
  assert.equal(!over.ok && over.reason, 'too-large')
})

test('codings that nobody knows are none; two layers, and a gzip without its end, are undone', async (t) => {
  const text = 'hello '.repeat(500)
  const twice = gzipSync(gzipSync(text))
  const cases: readonly (readonly [string, string | Uint8Array])[] = [
    ['UTF-8', text],
    ['none', text],
    ['gzip, gzip', twice],
    ['identity, gzip', gzipSync(text)],
    ['gzip', gzipSync(text).subarray(0, -8)],
  ]
  for (const [coding, body] of cases) {
    const origin = await openWebServer(t, (_, response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(body),
    )
    const answer = await open(t)(`${origin}/`)
    assert.equal(answer.ok && new TextDecoder().decode(answer.body), text, coding)
  }
  const bomb = gzipSync(gzipSync(Buffer.alloc(50_000_000)))
  const origin = await openWebServer(t, (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb),
  )
  const answer = await open(t)(`${origin}/`, { bytesMax: 100_000_000 })
  assert.equal(!answer.ok && answer.reason, 'too-large')
})

test('a cookie opens the page within one chain at one origin, and is told to nobody else', async (t) => {
  const told: (string | undefined)[] = []
  const other = await openWebServer(t, (request, response) => {
    told.push(request.headers.cookie)
    response.writeHead(200, { 'content-type': 'text/html' }).end('elsewhere')
  })
  const origin = await openWebServer(t, (request, response) => {
    told.push(request.headers.cookie)
    if (request.url === '/out') response.writeHead(302, { location: `${other}/`, 'set-cookie': 'a=1' }).end()
    else if (request.headers.cookie === 'seen=1') response.writeHead(200, { 'content-type': 'text/html' }).end('in')
    else response.writeHead(302, { location: '/', 'set-cookie': 'seen=1; Path=/; HttpOnly' }).end()
  })
  const fetch = open(t)
  const answer = await fetch(`${origin}/`)
  assert.equal(answer.ok && new TextDecoder().decode(answer.body), 'in')
  await fetch(`${origin}/out`)
  assert.deepEqual(told, [undefined, 'seen=1', undefined, undefined])
  const strict = await fetch(`${origin}/`, { lenient: false })
  assert.equal(!strict.ok && strict.reason, 'redirects')
})

test('a chain keeps few and plain cookies, and forgets those that end', () => {
  const chain = new CookieChain()
  chain.take('https://a.example', [
    'a=1',
    'b=2; Max-Age=0',
    'bad name=3',
    'c=x\r\ny',
    ...Array.from({ length: 40 }, (_, i) => `n${i}=1`),
  ])
  const { cookie = '' } = chain.header('https://a.example')
  assert.match(cookie, /^a=1; n0=1/)
  assert.doesNotMatch(cookie, /bad|b=|c=/)
  assert.ok(cookie.split(';').length <= 20)
  assert.deepEqual(chain.header('https://b.example'), {})
})

test('addresses are judged as ever: literals, names, and where a connection stands', async (t) => {
  const closed = open(t, {
    loopback: false,
    resolve: async (host) => (host === 'inside.example' ? ['10.0.0.1'] : ['93.184.216.34', '127.0.0.1']),
  })
  for (const url of ['http://127.0.0.1/', 'http://10.0.0.1/', 'http://inside.example/', 'http://mixed.example/']) {
    const answer = await closed(url)
    assert.equal(!answer.ok && answer.reason, 'address', url)
  }
  const origin = await openWebServer(t, (_, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
  )
  const redirected = await open(t)(`${origin}/`)
  assert.equal(!redirected.ok && redirected.reason, 'address')
})

test('a kept connection that the server closed costs no answer', async (t) => {
  let count = 0
  const origin = await openRawServer(t, (socket) => {
    socket.on('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/html\r\n\r\nhi')
      if (count++ === 0) socket.resetAndDestroy()
    })
  })
  const fetch = open(t)
  await fetch(`${origin}/`)
  assert.equal((await fetch(`${origin}/`)).ok, true)
})

test('a mended head says what the lines say, and no more', () => {
  assert.equal(
    mendedHead('HTTP/1.1 200 OK\r\nA: b\r\n c\r\nnothing\r\n: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked'),
    'HTTP/1.1 200 -\r\nA: b c\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  assert.equal(mendedHead('HTTP/1.1 304 Not Modified'), 'HTTP/1.1 304 -\r\n\r\n')
})
