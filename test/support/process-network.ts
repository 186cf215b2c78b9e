/**
 * A network whose members are processes of their own, as `dgos start` runs them: folders, keys and founding objects are
 * made before they start. Each is of an operator of its own, and all operators found it.
 */
import { mkdirSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { foundNetwork, memberRecord, vouch } from '../../network/founding.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import { storeObjects } from '../../server/cli/member-folder.ts'
import { folderAt, prepareFolder, writeWhole } from '../../server/machine/folder.ts'
import { makeIdentity } from '../../server/machine/identity.ts'
import { dgosBin, Processes } from './processes.ts'
import type { Cleanup } from './temporary-folder.ts'
import { until } from './until.ts'

export type ProcessMember = {
  readonly name: string
  readonly url: string
  readonly dir: string
  readonly key: string
}
export type ProcessNetworkOptions = {
  /** Where folders and logs lie. */
  readonly dir: string
  readonly members: number
  readonly firstPort: number
  readonly fast: boolean
  /** Set in each member's configuration. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Settings of single members, by their url. */
  readonly env?: (url: string) => Readonly<Record<string, string>>
}

const names = [
  'Amsel',
  'Buche',
  'Cyclame',
  'Drossel',
  'Esche',
  'Fuchsie',
  'Ginster',
  'Holunder',
  'Iris',
  'Jasmin',
  'Kiefer',
  'Linde',
]

export class ProcessNetwork {
  readonly id: Hash
  readonly members: readonly ProcessMember[]
  readonly processes: Processes
  readonly #options: ProcessNetworkOptions

  private constructor(options: ProcessNetworkOptions, founded: Founded) {
    this.#options = options
    this.id = founded.id
    this.members = founded.members
    const logs = join(options.dir, 'logs')
    mkdirSync(logs, { recursive: true })
    this.processes = new Processes({ logs })
  }

  /** Founded, and not yet started. Its processes end with `t`. */
  static async create(t: Cleanup, options: ProcessNetworkOptions): Promise<ProcessNetwork> {
    const net = new ProcessNetwork(options, await founded(options))
    t.after(() => net.processes.stopAll())
    return net
  }

  /** Starts all, and waits until each answers. */
  async start(): Promise<void> {
    for (const { url } of this.members) this.startMember(url)
    for (const { url } of this.members) await this.answers(`${url}readyz`)
  }

  startMember(url: string): void {
    const { dir } = this.members.find((member) => member.url === url)!
    const words = ['--disable-warning=ExperimentalWarning', dgosBin, 'start', '--data', dir]
    this.processes.start(url, words, this.#options.env?.(url) ?? {})
  }

  /** As a power cut would: no time to say goodbye. */
  async kill(url: string): Promise<void> {
    await this.processes.kill(url)
  }

  async answers(url: string): Promise<void> {
    const asked = async () => (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(5_000) })).ok
    await until(asked, `${url} answers`, { withinMs: 180_000 })
  }

  /** Those whose processes run. */
  get alive(): readonly ProcessMember[] {
    return this.members.filter(({ url }) => this.processes.runs(url))
  }
}

type Founded = Pick<ProcessNetwork, 'id' | 'members'>

/** Every operator is a founder, so that all stand equal from the first second. */
async function founded(options: ProcessNetworkOptions): Promise<Founded> {
  const { sha256 } = nodePlatform
  const deps = { clock: systemClock, random: systemRandom, sha256 }
  const people = []
  for (let i = 0; i < options.members; i++) {
    const folder = folderAt(join(options.dir, `member-${String(i + 1).padStart(2, '0')}`))
    await mkdir(folder.root, { recursive: true, mode: 0o700 })
    await prepareFolder(folder)
    const identity = await makeIdentity(folder, systemRandom)
    const port = options.firstPort + i
    const fields = {
      name: names[i] ?? `Member ${i + 1}`,
      url: `http://127.0.0.1:${port}/`,
      contact: 'the operator of this machine',
      weight: 1,
      passive: false,
      contentUrl: null,
      join: 'open' as const,
    }
    const { name, url, contact, join: policy } = fields
    const config = {
      name,
      url,
      contact,
      join: policy,
      listen: `127.0.0.1:${port}`,
      fast: options.fast,
      ...options.config,
    }
    await writeWhole(folder.config, `${JSON.stringify(config, null, 2)}\n`)
    people.push({ folder, identity, fields, region: `region-${i % 6}`, block: `10.${i}.0.0/16` })
  }
  const founders = people.map((person) => person.identity.operator!.key)
  const first = people[0]!.identity.operator!
  const network = await foundNetwork(deps, first, { name: 'Demonstration', founders, loopback: true })
  const objects: SignedObject[] = []
  for (const { identity, fields, region, block } of people) {
    const operator = identity.operator!
    const voucher = await vouch(deps, network, operator, {
      invited: identity.member.key,
      operator: operator.key,
      region,
      block,
    })
    const who = {
      member: identity.member.key,
      operator: operator.key,
      nextKey: identity.nextKey,
      vouchers: [voucher],
      placement: null,
    }
    objects.push(voucher, await memberRecord(deps, network, identity.member, who, fields))
  }
  for (const { folder, identity } of people) {
    await storeObjects(folder, network, identity.member.key, objects)
    await writeWhole(folder.network, `${JSON.stringify(network.envelope)}\n`)
  }
  const members = people.map(({ folder, identity, fields }) => ({
    name: fields.name,
    url: fields.url,
    dir: folder.root,
    key: identity.member.key,
  }))
  return { id: network.id, members }
}
