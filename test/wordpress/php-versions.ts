/**
 * Real PHP 7.4 to 8.4, as WordPress Playground compiles it to WebAssembly (npm @php-wasm). They have no ext-sodium, so the
 * sodium_compat of WordPress is at work in them as on such hosts. PHP 8.2 is the one installed.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { run } from '../sites/workshop.ts'

export const phpVersions = ['7.4', '8.0', '8.1', '8.3', '8.4'] as const
export type PhpVersion = (typeof phpVersions)[number]

const here = fileURLToPath(new URL('php-versions/', import.meta.url))
const cache = fileURLToPath(new URL('../../.cache/php/', import.meta.url))

type Answer = { readonly text: string; readonly errors: string; readonly exitCode: number }

type Runtime = {
  mkdirTree(path: string): void
  writeFile(path: string, bytes: Uint8Array | string): void
  run(request: { scriptPath: string }): Promise<Answer>
  exit(): void
}

export class OtherPhp {
  readonly #php: Runtime

  private constructor(php: Runtime) {
    this.#php = php
  }

  static async start(version: PhpVersion): Promise<OtherPhp> {
    const modules = join(await installed(), '@php-wasm')
    const { PHP, loadPHPRuntime } = await import(pathToFileURL(join(modules, 'universal', 'index.js')).href)
    const name = `node-${version.replace('.', '-')}`
    const { getPHPLoaderModule } = await import(pathToFileURL(join(modules, name, 'index.js')).href)
    return new OtherPhp(new PHP(await loadPHPRuntime(await getPHPLoaderModule())))
  }

  /** Copies a folder's files into the file system of this PHP. */
  async copy(from: string, to: string, wanted: (path: string) => boolean = () => true): Promise<void> {
    for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (!entry.isFile() || !wanted(path)) continue
      const target = join(to, relative(from, path))
      this.#php.mkdirTree(join(target, '..'))
      this.#php.writeFile(target, await readFile(path))
    }
  }

  /** Runs a script with words as its arguments. */
  async script(
    path: string,
    words: readonly string[] = [],
  ): Promise<{ readonly status: number; readonly text: string }> {
    const argv = [path, ...words].map((word) => `'${word}'`).join(', ')
    this.#php.writeFile('/run.php', `<?php $argv = array( ${argv} ); require '${path}';`)
    const { text, errors, exitCode } = await this.#php.run({ scriptPath: '/run.php' }).catch(answerOf)
    return { status: exitCode, text: text + errors }
  }

  async eval(code: string): Promise<string> {
    this.#php.writeFile('/eval.php', `<?php ${code}`)
    return (await this.#php.run({ scriptPath: '/eval.php' })).text
  }

  stop(): void {
    this.#php.exit()
  }
}

/** A script that ends with another status than 0 comes as an error that bears the answer. */
function answerOf(error: { response?: Answer }): Answer {
  if (error.response === undefined) throw error
  return error.response
}

/** `node_modules` of the versions, as php-versions/package-lock.json says. Installed again when that changes. */
async function installed(): Promise<string> {
  const lock = await readFile(join(here, 'package-lock.json'))
  const folder = join(cache, createHash('sha256').update(lock).digest('hex').slice(0, 12))
  const modules = join(folder, 'node_modules')
  if (existsSync(join(folder, 'ready'))) return modules
  await mkdir(folder, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) await cp(join(here, name), join(folder, name))
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], folder)
  await writeFile(join(folder, 'ready'), '')
  return modules
}
