/** What `ends.js` demands of every test file, tried on files that break it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { ended } from './programs.ts'
import { temporaryFolder } from './temporary-folder.ts'

const ends = pathToFileURL(join(import.meta.dirname, 'ends.js')).href
const folders = pathToFileURL(join(import.meta.dirname, 'temporary-folder.ts')).href

/** Runs a test file of this text as the runner does. `left` is what then lies in the temporary folder. */
async function runFile(t: TestContext, text: string) {
  const dir = await temporaryFolder(t, 'ends')
  const file = join(dir, 'some.test.mjs')
  await writeFile(file, text)
  const { NODE_TEST_CONTEXT: _, ...own } = process.env
  const temporary = await temporaryFolder(t, 'ends-temporary')
  const words = ['--disable-warning=ExperimentalWarning', `--import=${ends}`, '--test', '--test-reporter=tap', file]
  const run = await ended(spawn(process.execPath, words, { env: { ...own, TMPDIR: temporary } }))
  return { ...run, left: await readdir(temporary) }
}

test('a test file that leaves a folder behind fails, by name, and the folder is removed all the same', async (t) => {
  const leaves = `import { mkdtempSync } from 'node:fs'; import { test } from 'node:test'; import { tmpdir } from 'node:os'
test('passes', () => void mkdtempSync(tmpdir() + '/dgos-forgotten-'))`
  const { code, out, left } = await runFile(t, leaves)
  assert.equal(code, 1)
  assert.match(out, /left behind: dgos-forgotten-/)
  assert.deepEqual(left, [])
})

test('what a program of the test leaves behind counts too', async (t) => {
  const leaves = `import { execFileSync } from 'node:child_process'; import { test } from 'node:test'
test('passes', () => void execFileSync('sh', ['-c', 'touch "$TMPDIR/of-a-child"']))`
  const { code, out } = await runFile(t, leaves)
  assert.equal(code, 1)
  assert.match(out, /left behind: of-a-child/)
})

test('a folder that ends with its test is no fault', async (t) => {
  const cares = `import { existsSync, writeFileSync } from 'node:fs'; import { test } from 'node:test'; import { temporaryFolder } from '${folders}'
test('passes', async (t) => { const dir = await temporaryFolder(t, 'cared'); writeFileSync(dir + '/x', ''); console.log('in ' + dir) })`
  const { code, out, left } = await runFile(t, cares)
  assert.equal(code, 0, out)
  assert.equal(existsSync(/in (\S+)/.exec(out)![1]!), false)
  assert.deepEqual(left, [])
})
