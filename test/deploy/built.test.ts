/** What the image and the package hold, run as they run it: built JavaScript under node_modules, behind Caddy and nginx. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import { freePort } from '../support/ports.ts'
import { realComponent } from '../support/real-component.ts'
import { until } from '../support/until.ts'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'dgos-built-'))
const app = join(folder, 'node_modules/dgos')
const dgos = join(app, 'server/bin/dgos.js')
const children: ChildProcess[] = []
let port = 0

before(async () => {
  const build = spawnSync(process.execPath, [join(root, 'server/bin/build.js'), app], { encoding: 'utf8' })
  assert.equal(build.status, 0, build.stdout + build.stderr)
  linkPackages()
  port = await freePort()
  const env = {
    ...process.env,
    DGOS_DATA: join(folder, 'data'),
    DGOS_LISTEN: `127.0.0.1:${port}`,
    DGOS_TRUST_PROXY: 'true',
  }
  const words = ['init', '--found', 'built', '--loopback', '--name', 'Built', '--url', `http://127.0.0.1:${port}/`]
  const init = spawnSync(process.execPath, [dgos, ...words], { encoding: 'utf8', env, cwd: folder })
  assert.equal(init.status, 0, init.stdout + init.stderr)
  started(process.execPath, [dgos, 'start'], env)
  await answers(() => healthy(port))
})

after(async () => {
  // Whoever still runs writes into the folder while it is removed.
  const ended = children
    .filter((child) => child.exitCode === null && child.signalCode === null)
    .map((child) => once(child, 'exit'))
  for (const child of children) child.kill()
  await Promise.all(ended)
  rmSync(folder, { recursive: true, force: true })
})

test('the package holds no TypeScript and its command says what it can do', () => {
  const left = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ts$/.test(name))
  assert.deepEqual(left, [])
  const help = spawnSync(process.execPath, [dgos, '--help'], { encoding: 'utf8' })
  assert.equal(help.status, 0, help.stderr)
  assert.match(help.stdout, /dgos <command>/)
})

test('the package carries the files for browsers ready-made, and its member serves them without a bundler', async () => {
  const built = join(app, 'server/built')
  const names = [
    'beacon-check.js',
    'beacon-inline.js',
    'beacon-notice.js',
    'beacon-portable.js',
    'beacon-pins.js',
    'beacon-preview.js',
    'beacon.js',
    'dgos-sw-register.js',
    'dgos-sw-tombstone.js',
    'dgos-sw.js',
    'form.js',
  ]
  const present = new Set(readdirSync(built))
  assert.deepEqual(
    names.filter((name) => !present.has(name)),
    [],
  )
  for (const name of names.slice(0, -1)) {
    const answer = await fetch(`http://127.0.0.1:${port}/${name}`)
    assert.equal(answer.status, 200, name)
    assert.equal(await answer.text(), readFileSync(join(built, name), 'utf8'))
  }
})

test('an old Node is refused with one sentence before anything native is loaded', () => {
  const lie = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" })'
  const run = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(lie)}`, dgos, 'start'],
    {
      encoding: 'utf8',
    },
  )
  assert.equal(run.status, 1)
  assert.equal(run.stderr, 'DGOS needs Node 22.19 or newer, and this is Node 20.20.2: see https://nodejs.org/.\n')
})

test('the health check of the image says healthy, and unhealthy where nobody listens', async () => {
  assert.equal(await healthy(port), true)
  assert.equal(await healthy(await freePort()), false)
})

test('Caddy serves the member over TLS with the Caddyfile as shipped, and keeps /metrics to itself', async (t) => {
  const caddy = realComponent(t, 'caddy')
  if (caddy === null) return
  const [https, http] = [await freePort(), await freePort()]
  const global = `auto_https disable_redirects\n\thttp_port ${http}\n\thttps_port ${https}\n\tlocal_certs\n\tadmin off`
  const config = join(folder, 'Caddyfile')
  writeFileSync(config, readFileSync(join(root, 'deploy/Caddyfile'), 'utf8').replace('admin off', global))
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const names = { DGOS_HOST: `localhost:${https}`, DGOS_UPSTREAM: `127.0.0.1:${port}` }
  const words = serviceCommand('caddy').map((word) => word.replace('/etc/caddy/Caddyfile', config))
  assert.equal(words.shift(), 'caddy')
  started(caddy, words, { ...env, ...names })
  await answers(async () => (await get(https, '/healthz')).status === 200)
  const health = await get(https, '/healthz')
  assert.equal(health.headers['strict-transport-security'], 'max-age=31536000')
  assert.equal(health.headers.server, undefined)
  assert.equal((await get(https, '/metrics')).status, 404)
  assert.equal((await get(https, '/dgos/v1/ping')).status, 200)
})

test('nginx serves the member over TLS with the file as shipped, and keeps /metrics to itself', async (t) => {
  const nginx = realComponent(t, 'nginx')
  if (nginx === null) return
  const https = await freePort()
  const certificate = makeCertificate()
  const site = readFileSync(join(root, 'deploy/nginx.conf'), 'utf8')
    .replace(/server \{\s+listen 80;[\s\S]*?\n\}\n/, '')
    .replace(/listen \[::\]:443 ssl http2;/, '')
    .replace('listen 443', `listen 127.0.0.1:${https}`)
    .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
    .replace('/var/cache/nginx/dgos', join(folder, 'nginx-cache'))
    .replace(/\/etc\/letsencrypt\/live\/mirror\.example\.org\/(fullchain|privkey)\.pem/g, `${certificate}/$1.pem`)
  const config = join(folder, 'nginx.conf')
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  )
  const main = `${process.getuid?.() === 0 ? 'user root; ' : ''}daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx.log; worker_processes 1; events {}`
  writeFileSync(config, `${main}\nhttp { access_log off; ${paths.join(' ')}\n${site}\n}\n`)
  started(nginx, ['-c', config], process.env)
  await answers(async () => (await get(https, '/healthz')).status === 200)
  assert.equal((await get(https, '/metrics')).status, 404)
  assert.equal((await get(https, '/dgos/v1/ping')).status, 200)
  assert.equal((await get(https, '/m/nobody.example/')).status, 404)
})

test('the systemd unit is well-formed', (t) => {
  const tool = realComponent(t, 'systemd-analyze')
  if (tool === null) return
  const unit = join(folder, 'dgos.service')
  const text = readFileSync(join(root, 'deploy/dgos.service'), 'utf8')
  writeFileSync(unit, text.replace('/usr/bin/node', process.execPath))
  const run = spawnSync(tool, ['verify', unit], { encoding: 'utf8' })
  assert.equal(run.stderr.includes('dgos.service'), false, run.stderr)
})

test('the member stops at once and cleanly when it is told to end', async () => {
  const member = children[0]!
  const ended = new Promise<number | null>((resolve) => member.once('exit', resolve))
  member.kill('SIGTERM')
  assert.equal(await ended, 0)
})

/** The packages that the built program may use are those of production: what development alone needs is not there. */
function linkPackages(): void {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>
  }
  for (const name of Object.keys(dependencies)) {
    const target = join(folder, 'node_modules', name)
    if (existsSync(target)) continue
    mkdirSync(join(target, '..'), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), target)
  }
  cpSync(join(app, 'package.json'), join(folder, 'package.json'))
}

