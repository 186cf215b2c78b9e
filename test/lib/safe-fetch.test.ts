import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { isPermittedAddress, permittedUrl } from '../../lib/address-guard.ts'
import { systemClock } from '../../lib/clock.ts'
import { createSafeFetch, dnsResolve, type SafeFetchDeps, type SafeFetchLimits } from '../../lib/safe-fetch.ts'
import type { WebAnswer, WebRequest } from '../../lib/web.ts'
import { openDnsServer, openRawServer, openWebServer } from '../support/open-servers.ts'
import { permittedUrls, refusedUrls } from './refused-urls.ts'

type Opened = { fetch(url: string, request?: Partial<WebRequest>): Promise<WebAnswer> }
type How = {
  readonly loopback?: boolean
  readonly limits?: Partial<SafeFetchLimits>
  readonly resolve?: SafeFetchDeps['resolve']
}

function open(t: TestContext, { loopback = true, limits = {}, resolve }: How = {}): Opened {
  const deps: SafeFetchDeps = { clock: systemClock, ...(resolve === undefined ? {} : { resolve }) }
  const web = createSafeFetch(deps, { loopback, limits, userAgent: 'DGOS-test' })
  t.after(() => web.close())
  return { fetch: (url, request) => web.fetch({ url, bytesMax: 1_000_000, timeMs: 5_000, ...request }) }
}

function reasonOf(answer: WebAnswer): string {
  return answer.ok ? `status ${answer.status}` : answer.reason
}

async function failsWith(t: TestContext, reason: string, listener: RequestListener, how: How = {}, request = {}) {
  const answer = await open(t, how).fetch(`${await openWebServer(t, listener)}/`, request)
  assert.equal(reasonOf(answer), reason)
}

test('refused URLs stay refused, each for its reason, before anything is looked up', async (t) => {
  const resolve = async () => assert.fail('a name was looked up')
  const { fetch } = open(t, { loopback: false, resolve })
  let count = 0
  for (const [reason, urls] of Object.entries(refusedUrls)) {
    for (const url of urls) {
      assert.equal(reasonOf(await fetch(url)), reason, url)
      count++
    }
  }
  assert.ok(count >= 60, `${count} cases`)
})

test('the nearest public addresses are permitted', () => {
  for (const url of permittedUrls) assert.ok(permittedUrl(url, { loopback: false }) instanceof URL, url)
})

test('loopback opens 127.0.0.0/8 and ::1 on any port, and nothing else', () => {
  for (const url of ['http://127.0.0.1:8101/', 'http://localhost:9/', 'http://[::1]:1/', 'http://ana.localhost/']) {
    assert.ok(permittedUrl(url, { loopback: true }) instanceof URL, url)
  }
  for (const url of ['http://10.0.0.1/', 'http://169.254.169.254/', 'http://[fe80::1]/', 'http://2130706433/']) {
    assert.ok(!(permittedUrl(url, { loopback: true }) instanceof URL), url)
  }
})

test('an address with a zone, a mapped one and no address at all are not permitted', () => {
  for (const address of ['fe80::1%eth0', '2606:4700::1%1', '::ffff:1.1.1.1', '', 'example.org', '1.1.1', '01.1.1.1']) {
    assert.equal(isPermittedAddress(address, { loopback: false }), false, address)
  }
})

test('a name is refused when any of its addresses is private', async (t) => {
  const private_ = ['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', 'fe80::1', '::ffff:10.0.0.1', '64:ff9b::a00:1']
  for (const address of private_) {
    for (const answers of [[address], ['8.8.8.8', address], [address, '8.8.8.8']]) {
      const { fetch } = open(t, { loopback: false, resolve: async () => answers })
      assert.equal(reasonOf(await fetch('http://blog.example/')), 'address', answers.join())
    }
  }
})

test('a name without address is a DNS failure, and so is a resolver that gives nothing', async (t) => {
  const dns = await openDnsServer(t, () => [])
  const asked = open(t, { resolve: dnsResolve({ timeoutMs: 2000, servers: [dns] }) })
  assert.equal(reasonOf(await asked.fetch('http://blog.example/')), 'dns')
  assert.equal(reasonOf(await open(t, { resolve: async () => [] }).fetch('http://blog.example/')), 'dns')
})

test('a name that is rebound between two requests is judged anew, and never asked twice for one', async (t) => {
  let asked = 0
  let reached = 0
  const dns = await openDnsServer(t, (name) => {
    assert.equal(name, 'rebound.example')
    asked++
    return asked === 1 ? ['127.0.0.1'] : ['10.0.0.1']
  })
  const origin = await openWebServer(t, (_request, response) => {
    reached++
    response.setHeader('connection', 'close').end('first')
  })
  const url = `http://rebound.example:${new URL(origin).port}/`
  const { fetch } = open(t, { resolve: dnsResolve({ timeoutMs: 2000, servers: [dns] }) })
  assert.equal(reasonOf(await fetch(url)), 'status 200')
  assert.deepEqual([asked, reached], [1, 1])
  assert.equal(reasonOf(await fetch(url)), 'address')
  assert.deepEqual([asked, reached], [2, 1])
})

