/** `npm run verify`: every check one after another, the quick ones first, and a summary. Stops at nothing, fails at anything. */
import '../server/bin/require-node.js'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/** Whole networks: real processes, real components, or many members from a seed. */
const isNetworkTest = (path: string) => /^test\/(sim|demo|doors|sites|deploy)\//.test(path)
const isVectorTest = (path: string) => /vectors/.test(path)
const isCheck = (path: string) => /^test\/(checks|architecture)\.test\.ts$/.test(path)

const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith('.test.ts'))
  .sort()
const unit = files.filter((path) => !isNetworkTest(path) && !isVectorTest(path) && !isCheck(path))

const steps: readonly (readonly [string, readonly string[]])[] = [
  ['format', bin('biome', 'format', '.')],
  ['lint', bin('biome', 'lint', '--error-on-warnings', '.')],
  ['types', bin('tsc', '-p', '.')],
  ['architecture', tests(['test/architecture.test.ts'])],
  ['unit', tests(unit)],
  ['vectors', tests(files.filter(isVectorTest))],
  ['network', tests(files.filter(isNetworkTest))],
]

const outcomes = steps.map(([name, [command, ...words]]) => {
  console.log(`\n== ${name}`)
  const startMs = performance.now()
  const status = command === undefined ? null : spawnSync(command, words, { cwd: root, stdio: 'inherit' }).status
  return { name, isGood: status === 0, seconds: (performance.now() - startMs) / 1000 }
})

console.log('\n== summary')
for (const { name, isGood, seconds } of outcomes) {
  console.log(`${isGood ? 'good' : 'FAIL'}  ${name.padEnd(14)}${seconds.toFixed(1).padStart(7)} s`)
}
process.exitCode = outcomes.every(({ isGood }) => isGood) ? 0 : 1

function bin(tool: string, ...words: string[]): string[] {
  return [join(root, 'node_modules/.bin', tool), ...words]
}

/** No command at all where there is no file: a step that checks nothing is a failure, not a success. */
function tests(paths: readonly string[]): string[] {
  if (paths.length === 0) return []
  return [process.execPath, '--test', '--test-concurrency=2', '--test-reporter=dot', ...paths]
}