/** The command of a service, word for word as docker-compose.yml has it. */
function serviceCommand(name: string): string[] {
  const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8')) as {
    services: Record<string, { command: string[] }>
  }
  return [...compose.services[name]!.command]
}

function started(command: string, words: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(command, words, {
    cwd: folder,
    env,
    stdio: ['ignore', 'ignore', command === process.execPath ? 'inherit' : 'ignore'],
  })
  children.push(child)
  return child
}

async function healthy(at: number): Promise<boolean> {
  const env = { ...process.env, DGOS_LISTEN: `0.0.0.0:${at}` }
  const child = spawn(process.execPath, [join(app, 'server/bin/healthy.js')], { env, stdio: 'ignore' })
  return (await new Promise((resolve) => child.once('exit', resolve))) === 0
}

/** A real process comes up in its own time. */
async function answers(ask: () => Promise<boolean>): Promise<void> {
  await until(ask, 'an answer', { withinMs: 30_000 })
}

function get(at: number, path: string): Promise<{ status: number; headers: Readonly<Record<string, unknown>> }> {
  return new Promise((resolve, reject) => {
    const options = {
      host: 'localhost',
      servername: 'localhost',
      family: 4,
      port: at,
      path,
      rejectUnauthorized: false,
      agent: false as const,
    }
    const call = request(options, (answer) => {
      answer.resume()
      resolve({ status: answer.statusCode!, headers: answer.headers })
    })
    call.on('error', reject)
    call.end()
  })
}

function makeCertificate(): string {
  const run = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')],
  ])
  assert.equal(run.status, 0, String(run.stderr))
  return folder
}
