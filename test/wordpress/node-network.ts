/** Node members as real processes, and a WordPress that joins them as its owner would: for tests of the plugin among members. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePort } from '../support/ports.ts'
import { type Ended, ended, said } from '../support/programs.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import type { MemberSite } from './member-site.ts'

const bin = fileURLToPath(new URL('../../server/bin/dgos.js', import.meta.url))

export class Network {
  readonly #env: Record<string, string>
  readonly #members: { readonly data: string; readonly url: string; readonly listen: string }[] = []
  wordpress = ''

  private constructor(env: Record<string, string>) {
    this.#env = env
  }

  /** Two members, or only the founder, each of its own operator. A founder vouches for two more in a month. */
  static async start(t: TestContext, members: 1 | 2 = 2): Promise<Network> {
    const dir = await temporaryFolder(t, 'wp-network')
    const net = new Network({ DGOS_HOME: join(dir, 'author'), DGOS_FAST: 'true', DGOS_LOG: 'warn' })
    for (const name of ['a', 'b'].slice(0, members)) {
      const port = await freePort()
      net.#members.push({ data: join(dir, name), url: `http://127.0.0.1:${port}/`, listen: `127.0.0.1:${port}` })
    }
    await net.dgos('init', ...net.#self(0), '--found', 'Mixed', '--loopback')
    await net.#run(t, 0)
    if (members === 1) return net
    const joining = net.#spawn(['join', net.url(0), ...net.#self(1), '--json'])
    const done = ended(joining)
    await net.invite((await said(joining, /dgos invite ([0-9a-f]{64})/))[1]!)
    assert.equal((await done).code, 0)
    await net.#run(t, 1)
    return net
  }

  url(i: number): string {
    return this.#members[i]!.url
  }

  async invite(request: string): Promise<void> {
    await this.dgos('invite', request, '--data', this.#members[0]!.data)
  }

  /** As the plugin's screen does it: the link, the operator's voucher, the record. */
  async admit(site: MemberSite): Promise<void> {
    const member = 'DGOS_Plugin::instance()->membership()'
    assert.equal(await site.eval(`var_export( ${member}->ask( '${this.url(0)}' ) );`), 'true')
    const request = await site.eval(`echo ${member}->request_text();`)
    this.wordpress = request.slice(0, 64)
    assert.equal(await site.eval(`var_export( ${member}->finish() );`), 'false', 'nobody has vouched yet')
    await this.invite(this.wordpress)
    assert.equal(await site.eval(`var_export( ${member}->finish() );`), 'true')
  }

  async status(i: number) {
    return (await this.dgos('status', '--member', this.url(i))) as { members: { url: string }[] }
  }

  async dgos(...args: string[]): Promise<unknown> {
    const { code, out, err } = await this.run([...args, '--json'])
    assert.equal(code, 0, `dgos ${args.join(' ')}: ${err}`)
    return JSON.parse(out)
  }

  run(args: readonly string[], input = ''): Promise<Ended> {
    const child = this.#spawn(args)
    child.stdin!.end(input)
    return ended(child)
  }

  #self(i: number): string[] {
    const { data, url, listen } = this.#members[i]!
    return ['--name', `node ${i}`, '--data', data, '--url', url, '--listen', listen]
  }

  async #run(t: TestContext, i: number): Promise<void> {
    const child = this.#spawn(['start', '--data', this.#members[i]!.data, '--json'])
    t.after(() => void child.kill('SIGKILL'))
    await said(child, /"port"/)
  }

  #spawn(args: readonly string[]): ChildProcess {
    const { DGOS_SHOTS: _, ...own } = process.env // the tests' word, no member's setting
    const env = { ...own, ...this.#env }
    return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', bin, ...args], { env, stdio: 'pipe' })
  }
}
