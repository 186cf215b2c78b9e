/** Plain PHP for the tests of the WordPress member's contract: with ext-sodium, and with sodium_compat as on hosts without it. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wordPressFiles } from '../sites/wordpress-files.ts'
import { run } from '../sites/workshop.ts'

export const plugin = fileURLToPath(new URL('../../plugins/wordpress/', import.meta.url))
export const vectors = fileURLToPath(new URL('../../protocol/vectors/', import.meta.url))

/** Throws where PHP is missing and CI=true. */
export function hasPhp(): boolean {
  const found = spawnSync('php', ['--version']).status === 0
  if (!found && process.env.CI === 'true') throw new Error('php is missing')
  return found
}

/** What WordPress gives to hosts without ext-sodium: `wp-includes/sodium_compat`, from the WordPress in npm's wp-studio. */
export async function sodiumCompat(): Promise<string> {
  return join(await wordPressFiles('current'), 'wp-includes', 'sodium_compat')
}

export async function vectorFiles(): Promise<string[]> {
  return (await readdir(vectors)).filter((name) => name.endsWith('.json')).sort()
}

/** Words for php by which ext-sodium is not there and sodium_compat takes its place. */
export async function compatWords(): Promise<{ readonly php: readonly string[]; readonly script: readonly string[] }> {
  const list = 'echo implode(",", preg_grep("/^sodium_/", get_defined_functions()["internal"]));'
  const disabled = await run('php', ['-r', list], plugin)
  const autoload = join(await sodiumCompat(), 'autoload.php')
  return { php: ['-d', `disable_functions=${disabled}`], script: [`--compat=${autoload}`] }
}

/** What php printed and its exit status; never throws on a failed script. */
export async function php(words: readonly string[]): Promise<{ readonly status: number; readonly text: string }> {
  const child = spawn('php', [...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const parts: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  child.stderr.on('data', (part: Buffer) => parts.push(part))
  const [status] = (await once(child, 'close')) as [number | null]
  return { status: status ?? 1, text: Buffer.concat(parts).toString('utf8') }
}
