/** The command line in memory: what it prints, how it ends, what it refuses. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { seededRandom } from '../../lib/random.ts'
import type { Io } from '../../server/cli/command.ts'
import { allCommands } from '../../server/cli/commands.ts'
import { main } from '../../server/cli/main.ts'
import { nearest } from '../../server/cli/nearest.ts'
import { weeklyVisit } from '../../server/cli/start.ts'
import { readTar, TarWriter } from '../../server/cli/tar-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function run(args: readonly string[], set: Partial<Io> = {}) {
  const out: string[] = []
  const err: string[] = []
  const code = await main(args, { ...ioOf(out, err), ...set })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

function ioOf(out: string[], err: string[]): Io {
  return {
    env: {},
    home: '/nonexistent',
    clock: systemClock,
    random: seededRandom('cli'),
    wire: { request: async () => ({ ok: false, reason: 'silent' }) },
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    exchange: async () => null,
    resolvers: () => [],
    input: async () => new Uint8Array(0),
    ended: new Promise(() => {}),
  }
}

async function founded(t: TestContext): Promise<string> {
  const data = join(await temporaryFolder(t, 'cli'), 'data')
  const { code, err } = await run([
    ...['init', '--data', data, '--name', 'A', '--url', 'http://127.0.0.1:9/', '--found', 'Test', '--loopback'],
  ])
  assert.equal(code, 0, err)
  return data
}

test('a member at a port of this machine listens there, any other where it is told', async (t) => {
  const listen = async (...words: string[]) => {
    const data = join(await temporaryFolder(t, 'cli'), 'data')
    await run(['init', '--data', data, '--name', 'A', '--found', 'Test', ...words])
    return (JSON.parse(await readFile(join(data, 'config.json'), 'utf8')) as { listen?: string }).listen
  }
  assert.equal(await listen('--url', 'http://127.0.0.1:8931/'), '127.0.0.1:8931')
  assert.equal(await listen('--url', 'http://127.0.0.1:8931/', '--listen', '127.0.0.1:7'), '127.0.0.1:7')
  assert.equal(await listen('--url', 'https://a.example:8931/'), undefined)
})

test('help is printed for the whole and for every command', async () => {
  const { code, out } = await run(['--help'])
  assert.equal(code, 0)
  for (const command of await allCommands()) {
    assert.match(out, new RegExp(`  ${command.name} `))
    const help = await run([...command.name.split(' '), '--help'])
    assert.equal(help.code, 0)
    for (const option of Object.keys(command.options)) assert.match(help.out, new RegExp(`--${option}`), command.name)
    assert.match(help.out, /--json/)
  }
})

test('nothing at all prints the help and ends with 2', async () => {
  assert.equal((await run([])).code, 2)
})

test('a typo in a command or an option ends with 2 and says what was probably meant', async () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['strat'], /did you mean "dgos start"/],
    [['blog', 'ad', 'https://x.example/'], /did you mean "dgos blog add"/],
    [['bolg', 'status'], /did you mean "dgos blog status"/],
    [['start', '--dtaa', 'x'], /did you mean --data/],
    [['blog', 'mvoe', 'https://x.example/'], /did you mean "dgos blog move"/],
    [['blog', 'dorp', 'https://x.example/'], /did you mean "dgos blog drop"/],
    [['blog', 'colse', '--yes'], /did you mean "dgos blog close"/],
    [['blog', 'hbu', 'https://hub.example/'], /did you mean "dgos blog hub"/],
    [['blog', 'hub', 'https://hub.example/', '--remvoe'], /did you mean --remove/],
    [['blog', 'keys', 'rotat'], /did you mean "rotate"/],
    [['declare', 'ovre'], /"ovre" is one too many: did you mean "dgos declare over"/],
    [['declare', 'over', 'now'], /"now" is one too many$/],
    [['quixotic'], /see "dgos --help"/],
  ]
  for (const [args, words] of cases) {
    const { code, err } = await run(args)
    assert.equal(code, 2, args.join(' '))
    assert.match(err, words)
  }
})

test('a missing or surplus argument ends with 2', async () => {
  assert.match((await run(['join'])).err, /<invitation link or member url> is missing/)
  assert.match((await run(['start', 'now'])).err, /"now" is one too many/)
  assert.match((await run(['blog', 'add', 'https://x.example/'])).err, /--member is missing/)
  assert.match((await run(['blog', 'add', 'not an address', '--member', 'http://x/'])).err, /not an address of a blog/)
})

test('only near words are offered', () => {
  assert.equal(nearest('statu', ['start', 'status']), 'status')
  assert.equal(nearest('zzz', ['start', 'status']), null)
})

test('init makes keys of mode 600, and founds a network once', async (t) => {
  const data = await founded(t)
  for (const name of ['member', 'next', 'operator']) {
    assert.equal((await stat(join(data, `keys/${name}.key`))).mode & 0o777, 0o600)
  }
  const again = await run(['init', '--data', data, '--found', 'Another'])
  assert.equal(again.code, 2)
  assert.match(again.err, /belongs to a network already/)
})

test('what is printed with --json is one JSON value', async (t) => {
  const data = join(await temporaryFolder(t, 'cli'), 'data')
  const { out } = await run(['init', '--data', data, '--name', 'A', '--url', 'http://127.0.0.1:9/', '--json'])
  const made = JSON.parse(out) as { member: string; network: null }
  assert.match(made.member, /^[0-9a-f]{64}$/)
  assert.equal(made.network, null)
})

test('start refuses a folder that is none, a wrong setting, and a key that others may read', async (t) => {
  assert.match((await run(['start', '--data', '/nonexistent'])).err, /not a data folder/)
  const data = await founded(t)
  const wrong = await run(['start', '--data', data], { env: { DGOS_PROBE_MS: 'often' } })
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /DGOS_PROBE_MS/)
  await chmod(join(data, 'keys/member.key'), 0o644)
  const loose = await run(['start', '--data', data])
  assert.equal(loose.code, 2)
  assert.match(loose.err, /chmod 600/)
})

test('a member that does not answer is told in one line and ends with 1', async () => {
  const { code, err } = await run(['status', '--member', 'http://127.0.0.1:9/'])
  assert.equal(code, 1)
  assert.match(err, /does not answer \(silent\)/)
})

test('a backup restores into an empty folder as the same member, and into no other', async (t) => {
  const data = await founded(t)
  const file = join(await temporaryFolder(t, 'cli'), 'backup.tar')
  assert.equal((await run(['backup', file, '--data', data])).code, 0)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await run(['backup', file, '--data', data])).code, 2, 'an old backup is never overwritten')
  const fresh = join(await temporaryFolder(t, 'cli'), 'data')
  assert.equal((await run(['restore', file, '--data', fresh])).code, 0)
  for (const name of ['keys/member.key', 'keys/operator.key', 'network.json', 'config.json']) {
    assert.equal(await readFile(join(fresh, name), 'utf8'), await readFile(join(data, name), 'utf8'), name)
  }
  assert.equal((await stat(join(fresh, 'keys/member.key'))).mode & 0o777, 0o600)
  const full = await run(['restore', file, '--data', data])
  assert.equal(full.code, 2)
  assert.match(full.err, /not empty/)
})

test('an archive that names a file outside of a backup is refused, and so is a damaged one', async (t) => {
  const dir = await temporaryFolder(t, 'cli')
  const writer = await TarWriter.create(join(dir, 'evil.tar'), 0)
  await writer.add('../evil', new Uint8Array(3))
  await writer.close()
  const evil = await run(['restore', join(dir, 'evil.tar'), '--data', join(dir, 'data')])
  assert.equal(evil.code, 1)
  assert.match(evil.err, /no part of a backup/)
  assert.equal(existsSync(join(dir, 'evil')), false)
  const bytes = await readFile(join(dir, 'evil.tar'))
  bytes[0] = 0x41
  await writeFile(join(dir, 'bad.tar'), bytes)
  assert.match((await run(['restore', join(dir, 'bad.tar'), '--data', join(dir, 'data2')])).err, /damaged/)
})

test('archives of ours are archives: tar reads them, and we read them whole', async (t) => {
  const path = join(await temporaryFolder(t, 'cli'), 'a.tar')
  const writer = await TarWriter.create(path, 1_800_000_000_000)
  await writer.add('one.txt', new TextEncoder().encode('one'))
  await writer.add('folder/two', new Uint8Array(1024).fill(7))
  await writer.add('nothing', new Uint8Array(0))
  await writer.close()
  assert.equal(spawnSync('tar', ['tf', path], { encoding: 'utf8' }).stdout, 'one.txt\nfolder/two\nnothing\n')
  assert.deepEqual(await readArchive(path), ['one.txt 3', 'folder/two 1024', 'nothing 0'])
  await assert.rejects(TarWriter.create(path, 0), { code: 'EEXIST' })
})

test('an archive that was cut off gives what came before, then a refusal; a link in one is refused', async (t) => {
  const dir = await temporaryFolder(t, 'cli')
  const path = join(dir, 'a.tar')
  const writer = await TarWriter.create(path, 0)
  await writer.add('one.txt', new TextEncoder().encode('one'))
  await writer.add('two', new Uint8Array(100_000))
  await writer.close()
  await writeFile(join(dir, 'cut.tar'), (await readFile(path)).subarray(0, 50_000))
  assert.deepEqual(await readArchive(join(dir, 'cut.tar')), ['one.txt 3', 'damaged: Unexpected end of data'])
  await symlink('/etc/passwd', join(dir, 'two'))
  spawnSync('tar', ['cf', join(dir, 'link.tar'), '-C', dir, 'two'])
  assert.deepEqual(await readArchive(join(dir, 'link.tar')), ['two is no file'])
})

async function readArchive(path: string): Promise<readonly string[]> {
  const names: string[] = []
  for await (const entry of readTar(path))
    names.push(entry.ok ? `${entry.value.name} ${entry.value.bytes.length}` : entry.detail)
  return names
}

test('doctor says what is bad and ends with 1', async (t) => {
  const data = await founded(t)
  const { code, out } = await run(['doctor', '--data', data, '--json'])
  assert.equal(code, 1)
  const findings = JSON.parse(out) as { check: string; result: string; detail: string }[]
  for (const finding of findings) {
    assert.deepEqual(Object.keys(finding), ['check', 'result', 'detail'])
    assert.ok(finding.detail.length > 0, finding.check)
  }
  assert.deepEqual(
    findings.filter((finding) => finding.result === 'bad').map((finding) => finding.check),
    ['backup', 'running'],
  )
  await run(['backup', join(await temporaryFolder(t, 'cli'), 'b.tar'), '--keys-only', '--data', data])
  const after = JSON.parse((await run(['doctor', '--data', data, '--json'])).out) as typeof findings
  assert.equal(after.find((finding) => finding.check === 'backup')?.result, 'good')
})

test('the weekly visit of the doctor writes what is not good into the log, and nothing else', async (t) => {
  const data = await founded(t)
  const said: unknown[] = []
  const log = { ...silentLog, warn: (event: string, fields: object = {}) => void said.push({ event, ...fields }) }
  const args = { values: { data }, args: [], print: () => {}, tell: () => {} }
  await weeklyVisit({ io: ioOf([], []), ...args }, log)
  assert.deepEqual(
    said.map((line) => (line as { event: string; check: string }).check),
    ['backup', 'running'],
  )
})

test('an old Node is told in one sentence, before any native module is loaded', () => {
  const old = ['/usr/local/bin/node', '/usr/bin/node'].find((path) => {
    const found = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? ''
    return /^v(1\d|20|21)\./.test(found)
  })
  // Where no old one is installed, this one says that it is old.
  const posing = "data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})"
  const [node, flags] = old === undefined ? [process.execPath, ['--import', posing]] : [old, []]
  const bin = new URL('../../server/bin/dgos.js', import.meta.url).pathname
  const { status, stderr } = spawnSync(node, [...flags, bin, '--help'], { encoding: 'utf8' })
  assert.equal(status, 1)
  assert.match(stderr, /^DGOS needs Node 22\.19 or newer, and this is Node \d+\.\d+\.\d+: .*\n$/)
})

test('a .bit name is published by a command to paste, with what a value may hold and no more', async () => {
  const published = await run([
    'name',
    'publish',
    'ana.bit',
    '--ns',
    'ns1.example.net',
    '--ip',
    '192.0.2.1',
    '--ip',
    '2001:db8::1',
  ])
  assert.equal(
    published.out.trim(),
    `namecoin-cli name_update d/ana '{"ns":["ns1.example.net."],"ip":["192.0.2.1"],"ip6":["2001:db8::1"]}'`,
  )
  const many = Array.from({ length: 40 }, (_, i) => ['--ip', `198.51.100.${i}`]).flat()
  for (const wrong of [
    ['ana.example', '--ip', '192.0.2.1'],
    ['ana.bit'],
    ['ana.bit', '--ip', 'x'],
    ['ana.bit', ...many],
  ])
    assert.equal((await run(['name', 'publish', ...wrong])).code, 2, wrong.join(' '))
})
