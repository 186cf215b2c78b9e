/**
 * Real members on this machine, each a process with a folder of its own, whose keys are named: "m0" of operator "o0" and
 * so on. So whoever measures can also sign what a member would, an honest one or a hostile one.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { foundNetwork, memberRecord, vouch } from '../../network/founding.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { storeObjects } from '../../server/cli/member-folder.ts'
import { folderAt, prepareFolder, writeWhole } from '../../server/machine/folder.ts'
import { readIdentity, writeKeyFile } from '../../server/machine/identity.ts'
import { Processes, repository } from '../../test/support/processes.ts'
import { SmallNetwork, signerOf } from '../../test/support/small-network.ts'
import { until } from '../../test/support/until.ts'
import { GaugeClient, gauged } from './gauge-client.ts'

export type RealMember = { readonly name: string; readonly url: string; readonly dir: string; readonly key: string }
export type RealNetworkOptions = {
  readonly name: string
  readonly members: number
  readonly firstPort: number
  /** Where the members' folders are made; the system's place for temporary files unless it is said. */
  readonly under?: string
  /** Set in each member's configuration. */
  readonly config?: Readonly<Record<string, unknown>>
}

const { sha256 } = nodePlatform
/** A busy machine may take its time: how fast a member starts is measured elsewhere. */
const readyMs = 600_000
const answerMs = 30_000

export class RealNetwork {
  readonly dir: string
  readonly small: SmallNetwork
  readonly members: readonly RealMember[]
  readonly processes: Processes

  private constructor(dir: string, small: SmallNetwork, members: readonly RealMember[]) {
    this.dir = dir
    this.small = small
    this.members = members
    const logs = join(dir, 'logs')
    mkdirSync(logs)
    this.processes = new Processes({ logs })
  }

  /** Folders with keys, configuration and the founding objects. Nothing runs yet. */
  static async found(options: RealNetworkOptions): Promise<RealNetwork> {
    const dir = mkdtempSync(join(options.under ?? tmpdir(), `dgos-${options.name}-`))
    const deps = { clock: systemClock, random: systemRandom, sha256 }
    const numbers = Array.from({ length: options.members }, (_, i) => i)
    const founders = numbers.map((i) => signerOf(`o${i}`).key)
    const fields = { name: 'Measured', founders, loopback: true }
    const small = new SmallNetwork(await foundNetwork(deps, signerOf('o0'), fields), systemClock)
    const members: RealMember[] = []
    for (const i of numbers) {
      const member = await prepared(small, dir, i, options)
      members.push(member)
    }
    for (const member of members) {
      await storeObjects(folderAt(member.dir), small.network, member.key, small.objects)
    }
    return new RealNetwork(dir, small, members)
  }

  /** `env` besides the usual; `heapMiB` bounds the heap of the process. */
  start(i: number, { heapMiB = null, env = {} }: { heapMiB?: number | null; env?: Record<string, string> } = {}): void {
    const { name, dir } = this.members[i]!
    const { NODE_OPTIONS: options, ...rest } = gauged(this.#socketOf(i), heapMiB)
    const more = env.NODE_OPTIONS === undefined ? '' : ` ${env.NODE_OPTIONS}`
    const args = [join(repository, 'server/bin/dgos.js'), 'start', '--data', dir]
    this.processes.start(name, args, { ...rest, ...env, NODE_OPTIONS: `${options}${more}` })
  }

  async ready(i: number): Promise<void> {
    const { name, url } = this.members[i]!
    const answers = async () => (await fetch(`${url}readyz`, { signal: AbortSignal.timeout(answerMs) })).ok
    await until(answers, `${name} is ready`, { withinMs: readyMs, seen: () => `(runs: ${this.runs(i)})` })
  }

  runs(i: number): boolean {
    return this.processes.runs(this.members[i]!.name)
  }

  async kill(i: number): Promise<void> {
    await this.processes.kill(this.members[i]!.name)
  }

  gauge(i: number): GaugeClient {
    return new GaugeClient({ socket: this.#socketOf(i) })
  }

  /** Ends every process and removes the folder, unless it is wanted. */
  async close({ keep = false } = {}): Promise<void> {
    await this.processes.stopAll()
    if (!keep) rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 })
  }

  #socketOf(i: number): string {
    return join(this.dir, `m${i}.gauge`)
  }
}

/** A member's folder; its voucher and record are added to the network. */
async function prepared(small: SmallNetwork, dir: string, i: number, options: RealNetworkOptions): Promise<RealMember> {
  const folder = folderAt(join(dir, `m${i}`))
  mkdirSync(folder.root, { mode: 0o700 })
  await prepareFolder(folder)
  const seeds = { member: `m${i}`, operator: `o${i}`, next: `next ${i}` }
  for (const [file, name] of Object.entries(seeds)) {
    await writeKeyFile(folder.keys[file as keyof typeof seeds], sha256(utf8(name)))
  }
  const { member, nextKey } = await readIdentity(folder)
  const operator = signerOf(`o${i}`)
  const port = options.firstPort + i
  const url = `http://127.0.0.1:${port}/`
  const place = { region: `region-${i}`, block: `10.${i}.0.0/16` }
  const deps = { clock: systemClock, random: systemRandom, sha256 }
  const voucher = await vouch(deps, small.network, operator, {
    invited: member.key,
    operator: operator.key,
    ...place,
  })
  const who = { member: member.key, operator: operator.key, nextKey, vouchers: [voucher], placement: null }
  const said = { name: `Member ${i}`, url, contact: 'measuring', weight: 1, join: 'open' as const }
  const record = await memberRecord(deps, small.network, member, who, { ...said, passive: false, contentUrl: null })
  small.objects.push(voucher, record)
  const config = { ...said, listen: `127.0.0.1:${port}`, log: 'warn', blogsFloor: 100, ...options.config }
  await writeWhole(folder.config, JSON.stringify(config), 0o600)
  await writeWhole(folder.network, JSON.stringify(small.network.envelope))
  return { name: `m${i}`, url, dir: folder.root, key: member.key }
}
