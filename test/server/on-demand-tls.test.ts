/** Caddy with the lines of docs/operations.md in front of a member: certificates on demand, by true handshakes. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { connect } from 'node:tls'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { HttpServer } from '../../server/http/server.ts'
import { freePort } from '../support/ports.ts'
import { realComponent } from '../support/real-component.ts'
import { signerOf } from '../support/small-network.ts'
import { CopiedBlog } from './copied-blog.ts'

const patienceMs = 30_000

/** The lines that operators are told to write, for this member, with an authority of Caddy's own. */
function caddyfile(member: number, https: number, http: number): string {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
  const block = /```\n(\{\n\ton_demand_tls[\s\S]*?)```/.exec(docs)
  assert.ok(block !== null, 'docs/operations.md shows a Caddyfile')
  const own = `admin off\n\tlocal_certs\n\tskip_install_trust\n\tauto_https disable_redirects\n\thttp_port ${http}\n\thttps_port ${https}`
  return block[1]!.replace('{\n', `{\n\t${own}\n`).replaceAll('127.0.0.1:8080', `127.0.0.1:${member}`)
}

async function runCaddy(t: TestContext, command: string, member: number): Promise<{ port: number; authority: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'dgos-caddy-'))
  const [port, http] = [await freePort(), await freePort()]
  writeFileSync(join(folder, 'Caddyfile'), caddyfile(member, port, http))
  const env = { PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const words = ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile']
  const child = spawn(command, words, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  t.after(async () => {
    const over = once(child, 'exit')
    if (child.exitCode === null && child.kill('SIGKILL')) await over
    rmSync(folder, { recursive: true, force: true })
  })
  await new Promise<void>((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`Caddy did not start: ${said}`)), patienceMs)
    child.stderr.on('data', (part) => {
      said += part
      if (!said.includes('serving initial configuration')) return
      clearTimeout(late)
      resolve()
    })
  })
  return { port, authority: join(folder, 'caddy/pki/authorities/local/root.crt') }
}

type Shaken = { readonly names: string; readonly answer: string } | { readonly refused: string }

/** A handshake for a name, its certificate judged as a browser would by this authority, and one question. */
function visit(port: number, host: string, authority: string): Promise<Shaken> {
  return new Promise((resolve) => {
    const ca = readFileSync(authority, 'utf8')
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca, ALPNProtocols: ['http/1.1'] })
    let answer = ''
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('late')))
    socket.on('error', (error: NodeJS.ErrnoException) => resolve({ refused: error.code ?? error.message }))
    socket.on('secureConnect', () => {
      const names = socket.getPeerCertificate().subjectaltname ?? ''
      socket.on('data', (part) => {
        answer += part
      })
      socket.on('end', () => resolve({ names, answer }))
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    })
  })
}

test('Caddy gets a certificate for a blog that trusts this member, and shakes no hand for any other name', async (t) => {
  const caddy = realComponent(t, 'caddy')
  if (caddy === null) return
  const readers = await CopiedBlog.create(t, { trusted: [signerOf('m0').key] })
  await readers.declare()
  await readers.member.start()
  await readers.net.clock.advance(30_000)
  const { api, front } = readers.member
  const server = new HttpServer(
    { api, front, clock: systemClock, log: silentLog },
    { host: '127.0.0.1', port: 0, trustProxy: true, connectionsMax: 100 },
  )
  const member = await server.listen()
  t.after(() => server.close())
  const { port, authority } = await runCaddy(t, caddy, member)

  const trusted = await visit(port, 'ana.example', authority)
  assert.ok('names' in trusted, JSON.stringify(trusted))
  assert.equal(trusted.names, 'DNS:ana.example')
  assert.match(trusted.answer, /^HTTP\/1\.1 200 /)
  assert.match(trusted.answer, /has been unreachable/)
  for (const other of ['bob.example', 'www.ana.example', 'example']) {
    const refused = await visit(port, other, authority)
    assert.deepEqual(refused, { refused: 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR' }, other)
  }
})
