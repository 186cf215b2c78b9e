/** Debian's gpg in a folder of its own: makes keys and signs, as an author's mail program would have it do. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const run = promisify(execFile)

/** Words that set gpg's clock. */
export function gpgTime(ms: number): readonly string[] {
  const text = new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')
  return ['--faked-system-time', `${text}!`, '--ignore-time-conflict']
}

export class Gnupg {
  readonly home: string
  #files = 0

  private constructor(home: string) {
    this.home = home
  }

  /** null after skipping the test, where there is no gpg. */
  static async open(t: TestContext): Promise<Gnupg | null> {
    if (realComponent(t, 'gpg') === null) return null
    const gpg = await Gnupg.at(await temporaryFolder(t, 'gpg'))
    t.after(() => gpg.close())
    return gpg
  }

  /** In a folder that is there, and of nobody else. */
  static async at(home: string): Promise<Gnupg> {
    return new Gnupg(home)
  }

  /** Ends the agent that gpg started for this folder. */
  async close(): Promise<void> {
    await run('gpgconf', ['--homedir', this.home, '--kill', 'all'])
  }

  /** A key of yesterday that may sign; its fingerprint in lower case. */
  async key(address: string, algorithm = 'ed25519'): Promise<string> {
    const yesterday = [...gpgTime(Date.now() - 86_400_000), '--passphrase', '']
    await this.#run([...yesterday, '--quick-generate-key', address, algorithm, 'sign', 'never'])
    const { stdout } = await this.#run(['--with-colons', '--list-keys', address])
    return /^fpr:+([0-9A-F]{40}):/m.exec(stdout)![1]!.toLowerCase()
  }

  async exported(address: string, what: 'export' | 'export-secret-keys' = 'export'): Promise<string> {
    return (await this.#run(['--armor', '--export-options', 'export-minimal', `--${what}`, address])).stdout
  }

  /** `how` is "--detach-sign" or "--clear-sign". */
  async sign(address: string, how: string, text: string, ...more: readonly string[]): Promise<string> {
    const file = join(this.home, `${++this.#files}.txt`)
    await writeFile(file, text)
    const { stdout } = await this.#run(['--armor', '--local-user', address, ...more, '--output', '-', how, file])
    return stdout
  }

  #run(words: readonly string[]) {
    return run('gpg', [
      '--homedir',
      this.home,
      '--batch',
      '--quiet',
      '--no-tty',
      '--pinentry-mode',
      'loopback',
      ...words,
    ])
  }
}
