import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { repository } from '../support/processes.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const storyMs = 8 * 60_000

test('the whole story is true in real processes: a blog falls, its author posts, readers arrive, it returns', {
  timeout: storyMs,
}, async (t) => {
  if (!realComponent(t, 'chromium')) return
  const dir = await temporaryFolder(t, 'story')
  const args = ['test/demo/demo.ts', '--story', '--fast', '--json', '--port', '19001', '--dir', dir]
  const child = spawn(process.execPath, args, { cwd: repository })
  t.after(() => child.kill())
  const [out, err] = [[] as Buffer[], [] as Buffer[]]
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const code = await new Promise((resolve) => child.once('close', resolve))
  const lines = Buffer.concat(out).toString('utf8').trimEnd().split('\n')
  assert.equal(code, 0, `${lines.at(-1)}\n${Buffer.concat(err).toString('utf8')}`)
  const { step, ms, ...facts } = JSON.parse(lines.at(-1)!)
  const promised = {
    mirrorsPerBlog: 10,
    heldBy: 10,
    declaredBy: 'quorum',
    readerArrived: true,
    returned: true,
    importedOnce: true,
    fast: true,
  }
  assert.deepEqual(facts, promised)
  t.diagnostic(`${lines.length} steps in ${Math.round(ms / 1000)} s, the last one "${step}"`)
})
