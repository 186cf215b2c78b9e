/** A process that hangs is ended, so that whoever runs it starts it again. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { silentLog } from '../../lib/log.ts'
import { startWatchdog } from '../../server/machine/watchdog.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

test('a loop that is stuck ends the process; one that turns does not', async () => {
  const file = fileURLToPath(new URL('inputs/stuck-loop.ts', import.meta.url))
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, '1000'])
  let said = ''
  child.stdout.on('data', (part) => {
    said += part
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  assert.deepEqual([said, code, signal], ['stuck', null, 'SIGKILL'])
})

test('systemd is told twice in the time that it waits, until the member stops', async () => {
  const clock = new VirtualClock()
  const words: string[] = []
  const notify = async (word: string) => void words.push(word)
  const env = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '60000000' }
  const stop = startWatchdog({ clock, log: silentLog, notify }, { env })
  await clock.advance(120_000)
  assert.deepEqual(words, Array(5).fill('WATCHDOG=1'))
  stop()
  await clock.advance(120_000)
  assert.deepEqual([words.length, clock.waiting], [5, 0])
})

test('what is preloaded into a process does not end it by way of the thread that watches', async () => {
  const file = fileURLToPath(new URL('inputs/stuck-loop.ts', import.meta.url))
  const large = 'data:text/javascript,globalThis.kept=Array.from({length:2e6},(_,i)=>({i}))'
  const env = { ...process.env, NODE_OPTIONS: `--disable-warning=ExperimentalWarning --import=${large}` }
  const child = spawn(process.execPath, [file, '1000'], { env })
  let said = ''
  child.stderr.on('data', (part) => {
    said += part
  })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  assert.deepEqual([said, code, signal], ['', null, 'SIGKILL'])
})
