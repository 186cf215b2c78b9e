#!/usr/bin/env node
/** Entry of the command line. The version check comes before anything that loads a native module. */
import './require-node.js'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { setFlagsFromString } from 'node:v8'

// What is written is this user's alone, unless it says otherwise.
process.umask(0o077)

// V8 lets the space for young objects grow to 67 MB and seldom gives it back. Held at its first size, a member at rest
// takes 20 MB less (`npm run bench -- rest`), and answers as many requests.
setFlagsFromString('--semi-space-growth-factor=1')

const suffix = existsSync(new URL('../cli/main.ts', import.meta.url)) ? 'ts' : 'js'
const { main } = await import(`../cli/main.${suffix}`)
const { systemIo } = await import(`../cli/system-io.${suffix}`)

// A reader that has seen enough (`dgos status | head`) is no error.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const io = systemIo({
  env: process.env,
  home: homedir(),
  stdin: process.stdin,
  write: (stream, text) => (stream === 'out' ? process.stdout : process.stderr).write(text),
  onEnd: (act) => {
    process.once('SIGINT', act)
    process.once('SIGTERM', act)
  },
})

// Timers of the clock do not keep a process alive; a command that waits for something must.
const awake = setInterval(() => {}, 60_000)
try {
  process.exitCode = await main(process.argv.slice(2), io)
} catch (error) {
  process.stderr.write(`dgos: ${error instanceof Error ? error.stack : error}\n`)
  process.exitCode = 1
}
clearInterval(awake)
await io.wire.close()
