/** The threads of a member. The entry is TypeScript in development and JavaScript in packages, like this file. */
import { threadsHere, WorkerPool, type WorkerPoolOptions, workerDefaults } from '../../lib/workers.ts'

const entry = new URL(`./worker-entry.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)

export function workerThreads(options: Partial<WorkerPoolOptions> = {}): WorkerPool {
  return new WorkerPool({ ...workerDefaults, entry, threads: threadsHere(), ...options })
}
