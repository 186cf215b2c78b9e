/**
 * One network of Node members and WordPress members, all of them real processes of this machine, each of an operator of its
 * own. Nothing here wakes a WordPress member: the Node members do it, as in life.
 */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nodePlatform } from '../../../lib/platform.ts'
import { open } from '../../../protocol/envelope.ts'
import { rosterOf } from '../../../protocol/membership.ts'
import type { Envelope, Hash, Key, SignedObject } from '../../../protocol/objects.ts'
import { pluginFiles } from '../../../server/bundles/plugin-files.ts'
import { reservePorts } from '../../support/ports.ts'
import { type ProcessMember, ProcessNetwork } from '../../support/process-network.ts'
import { dgos } from '../../support/processes.ts'
import { type Cleanup, temporaryFolder } from '../../support/temporary-folder.ts'
import { until } from '../../support/until.ts'
import { type MemberSite, memberSite } from '../member-site.ts'
import { inPairs } from './in-pairs.ts'
import { Stopwatch } from './stopwatch.ts'

/** A WordPress member. `url` has a final slash, as that of a Node member. */
export type Press = MemberSite & { readonly name: string; readonly key: Key; readonly request: string }
export type Member = { readonly name: string; readonly url: string; readonly key: Key }

export type BlogFacts = {
  readonly state: {
    readonly state: string
    readonly by: string | null
    readonly declaration: { readonly votes?: number } | null
    readonly unimported: readonly Hash[]
  }
  readonly proven: readonly string[]
  readonly head: { readonly id: Hash } | null
  readonly snapshot: { readonly id: Hash; readonly trust: string } | null
  readonly mirrors: readonly { readonly key: Key; readonly url: string }[]
  readonly observations: readonly { readonly key: Key; readonly state: string; readonly probes: number }[]
  readonly attestations: readonly { readonly key: Key }[]
  readonly posts: readonly { readonly id: Hash; readonly title: string; readonly importedAt: string | null }[]
}

/** Calls between two machines of a house take milliseconds; a busy test machine takes seconds. */
const answerMs = 8_000
/** Slower than --fast: twelve members and five PHP servers share two cores, and each word of a watcher goes to ten. */
const pace = {
  probeMs: 30_000,
  downProbeMs: 10_000,
  syncMs: 5_000,
  wakeMs: 30_000,
  captureMs: 20_000,
  checkpointMs: 30_000,
  // a mirror that is cut off for a minute stays on the lists
  auditMs: 600_000,
}

export class MixedWorld {
  readonly dir: string
  readonly watch = new Stopwatch()
  readonly net: ProcessNetwork
  readonly presses: Press[] = []
  /** Urls of members that the test has cut off. */
  readonly away = new Set<string>()
  readonly #started = new Set<string>()

  private constructor(dir: string, net: ProcessNetwork) {
    this.dir = dir
    this.net = net
  }