test('a rebinding server that answers good and bad together, or bad at once, reaches nothing', async (t) => {
  for (const answers of [['127.0.0.1', '10.0.0.1'], ['192.168.1.1'], ['0.0.0.0']]) {
    const dns = await openDnsServer(t, () => answers)
    const { fetch } = open(t, { resolve: dnsResolve({ timeoutMs: 2000, servers: [dns] }) })
    assert.equal(reasonOf(await fetch('http://rebound.example:9/')), 'address')
  }
})

test('a redirect to a private address, another scheme, or credentials is refused', async (t) => {
  const targets: readonly (readonly [string, string])[] = [
    ['http://10.0.0.1/', 'address'],
    ['http://169.254.169.254/latest/', 'address'],
    ['//192.168.0.1/', 'address'],
    ['http://167772161/', 'address'],
    ['http://134744072/', 'address'],
    ['http://[::ffff:127.0.0.1]/', 'address'],
    ['\\\\10.0.0.1\\', 'address'],
    ['http://[64:ff9b::1]/', 'address'],
    ['ftp://example.org/', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['http://u:p@127.0.0.1/', 'credentials'],
    ['http://[', 'bad-url'],
  ]
  for (const [location, reason] of targets) {
    for (const status of [301, 302, 303, 307, 308]) {
      await failsWith(t, reason, (_request, response) => response.writeHead(status, { location }).end())
    }
  }
})

test('a redirect never leads from https to http', () => {
  const answer = permittedUrl('http://example.org/', { loopback: false }, new URL('https://example.org/'))
  assert.equal((answer as { reason: string }).reason, 'scheme')
})

test('five redirects are followed, six are not, and the last address is told', async (t) => {
  const origin = await openWebServer(t, (request, response) => {
    const left = Number(request.url!.slice(1))
    if (left === 0) response.end('there')
    else response.writeHead(302, { location: `/${left - 1}` }).end('on')
  })
  const { fetch } = open(t)
  const five = await fetch(`${origin}/5`)
  assert.equal(five.ok && five.url, `${origin}/0`)
  assert.equal(reasonOf(await fetch(`${origin}/6`)), 'redirects')
  assert.equal(reasonOf(await fetch(`${origin}/2`, { redirectsMax: 1 })), 'redirects')
  assert.equal(reasonOf(await fetch(`${origin}/1`, { redirectsMax: 0 })), 'status 302')
  assert.equal(reasonOf(await fetch(`${origin}/1`, { method: 'POST' })), 'status 302')
})

test('what is secret for one origin is not told to the next', async (t) => {
  const seen: (string | undefined)[] = []
  const other = await openWebServer(t, (request, response) => {
    seen.push(request.headers.authorization, request.headers['x-kept'] as string, request.headers['user-agent'])
    response.end()
  })
  const origin = await openWebServer(t, (_request, response) => response.writeHead(302, { location: other }).end())
  await open(t).fetch(origin, { headers: { Authorization: 'Bearer x', 'x-kept': 'y' } })
  assert.deepEqual(seen, [undefined, 'y', 'DGOS-test'])
})

test('gzip, br, zstd and both forms of deflate are read; two layers and unknown ones are not', async (t) => {
  const text = Buffer.from('text '.repeat(1000))
  const forms: readonly (readonly [string, Buffer])[] = [
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['identity', text],
  ]
  for (const [encoding, bytes] of forms) {
    const origin = await openWebServer(t, (_request, response) =>
      response.setHeader('content-encoding', encoding).end(bytes),
    )
    const answer = await open(t).fetch(origin)
    assert.ok(answer.ok && Buffer.from(answer.body).equals(text), encoding)
  }
  for (const encoding of ['gzip, gzip', 'gzip, br', 'compress', 'sdch', 'exi']) {
    await failsWith(t, 'encoding', (_q, response) => response.setHeader('content-encoding', encoding).end(text))
  }
})

test('damaged and truncated compression is refused', async (t) => {
  const text = Buffer.from('text '.repeat(1000))
  for (const [encoding, whole] of [
    ['gzip', gzipSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['deflate', deflateSync(text)],
  ] as const) {
    await failsWith(t, 'encoding', (_q, response) =>
      response.setHeader('content-encoding', encoding).end(whole.subarray(0, whole.length - 9)),
    )
    await failsWith(t, 'encoding', (_q, response) => response.setHeader('content-encoding', encoding).end(text))
  }
})

test('an empty body under a compression header is empty', async (t) => {
  const listener: RequestListener = (_q, response) => response.setHeader('content-encoding', 'gzip').end()
  const answer = await open(t).fetch(await openWebServer(t, listener))
  assert.ok(answer.ok && answer.body.length === 0)
})

test('bombs are refused by size, and by ratio where the size would do', async (t) => {
  const zeros = Buffer.alloc(20_000_000)
  for (const [encoding, bomb] of [
    ['gzip', gzipSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['zstd', zstdCompressSync(zeros)],
  ] as const) {
    const listener: RequestListener = (_q, response) => response.setHeader('content-encoding', encoding).end(bomb)
    await failsWith(t, 'too-large', listener)
    await failsWith(t, 'too-large', listener, {}, { bytesMax: 50_000_000 })
  }
})

test('one byte more than bytesMax is refused, or cut where the caller wants the beginning only', async (t) => {
  const origin = await openWebServer(t, (_q, response) => response.end('0123456789'))
  const { fetch } = open(t)
  assert.equal(reasonOf(await fetch(origin, { bytesMax: 10 })), 'status 200')
  assert.equal(reasonOf(await fetch(origin, { bytesMax: 9 })), 'too-large')
  const cut = await fetch(origin, { bytesMax: 4, cut: true })
  assert.equal(cut.ok && Buffer.from(cut.body).toString(), '0123')
})

test('a body of mebibytes comes whole and in its order, or its beginning', async (t) => {
  const bytes = Buffer.from(Uint32Array.from({ length: 500_000 }, (_, i) => i).buffer)
  const origin = await openWebServer(t, (_q, response) => response.end(bytes))
  const { fetch } = open(t)
  const whole = await fetch(origin, { bytesMax: bytes.length })
  assert.ok(whole.ok && bytes.equals(whole.body))
  const cut = await fetch(origin, { bytesMax: 1_300_001, cut: true })
  assert.ok(cut.ok && bytes.subarray(0, 1_300_001).equals(cut.body))
})

test('an endless body ends at bytesMax, plain or compressed', async (t) => {
  const endless: RequestListener = (_q, response) => {
    const write = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65536, Math.floor(Math.random() * 256))));
    }
    response.on('drain', write)
    write()
  }
  await failsWith(t, 'too-large', endless)
  await failsWith(t, 'status 200', endless, {}, { cut: true })
})

