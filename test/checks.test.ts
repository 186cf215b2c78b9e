import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

test('the code is formatted', () => passes('biome', 'format', '.'))
test('the linter finds nothing', () => passes('biome', 'lint', '--error-on-warnings', '.'))
test('the types hold', () => passes('tsc', '-p', '.'))

function passes(tool: string, ...words: string[]): void {
  const run = spawnSync(join(root, 'node_modules/.bin', tool), words, { cwd: root, encoding: 'utf8' })
  assert.equal(run.status, 0, `${tool} ${words.join(' ')}\n${run.stdout}${run.stderr}`)
}
