/**
 * What cannot wait for gossip goes out at once: to the blog's mirrors, and, where the kind is for everybody, to twenty
 * random members. What watchers see goes to stand-ins too while a fall is in the air, and to everybody where it stands
 * against a verdict. Only what was born here is sent on; the rest of the way is gossip's. A member that lacks what an
 * object hangs on says so, and is given it.
 *
 * A blog of which no address is proven goes to the members that are asked to attest its addresses, and to nobody else: by
 * the one to whom its author handed it, which reminds them for a day.
 */

import type { Via } from '../ledger/batch.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Peers } from '../ledger/peers.ts'
import type { Clock } from '../lib/clock.ts'
import type { Log } from '../lib/log.ts'
import { type Random, shuffled } from '../lib/random.ts'
import { curableBy } from '../protocol/codes.ts'
import { keyRolesOf } from '../protocol/key-roles.ts'
import { spreadsTo, urgencyOf } from '../protocol/kinds.ts'
import { blogOf, type Hash, type Key, type Kind, type SignedObject, type Time } from '../protocol/objects.ts'
import { attesters } from '../protocol/placement.ts'
import type { Sha256 } from '../protocol/platform.ts'
import { rootChain } from '../protocol/roots.ts'
import type { MemberView, Roster } from '../protocol/roster.ts'
import { currentSeating } from '../protocol/seats.ts'
import { contradicts, isDoubted } from '../protocol/watchers.ts'
import type { LiveSets } from './live-sets.ts'

export type SpreadDeps = {
  readonly ledger: Ledger
  readonly sets: LiveSets
  readonly peers: Peers
  readonly random: Random
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}
export type SpreadOptions = { readonly self: Key; readonly randomMembers: number }

/** Objects that wait for one member at most; gossip brings the rest. */
const waitingMax = 256
/** How long attesters are reminded of a blog that came here. One that is silent so long is asked by its author again. */
const remindedMs = 86_400_000

export class Spread {
  readonly #deps: SpreadDeps
  readonly #options: SpreadOptions
  readonly #waiting = new Map<Key, { readonly member: MemberView; readonly objects: SignedObject[] }>()
  readonly #busy = new Set<Key>()
  /** Unproven blogs that did not come from another member, since when. */
  readonly #handedIn = new Map<Hash, Time>()

