/** What the threat model says is shown by a test is shown by one that exists. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { root, textOf } from './documents.ts'

const rows = textOf('docs/threat-model.md')
  .split('\n')
  .filter((line) => /^\| (?!-|attacker|what fails)/.test(line) && !line.startsWith('|---'))
/** The last column names files, and after an arrow the beginning of a test's own name. */
const shown = rows.map((row) => row.split(' | ').at(-1)!.replace(/ \|$/, ''))

test('every row of the threat model names what shows it', () => {
  assert.ok(rows.length >= 25)
  assert.deepEqual(
    shown.filter((words) => !/`(test\/[\w/-]+\.test\.ts|npm run \w+)`/.test(words)),
    [],
  )
})

test('every test that the threat model names is there, under its name', () => {
  const problems = shown.flatMap((words) => {
    const name = words.split(' → ')[1]
    const files = [...words.matchAll(/`(test\/[^`]+)`/g)].map(([, file]) => file!)
    return files.flatMap((file) => {
      if (!existsSync(join(root, file))) return [`${file} is not there`]
      const text = readFileSync(join(root, file), 'utf8')
      if (name === undefined) return text.includes('\ntest(') ? [] : [`${file} holds no test`]
      return text.includes(`test('${name}`) || text.includes(`test("${name}`) ? [] : [`${file} has no test "${name}"`]
    })
  })
  assert.deepEqual(problems, [])
})

test('every command that the threat model and SECURITY.md name is one of package.json', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
  const named = ['docs/threat-model.md', 'SECURITY.md'].flatMap((file) => [...textOf(file).matchAll(/npm run (\w+)/g)])
  assert.ok(named.length >= 8)
  assert.deepEqual(
    named.map(([, name]) => name!).filter((name) => scripts[name] === undefined),
    [],
  )
})
