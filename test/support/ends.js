// Loaded into each process of a test file: one that is kept alive after its last test says by what, and fails.
import { after } from 'node:test'

const graceMs = 20_000

/** Set by Node's runner in the processes that it starts for the files. */
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  after(() => {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().filter((one) => one !== 'Timeout')
      console.error(`${process.argv[1]} left open: ${open.join(', ') || 'a timer'}`)
      process.exit(1)
    }, graceMs).unref()
  })
}
