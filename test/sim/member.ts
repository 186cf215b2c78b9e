/** One member of the simulated network: the real parts on a forgetting disk, a wire with faults and a clock of its own. */

import type { WireRequest } from '../../ledger/peers.ts'
import { silentLog } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import type { MemberFields } from '../../network/founding.ts'
import type { Hash, Key, SignedObject } from '../../protocol/objects.ts'
import type { Platform, Signer } from '../../protocol/platform.ts'
import { limitDefaults } from '../../server/config.ts'
import type { Intervals } from '../../server/machine/intervals.ts'
import { createMember, type Member } from '../../server/member.ts'
import type { SkewedClock, VirtualClock } from '../support/virtual-clock.ts'
import { ask, memoryParts } from '../support/whole-member.ts'
import { ForgettingBlobStore, ForgettingObjectStore, SimDisk } from './disk.ts'
import type { Lie } from './faults.ts'
import type { Host, SimNet } from './wire.ts'

export type SimMemberDeps = {
  readonly clock: VirtualClock
  readonly net: SimNet
  readonly web: (member: SimMember) => Web
  readonly random: Random
  readonly platform: Platform
}
export type SimMemberOptions = {
  readonly index: number
  readonly url: string
  readonly signer: Signer
  readonly operator: Signer
  readonly nextKey: Key
  readonly fields: MemberFields
  readonly network: SignedObject<'network'>
  /** What the member was given when it joined. */
  readonly founding: readonly SignedObject[]
  readonly intervals: Intervals
  readonly lie: Lie | null
}

export class SimMember {
  readonly options: SimMemberOptions
  readonly disk: SimDisk
  readonly host: Host
  skewMs = 0
  #deps: SimMemberDeps
  #clock: SkewedClock | null = null
  #member: Member | null = null
  #boots = 0
  readonly #remembered = new Map<string, Uint8Array>()

  constructor(deps: SimMemberDeps, options: SimMemberOptions) {
    this.#deps = deps
    this.options = options
    this.disk = new SimDisk({ clock: deps.clock, random: deps.random })
    this.host = { url: options.url, alive: false, handle: (request, from) => this.#handle(request, from) }
    deps.net.hosts.set(options.url, this.host)
  }

  /** The running member, or null while it is down. */
  get running(): Member | null {
    return this.#member
  }

  get honest(): boolean {
    return this.options.lie === null
  }

  async boot(): Promise<void> {
    if (this.#member !== null) return
    const { clock: worldClock, net, web, random } = this.#deps
    const { options } = this
    const boot = ++this.#boots
    const clock = worldClock.skewed(this.skewMs)
    this.#clock = clock
    const log = silentLog
    const member = await createMember(
      {
        clock,
        random,
        log,
        platform: this.#deps.platform,
        schedule: clockSchedule({ clock, random, log }),
        web: web(this),
        wire: net.wireOf(options.url),
        objects: new ForgettingObjectStore(this.disk),
        blobs: new ForgettingBlobStore(this.disk),
        signer: options.signer,
        operator: options.operator,
        ...memoryParts(),
      },
      {
        network: options.network,
        self: options.signer.key,
        nextKey: options.nextKey,
        fields: options.fields,
        intervals: options.intervals,
        ...limitDefaults,
        // authors enrol by handing in a root: nobody in this world gives invitations
        servesAnybody: true,
        perAddressPerMinute: 1_000_000,
        perKeyPerMinute: 1_000_000,
        blogsPerMinute: 1_000_000,
      },
    )
    if (boot !== this.#boots) return
    await member.ledger.accept(
      options.founding.map((founding) => founding.envelope),
      'peer',
    )
    this.#member = member
    this.host.alive = true
    await member.start()
    if (options.lie === 'false-votes') this.#voteFalsely(clock)
  }

  /** Says of every blog, once a minute, that it has been down for three probes. */
  #voteFalsely(clock: SkewedClock): void {
    clock.after(60_000, () => {
      const member = this.#member
      if (member === null || clock !== this.#clock) return
      void Promise.all(member.ledger.blogs().map((blog) => this.#voteAgainst(member, blog, clock.nowMs())))
      this.#voteFalsely(clock)
    })
  }

  async #voteAgainst(member: Member, blog: Hash, nowMs: number): Promise<void> {
    const [root] = (await member.ledger.blog(blog)).root
    if (root === undefined || this.disk.full) return
    const address = root.payload.addresses[0]!
    const word = {
      blog,
      address,
      state: 'down' as const,
      reason: 'lie',
      probes: 3,
      since: nowMs - 60_000,
      unreachable: [],
    }
    await member.ledger.publish('observation', word, this.options.signer)
  }

  /** The process is gone: timers, memory and unfinished writes with it. The disk stays. */
  crash(): void {
    this.#boots++
    this.#clock?.halt()
    this.#clock = null
    this.#member = null
    this.host.alive = false
    this.disk.crash()
  }

  skew(ms: number): void {
    this.skewMs = ms
    if (this.#clock !== null) this.#clock.skewMs = ms
  }

  async #handle(request: WireRequest, from: string): Promise<{ status: number; body: Uint8Array }> {
    const member = this.#member
    if (member === null) return { status: 503, body: new Uint8Array(0) }
    const { method, path, body, contentType = '' } = request
    const answer = await ask(member, method, `/${path}`, body, {
      headers: { 'content-type': contentType },
      remote: from,
    })
    return this.#lied(request, answer)
  }

  #lied(request: WireRequest, answer: { status: number; body: Uint8Array }): { status: number; body: Uint8Array } {
    const { lie } = this.options
    if (lie === 'withhold' && /\/(objects|blobs)\//.test(request.path)) return { status: 404, body: new Uint8Array(0) }
    if (lie === 'alter' && answer.body.length > 40) return { ...answer, body: altered(answer.body, this.#deps.random) }
    if (lie !== 'replay' || request.method !== 'GET') return answer
    const before = this.#remembered.get(request.path) ?? answer.body
    this.#remembered.set(request.path, before)
    return { ...answer, body: before }
  }
}

/** One letter or digit somewhere becomes another, so that the answer mostly still parses. */
function altered(body: Uint8Array, random: Random): Uint8Array {
  const copy = body.slice()
  for (let tries = 0; tries < 50; tries++) {
    const at = random.below(copy.length)
    if (!/[A-Za-z0-9]/.test(String.fromCharCode(copy[at]!))) continue
    copy[at] = copy[at] === 0x41 ? 0x42 : 0x41
    break
  }
  return copy
}
