/** A member as a proxy: for blogs of its network, for nobody and nothing else; and the file by which browsers find it. */
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '../../lib/random.ts'
import type { Web, WebRequest } from '../../lib/web.ts'
import { chosenProxies, pacFile } from '../../naming/pac.ts'
import { ProxyList } from '../../naming/proxy-list.ts'
import { SmallNetwork, sha256, signerOf } from '../support/small-network.ts'
import { until } from '../support/until.ts'
import { wholeMember } from '../support/whole-member.ts'
import { CopiedBlog } from './copied-blog.ts'

/** `answering`: what the blog waits for before it answers. */
async function arrange(
  t: TestContext,
  address = 'http://ana.example/',
  answering: () => Promise<void> = async () => {},
) {
  const asked: WebRequest[] = []
  const web: Web = {
    fetch: async (wanted) => {
      asked.push(wanted)
      await answering()
      const headers = { 'content-type': 'text/html', 'set-cookie': 'a=b' }
      return { ok: true, status: 200, headers, body: Buffer.from('<h1>Live</h1>'), url: wanted.url }
    },
  }
  const namingOutside = { look: async () => true, resolve: async () => ['192.0.2.1'], keys: null, nameShow: null }
  const make: ReturnType<typeof wholeMember> = (ground) =>
    wholeMember({ naming: { proxyPort: 3128 } }, { namingOutside, web })(ground)
  const blog = await CopiedBlog.create(t, { addresses: [address] }, { make, members: 4 })
  const proxy = blog.member.naming.proxy!
  const socket = await proxy.open({ host: '127.0.0.1', port: 0 })
  t.after(() => socket.close())
  return { blog, proxy, socket, asked }
}

type Got = { readonly status: number; readonly text: string; readonly headers: Record<string, unknown> }

function through(port: number, target: string, method = 'GET', headers = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', method, path: target, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode!, text, headers: response.headers }))
    })
    asked.once('connect', (response) => resolve({ status: response.statusCode!, text: '', headers: {} }))
    asked.on('error', reject)
    asked.end()
  })
}

test('a blog that is up is fetched from itself, without cookies; one that is down is read here at its own paths', async (t) => {
  const { blog, socket, asked } = await arrange(t)
  const live = await through(socket.port, 'http://ana.example/first/?x=1')
  assert.deepEqual([live.status, live.text], [200, '<h1>Live</h1>'])
  assert.equal(asked.at(-1)!.url, 'http://ana.example/first/?x=1')
  assert.equal(live.headers['set-cookie'], undefined)
  assert.equal(live.headers.connection, 'close')
  const before = asked.length
  await blog.declare()
  const front = await through(socket.port, 'http://ana.example/')
  assert.equal(front.status, 200)
  assert.match(front.text, /has been unreachable/)
  assert.match((await through(socket.port, 'http://ana.example/first/')).text, /The first post/)
  assert.equal((await through(socket.port, 'http://ANA.example:80/')).status, 200)
  for (const path of ['nothing', 'find', 'post', 'm/', 'm/bob.example/', 'dgos/v1/members']) {
    const missing = await through(socket.port, `http://ana.example/${path}`)
    assert.equal(missing.status, 404, path)
    assert.match(missing.text, /This page is not kept here/, path)
  }
  assert.equal((await through(socket.port, 'http://ana.example/m/ana.example/')).status, 200)
  assert.equal(asked.length, before, 'nobody asks the dead blog')
})

test('two hundred attempts to use it for anything else are refused', async (t) => {
  const { blog, socket, asked } = await arrange(t)
  const hosts = [
    'example.com',
    '127.0.0.1',
    'localhost',
    '[::1]',
    '169.254.169.254',
    'www.ana.example',
    'ana.example.evil.example',
    'ana.example:8080',
    'ana.example:22',
    'ana.example@evil.example',
    'evil.example#ana.example',
    '192.0.2.1',
    '0x7f000001',
    '2130706433',
    'm0.example',
    'ana.example..',
    '.ana.example',
    'ana.exampleevil.example',
  ]
  const attempts: [string, string][] = [
    ...hosts.flatMap((host): [string, string][] => [
      ['GET', `http://${host}/`],
      ['HEAD', `http://${host}/x`],
      ['POST', `http://${host}/`],
      ['GET', `https://${host}/`],
      ['GET', `ftp://${host}/`],
      ['CONNECT', host],
      ['CONNECT', `${host}:443`],
      ['CONNECT', `${host}:25`],
      ['CONNECT', `${host}:80`],
    ]),
    ...['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'].map((method): [string, string] => [
      method,
      'http://ana.example/',
    ]),
    ...[22, 25, 80, 443, 444, 8443].map((port): [string, string] => ['CONNECT', `ana.example:${port}`]),
    ['GET', '/'],
    ['GET', '/m/ana.example/'],
    ['GET', '/dgos/v1/members'],
    ['POST', '/dgos/v1/objects'],
  ]
  while (attempts.length < 200) attempts.push(['GET', `http://host${attempts.length}.example/`])
  const before = asked.length
  for (const [method, target] of attempts) {
    const { status } = await through(socket.port, target, method)
    assert.ok([403, 400].includes(status), `${method} ${target}: ${status}`)
  }
  assert.equal(asked.length, before, 'and nobody was asked anything')
  assert.ok(attempts.length >= 200)
  await blog.say('refusal', { blog: blog.root.id, reason: 'operator' }, 'm0')
  assert.equal((await through(socket.port, 'http://ana.example/')).status, 403, 'what the operator refuses too')
})

