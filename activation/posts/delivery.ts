/** One post to one member, with what it hangs on: the key's delegation, the word that the blog is down, known receipts. */
import type { Ledger } from '../../ledger/ledger.ts'
import type { Peers } from '../../ledger/peers.ts'
import type { BlogObjects } from '../../protocol/blog-objects.ts'
import { type Code, curableBy } from '../../protocol/codes.ts'
import { isFoundation } from '../../protocol/kinds.ts'
import type { Envelope, Hash, SignedObject } from '../../protocol/objects.ts'
import type { MemberView } from '../../protocol/roster.ts'

export type Delivered = 'taken' | 'absent' | { readonly refused: Code }
type PostObject = SignedObject<'post'>

export type DeliveryDeps = { readonly ledger: Ledger; readonly peers: Peers }

export class Delivery {
  readonly #deps: DeliveryDeps

  constructor(deps: DeliveryDeps) {
    this.#deps = deps
  }

  /** `beside` goes with it besides: a receipt that is being stored. */
  async send(member: MemberView, post: PostObject, beside: readonly SignedObject[] = []): Promise<Delivered> {
    const blog = await this.#deps.ledger.blog(post.payload.blog)
    const known = companions(post, blog)
    const added = beside.filter((object) => !known.some(({ id }) => id === object.id))
    const first = await this.#try(member, [...known, ...added], post)
    if (typeof first === 'string' || curableBy[first.refused] !== 'blog') return first
    const told = await this.#tell(member, blog)
    return told ? this.#try(member, [post], post) : 'absent'
  }

  /** Hands in objects that are sent for their own sake. False where the member did not answer for all of them. */
  async push(member: MemberView, objects: readonly SignedObject[]): Promise<boolean> {
    const answers = await this.#deps.peers.push(member.url, objects.map(envelopeOf))
    return answers?.length === objects.length
  }

  /** An attachment, to a member that has taken the post which names it. */
  async blob(member: MemberView, hash: Hash, bytes: Uint8Array): Promise<void> {
    const receipts = await this.#deps.peers.putBlob(member.url, hash, bytes)
    if (receipts !== null && receipts.length > 0) await this.#deps.ledger.accept(receipts, 'peer')
  }

  async #try(member: MemberView, objects: readonly SignedObject[], post: PostObject): Promise<Delivered> {
    const { ledger, peers } = this.#deps
    const answers = await peers.deliver(member.url, objects.map(envelopeOf))
    const receipts = (answers ?? []).map(({ receipt }) => receipt).filter((receipt) => receipt !== undefined)
    if (receipts.length > 0) await ledger.accept(receipts.slice(0, 1), 'peer')
    const answer = answers?.find((answer) => answer.id === post.id)
    if (answer === undefined) return 'absent'
    return answer.result === 'refused' ? { refused: answer.code ?? 'INTERNAL' } : 'taken'
  }

  async #tell(member: MemberView, blog: BlogObjects): Promise<boolean> {
    const live = await this.#deps.ledger.live(blog.blog)
    return this.push(
      member,
      live.filter((object) => isFoundation(object.kind)),
    )
  }
}

function companions(post: PostObject, blog: BlogObjects): readonly SignedObject[] {
  const { key, time } = post.payload
  const delegation = newest(blog.delegation.filter((delegation) => delegation.payload.to === key))
  const declaration = newest(
    blog.declaration.filter((declaration) => declaration.payload.state === 'down' && declaration.payload.until > time),
  )
  const receipts = blog.receipt.filter((receipt) => receipt.payload.post === post.id)
  return [...[delegation, declaration].filter((object) => object !== null), post, ...receipts]
}

function newest<T extends SignedObject>(objects: readonly T[]): T | null {
  return objects.reduce<T | null>(
    (best, object) => (best === null || object.payload.time > best.payload.time ? object : best),
    null,
  )
}

function envelopeOf(object: SignedObject): Envelope {
  return object.envelope
}
