/**
 * Ends a process whose loop is stuck, from a thread of its own, so that whoever runs it starts it again. The loop counts
 * up a shared number; where that stands still for too long nothing else can be hoped for. A machine that slept is no stuck
 * loop: this thread slept too, and begins to count anew.
 */
import { workerData } from 'node:worker_threads'

const { beats, limitMs, lookMs } = workerData
const counter = new Int32Array(beats)
let seen = -1
let sinceMs = performance.now()
let lookedMs = sinceMs

setInterval(() => {
  const nowMs = performance.now()
  const slept = nowMs - lookedMs > 5 * lookMs
  lookedMs = nowMs
  const now = Atomics.load(counter, 0)
  if (now !== seen || slept) {
    seen = now
    sinceMs = nowMs
  } else if (nowMs - sinceMs > limitMs) {
    process.kill(process.pid, 'SIGKILL')
  }
}, lookMs)