test('two documents of a blog are in memory at one time; some wait, others are told to come again, and who leaves gives way', async (t) => {
  let answer: () => void = () => {}
  const answering = new Promise<void>((resolve) => {
    answer = resolve
  })
  const { socket, asked } = await arrange(t, 'http://ana.example/', () => answering)
  const leaving = [1, 2].map((i) => {
    const reader = connect(socket.port, '127.0.0.1')
    reader.write(`GET http://ana.example/${i} HTTP/1.1\r\nHost: ana.example\r\n\r\n`)
    return reader
  })
  await until(() => asked.length === 2, 'both are asked for')
  for (const reader of leaving) reader.destroy()
  const got: Got[] = []
  const many = Array.from({ length: 20 }, async (_, i) => {
    got.push(await through(socket.port, `http://ana.example/${i}`))
  })
  await until(() => got.length === 12, 'those for whom there is no room are told so')
  assert.deepEqual([...new Set(got.map(({ status, headers }) => `${status} ${headers['retry-after']}`))], ['503 5'])
  assert.equal(asked.length, 2)
  answer()
  await Promise.all(many)
  assert.equal(got.filter(({ status }) => status === 200).length, 8)
  assert.equal(asked.length, 10)
})

test('a tunnel leads to the blog’s own address while it lives, and nowhere once it is down', async (t) => {
  const { blog, proxy } = await arrange(t, 'https://ana.example/')
  assert.deepEqual(await proxy.decide('CONNECT', 'ana.example:443'), { act: 'tunnel', host: 'ana.example', port: 443 })
  for (const other of ['ana.example:80', 'ana.example:8443', 'www.ana.example:443', 'ana.example'])
    assert.deepEqual(await proxy.decide('CONNECT', other), { act: 'refuse' }, other)
  await blog.declare()
  assert.deepEqual(await proxy.decide('CONNECT', 'ana.example:443'), { act: 'refuse' })
})

test('a member that stops is not listening: the next connection is refused, not held', async (t) => {
  const { blog, socket, proxy } = await arrange(t)
  proxy.stopping()
  await socket.close()
  const code = await new Promise((resolve) => {
    connect(socket.port, '127.0.0.1')
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
      .on('connect', () => resolve('open'))
  })
  assert.equal(code, 'ECONNREFUSED')
  assert.equal((await blog.get('/dgos/v1/proxy')).status, 200)
})

test('the file sends blogs of the network to the proxies and everything else its usual way', async (t) => {
  const { blog, proxy } = await arrange(t)
  await proxy.round()
  const served = await blog.get('/dgos/v1/proxy.pac')
  assert.equal(served.headers['content-type'], 'application/x-ns-proxy-autoconfig')
  const find = (url: string, file = served.text) => {
    return runInNewContext(
      `${file};FindProxyForURL(${JSON.stringify(url)}, ${JSON.stringify(new URL(url).hostname)})`,
    ) as string
  }
  const list = find('http://ana.example/first/')
  assert.match(list, /^PROXY 127\.0\.0\.1:3128; PROXY 127\.0\.0\.1:3128; PROXY 127\.0\.0\.1:3128; DIRECT$/)
  assert.match(find('https://ana.example/'), /^DIRECT; PROXY /)
  for (const other of ['http://example.com/', 'https://www.ana.example/', 'http://constructor/', 'http://toString/'])
    assert.equal(find(other), 'DIRECT', other)
  const none = await blog.get('/dgos/v1/proxy.pac?for=bob.example')
  assert.equal(find('http://ana.example/', none.text), 'DIRECT')
  assert.match(
    find('http://ana.example/', (await blog.get('/dgos/v1/proxy.pac?for=x.example,ANA.example')).text),
    /^PROXY/,
  )
})

test('no host can break out of the file', () => {
  const evil = `a'};alert(1)//`
  const file = pacFile([evil], [{ host: 'm.example', port: 1 }])
  assert.equal(
    runInNewContext(`${file};FindProxyForURL('http://x/', ${JSON.stringify(evil)})`),
    'PROXY m.example:1; DIRECT',
  )
})

const proxyOf = (i: number, operator = i) => ({
  member: `m${i}`,
  operator: `o${operator}`,
  host: `m${i}.example`,
  port: 3128,
})

test('three of three operators are chosen; a reader keeps his, and others get others', () => {
  const living = Array.from({ length: 12 }, (_, i) => proxyOf(i, i % 6))
  const chosen = (reader: string) => chosenProxies(living, reader, sha256)
  assert.deepEqual(chosen('192.0.2'), chosen('192.0.2'))
  const firsts = new Map<string, number>()
  for (let i = 0; i < 600; i++) {
    const proxies = chosen(`reader ${i}`)
    assert.equal(new Set(proxies.map(({ operator }) => operator)).size, 3)
    firsts.set(proxies[0]!.member, (firsts.get(proxies[0]!.member) ?? 0) + 1)
  }
  assert.equal(firsts.size, 12)
  assert.ok(Math.max(...firsts.values()) < 100, 'none is first for everybody')
})

test('a proxy that dies is named no more after two looks, and again when it answers', async () => {
  const small = await SmallNetwork.found(5)
  const dead = new Set<string>()
  const list = new ProxyList(
    {
      ask: async ({ name }) => (name === 'm4' ? null : 3128),
      look: async ({ name }) => !dead.has(name),
      roster: () => small.roster(),
      random: seededRandom('proxies'),
    },
    { self: signerOf('m0').key, port: 3128 },
  )
  const names = () =>
    list
      .living()
      .map(({ host }) => host[1])
      .sort()
      .join('')
  await list.round()
  await list.round()
  assert.equal(names(), '0123', 'm4 says that it is none')
  dead.add('m2')
  await list.round()
  assert.equal(names(), '0123')
  await list.round()
  assert.equal(names(), '013')
  dead.clear()
  await list.round()
  assert.equal(names(), '0123')
  list.stopping()
  assert.equal(names(), '123')
})
