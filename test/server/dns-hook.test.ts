/** The DNS hook: run once on declare and once on lift, and the shipped nsupdate script against a real BIND. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { silentLog } from '../../lib/log.ts'
import { Refusals } from '../../mirror/refusals.ts'
import { hookMemory, hookProgram } from '../../server/machine/dns-hook-program.ts'
import { DnsHook, type RunHook } from '../../server/readers/dns-hook.ts'
import { urlOf } from '../support/network-founding.ts'
import { freePort } from '../support/ports.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { CopiedBlog } from './copied-blog.ts'

const script = fileURLToPath(new URL('../../deploy/dns/nsupdate.sh', import.meta.url))
const trusting = { trusted: [signerOf('m0').key] }
async function arrange(t: TestContext, codes: readonly (number | null)[] = [0], root: object = trusting) {
  const readers = await CopiedBlog.create(t, root)
  const told: Readonly<Record<string, string>>[] = []
  const run: RunHook = async (env) => {
    told.push(env)
    return codes[Math.min(told.length, codes.length) - 1]!
  }
  const path = join(await temporaryFolder(t, 'hook'), 'hook.json')
  const { clock } = readers.net
  const { ledger } = readers.member
  const facts = new Refusals({ ledger }, { self: signerOf('m0').key }).facts()
  const deps = { facts, blogs: () => ledger.blogs(), run, memory: hookMemory(path), clock, log: silentLog, sha256 }
  const hook = () => new DnsHook(deps, { self: signerOf('m0').key, url: urlOf(0) })
  return { readers, told, hook, events: () => told.map((environment) => environment.DGOS_EVENT) }
}

test('the program runs once on declare and once on lift, with the names it needs, also over a restart', async (t) => {
  const { readers, told, hook, events } = await arrange(t)
  const first = hook()
  await first.look()
  assert.deepEqual(events(), [])
  await readers.declare()
  await first.look()
  await first.look()
  assert.deepEqual(events(), ['declare'])
  assert.deepEqual(
    [told[0]!.DGOS_HOST, told[0]!.DGOS_ADDRESS, told[0]!.DGOS_BLOG, told[0]!.DGOS_BY, told[0]!.DGOS_MEMBER_HOST],
    ['ana.example', 'http://ana.example/', readers.root.id, 'author', '127.0.0.1'],
  )
  assert.match(told[0]!.DGOS_MIRRORS!, /^http:\/\/127\.0\.0\.1:7000\/m\/ana\.example\/ http:/)
  const restarted = hook()
  await restarted.look()
  assert.deepEqual(events(), ['declare'])
  await readers.net.clock.advance(1_000)
  await readers.declare({ state: 'over' })
  await restarted.look()
  await restarted.look()
  assert.deepEqual(events(), ['declare', 'lift'])
})

test('a blog that does not trust this member, and an exercise, move no name', async (t) => {
  const stranger = await arrange(t, [0], {})
  await stranger.readers.declare()
  await stranger.hook().look()
  const exercise = await arrange(t)
  await exercise.readers.declare({ exercise: true })
  await exercise.hook().look()
  assert.deepEqual([...stranger.events(), ...exercise.events()], [])
})

test('no name moves under which this member would show itself: a host shared with others, a blog that it does not mirror', async (t) => {
  const shared = await arrange(t, [0], { ...trusting, addresses: ['http://people.example/ana/'] })
  await shared.readers.declare()
  await shared.hook().look()
  const dropped = await arrange(t)
  await dropped.readers.net.clock.advance(25 * 3_600_000)
  await dropped.readers.head({ mirrors: [signerOf('m1').key, signerOf('m2').key] })
  await dropped.readers.declare()
  await dropped.hook().look()
  assert.deepEqual([...shared.events(), ...dropped.events()], [])
})

test('a program that fails is tried five times, a minute apart, and not for ever', async (t) => {
  const { readers, hook, events } = await arrange(t, [1, null])
  await readers.declare()
  const dnsHook = hook()
  for (let i = 0; i < 20; i++) {
    await dnsHook.look()
    await dnsHook.look()
    await readers.net.clock.advance(61_000)
  }
  assert.deepEqual(events(), Array(5).fill('declare'))
})

test('the program gets names, PATH and HOME, and none of the member’s own settings; no shell reads anything', async (t) => {
  const dir = await temporaryFolder(t, 'hook')
  const file = join(dir, 'hook')
  await writeFile(file, `#!/bin/sh\nenv > ${dir}/seen\nexit 7\n`)
  await chmod(file, 0o755)
  const run = hookProgram(file, { PATH: process.env.PATH, HOME: dir, DGOS_MAIL: 'smtp://secret' }, silentLog)
  assert.equal(await run({ DGOS_EVENT: 'declare', DGOS_HOST: 'x; touch /tmp/never' }), 7)
  const seen = await readFile(join(dir, 'seen'), 'utf8')
  assert.match(seen, /DGOS_HOST=x; touch \/tmp\/never\n/)
  assert.doesNotMatch(seen, /secret/)
  assert.equal(await hookProgram(join(dir, 'missing'), {}, silentLog)({}), null)
})

test('nsupdate.sh points the name at mirrors and back, on a real BIND with a TSIG key', async (t) => {
  if (!existsSync('/usr/sbin/named') || !existsSync('/usr/bin/nsupdate')) {
    assert.notEqual(process.env.CI, 'true', 'bind9 and bind9-dnsutils are missing')
    return t.skip('bind9 is not installed')
  }
  const { dir, port } = await startBind(t)
  const settings = {
    DNS_SERVER: `127.0.0.1 ${port}`,
    DNS_KEYFILE: join(dir, 'dgos.key'),
    DNS_HOME: '192.0.2.10',
    DNS_MIRRORS: '198.51.100.1 198.51.100.2 2001:db8::2',
  }
  const run = hookProgram(script, process.env, silentLog)
  const addresses = (type: string) =>
    execFileSync('dig', ['+short', '@127.0.0.1', '-p', String(port), 'ana.example', type], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .sort()
  assert.deepEqual(addresses('A'), ['192.0.2.10'])
  assert.equal(await run({ ...settings, DGOS_EVENT: 'declare', DGOS_HOST: 'ana.example' }), 0)
  assert.deepEqual(addresses('A'), ['198.51.100.1', '198.51.100.2'])
  assert.deepEqual(addresses('AAAA'), ['2001:db8::2'])
  assert.equal(await run({ ...settings, DGOS_EVENT: 'lift', DGOS_HOST: 'ana.example' }), 0)
  assert.deepEqual(addresses('A'), ['192.0.2.10'])
  assert.deepEqual(addresses('AAAA'), [''])
  assert.notEqual(await run({ ...settings, DGOS_EVENT: 'declare', DGOS_HOST: 'other.test' }), 0, 'not its zone')
  await writeFile(settings.DNS_KEYFILE, 'key "dgos" { algorithm hmac-sha256; secret "d3Jvbmcga2V5"; };')
  assert.notEqual(await run({ ...settings, DGOS_EVENT: 'declare', DGOS_HOST: 'ana.example' }), 0, 'a wrong key')
  assert.deepEqual(addresses('A'), ['192.0.2.10'])
})

async function startBind(t: TestContext): Promise<{ dir: string; port: number }> {
  const dir = await temporaryFolder(t, 'hook')
  await chmod(dir, 0o777)
  const port = await freePort()
  await writeFile(join(dir, 'dgos.key'), execFileSync('tsig-keygen', ['-a', 'hmac-sha256', 'dgos']))
  await writeFile(
    join(dir, 'zone'),
    '$TTL 60\n@ SOA ns.ana.example. host.ana.example. 1 3600 600 86400 60\n@ NS ns.ana.example.\n@ A 192.0.2.10\nns A 127.0.0.1\n',
  )
  await writeFile(
    join(dir, 'named.conf'),
    `include "${dir}/dgos.key";
options { directory "${dir}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; pid-file none; session-keyfile none; dnssec-validation no; };
controls { };
zone "ana.example" { type primary; file "${dir}/zone"; update-policy { grant dgos zonesub A AAAA; }; };`,
  )
  const named = spawn('/usr/sbin/named', ['-g', '-c', join(dir, 'named.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
  t.after(() => named.kill())
  let said = ''
  await new Promise<void>((resolve, reject) => {
    named.once('exit', () => reject(new Error(said.slice(-1_000))))
    named.stderr.on('data', (chunk: Buffer) => {
      said += chunk
      if (/\brunning$/m.test(said)) resolve()
    })
  })
  return { dir, port }
}
