import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { seededRandom } from '../../lib/random.ts'
import { envName, readConfig } from '../../server/config.ts'
import { folderAt, prepareFolder, requireFolder } from '../../server/machine/folder.ts'
import { makeIdentity, readIdentity, writeKeyFile } from '../../server/machine/identity.ts'
import { StartRefused } from '../../server/machine/start-refused.ts'
import { nameOptionsOf } from '../../server/parts/name-parts.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const good = { name: 'Amsel', url: 'https://amsel.example/' }
const random = seededRandom('identity')

function refusedFor(file: object, env = {}): string {
  const read = readConfig(env, JSON.stringify(file))
  assert.equal(read.ok, false)
  return read.ok ? '' : read.detail
}

test('defaults are resolved: what the file does not say is there anyway', () => {
  const read = readConfig({}, JSON.stringify(good))
  assert.ok(read.ok)
  assert.deepEqual(read.value.listen, { host: '127.0.0.1', port: 8080 })
  assert.equal(read.value.intervals.probeMs, 300_000)
  assert.equal(read.value.contentUrl, null)
})

test('the environment wins over the file', () => {
  const read = readConfig({ DGOS_NAME: 'Drossel', DGOS_PROBE_MS: '60000', DGOS_FAST: 'true' }, JSON.stringify(good))
  assert.ok(read.ok)
  assert.equal(read.value.name, 'Drossel')
  assert.equal(read.value.intervals.probeMs, 60_000)
  assert.equal(read.value.intervals.syncMs, 2_000, 'fast shortens what is not set')
})

test('a setting is named in the environment as it is in the file', () => {
  assert.equal(envName('perAddressPerMinute'), 'DGOS_PER_ADDRESS_PER_MINUTE')
})

test('a wrong value refuses the start and names its key', () => {
  assert.match(refusedFor({ ...good, url: 'https://amsel.example' }), /^url: must be http\(s\)/)
  assert.match(refusedFor({ ...good, listen: '8080' }), /^listen: must be host:port/)
  assert.match(refusedFor({ ...good, weight: 9 }), /^weight: /)
  assert.match(refusedFor({ ...good, probeMs: 10 }), /^probeMs: /)
  assert.match(refusedFor({ ...good, mail: 'https://mail.example' }), /^mail: /)
  assert.match(refusedFor(good, { DGOS_WEIGHT: 'heavy' }), /^DGOS_WEIGHT: /)
  assert.match(refusedFor({ url: good.url }), /^name: /)
})

test('names: lists are lists in the file and texts with commas in the environment, and what cannot work is refused', async () => {
  const names = {
    dnsPort: 53,
    dnsZones: ['blog.example.org', '*.names.amsel.example'],
    dnsServers: ['ns1.amsel.example', 'ns.names.amsel.example=192.0.2.1'],
  }
  const read = readConfig(
    { DGOS_DNS_HOMES: 'blog.example.org=192.0.2.10,blog.example.org=2001:db8::10' },
    JSON.stringify({ ...good, ...names }),
  )
  assert.ok(read.ok)
  const options = await nameOptionsOf(read.value)
  assert.deepEqual(options?.zones, [
    { apex: 'blog.example.org', isShared: false },
    { apex: 'names.amsel.example', isShared: true },
  ])
  assert.deepEqual(options?.servers[1], { name: 'ns.names.amsel.example', addresses: ['192.0.2.1'] })
  assert.deepEqual(options?.homes.get('blog.example.org'), ['192.0.2.10', '2001:db8::10'])
  for (const missing of ['dnsZones', 'dnsServers'] as const) {
    const some = readConfig({}, JSON.stringify({ ...good, ...names, [missing]: [] }))
    await assert.rejects(
      nameOptionsOf(some.ok ? some.value : assert.fail()),
      new RegExp(`${missing}: needed with dnsPort`),
    )
  }
  const lost = readConfig({}, JSON.stringify({ ...good, ...names, dnsKey: '/nowhere/key' }))
  await assert.rejects(nameOptionsOf(lost.ok ? lost.value : assert.fail()), /dnsKey: \/nowhere\/key holds no key/)
  const off = readConfig({}, JSON.stringify({ ...good, dnsZones: names.dnsZones }))
  assert.equal(await nameOptionsOf(off.ok ? off.value : assert.fail()), null, 'off without a port')
  assert.match(refusedFor({ ...good, dnsZones: ['*'] }), /^dnsZones: /)
  assert.match(refusedFor({ ...good, dnsHomes: ['192.0.2.10'] }), /^dnsHomes: must be host=address/)
})

test('an unknown setting refuses the start: it is a typo', () => {
  assert.match(refusedFor({ ...good, wieght: 2 }), /wieght: no such setting/)
  assert.match(refusedFor(good, { DGOS_WIEGHT: '2' }), /DGOS_WIEGHT: no such setting/)
})

test('a file that is no JSON object is refused', () => {
  for (const json of ['{"name": ', '[]', '"x"', 'null']) {
    const read = readConfig({}, json)
    assert.equal(read.ok ? '' : read.code, 'BAD_JSON', json)
  }
})

async function newFolder(t: TestContext) {
  const folder = folderAt(await temporaryFolder(t, 'folder'))
  await prepareFolder(folder)
  return folder
}

test('keys are made once and read again as the same', async (t) => {
  const folder = await newFolder(t)
  const made = await makeIdentity(folder, random)
  const again = await makeIdentity(folder, random)
  assert.equal(again.member.key, made.member.key)
  assert.equal(again.nextKey, made.nextKey)
  assert.notEqual(made.operator!.key, made.member.key)
})

test('a key file that others may read is refused, with the command that mends it', async (t) => {
  const folder = await newFolder(t)
  await makeIdentity(folder, random)
  await chmod(folder.keys.member, 0o640)
  await assert.rejects(readIdentity(folder), (error: Error) => {
    assert.ok(error instanceof StartRefused)
    assert.match(error.message, /mode 640.*chmod 600/)
    return true
  })
  await chmod(folder.keys.member, 0o600)
  assert.ok(await readIdentity(folder))
})

test('a key file that holds something else is refused', async (t) => {
  const folder = await newFolder(t)
  await makeIdentity(folder, random)
  await writeFile(folder.keys.next, 'dgos-key-1 abc\n', { mode: 0o600 })
  await assert.rejects(readIdentity(folder), /does not hold a key/)
})

test('a member without its key does not start with another one', async (t) => {
  const folder = await newFolder(t)
  await writeKeyFile(folder.keys.operator, random.bytes(32))
  await assert.rejects(readIdentity(folder), /restore the backup/)
})

test('a folder of another format is refused, and so is one that was never prepared', async (t) => {
  const folder = await newFolder(t)
  await writeFile(join(folder.root, 'FORMAT'), '2\n')
  await assert.rejects(requireFolder(folder), /format 2, this program reads format 1/)
  await assert.rejects(requireFolder(folderAt('/nonexistent/dgos')), /dgos init/)
})