test('one byte a second is too slow, silence is a timeout', async (t) => {
  const drip: RequestListener = (_q, response) => {
    const timer = setInterval(() => response.write('x'), 50)
    response.on('close', () => clearInterval(timer))
  }
  await failsWith(t, 'too-slow', drip, { limits: { rateAfterMs: 300 } })
  await failsWith(t, 'timeout', drip, {}, { timeMs: 300 })
  await failsWith(t, 'timeout', () => {}, { limits: { connectMs: 100, firstByteMs: 200 } })
  await failsWith(t, 'timeout', () => {}, {}, { timeMs: 200 })
})

test('headers that never end, are too many bytes, or are not HTTP are refused', async (t) => {
  const says = async (text: string, how: How = {}) => {
    const origin = await openRawServer(t, (socket) => socket.once('data', () => socket.write(text)))
    return reasonOf(await open(t, how).fetch(origin, { timeMs: 1000 }))
  }
  assert.equal(await says(`HTTP/1.1 200 OK\r\n${'x-header: value\r\n'.repeat(4000)}\r\n`), 'too-large')
  assert.equal(await says(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`), 'too-large')
  assert.equal(await says('HTTP/1.1 200 OK\r\nx: '), 'timeout')
  assert.equal(await says('SSH-2.0-OpenSSH_9.2\r\n'), 'protocol')
  assert.equal(await says('HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'), 'protocol')
  assert.equal(await says('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n'), 'protocol')
})

test('a connection cut in the middle, a closed port and a plain port asked for TLS are failures, not surprises', async (t) => {
  const origin = await openRawServer(t, (socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')),
  )
  const half = await open(t).fetch(origin)
  assert.equal(half.ok, false)
  assert.equal(reasonOf(await open(t).fetch('http://127.0.0.1:1/')), 'connect')
  const plain = await openWebServer(t, (_q, response) => response.end())
  assert.equal(reasonOf(await open(t).fetch(plain.replace('http:', 'https:'))), 'tls')
})

test('status, flat headers and 304 come through', async (t) => {
  const origin = await openWebServer(t, (request, response) => {
    const known = request.headers['if-none-match'] === '"1"'
    response.writeHead(known ? 304 : 200, { ETag: '"1"', 'Set-Cookie': ['a=1', 'b=2'] }).end(known ? undefined : 'new')
  })
  const { fetch } = open(t)
  const first = await fetch(origin)
  assert.ok(first.ok)
  assert.equal(first.headers.etag, '"1"')
  assert.equal(first.headers['set-cookie'], 'a=1, b=2')
  assert.equal(reasonOf(await fetch(origin, { headers: { 'if-none-match': '"1"' } })), 'status 304')
  assert.equal(reasonOf(await fetch(origin, { method: 'HEAD' })), 'status 200')
})

test('a header that cannot be sent is a failure, not a surprise', async (t) => {
  const origin = await openWebServer(t, (_q, response) => response.end())
  assert.equal(reasonOf(await open(t).fetch(origin, { headers: { 'if-none-match': 'a\r\nb: c' } })), 'protocol')
})
