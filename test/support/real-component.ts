import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'node:test'

/**
 * Where a real component (`chromium`, `nginx`, `wrk`, `php`, `jekyll`) lies, or null after skipping the test.
 * With CI=true a missing one fails: `npm test` has installed it, or has said why not.
 */
export function realComponent(t: TestContext, command: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, command)).find(isExecutable)
  if (found !== undefined) return found
  if (process.env.CI === 'true') throw new Error(`${command} is missing`)
  t.skip(`${command} is missing`)
  return null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
