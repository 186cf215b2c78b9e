import { readFileSync } from 'node:fs'

/** Resident memory of a process in MiB; 0 where it has just ended. */
export function residentMiB(pid: number | undefined): number {
  if (pid === undefined) return 0
  try {
    const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kib ?? 0) / 1024)
  } catch {
    return 0 // it ended between two looks
  }
}

const ticksPerSecond = 100

/** Seconds of processor time that a process has had, all its threads together; 0 where it has just ended. */
export function processorSeconds(pid: number | undefined): number {
  if (pid === undefined) return 0
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  } catch {
    return 0 // it ended between two looks
  }
}