  constructor(deps: SpreadDeps, options: SpreadOptions) {
    this.#deps = deps
    this.#options = options
    deps.ledger.onStored((objects, via) => this.#stored(objects, via))
  }

  #stored(objects: readonly SignedObject[], via: Via): void {
    if (via === 'peer') return
    for (const object of objects)
      if (object.kind === 'root') this.#handedIn.set(blogOf(object)!, this.#deps.clock.nowMs())
    const sent = objects.filter((object) => isSentHere(object.kind))
    if (sent.length === 0) return
    this.send(sent).catch((error) => this.#deps.log.error('spread-failed', { error: String(error) }))
  }

  /** Queues objects for everyone they are meant for. */
  async send(objects: readonly SignedObject[]): Promise<void> {
    const { ledger, sets, random } = this.#deps
    const roster = ledger.roster()
    const nowMs = this.#deps.clock.nowMs()
    const others = roster.members.filter((member) => member.id !== this.#options.self)
    const chosen = shuffled(random, others).slice(0, this.#options.randomMembers)
    for (const object of objects) {
      const blog = blogOf(object)
      if (blog !== null && ledger.isUnproven(blog)) {
        for (const member of await this.#attesters(blog, roster)) this.#queue(member, object)
        continue
      }
      const mirrors = blog === null ? [] : await sets.mirrorsOf(blog)
      if (urgencyOf(object.kind) === 'own-server') {
        const own = blog !== null && mirrors.includes(this.#options.self) ? await this.#ownServer(blog) : null
        if (own !== null) this.#queue(own, object)
        continue
      }
      const known = object.kind === 'observation' ? await ledger.blog(object.payload.blog) : null
      const wide = spreadsTo(object) === 'all' || (known !== null && contradicts(object, known, nowMs)) ? chosen : []
      const standIns = known !== null && isDoubted(known, nowMs) ? currentSeating(known, roster, nowMs).standIns : []
      const near = new Set([...mirrors, ...standIns.map((member) => member.id)])
      const targets = new Set([...wide, ...others.filter((other) => near.has(other.id))])
      for (const member of targets) this.#queue(member, object)
    }
  }

  /** Tells attesters once more of what came here and is not proven yet. Called every hour. */
  async remind(): Promise<void> {
    const { ledger, clock } = this.#deps
    for (const [blog, sinceMs] of this.#handedIn) {
      if (!ledger.isUnproven(blog) || sinceMs < clock.nowMs() - remindedMs) this.#handedIn.delete(blog)
      else await this.send((await ledger.live(blog)).filter((object) => isSentHere(object.kind)))
    }
  }

  async #attesters(blog: Hash, roster: Roster): Promise<readonly MemberView[]> {
    const { ledger, sha256 } = this.#deps
    const addresses = rootChain(blog, (await ledger.blog(blog)).root)?.current.payload.addresses ?? []
    const asked = new Set(addresses.flatMap((address) => attesters(address, roster, sha256)))
    return [...asked].filter((member) => member.id !== this.#options.self)
  }

  /** The member that speaks with the blog's online key, where that is one and another than this. */
  async #ownServer(blog: Hash): Promise<MemberView | null> {
    const { ledger } = this.#deps
    const online = keyRolesOf(await ledger.blog(blog))?.chain.current.payload.online
    const own = online === undefined ? null : ledger.roster().memberOf(online)
    return own === null || own.id === this.#options.self ? null : own
  }

  #queue(member: MemberView, object: SignedObject): void {
    const line = this.#waiting.get(member.id) ?? { member, objects: [] }
    this.#waiting.set(member.id, line)
    if (line.objects.length < waitingMax) line.objects.push(object)
    if (this.#busy.has(member.id)) return
    this.#busy.add(member.id)
    this.#deps.clock.after(0, () => {
      this.#empty(member.id)
        .catch((error) => this.#deps.log.error('spread-failed', { error: String(error) }))
        .finally(() => this.#busy.delete(member.id))
    })
  }

  async #empty(id: Key): Promise<void> {
    for (let line = this.#waiting.get(id); line !== undefined; line = this.#waiting.get(id)) {
      this.#waiting.delete(id)
      await this.#push(line.member, line.objects)
    }
  }

  async #push(member: MemberView, objects: readonly SignedObject[]): Promise<void> {
    const { peers, log } = this.#deps
    const envelopes = objects.map((object) => object.envelope)
    const answers = await peers.push(member.url, envelopes)
    if (answers === null) return log.debug('spread-unanswered', { member: member.id, objects: objects.length })
    const lacking = new Set<Hash | null>()
    for (const [i, { code }] of answers.entries()) {
      const cure = code === undefined ? undefined : curableBy[code]
      if (cure !== undefined) lacking.add(cure === 'blog' ? blogOf(objects[i]!) : null)
    }
    for (const blog of lacking) await this.#bringUp(member, blog)
  }

  /** Everything the member should have of a blog, or of the network. */
  async #bringUp(member: MemberView, blog: Hash | null): Promise<void> {
    const { ledger, sets, peers } = this.#deps
    const isMirror = blog !== null && (await sets.mirrorsOf(blog)).includes(member.id)
    const live = (await ledger.live(blog)).filter((object) => isMirror || spreadsTo(object) === 'all')
    await peers.push(
      member.url,
      live.map((object) => object.envelope),
    )
  }
}

/** Posts and receipts have a road of their own. What is for the blog's own server it learns in no other way. */
function isSentHere(kind: Kind): boolean {
  const urgency = urgencyOf(kind)
  return urgency === 'spread' || urgency === 'own-server'
}
