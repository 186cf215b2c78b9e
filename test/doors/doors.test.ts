import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { test } from 'node:test'
import { repository } from '../support/processes.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const doorsMs = 14 * 60_000

test('each of ten doors gives a post that ten mirrors of a running network keep byte for byte, and the hostile corpus is refused', {
  timeout: doorsMs,
}, async (t) => {
  for (const name of ['chromium', 'gpg', 'python3']) if (realComponent(t, name) === null) return
  const dir = await temporaryFolder(t, 'doors')
  const args = ['test/doors/doors.ts', '--json', '--port', '19600', '--dir', dir]
  const child = spawn(process.execPath, args, { cwd: repository })
  t.after(() => child.kill())
  const [out, err] = [[] as Buffer[], [] as Buffer[]]
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const code = await new Promise((resolve) => child.once('close', resolve))
  const text = Buffer.concat(out).toString('utf8')
  assert.equal(code, 0, `${text}\n${Buffer.concat(err).toString('utf8')}`)
  const { doors, refused, mirrors, untrue } = JSON.parse(text)
  assert.deepEqual({ doors, mirrors, untrue }, { doors: 10, mirrors: 10, untrue: null })
  assert.ok(refused >= 45, `${refused} hostile cases`)
  t.diagnostic(`${doors} doors, ${refused} hostile cases refused`)
})

test('a port that is none is refused with a word', async () => {
  const child = spawn(process.execPath, ['test/doors/doors.ts', '--port', 'x'], { cwd: repository, stdio: 'ignore' })
  assert.equal(await new Promise((resolve) => child.once('close', resolve)), 2)
})
