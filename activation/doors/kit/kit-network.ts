/** What the kit knows of the network: mirrors, the newest posts, the blog's state; and which program members hand out. */
import { hostPath } from '../../../protocol/addresses.ts'
import { decodeBase64 } from '../../../protocol/base64.ts'
import { textOf } from '../../../protocol/bytes.ts'
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import { ask, sendObjects } from '../form/member-client.ts'
import { part, say } from '../form/page-parts.ts'
import type { KitData, KitMirror } from './kit-data.ts'
import { lookAround } from './members.ts'
import { hashOf, saveKit } from './own-program.ts'
import { kitName } from './saved-again.ts'

type Known = {
  mirrors: readonly KitMirror[]
  prevs: readonly Hash[]
  offMs: number
  drilledMs: number
  openedMs: number
}

/** A device whose clock is further off signs with the members' time. */
const clockOffMsMax = 120_000
const drillEveryMs = 365 * 86_400_000

export class KitNetwork {
  readonly #program: string
  readonly #data: KitData
  readonly #name: string
  #known: Known

  constructor({ program, data }: { readonly program: string; readonly data: KitData }) {
    this.#program = program
    this.#data = data
    this.#name = `dgos.kit.${data.blog}`
    const fresh = { mirrors: data.mirrors, prevs: [], offMs: 0, drilledMs: 0, openedMs: Date.now() }
    this.#known = { ...fresh, ...read(this.#name) }
  }

  get mirrors(): readonly KitMirror[] {
    return this.#known.mirrors
  }

  get prevs(): readonly Hash[] {
    return this.#known.prevs
  }

  /** Where readers find the posts; null where no mirror is known. */
  readersPage(): string | null {
    const [first] = this.#known.mirrors
    return first === undefined ? null : `${first.url}m/${hostPath(this.#data.addresses[0]!)}/`
  }

  nowMs(): number {
    return Date.now() + this.#known.offMs
  }

  async start(): Promise<void> {
    const { title, addresses } = this.#data
    part('kit-title').textContent = `${title}: your kit`
    part('blog-name').textContent = title
    part('blog-host').textContent = hostPath(addresses[0]!)
    this.#show()
    this.#remind()
    addEventListener('online', () => void this.look())
    await this.look()
  }

  async look(): Promise<void> {
    const { newest, mirrors } = await lookAround(this.#data.blog, this.#known.mirrors)
    if (newest === null) {
      part('blog-state').textContent = 'no network: sign now, send later'
      return
    }
    const offMs = newest.now - Date.now()
    const prevs = newest.prevs.length > 0 ? newest.prevs : this.#known.prevs
    this.#keep({ mirrors, prevs, offMs: Math.abs(offMs) > clockOffMsMax ? offMs : 0 })
    const labels = { up: 'seen as up', suspected: 'perhaps down', down: 'down', returning: 'coming back' }
    part('blog-state').textContent = labels[newest.state]
    part('blog-state').className = `tag ${newest.state === 'up' ? 'good' : 'alarm'}`
    this.#show()
    await this.#compare()
  }

  /** The next post follows this one. */
  signed(post: Hash): void {
    this.#keep({ prevs: [post] })
  }

  drilled(): void {
    this.#keep({ drilledMs: Date.now() })
    part('blog-notice').replaceChildren()
  }

  save(): void {
    const { enrolling, ...data } = this.#data
    saveKit(this.#program, { ...data, mirrors: this.#known.mirrors }, kitName(data))
  }

  /** How many members took all of it. */
  async handIn(objects: readonly Envelope[]): Promise<number> {
    const answers = await Promise.all(this.mirrors.map((mirror) => sendObjects(mirror.url, objects)))
    return answers.filter((answer) => answer.ok && answer.value.every((taken) => taken.result !== 'refused')).length
  }

  /** Members sign in their records which program they hand out: an altered kit stands alone with its hash. */
  async #compare(): Promise<void> {
    const own = hashOf(this.#program)
    const [first] = this.mirrors
    const answer = first === undefined ? null : await ask<{ objects: Envelope[] }>(first.url, 'dgos/v1/members')
    if (answer?.ok !== true) return
    const named = answer.value.objects.flatMap((envelope) => {
      const kit = /\.member\.v1\+json$/.test(envelope.payloadType) ? kitOf(envelope) : null
      return kit === null ? [] : [kit]
    })
    const same = named.filter((name) => name === own).length
    part('program-word').textContent =
      named.length === 0
        ? 'No member says which program it hands out.'
        : `${same} of ${named.length} members name this one.${same === 0 ? ' Get the present one from a member, and choose this file there as your old kit.' : ''}`
  }

  #show(): void {
    const names = this.mirrors.slice(0, 10).map((mirror) => mirror.name || mirror.url)
    part('mirrors-word').textContent =
      names.length === 0
        ? 'No mirror known yet.'
        : `${names.length} mirror${names.length === 1 ? '' : 's'}: ${names.join(', ')}`
  }

  /** Once a year: an alarm that was never tried is none. */
  #remind(): void {
    const last = Math.max(this.#known.drilledMs, this.#known.openedMs)
    this.#keep({}) // remembers when the kit was first opened here
    if (Date.now() - last >= drillEveryMs)
      say(part('blog-notice'), 'warn', 'A year without a fire drill: play an outage for ten minutes, below.')
  }

  #keep(change: Partial<Known>): void {
    this.#known = { ...this.#known, ...change }
    try {
      localStorage.setItem(this.#name, JSON.stringify(this.#known))
    } catch {
      return // full or forbidden: the list in the file serves
    }
  }
}

function kitOf(envelope: Envelope): string | null {
  try {
    const { kit } = JSON.parse(textOf(decodeBase64(envelope.payload) ?? new Uint8Array(0)) ?? '') as { kit?: string }
    return kit ?? null
  } catch {
    return null // not a payload of this protocol
  }
}

function read(name: string): Partial<Known> {
  try {
    return (JSON.parse(localStorage.getItem(name) ?? '{}') as Partial<Known> | null) ?? {}
  } catch {
    return {} // forbidden, or written by something else
  }
}
