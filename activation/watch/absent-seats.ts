/**
 * Before this member leads a reader away on a verdict that calls seats absent, it asks three of them itself what they and
 * the others have said last. Whoever answers is there, and its words are evidence like any other: the ledger counts again.
 *
 * One question a verdict, however many readers come.
 */
import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import { type Clock, within } from '../../lib/clock.ts'
import { type Random, shuffled } from '../../lib/random.ts'
import { reopen } from '../../protocol/envelope.ts'
import type { Hash, SignedObject } from '../../protocol/objects.ts'
import { calledAbsent } from '../../protocol/quorum.ts'
import { currentSeating } from '../../protocol/seats.ts'

export type AbsentSeatsDeps = {
  readonly ledger: Ledger
  readonly peers: Pick<Peers, 'words'>
  readonly clock: Clock
  readonly random: Random
}

const askedMax = 3
/** A reader waits no longer than this for seats that are silent. */
const patienceMs = 2_000
/** Verdicts remembered as asked about. */
const rememberedMax = 10_000

export class AbsentSeats {
  readonly #deps: AbsentSeatsDeps
  readonly #asked = new Map<Hash, Promise<void>>()

  constructor(deps: AbsentSeatsDeps) {
    this.#deps = deps
  }

  /** Resolves when the seats that the blog's present verdict calls absent have answered, or had their time. */
  async ask(blog: Hash): Promise<void> {
    const { ledger, clock } = this.#deps
    const { state, by, declaration, disputed } = await ledger.state(blog)
    if (state !== 'down' || by !== 'quorum' || declaration === null || disputed) return
    const known = this.#asked.get(declaration.id) ?? this.#askSeats(declaration)
    this.#asked.set(declaration.id, known)
    if (this.#asked.size > rememberedMax) this.#asked.delete(this.#asked.keys().next().value!)
    await within(clock, patienceMs, known, undefined)
  }

  async #askSeats({ payload }: SignedObject<'declaration'>): Promise<void> {
    const { ledger, peers, clock, random } = this.#deps
    const roster = ledger.roster()
    const votes = (payload.votes ?? []).map((vote) => reopen('', vote) as SignedObject<'observation'>)
    const seating = currentSeating(await ledger.blog(payload.blog), roster, clock.nowMs())
    const absent = shuffled(random, calledAbsent({ ...seating, roster, votes })).slice(0, askedMax)
    const words = await Promise.all(absent.map((member) => peers.words(member.url, payload.blog)))
    if (words.some((said) => said.length > 0)) await ledger.accept(words.flat(), 'peer')
  }
}
