/** Objects from the near future, which wait for their time: somebody's clock is ahead. */
import type { Hash, SignedObject, Time } from '../protocol/objects.ts'
import type { Via } from './batch.ts'

type Waiting = { readonly object: SignedObject; readonly via: Via }

/** More than these make room, those furthest ahead first; what left may be sent again. */
const heldMax = 256
/** Text of all of them: objects that nobody has weighed yet are not worth more memory. */
const heldTextMax = 4 * 1024 * 1024
/** A clock that is further ahead is broken, and its owner must hear so. */
const aheadMsMax = 25 * 3_600_000

export class FutureObjects {
  readonly #waiting = new Map<Hash, Waiting>()
  #text = 0

  add(object: SignedObject, via: Via, nowMs: Time): void {
    if (this.#waiting.has(object.id) || object.payload.time > nowMs + aheadMsMax) return
    this.#waiting.set(object.id, { object, via })
    this.#text += object.envelope.payload.length
    while (this.#waiting.size > heldMax || this.#text > heldTextMax) this.#drop(this.#furthest())
  }

  /** Takes out those whose time has come, in its order. */
  due(nowMs: Time): readonly Waiting[] {
    const due = [...this.#waiting.values()].filter(({ object }) => object.payload.time <= nowMs)
    for (const { object } of due) this.#drop(object)
    return due.sort((a, b) => a.object.payload.time - b.object.payload.time)
  }

  #furthest(): SignedObject {
    const all = [...this.#waiting.values()].map((waiting) => waiting.object)
    return all.reduce((far, object) => (object.payload.time > far.payload.time ? object : far))
  }

  #drop(object: SignedObject): void {
    if (this.#waiting.delete(object.id)) this.#text -= object.envelope.payload.length
  }
}
