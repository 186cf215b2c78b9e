/** What the generators of this bench are installed from: its own lock file, and Debian's packages. A missing one fails. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../test/sites/workshop.ts'

const cache = fileURLToPath(new URL('../../.cache/sites/', import.meta.url))

/** `node_modules` as bench/fidelity/package-lock.json says. Installed again when that changes. */
export async function installedModules(): Promise<string> {
  const lock = await readFile(join(import.meta.dirname, 'package-lock.json'))
  const folder = join(cache, `fidelity-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`)
  const modules = join(folder, 'node_modules')
  if (existsSync(join(folder, 'ready'))) return modules
  await mkdir(folder, { recursive: true })
  for (const name of ['package.json', 'package-lock.json'])
    await cp(join(import.meta.dirname, name), join(folder, name))
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], folder)
  await writeFile(join(folder, 'ready'), '')
  return modules
}

/** Throws with what to do where a program of Debian is missing. */
export function needsPrograms(programs: Readonly<Record<string, string>>): void {
  const missing = Object.entries(programs).filter(([program]) => {
    try {
      execFileSync('which', [program], { stdio: 'ignore' })
      return false
    } catch {
      return true
    }
  })
  if (missing.length > 0)
    throw new Error(`missing generators: apt-get install ${missing.map(([, debian]) => debian).join(' ')}`)
}
