import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a test's context is to those that leave something to clear: their acts run when the test is over. */
export type Cleanup = { after(act: () => Promise<void> | void): void }

/**
 * A folder that ends with the test. Whoever writes there registers its own end first where it can: Node runs these acts in
 * the order of their making, so the removal tries again while somebody is still writing.
 */
export async function temporaryFolder(t: Cleanup, name: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), `dgos-${name}-`))
  t.after(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }))
  return dir
}
