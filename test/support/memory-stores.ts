/** Local bookkeeping of a member, in memory: hints, notices, invitations. For simulations, where a crash loses them. */
import type { NoticeStore } from '../../activation/notice-store.ts'
import type { Hint, HintStore } from '../../activation/posts/hint-store.ts'
import type { InvitationStore } from '../../network/invitation-store.ts'
import type { JoinRequest, JoinRequestStore, WaitingRequest } from '../../network/join-request-store.ts'
import type { MemberInvitation } from '../../network/member-invitations.ts'
import type { Hash, Key, Time } from '../../protocol/objects.ts'

export class MemoryHintStore implements HintStore {
  readonly #hints = new Map<string, Hint>()

  async put(hints: readonly Hint[]): Promise<void> {
    for (const hint of hints) this.#hints.set(`${hint.member} ${hint.post}`, hint)
  }

  async due(nowMs: Time, limit: number): Promise<readonly Hint[]> {
    const due = [...this.#hints.values()].filter((hint) => hint.next <= nowMs)
    return due.sort((a, b) => a.next - b.next).slice(0, limit)
  }

  async hurry(member: Key, nowMs: Time): Promise<void> {
    for (const [name, hint] of this.#hints) if (hint.member === member) this.#hints.set(name, { ...hint, next: nowMs })
  }

  async remove(member: Key, post: Hash): Promise<void> {
    this.#hints.delete(`${member} ${post}`)
  }

  async removeOlder(sinceMs: Time): Promise<void> {
    for (const [name, hint] of this.#hints) if (hint.since < sinceMs) this.#hints.delete(name)
  }

  async count(): Promise<number> {
    return this.#hints.size
  }
}

export class MemoryNoticeStore implements NoticeStore {
  readonly #told = new Map<string, Time>()

  async toldAt(blog: Hash, contact: string): Promise<Time | null> {
    return this.#told.get(`${blog} ${contact}`) ?? null
  }

  async put(blog: Hash, contact: string, atMs: Time): Promise<void> {
    this.#told.set(`${blog} ${contact}`, atMs)
  }

  readonly #consents = new Map<
    string,
    { blog: Hash; contact: string; mark: Hash; askedAt: Time; agreedAt: Time | null }
  >()

  async consent(blog: Hash, contact: string) {
    return this.#consents.get(`${blog} ${contact}`) ?? null
  }

  async consentOf(mark: Hash) {
    return [...this.#consents.values()].find((consent) => consent.mark === mark) ?? null
  }

  async ask(blog: Hash, contact: string, mark: Hash, askedAt: Time): Promise<void> {
    const agreedAt = this.#consents.get(`${blog} ${contact}`)?.agreedAt ?? null
    this.#consents.set(`${blog} ${contact}`, { blog, contact, mark, askedAt, agreedAt })
  }

  async agree(blog: Hash, contact: string, atMs: Time): Promise<void> {
    const found = this.#consents.get(`${blog} ${contact}`)
    if (found !== undefined) found.agreedAt = atMs
  }

  async asked(contact: string, sinceMs: Time, allSinceMs: Time) {
    const open = [...this.#consents.values()].filter((consent) => consent.agreedAt === null)
    return {
      ofContact: open.filter((consent) => consent.contact === contact && consent.askedAt > sinceMs).length,
      ofAll: open.filter((consent) => consent.askedAt > allSinceMs).length,
    }
  }
}

export class MemoryInvitationStore implements InvitationStore {
  readonly #used = new Map<string, Hash>()
  readonly #enrolled = new Set<Hash>()

  async enrol(blog: Hash): Promise<void> {
    this.#enrolled.add(blog)
  }

  async isEnrolled(blog: Hash): Promise<boolean> {
    return this.#enrolled.has(blog)
  }

  async use(mark: string, blog: Hash): Promise<boolean> {
    if (!this.#used.has(mark)) this.#used.set(mark, blog)
    return this.#used.get(mark) === blog
  }

  async release(mark: string, blog: Hash): Promise<void> {
    if (this.#used.get(mark) === blog) this.#used.delete(mark)
  }
}

export class MemoryJoinRequestStore implements JoinRequestStore {
  readonly #waiting = new Map<Key, WaitingRequest>()
  readonly #uses = new Map<string, Set<Key>>()
  readonly #revoked = new Set<string>()

  async put(request: JoinRequest, at: Time, before: Time, most: number): Promise<void> {
    for (const [member, known] of this.#waiting) if (known.at < before) this.#waiting.delete(member)
    this.#waiting.delete(request.member)
    this.#waiting.set(request.member, { request, at })
    if (this.#waiting.size > most) this.#waiting.delete(this.#waiting.keys().next().value!)
  }

  async of(member: Key): Promise<WaitingRequest | null> {
    return this.#waiting.get(member) ?? null
  }

  async waiting(): Promise<readonly WaitingRequest[]> {
    return [...this.#waiting.values()]
  }

  async remove(member: Key): Promise<void> {
    this.#waiting.delete(member)
  }

  async use({ mark, uses }: MemberInvitation, member: Key): Promise<boolean> {
    const used = this.#uses.get(mark) ?? new Set()
    if (this.#revoked.has(mark) || (used.size >= uses && !used.has(member))) return false
    this.#uses.set(mark, used.add(member))
    return true
  }

  async release(mark: string, member: Key): Promise<void> {
    this.#uses.get(mark)?.delete(member)
  }

  async revoke(mark: string): Promise<void> {
    this.#revoked.add(mark)
  }
}
