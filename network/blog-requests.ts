/**
 * Enrolling blogs at this member: who may name it as their steward. An invitation is a line signed by the operator, valid
 * for some days and for one blog; nothing about it is kept but the marks of those that were used. One whose blog was
 * refused is good again: the author puts right what was wrong, and signs anew.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Ledger } from '../ledger/ledger.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { decodeBase64, encodeBase64 } from '../protocol/base64.ts'
import { fromHex, toHex, utf8 } from '../protocol/bytes.ts'
import { ok, type Result, refuse } from '../protocol/codes.ts'
import { open } from '../protocol/envelope.ts'
import type { Hash, Key, SignedObject, Time } from '../protocol/objects.ts'
import type { Platform, Signer } from '../protocol/platform.ts'
import type { InvitationStore } from './invitation-store.ts'
import type { JoinPolicy } from './join-requests.ts'

export type BlogRequestsDeps = {
  readonly ledger: Ledger
  readonly invitations: InvitationStore
  readonly platform: Platform
  readonly clock: Clock
}
export type BlogRequestsOptions = { readonly self: Key; readonly policy: JoinPolicy }

const objectsMax = 4
const grammar = /^([0-9a-z]{8,9})\.([0-9a-f]{16})\.([A-Za-z0-9_-]{86})$/

export class BlogRequests {
  readonly #deps: BlogRequestsDeps
  readonly #options: BlogRequestsOptions

  constructor(deps: BlogRequestsDeps, options: BlogRequestsOptions) {
    this.#deps = deps
    this.#options = options
  }

  get policy(): JoinPolicy {
    return this.#options.policy
  }

  /** `from`: the address block it came from. Takes a root that names this member, and what its author signed with it. The blog's id. */
  async take(envelopes: readonly unknown[], invitation: string, from = ''): Promise<Result<Hash>> {
    const { ledger, platform, invitations } = this.#deps
    if (this.policy === 'closed') return refuse('NOT_ALLOWED', 'this member takes no new blogs')
    if (envelopes.length === 0 || envelopes.length > objectsMax)
      return refuse('BAD_REQUEST', 'send a root and its delegations')
    const opened = await Promise.all(envelopes.map((envelope) => open(envelope, platform)))
    const objects: SignedObject[] = []
    for (const result of opened) {
      if (!result.ok) return result
      objects.push(result.value)
    }
    const root = objects.find(
      (object): object is SignedObject<'root'> => object.kind === 'root' && object.payload.version === 1,
    )
    const others = objects.filter((object) => object !== root)
    if (root === undefined || others.some((other) => other.kind !== 'delegation' || other.payload.blog !== root.id))
      return refuse('BAD_REQUEST', 'send root 1 of a blog, and delegations of that blog')
    if (!root.payload.signers.includes(this.#options.self))
      return refuse('BAD_REQUEST', 'the root names another member as its steward')
    const known = await invitations.isEnrolled(root.id)
    const invited = known || this.policy === 'open' ? ok<string | null>(null) : await this.#invited(invitation, root)
    if (!invited.ok) return invited
    const answers = await ledger.accept(
      [root, ...others].map((object) => object.envelope),
      'author',
      from,
    )
    const bad = answers.find((answer) => answer.result === 'refused')
    if (bad === undefined) {
      await invitations.enrol(root.id, this.#deps.clock.nowMs())
      return ok(root.id)
    }
    if (invited.value !== null && answers[0]!.result === 'refused') await invitations.release(invited.value, root.id)
    return refuse(bad.code ?? 'BAD_REQUEST', bad.message)
  }

  /** The mark of a good invitation, which is this blog's from now on. */
  async #invited(invitation: string, { id }: SignedObject<'root'>): Promise<Result<string | null>> {
    const { clock, platform, ledger, invitations } = this.#deps
    const found = grammar.exec(invitation.trim())
    if (found === null) return refuse('NOT_ALLOWED', 'this member takes blogs by invitation: ask its operator for one')
    const [, until, mark, text] = found as unknown as [string, string, string, string]
    const operator = ledger.roster().memberOf(this.#options.self)?.operator
    const signature = decodeBase64(`${text.replaceAll('-', '+').replaceAll('_', '/')}==`)
    const right =
      operator !== undefined &&
      signature !== null &&
      (await platform.verify(fromHex(operator), message(this.#options.self, until, mark), signature))
    if (!right) return refuse('NOT_ALLOWED', 'that invitation is not from the operator of this member')
    const untilMs = Number.parseInt(until, 36)
    if (untilMs < clock.nowMs()) return refuse('EXPIRED', 'the invitation')
    if (!(await invitations.use(mark, id, untilMs, clock.nowMs())))
      return refuse('NOT_ALLOWED', 'that invitation has been used')
    return ok(mark)
  }
}

/** A line that lets one blog enrol at `member` until then. */
export async function invitationFor(
  { random }: { readonly random: Random },
  { member, until }: { readonly member: Key; readonly until: Time },
  operator: Signer,
): Promise<string> {
  const end = until.toString(36)
  const mark = toHex(random.bytes(8))
  const signature = encodeBase64(await operator.sign(message(member, end, mark)))
  return `${end}.${mark}.${signature
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')}`
}

function message(member: Key, until: string, mark: string): Uint8Array {
  return sha256(utf8(`dgos blog invitation ${member} ${until} ${mark}`))
}
