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
