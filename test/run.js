// `npm test`: the Node, the real components, then every test of the repository with Node's own runner.
import '../server/bin/require-node.js'
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installComponents } from './debian-packages.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const minute = 60_000
/** The whole must end well within the hour that a test machine gives. */
const wholeMs = 50 * minute

const missing = installComponents()
if (missing.length > 0) {
  console.error(`Missing for the tests with real components: apt-get install ${missing.join(' ')}`)
  if (process.env.CI === 'true') process.exit(1)
  console.error('Their tests are skipped. With CI=true this is a failure.')
}

// What a killed file or a program that outlives it leaves lies here, and is found and removed at the end.
const temporary = mkdtempSync(join(tmpdir(), 'dgos-run-'))
chmodSync(temporary, 0o1777)

const words = process.argv.slice(2)
const child = spawn(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--import=./test/support/ends.js',
    '--test',
    '--test-concurrency=2',
    '--test-reporter=spec',
    `--test-timeout=${15 * minute}`,
    ...(words.length > 0 ? words : ['test/**/*.test.ts']),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, TMPDIR: temporary } },
)
const late = setTimeout(() => {
  console.error(`The tests are not done after ${wholeMs / minute} minutes: ended.`)
  child.kill()
}, wholeMs)
child.on('exit', (status) => {
  clearTimeout(late)
  process.exitCode = status ?? 1
  const left = readdirSync(temporary, { recursive: true })
  rmSync(temporary, { recursive: true, force: true, maxRetries: 5 })
  if (left.length === 0) return
  console.error(`The tests left behind: ${left.slice(0, 20).join(', ')}`)
  process.exitCode ||= 1
})
