/** Processes of a network: started with a log file each, ended by their own id, never by name. */
import { type ChildProcess, spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { join } from 'node:path'

export const repository = new URL('../..', import.meta.url).pathname
export const dgosBin = join(repository, 'server/bin/dgos.js')

export class Processes {
  readonly #children = new Map<string, ChildProcess>()
  readonly #logs: string

  constructor(options: { readonly logs: string }) {
    this.#logs = options.logs
  }

  /** Starts `node <args>` under a name; its output goes to a file of that name. */
  start(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    const log = openSync(join(this.#logs, `${logName(name)}.log`), 'a')
    const child = spawn(process.execPath, args, {
      cwd: repository,
      stdio: ['ignore', log, log],
      env: { ...process.env, ...env },
    })
    this.#children.set(name, child)
    child.once('exit', () => {
      if (this.#children.get(name) === child) this.#children.delete(name)
    })
  }

  runs(name: string): boolean {
    return this.#children.has(name)
  }

  /** Of a process that runs. */
  pidOf(name: string): number | undefined {
    return this.#children.get(name)?.pid
  }

  /** As a power cut would: no time to say goodbye. */
  async kill(name: string): Promise<void> {
    await this.#end(name, 'SIGKILL')
  }

  /** From now on it takes connections and answers nothing, as one whose packets are dropped. */
  pause(name: string): void {
    this.#children.get(name)?.kill('SIGSTOP')
  }

  resume(name: string): void {
    this.#children.get(name)?.kill('SIGCONT')
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#children.keys()].map((name) => this.#end(name, 'SIGTERM')))
  }

  async #end(name: string, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#children.get(name)
    if (child === undefined || child.exitCode !== null) return
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => child.kill('SIGKILL'), 8000)
      child.once('exit', () => {
        clearTimeout(force)
        resolve()
      })
      child.kill(signal)
    })
  }
}

/** "http://127.0.0.1:9001/" → "127.0.0.1-9001". */
function logName(name: string): string {
  return name
    .replace(/^https?:\/\//, '')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/-$/, '')
}

/** Runs `dgos <args> --json` to its end and gives what it printed. Throws with its words where it fails. */
export async function dgos(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const child = spawn(process.execPath, [dgosBin, ...args, '--json'], {
    cwd: repository,
    env: { ...process.env, ...env },
  })
  const [out, err] = [[] as Buffer[], [] as Buffer[]]
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  const code = await new Promise((resolve) => child.once('close', resolve))
  const text = Buffer.concat(out).toString('utf8')
  if (code !== 0)
    throw new Error(`dgos ${args.join(' ')} ended with ${code}: ${Buffer.concat(err).toString('utf8')}${text}`)
  return text.trim() === '' ? null : JSON.parse(text)
}
