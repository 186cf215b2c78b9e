/** Zones at servers of other people: signed transfers to Debian's Knot, NSD and BIND, and news that reach them at once. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import dnsPacket from 'dns-packet'
import { silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import { Secondaries } from '../../naming/secondaries.ts'
import { servedZone } from '../../naming/served-zone.ts'
import { readTsigKey, type TsigKey, withTsig } from '../../naming/tsig.ts'
import { freePort } from '../support/ports.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { addresses, apex, DnsGround, dnsServer, keysAt, output, runServer, setOf, sourceOf } from './dns-ground.ts'

const secret = 'c2VjcmV0IG9mIHRoZSBzZWNvbmRhcmllcyBvZiB0ZXN0cw=='
const keyText = `key "dgos-axfr" {\n\talgorithm hmac-sha256;\n\tsecret "${secret}";\n};\n`
const key = readTsigKey(keyText)!

test('a key is read as the tools write it, and anything else is none', (t) => {
  assert.deepEqual(
    [key.name, key.algorithm, key.secret.toString()],
    ['dgos-axfr', 'hmac-sha256', 'secret of the secondaries of tests'],
  )
  for (const wrong of [
    '',
    keyText.replace('sha256', 'md5'),
    keyText.replace('secret ', 'secrets '),
    keyText.replace(/"c2.*"/, '""'),
  ])
    assert.equal(readTsigKey(wrong), null, wrong)
  const keygen = realComponent(t, 'tsig-keygen')
  if (keygen !== null)
    assert.equal(readTsigKey(execFileSync(keygen, ['-a', 'hmac-sha512', 'other'], { encoding: 'utf8' }))!.name, 'other')
})

const nowMs = Date.now()
const sender = { address: '192.0.2.53', isTcp: true }

function transferring(
  asked: { by?: TsigKey | null; atMs?: number; server?: TsigKey | null; type?: string; isTcp?: boolean } = {},
) {
  const { by = key, atMs = nowMs, type = 'AXFR', isTcp = true } = asked
  const server = dnsServer({
    key: asked.server === undefined ? key : asked.server,
    clock: new VirtualClock({ startMs: nowMs }),
  })
  const sets = Array.from({ length: 900 }, (_, i) => setOf(`n${i}.${apex}`, 'A', 30, '192.0.2.1'))
  server.serve(new Map([[apex, servedZone(sourceOf({ sets }), 7, nowMs, new Map())]]))
  const plain = dnsPacket.encode({ type: 'query', id: 1, questions: [{ name: apex, type }] } as never)
  const message = by === null ? plain : withTsig(plain, by, atMs).message
  return server.answer(message, { ...sender, isTcp })
}

test('a whole zone goes, in several signed messages, to whoever signs with the key, and to nobody else', () => {
  const messages = transferring()
  assert.equal(messages.length, 2)
  assert.ok(messages.every((message) => message.length < 40_000))
  const codeOf = (replies: readonly Buffer[]) => [replies.length, replies[0]![3]! & 15]
  assert.deepEqual(codeOf(transferring({ by: null })), [1, 5], 'unsigned')
  assert.deepEqual(
    codeOf(transferring({ by: { ...key, secret: Buffer.from('another secret') } })),
    [1, 9],
    'another secret',
  )
  assert.deepEqual(codeOf(transferring({ by: { ...key, name: 'stranger' } })), [1, 9], 'another name')
  assert.deepEqual(codeOf(transferring({ by: { ...key, algorithm: 'hmac-sha512' } })), [1, 9], 'another algorithm')
  assert.deepEqual(codeOf(transferring({ atMs: nowMs - 301_000 })), [1, 9], 'recorded five minutes ago')
  assert.deepEqual(codeOf(transferring({ server: null })), [1, 9], 'no key here')
  const byUdp = dnsPacket.decode(transferring({ isTcp: false })[0]!)
  assert.deepEqual(
    byUdp.answers!.map((record) => record.type),
    ['SOA'],
    'by UDP its serial alone',
  )
})

test('a notice is repeated until it is answered by whom it was sent to, and four times at most', async () => {
  const clock = new VirtualClock()
  const sent: Buffer[] = []
  const to = { address: '192.0.2.53', port: 53 }
  const deps = { send: (message: Buffer) => sent.push(message), clock, random: seededRandom('notices'), log: silentLog }
  const secondaries = new Secondaries(deps, { secondaries: [to], key })
  const zone = (serial: number) => servedZone(sourceOf(), serial, nowMs, new Map())
  const answerTo = (message: Buffer) => {
    const answer = Buffer.from(message)
    answer[2] = answer[2]! | 0x80
    return answer
  }
  secondaries.notify(zone(1))
  await clock.advance(1_000)
  assert.equal(sent.length, 2)
  assert.equal(secondaries.heard(answerTo(sent[0]!), { ...to, address: '192.0.2.66' }), false, 'a stranger')
  assert.equal(secondaries.heard(sent[0]!, to), false, 'a question')
  assert.equal(secondaries.heard(answerTo(sent[0]!), to), true)
  await clock.advance(3_600_000)
  assert.equal(sent.length, 2)
  secondaries.notify(zone(2))
  await clock.advance(500)
  secondaries.notify(zone(3))
  await clock.advance(3_600_000)
  assert.equal(sent.length, 2 + 1 + 5, 'the newer takes the place of the older')
  assert.equal(clock.waiting, 0)
})

type Rival = {
  readonly command: string
  readonly words: (file: string, folder: string) => readonly string[]
  readonly config: (folder: string, port: number, primary: number) => string
}

const knot: Rival = {
  command: 'knotd',
  words: (file) => ['-c', file],
  config: (folder, port, primary) => `server:
    rundir: "${folder}"
    listen: 127.0.0.1@${port}
database:
    storage: "${folder}/db"
log:
  - target: stderr
    any: info
key:
  - id: dgos-axfr
    algorithm: hmac-sha256
    secret: ${secret}
remote:
  - id: primary
    address: 127.0.0.1@${primary}
    key: dgos-axfr
acl:
  - id: notify
    address: 127.0.0.1
    key: dgos-axfr
    action: notify
zone:
  - domain: ${apex}
    storage: "${folder}"
    master: primary
    acl: notify
`,
}

const nsd: Rival = {
  command: 'nsd',
  words: (file) => ['-d', '-c', file],
  config: (folder, port, primary) => `server:
  ip-address: 127.0.0.1@${port}
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  pidfile: ""
  database: ""
  xfrdfile: "${folder}/xfrd"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zones"
  cookie-secret-file: ""
  server-count: 1
remote-control:
  control-enable: no
key:
  name: dgos-axfr
  algorithm: hmac-sha256
  secret: "${secret}"
zone:
  name: "${apex}"
  zonefile: "${folder}/zone"
  request-xfr: 127.0.0.1@${primary} dgos-axfr
  allow-notify: 127.0.0.1 dgos-axfr
`,
}

const bind: Rival = {
  command: 'named',
  words: (file) => ['-g', '-c', file],
  config: (folder, port, primary) => `${keyText}
options { directory "${folder}"; listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; pid-file none; session-keyfile none; dnssec-validation no; };
controls { };
server 127.0.0.1 { keys { dgos-axfr; }; };
zone "${apex}" { type secondary; file "${folder}/zone"; masterfile-format text; primaries { 127.0.0.1 port ${primary} key dgos-axfr; }; allow-notify { key dgos-axfr; }; };
`,
}

async function follows(t: TestContext, { command, words, config }: Rival) {
  const path = realComponent(t, command)
  if (path === null) return
  const port = await freePort()
  const ground = await DnsGround.open(t, { key, secondaries: [{ address: '127.0.0.1', port }] })
  const keys = keysAt(Date.now())
  const { delegation } = ground.serve(sourceOf({ keys }))
  const { said } = await runServer(t, path, words, (folder) => config(folder, port, ground.port))
  const ask = (...asked: string[]) => output('dig', ['@127.0.0.1', '-p', String(port), '+tries=1', '+time=2', ...asked])
  const lines = async (...asked: string[]) => (await ask('+short', ...asked)).trim().split('\n').sort()
  await until(async () => (await lines(apex, 'A')).length === 3, `${command} has the zone`, { seen: said })
  assert.deepEqual(await lines(apex, 'A'), addresses)
  const sets = sourceOf().sets.map((set) =>
    set.name === apex && set.type === 'A' ? setOf(apex, 'A', 30, '198.51.100.7') : set,
  )
  const { serial } = ground.serve(sourceOf({ sets, keys }))
  await until(async () => (await ask('+short', apex, 'SOA')).includes(` ${serial} `), `${command} hears of a change`, {
    seen: said,
    withinMs: 20_000,
  })
  assert.deepEqual(await lines(apex, 'A'), ['198.51.100.7'])

  const folder = await temporaryFolder(t, 'delv')
  const [tag, algorithm, digestType, digest] = delegation!.split(' ')
  const anchors = join(folder, 'anchors')
  await writeFile(anchors, `trust-anchors { "${apex}." static-ds ${tag} ${algorithm} ${digestType} "${digest}"; };\n`)
  await chmod(anchors, 0o644)
  const judge = (name: string) =>
    output('delv', ['@127.0.0.1', '-p', String(port), '-a', anchors, `+root=${apex}`, name, 'A'])
  assert.match(await judge(apex), /; fully validated/)
  assert.match(await judge(`other.${apex}`), /; negative response, fully validated/, 'the chain of names came with it')
}

test('Knot fetches a zone with the key, hears of a change at once, and its answers are believed', (t) =>
  follows(t, knot))
test('NSD does the same', (t) => follows(t, nsd))
test('BIND does the same', (t) => follows(t, bind))
