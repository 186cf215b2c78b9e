/** Processor time from /proc, on Linux. */
import { readdirSync, readFileSync } from 'node:fs'

/** Seconds that a process, its threads and its children have run. Those that end meanwhile are not counted. */
export function cpuSeconds(pid: number): number {
  let seconds = 0
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    seconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e9
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim()
    for (const child of children.split(' ').filter(Boolean)) seconds += cpuSeconds(Number(child))
  }
  return seconds
}

/** Seconds that all cores together were not idle: /proc/stat, 100 ticks a second. */
export function busySeconds(): number {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number)
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields
  return (user + nice + system + irq + softirq) / 100
}
