/** The tree of pages on disk, and the real nginx that serves it alone. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { compressed } from '../../mirror/pages/answers.ts'
import { factsNow } from '../../mirror/pages/facts.ts'
import { renderSite, styleHash } from '../../mirror/pages/site.ts'
import { PageTree } from '../../server/machine/page-tree.ts'
import { PageWorld } from '../mirror/pages-world.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const nginxPath = '/usr/sbin/nginx'
const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const { sha256 } = nodePlatform

async function arrange(t: TestContext) {
  const dir = await temporaryFolder(t, 'tree')
  const world = await PageWorld.create()
  const assets = [
    { url: 'https://ana.example/a.png', bytes: png, type: 'image/png' },
    { url: 'https://ana.example/s.css', bytes: 'p{color:red}', type: 'text/css' },
  ]
  const front = '<link rel=stylesheet href=/s.css><p>front <a href=/a/b/>b</a> <img src=/a.png></p>'
  await world.capture(
    [
      { path: '/', html: front },
      { path: '/a', html: '<p>page a' },
      { path: '/a/b/', html: '<p>page b' },
    ],
    assets,
  )
  const blob = (hash: string) => world.blobs.get(hash)
  const tree = new PageTree({ blob, log: silentLog }, { dir, styleHash: styleHash(sha256), contentUrl: null })
  await tree.start()
  const write = async () => {
    const source = { blog: async () => world.known(), roster: () => world.roster(), byHost: async () => world.blog }
    const facts = (await factsNow(source, world.blog, world.clock.nowMs(), sha256))!
    const options = {
      self: world.members[0]!.payload.key,
      url: 'https://birch.example/',
      contentUrl: null,
      memberName: 'Birch',
      contact: 'abuse@birch.example',
    }
    const site = await renderSite(facts, null, { blob, sha256, compress: compressed }, options)
    await tree.write(site)
    return site
  }
  const files = async () =>
    (await readdir(join(dir, 'm/ana.example'), { recursive: true })).filter((path) => /\.[a-z0-9]+$/.test(path)).sort()
  return { world, dir, write, files }
}

test('while the blog is up the tree has copies and feeds, and no page that would keep readers from it', async (t) => {
  const { world, write, files } = await arrange(t)
  await write()
  assert.ok(!(await files()).includes('index.html'))
  assert.ok((await files()).includes('copy/a/index.html') && (await files()).includes('copy/a/b/index.html'))
  await world.declare()
  const post = await world.post('<p>words</p>')
  await write()
  const now = await files()
  assert.ok(now.includes('index.html') && now.includes('index.html.gz') && now.includes(`p/${post.id}/index.html`))
  await world.head({ forgotten: ['/a', '/a.png'] })
  await world.declare({ state: 'over', time: world.clock.nowMs() + 1 })
  await world.clock.advance(10)
  await write()
  const left = await files()
  assert.ok(!left.some((path) => path === 'copy/a/index.html' || path.endsWith('.png')), left.join(' '))
})

test('nginx serves the tree alone, with the same bytes and headers, and asks the member for the rest', async (t) => {
  if (!existsSync(nginxPath)) {
    assert.notEqual(process.env.CI, 'true', 'nginx is missing')
    return t.skip('nginx is not installed')
  }
  const { world, dir, write } = await arrange(t)
  await world.declare()
  const site = await write()
  const member = createServer((_, response) => response.writeHead(299).end('the member')).listen(0, '127.0.0.1')
  await new Promise((resolve) => member.once('listening', resolve))
  t.after(() => member.close())
  const origin = await startNginx(t, dir, (member.address() as AddressInfo).port)
  for (const place of [
    '',
    'copy/',
    'copy/a',
    'copy/a/b/',
    'feed.xml',
    'feed.rss',
    'feed.json',
    ...[...site.places.keys()].filter((path) => path.startsWith('blob/')),
  ]) {
    const answer = await fetch(`${origin}/m/ana.example/${place}`, { headers: { 'accept-encoding': 'identity' } })
    const ours = site.places.get(place)
    assert.ok(ours !== undefined && 'answers' in ours, place)
    const { headers, body } = ours.answers.identity
    assert.equal(answer.status, 200, place)
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), Buffer.from(body), place)
    for (let i = 0; i < headers.length; i += 2) {
      // Memento's headers differ from page to page; the member gives them, and the TimeMap that names them.
      if (['ETag', 'Vary', 'Memento-Datetime', 'Link'].includes(headers[i]!)) continue
      assert.equal(
        answer.headers.get(headers[i]!)?.replace('; charset=utf-8', ''),
        headers[i + 1]!.replace('; charset=utf-8', ''),
        `${place} ${headers[i]}`,
      )
    }
  }
  const [picture] = [...site.files]
  assert.equal((await fetch(`${origin}/m/ana.example/blob/${picture}`)).headers.get('content-type'), 'image/png')
  assert.equal((await fetch(`${origin}/m/ana.example/`)).headers.get('content-encoding'), 'gzip')
  assert.equal((await fetch(`${origin}/m/ana.example/copy/`, { headers: { 'service-worker': 'script' } })).status, 403)
  assert.equal((await fetch(`${origin}/m/other.example/`)).status, 299)
})

async function startNginx(t: TestContext, dir: string, memberPort: number): Promise<string> {
  const socket = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => socket.once('listening', resolve))
  const { port } = socket.address() as AddressInfo
  await new Promise((resolve) => socket.close(resolve))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${dir};`)
    .join(' ')
  const conf = join(dir, 'test.conf')
  await writeFile(
    conf,
    `worker_processes 1; daemon off; pid ${dir}/pid; error_log ${dir}/error.log; events { } http { access_log off; ${temporary}
server { listen 127.0.0.1:${port}; include ${dir}/nginx.conf; location @dgos { proxy_pass http://127.0.0.1:${memberPort}; } } }`,
  )
  const nginx = spawn(nginxPath, ['-c', conf, '-e', join(dir, 'error.log')], { stdio: 'ignore' })
  t.after(() => nginx.kill())
  await until(() => fetch(`http://127.0.0.1:${port}/m/x/`), 'nginx answers', {
    withinMs: 30_000,
    seen: () => readFileSync(join(dir, 'error.log'), 'utf8'),
  })
  return `http://127.0.0.1:${port}`
}