  /** Founded by the Node members; the WordPress members have joined, and everybody knows everybody. */
  static async start(t: Cleanup, counts: { readonly nodes: number; readonly presses: number }): Promise<MixedWorld> {
    const dir = await temporaryFolder(t, 'mixed')
    const founding = {
      dir,
      members: counts.nodes,
      firstPort: await reservePorts(counts.nodes),
      fast: true,
      config: pace,
    }
    const world = new MixedWorld(dir, await ProcessNetwork.create(t, founding))
    endTogether(t, world)
    await world.watch.step(`${counts.nodes} Node members start`, () => world.net.start())
    await world.watch.step(`${counts.presses} WordPress sites are installed`, async () => {
      await inPairs([...Array(counts.presses).keys()], (i) => world.#install(t, i))
    })
    await world.watch.step('they join', () => inPairs(world.presses, (press) => world.#join(press)))
    await world.watch.step('everybody knows everybody', () => world.#meet())
    return world
  }

  get nodes(): readonly ProcessMember[] {
    return this.net.members
  }

  get network(): Hash {
    return this.net.id
  }

  get members(): readonly Member[] {
    return [...this.nodes, ...this.presses]
  }

  /** Starts `node <words>` under a name. */
  run(name: string, words: readonly string[]): void {
    this.#started.add(name)
    this.net.processes.start(name, ['--disable-warning=ExperimentalWarning', ...words])
  }

  /** As a power cut. */
  async kill(name: string): Promise<void> {
    await this.net.kill(name)
  }

  async end(): Promise<void> {
    await Promise.all([
      ...this.presses.map((press) => press?.stop()),
      ...[...this.nodes.map((node) => node.url), ...this.#started].map((name) => this.kill(name)),
    ])
  }

  /** Members whose processes run and are not cut off. */
  get alive(): readonly Member[] {
    return this.members.filter((member) => !this.away.has(member.url))
  }

  /** The name of a member by its key or url, for what a failed wait says. */
  nameOf(who: string): string {
    return this.members.find((member) => member.key === who || member.url === who)?.name ?? who.slice(0, 8)
  }

  isPress(url: string): boolean {
    return this.presses.some((press) => press.url === url)
  }

  /** A fresh WordPress with the plugin. It asks a founder, whose door is open: that founder vouches at once. */
  async #install(t: Cleanup, i: number): Promise<void> {
    const site = await memberSite(t, { permalinks: '/%year%/%postname%/', fast: true, loopback: true })
    const assets = join(site.site, 'wp-content/plugins/dgos/assets')
    await mkdir(assets, { recursive: true })
    for (const [name, bytes] of await pluginFiles()) await writeFile(join(assets, name), bytes)
    const name = `Press ${i + 1}`
    const membership = 'DGOS_Plugin::instance()->membership()'
    const said = await site.eval(
      `update_option( 'blogname', '${name}' ); var_export( ${membership}->ask( '${this.nodes[i]!.url}' ) ); echo ' ', ${membership}->request_text();`,
    )
    assert.match(said, /^true [0-9a-f]{64}\./, `${name} asks for vouchers: ${said}`)
    this.presses[i] = Object.assign(site, { name, key: said.slice(5, 69), request: said.slice(5).trim() })
  }

  /** The second voucher, of another operator. Each founder has vouched for its own member and has two words left. */
  async #join(press: Press): Promise<void> {
    const i = this.presses.indexOf(press)
    const place = ['--region', `press-${i}`, '--block', `10.${100 + i}.0.0/16`]
    await dgos(['invite', press.request, '--data', this.nodes[(i + 1) % this.nodes.length]!.dir, ...place])
    assert.equal(await press.eval('var_export( DGOS_Plugin::instance()->membership()->finish() );'), 'true')
  }

  async #meet(): Promise<void> {
    const lacking = async () => {
      const rosters = await Promise.all(this.members.map((member) => this.fullMembers(member.url)))
      return this.members.flatMap((member, i) => {
        const lacks = this.members.filter((other) => !rosters[i]!.includes(other.key))
        return lacks.length === 0 ? [] : [`${member.name} lacks ${lacks.map((other) => other.name).join(', ')}`]
      })
    }
    await this.until('everybody knows everybody', 120_000, async () => {
      const found = await lacking()
      return found.length === 0 ? true : found.join('; ')
    })
  }

  /** Keys of the members of full standing, by what this member knows. */
  async fullMembers(url: string): Promise<readonly Key[]> {
    const found = (await this.json(`${url}dgos/v1/members`)) as { network: Envelope; objects: Envelope[] } | null
    if (found === null) return []
    const network = await open(found.network, nodePlatform)
    const opened = await Promise.all(found.objects.map((envelope) => open(envelope, nodePlatform)))
    const objects = opened.flatMap((result) => (result.ok ? [result.value] : []))
    if (!network.ok) return []
    const roster = rosterOf(network.value as SignedObject<'network'>, objects, Date.now(), nodePlatform.sha256)
    return roster.members.filter((member) => member.standing === 'full').map((member) => member.id)
  }

  /** What a member knows of a blog; null where it does not answer or knows nothing. */
  async facts(url: string, blog: Hash): Promise<BlogFacts | null> {
    return (await this.json(`${url}dgos/v1/blogs/${blog}`)) as BlogFacts | null
  }

  /** Waits until the process behind a url answers. */
  async answers(url: string): Promise<void> {
    await this.until(`${url} answers`, 120_000, async () => ((await this.text(url)) === null ? null : true))
  }

  async text(url: string): Promise<string | null> {
    const answer = await this.#get(url)
    return answer?.status === 200 ? answer.text().catch(() => null) : null
  }

  async json(url: string): Promise<unknown> {
    const text = await this.text(url)
    return text === null ? null : JSON.parse(text)
  }

  /** Where readers find a blog at a member. */
  pageOf(url: string, address: string): string {
    return `${url}${this.isPress(url) ? 'dgos/' : ''}m/${new URL(address).host}/`
  }

  /** Waits until `look` finds what is sought; a string that it gives is what is missing, and stands in the failure. */
  async until<T>(what: string, withinMs: number, look: () => Promise<T | string | null>): Promise<T> {
    let missing = ''
    const find = async () => {
      const found = await look()
      if (typeof found !== 'string') return found === null ? null : { found }
      missing = found
      return null
    }
    const options = { withinMs, onError: 'fail', seen: () => missing } as const
    return (await until(find, what, options)).found
  }

  async #get(url: string): Promise<Response | null> {
    try {
      return await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(answerMs) })
    } catch {
      return null // killed, frozen or busy: an answer, here
    }
  }
}

/** Node's test runner ends a late file with SIGTERM: nobody may be left behind then either. */
function endTogether(t: Cleanup, world: MixedWorld): void {
  const late = () => {
    void world.end()
    process.exit(1)
  }
  process.once('SIGTERM', late)
  t.after(async () => {
    process.off('SIGTERM', late)
    await world.end()
  })
}
