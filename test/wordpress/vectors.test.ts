import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { compatWords, hasPhp, php, plugin, sodiumCompat, vectorFiles, vectors } from './php.ts'
import { OtherPhp, phpVersions } from './php-versions.ts'

const skip = hasPhp() ? false : 'php is not installed'
const reader = join(plugin, 'tests', 'vectors.php')

/** Files full of signatures take half a minute in each version; DGOS_ALL_VECTORS=1 reads them there too. */
function isQuick(name: string): boolean {
  return process.env.DGOS_ALL_VECTORS === '1' || !['ed25519.json', 'envelope.json', 'outages.json'].includes(name)
}

async function files(): Promise<string[]> {
  return (await vectorFiles()).map((name) => join(vectors, name))
}

test('PHP with ext-sodium agrees with every vector', { skip }, async (t) => {
  const { status, text } = await php([reader, ...(await files())])
  t.diagnostic(text.trim().split('\n').at(-1)!)
  assert.equal(status, 0, text)
})

test('PHP with sodium_compat, as WordPress ships it, agrees with every vector', { skip }, async (t) => {
  const words = await compatWords()
  const { status, text } = await php([...words.php, reader, ...words.script, ...(await files())])
  t.diagnostic(`${text.trim().split('\n').at(-1)} (sodium_compat)`)
  assert.equal(status, 0, text)
})

test('PHP that is handed a wrong expectation says so', { skip }, async () => {
  const { status, text } = await php([reader, join(import.meta.dirname, 'wrong-vectors.json')])
  assert.equal(status, 1)
  assert.match(text, /the wrong one: found "00"/)
  assert.match(text, /2 cases, PHP 1 agree/)
})

test('the plugin carries kinds.json and walls.json as the contract has them', async () => {
  for (const name of ['kinds.json', 'walls.json']) {
    const [shipped, contract] = await Promise.all([
      readFile(join(plugin, 'includes', 'protocol', name)),
      readFile(new URL(`../../protocol/${name}`, import.meta.url)),
    ])
    assert.ok(shipped.equals(contract), `plugins/wordpress/includes/protocol/${name} has drifted: copy it again`)
  }
})

test('refusals have the same words in PHP', { skip }, async () => {
  const { codes } = await import('../../protocol/codes.ts')
  const print = `require '${plugin}includes/protocol.php'; echo json_encode( DGOS_Codes::MESSAGES );`
  assert.deepEqual(JSON.parse((await php(['-r', print])).text), codes)
})

test('limits have the same values in PHP', { skip }, async () => {
  const limits = await import('../../protocol/limits.ts')
  const print = `require '${plugin}includes/protocol.php'; echo json_encode( ( new ReflectionClass( 'DGOS_Limits' ) )->getConstants() );`
  const found = JSON.parse((await php(['-r', print])).text) as Record<string, number>
  for (const [name, value] of Object.entries(limits)) {
    const constant = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
    assert.equal(found[constant], value, constant)
  }
})

for (const version of phpVersions) {
  test(`PHP ${version} compiles every file of the plugin and agrees with the vectors`, async (t) => {
    const other = await OtherPhp.start(version)
    t.after(() => other.stop())
    assert.match(await other.eval('echo PHP_VERSION;'), new RegExp(`^${version.replace('.', '\\.')}\\.`))
    await other.copy(plugin, '/plugin', (path) => !path.includes('node_modules'))
    await other.copy(vectors, '/vectors', (path) => path.endsWith('.json'))
    await other.copy(await sodiumCompat(), '/sodium_compat')
    const compiled = await other.script('/plugin/tests/compile.php')
    assert.equal(compiled.status, 0, compiled.text)
    const names = (await vectorFiles()).filter(isQuick).map((name) => `/vectors/${name}`)
    const words = ['--compat=/sodium_compat/autoload.php', '--unverified', ...names]
    const { status, text } = await other.script('/plugin/tests/vectors.php', words)
    t.diagnostic(`${text.trim().split('\n').at(-1)} (PHP ${version}, ${compiled.text.trim()})`)
    assert.equal(status, 0, text)
  })
}
