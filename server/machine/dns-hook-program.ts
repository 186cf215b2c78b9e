/** The DNS hook's outside: the program of the operator, and the file that remembers what it was told. */

import { execFile } from 'node:child_process'
import type { Log } from '../../lib/log.ts'
import { isHash } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { HookMemory, RunHook } from '../readers/dns-hook.ts'
import { textOfFile, writeWhole } from './folder.ts'

/** Providers' tools talk to slow interfaces; a hung one must not hold up the next blog for ever. */
const runMs = 60_000
const outputBytesMax = 64 * 1024

/** Runs `file` without a shell and without arguments. Of the member's own environment it gets PATH and HOME, no secrets. */
export function hookProgram(file: string, inherited: Readonly<Record<string, string | undefined>>, log: Log): RunHook {
  return (names) =>
    new Promise((resolve) => {
      const { PATH = '/usr/local/bin:/usr/bin:/bin', HOME = '/' } = inherited
      const env = { PATH, HOME, LC_ALL: 'C.UTF-8', ...names }
      const options = { env, timeout: runMs, maxBuffer: outputBytesMax, killSignal: 'SIGKILL' as const }
      execFile(file, [], options, (error, _stdout, stderr) => {
        if (error === null) return resolve(0)
        log.warn('dns-hook-failed', { file, error: error.message.slice(0, 300), stderr: stderr.slice(0, 1_000) })
        resolve(typeof error.code === 'number' ? error.code : null)
      })
    })
}

export function hookMemory(path: string): HookMemory {
  return {
    async read() {
      const text = await textOfFile(path)
      try {
        const { declared } = JSON.parse(text ?? '{}') as { declared?: Hash[] }
        return Array.isArray(declared) ? declared.filter(isHash) : []
      } catch {
        return [] // not what we wrote: the program hears of every fallen blog once more
      }
    },
    write: (declared) => writeWhole(path, `${JSON.stringify({ declared })}\n`, 0o600),
  }
}
