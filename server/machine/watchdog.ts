/**
 * A process whose loop is stuck is ended, and started again by whoever runs it. Under systemd with WatchdogSec it is
 * systemd that listens (sd_notify); elsewhere a thread of this process does, which no stuck loop holds up.
 */
import { spawn } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Env } from '../config.ts'

export type WatchdogDeps = {
  readonly clock: Clock
  readonly log: Log
  /** Says a word to systemd; rejects where there is no way to say it. */
  readonly notify?: (word: string) => Promise<void>
}
export type WatchdogOptions = {
  readonly env: Env
  /** How long a loop may be stuck. The longest honest turn of it is a fraction of a second. */
  readonly limitMs?: number
}

const defaultLimitMs = 60_000
/** The thread needs little: a counter and a timer. */
const threadLimits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 }

/** Watches until it is cancelled. */
export function startWatchdog(deps: WatchdogDeps, { env, limitMs = defaultLimitMs }: WatchdogOptions): Cancel {
  const systemdMs = Number(env.WATCHDOG_USEC ?? 0) / 1000
  if (env.NOTIFY_SOCKET === undefined || !(systemdMs > 0)) return startThread(deps, limitMs)
  let cancel: Cancel = () => {}
  let cancelled = false
  const { notify = systemdNotify(env) } = deps
  // Twice in the time that systemd waits, as its manual asks.
  const beat = () => {
    notify('WATCHDOG=1').then(
      () => {
        if (!cancelled) cancel = deps.clock.after(systemdMs / 2, beat)
      },
      (error: unknown) => {
        deps.log.warn('watchdog-without-systemd', { error: String(error) })
        if (!cancelled) cancel = startThread(deps, limitMs)
      },
    )
  }
  beat()
  return () => {
    cancelled = true
    cancel()
  }
}

function startThread({ clock, log }: Pick<WatchdogDeps, 'clock' | 'log'>, limitMs: number): Cancel {
  const beats = new SharedArrayBuffer(4)
  const counter = new Int32Array(beats)
  const beatMs = Math.min(1_000, limitMs / 4)
  const thread = new Worker(new URL('../bin/watchdog-thread.js', import.meta.url), {
    workerData: { beats, limitMs, lookMs: beatMs },
    resourceLimits: threadLimits,
    // What an operator preloads into the process (NODE_OPTIONS) has no room in this thread.
    execArgv: [],
    env: {},
  })
  thread.unref()
  // Who watches must not be what ends the process.
  thread.on('error', (error) => log.warn('watchdog-ended', { error: String(error) }))
  let cancel: Cancel = () => {}
  const beat = () => {
    Atomics.add(counter, 0, 1)
    cancel = clock.after(beatMs, beat)
  }
  beat()
  return () => {
    cancel()
    void thread.terminate()
  }
}

/** By systemd's own program: Node speaks to no datagram socket of the machine. */
function systemdNotify(env: Env): (word: string) => Promise<void> {
  return (word) =>
    new Promise((resolve, reject) => {
      const child = spawn('systemd-notify', [word], { env: { ...env }, stdio: 'ignore' })
      child.once('error', reject)
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`systemd-notify: ${code}`))))
    })
}
