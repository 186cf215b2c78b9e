// `npm test`: the Node, the real components, then every test of the repository with Node's own runner.
import '../server/bin/require-node.js'
import { spawn } from 'node:child_process'
import { dirname } from 'node:path'
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
  { cwd: root, stdio: 'inherit' },
)
const late = setTimeout(() => {
  console.error(`The tests are not done after ${wholeMs / minute} minutes: ended.`)
  child.kill()
}, wholeMs)
child.on('exit', (status) => {
  clearTimeout(late)
  process.exitCode = status ?? 1
})
