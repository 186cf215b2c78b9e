/** What PHP repeats of the TypeScript side is what the TypeScript side says now. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { generatedFiles } from '../../plugins/wordpress/generated.ts'
import { plugin } from './php.ts'

const root = join(plugin, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

for (const [path, text] of generatedFiles(read)) {
  test(`${path} is what the TypeScript side says`, () => {
    assert.equal(read(path), text, 'run `npm run build:wordpress:generated`')
  })
}

test('another limit, and one without a reason, would be written as they stand', () => {
  const source =
    '/** For a reason. */\nexport const mirrorsMax = 10 * 1_000\nexport const safeOperators = Math.ceil(2.5)\n'
  const files = generatedFiles((path) => (path === 'protocol/limits.ts' ? source : read(path)))
  const limits = files.get('plugins/wordpress/includes/protocol/class-dgos-limits.php')!
  assert.match(limits, /\t\/\*\* For a reason\. \*\/\n\tconst MIRRORS_MAX = 10 \* 1000;\n\tconst SAFE_OPERATORS = 3;\n/)
  assert.throws(
    () => generatedFiles((path) => (path === 'protocol/limits.ts' ? 'export const nobodyMax = 1\n' : read(path))),
    /has no nobodyMax/,
  )
})
