/** A copy of the program in a folder of its own, in which a test changes files and runs what it changed. */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Ended, ended } from './programs.ts'
import { type Cleanup, temporaryFolder } from './temporary-folder.ts'

const root = join(import.meta.dirname, '../..')
const copied = [
  ...['protocol', 'lib', 'ledger', 'mirror', 'network', 'activation', 'naming', 'server', 'embed-beacon'],
  ...['test/support', 'test/recipes', 'package.json', 'tsconfig.json'],
]

export class TestTree {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async copy(t: Cleanup): Promise<TestTree> {
    const folder = await temporaryFolder(t, 'tree')
    for (const path of copied) cpSync(join(root, path), join(folder, path), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    return new TestTree(folder)
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true })
    writeFileSync(join(this.#folder, path), text)
  }

  /** Puts `added` before or after what stands once in a file. */
  add(path: string, place: { readonly after: string } | { readonly before: string }, added: string): void {
    const text = readFileSync(join(this.#folder, path), 'utf8')
    const mark = 'after' in place ? place.after : place.before
    const parts = text.split(mark)
    if (parts.length !== 2) throw new Error(`${path}: "${mark}" stands there ${parts.length - 1} times`)
    this.write(path, parts.join('after' in place ? mark + added : added + mark))
  }

  /** Node with these words, in the tree. */
  run(...words: readonly string[]): Promise<Ended> {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env // it is a run of its own
    return ended(
      spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...words], { cwd: this.#folder, env }),
    )
  }
}
