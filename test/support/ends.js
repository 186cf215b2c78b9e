// Loaded into each process of a test file: one that is kept alive after its last test, or that leaves files behind, says
// by what, and fails.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { isMainThread } from 'node:worker_threads'

const graceMs = 20_000

/** Set by Node's runner in the processes that it starts for the files. */
if (process.env.NODE_TEST_CONTEXT !== undefined && isMainThread) {
  const folder = ownTemporaryFolder()
  after(() => {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout')
      console.error(`${process.argv[1]} left open: ${open.join(', ') || 'a timer'}`)
      process.exit(1)
    }, graceMs).unref()
  })
  process.on('exit', () => {
    const left = readdirSync(folder)
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    if (left.length === 0) return
    console.error(`${process.argv[1]} left behind: ${left.join(', ')}`)
    process.exitCode = 1
  })
}

/** Whatever this process and its children put into the temporary folder comes here. Open to the users that some of them are. */
function ownTemporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'dgos-test-'))
  chmodSync(folder, 0o1777)
  process.env.TMPDIR = folder
  process.env.NODE_DISABLE_COMPILE_CACHE = '1' // npm would put its own there
  return folder
}
