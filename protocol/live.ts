/**
 * Which objects still count at a moment. Only live objects are reconciled; a member that is offered another answers
 * `superseded`, so that nothing returns from the dead. Pure: the same set and minute give the same answer everywhere.
 */
import { currentArchive } from './archive.ts'
import type { BlogObjects } from './blog-objects.ts'
import { compareHeads, currentHead, signsHeads } from './heads.ts'
import { isPosting, keyRolesOf } from './key-roles.ts'
import { lifeKeptMs } from './limits.ts'
import type { SignedObject, Time } from './objects.ts'
import { rootChain } from './roots.ts'

const minuteMs = 60_000
const observationMs = 10 * minuteMs
const lifeMs = 30 * minuteMs
const wordMs = 14 * 86_400_000
/** Attestations do not age while their blog is down, which may last. address-proof.ts judges their age. */
const attestationKeptMs = 400 * 86_400_000
const unattestedMs = 7 * 86_400_000
const checkpointMs = 7 * 86_400_000

/** `blog` holds every known object of the object's blog; null for objects of the network, whose records come in `network`. */
export function isLive(
  object: SignedObject,
  blog: BlogObjects | null,
  network: readonly SignedObject[],
  nowMs: Time,
): boolean {
  switch (object.kind) {
    case 'member':
      return isLiveRecord(object, network, nowMs)
    case 'refusal':
      return isNewest(
        object,
        blog?.refusal ?? network,
        (other) => other.kind === 'refusal' && sameTarget(other, object),
      )
    case 'network':
    case 'voucher':
    case 'contact':
      return true
    default:
      return blog !== null && isLiveInBlog(object, blog, nowMs)
  }
}

type BlogObject = Exclude<SignedObject, SignedObject<'member' | 'refusal' | 'network' | 'voucher' | 'contact'>>

function isLiveInBlog(object: BlogObject, blog: BlogObjects, nowMs: Time): boolean {
  const closed = rootChain(blog.blog, blog.root)?.current.payload.closed === true
  if (object.kind === 'root') return closed || isKnownToSomebody(blog, nowMs)
  if (closed) return false
  const { time } = object.payload
  switch (object.kind) {
    case 'delegation':
      return (
        object.payload.may.length === 0 ||
        isNewest(
          object,
          blog.delegation,
          (other) => other.kind === 'delegation' && other.payload.to === object.payload.to,
        )
      )
    case 'head': {
      // Only a head that counts supersedes: one that a stolen key signed far ahead would else bury all others.
      const current = currentHead(blog, nowMs)
      return (
        current === null ||
        compareHeads(current.payload, object.payload) <= 0 ||
        authorsHeads(blog).some((authorsHead) => authorsHead.id === object.id)
      )
    }
    case 'snapshot':
      return (
        currentHead(blog, nowMs)?.payload.snapshot === object.id ||
        isShown(object.id, blog, nowMs) ||
        isNewestOf(object, blog.snapshot)
      )
    case 'archive':
      return currentArchive(blog, nowMs)?.id === object.id || isNewestOf(object, blog.archive)
    case 'attestation':
      return isFirstOrNewest(object, blog.attestation, nowMs)
    case 'observation':
      if (object.payload.life !== undefined) return time > nowMs - lifeMs
      return time > nowMs - observationMs && isNewestOf(object, blog.observation)
    case 'life':
      // An answer to a watcher travels in that watcher's observation, never alone.
      return object.payload.since !== undefined && time > nowMs - lifeKeptMs && isNewestOf(object, blog.life)
    case 'declaration':
      if (object.payload.until > nowMs) return true
      return (
        time > nowMs - wordMs &&
        isNewest(
          object,
          blog.declaration,
          (other) =>
            other.kind === 'declaration' &&
            other.payload.by === object.payload.by &&
            other.payload.state === object.payload.state,
        )
      )
    case 'checkpoint':
      return time > nowMs - checkpointMs && isNewestOf(object, blog.checkpoint)
    case 'post':
    case 'receipt':
    case 'imported':
      return true
  }
}

/**
 * Those of the network's objects that count, each judged by what can outdate it alone: the records of one member, the
 * refusals of one key.
 */
export function liveOfNetwork(network: readonly SignedObject[], nowMs: Time): readonly SignedObject[] {
  const records = network.filter((object) => object.kind === 'member')
  const byMember = Map.groupBy(records, (record) => record.payload.member)
  const live = new Set<SignedObject>([...byMember.values()].flatMap((own) => liveRecords(own, nowMs)))
  const refusals = Map.groupBy(
    network.filter((object) => object.kind === 'refusal'),
    (refusal) => refusal.payload.key,
  )
  return network.filter((object) => {
    if (object.kind === 'member') return live.has(object)
    return isLive(object, null, object.kind === 'refusal' ? refusals.get(object.payload.key)! : [], nowMs)
  })
}

/** The rule of `isLiveRecord` for all records of one member at once, in one walk. */
function liveRecords(own: readonly SignedObject<'member'>[], nowMs: Time): readonly SignedObject<'member'>[] {
  const followed = new Set(own.map((record) => record.payload.previous))
  return [...Map.groupBy(own, (record) => record.payload.key).values()].flatMap((same) => {
    const newest = same.reduce((a, b) => (isNewest(a, [b], () => true) ? a : b))
    return newest.payload.expires > nowMs || followed.has(newest.payload.key) ? [newest] : []
  })
}

/** The newest record of each key of a member: a forerunner stays while it proves which key came after it. */
function isLiveRecord(record: SignedObject<'member'>, network: readonly SignedObject[], nowMs: Time): boolean {
  const { key, member, expires } = record.payload
  const own = network.filter((object) => object.kind === 'member' && object.payload.member === member)
  const followed = own.some((object) => object.kind === 'member' && object.payload.previous === key)
  return (expires > nowMs || followed) && isNewest(record, own, (object) => object.payload.key === key)
}

/** The newest says that the marker stands, the first one since when: an address belongs to the id proven first. */
function isFirstOrNewest(
  object: SignedObject<'attestation'>,
  all: readonly SignedObject<'attestation'>[],
  nowMs: Time,
): boolean {
  const { key, address, time } = object.payload
  const same = all.filter((attestation) => attestation.payload.key === key && attestation.payload.address === address)
  if (same.every((attestation) => attestation.payload.time <= nowMs - attestationKeptMs)) return false
  const earlier = same.some(
    (attestation) =>
      attestation.payload.time < time || (attestation.payload.time === time && attestation.id < object.id),
  )
  return !earlier || isNewest(object, same, () => true)
}

/** Anybody can sign a root. It stays where a member has seen the blog's marker, and otherwise for a week. */
function isKnownToSomebody(blog: BlogObjects, nowMs: Time): boolean {
  const first = blog.root.find((root) => root.id === blog.blog)
  return blog.attestation.length > 0 || first === undefined || first.payload.time > nowMs - unattestedMs
}

/**
 * The newest head of the current root that a posting key signed, and those before it up to the first by a head signer.
 * They stay: without them nobody who missed them can tell that the author changed the mirrors, and only the mirrors.
 */
function authorsHeads(blog: BlogObjects): readonly SignedObject<'head'>[] {
  const roles = keyRolesOf(blog)
  const isAuthors = (head: SignedObject<'head'>) => isPosting(roles!, head.payload.key) && !signsHeads(roles!, head)
  const own = roles === null ? [] : blog.head.filter((head) => head.payload.root === roles.chain.current.id)
  const newest = own.filter(isAuthors).sort((a, b) => compareHeads(b.payload, a.payload))[0]
  const heads: SignedObject<'head'>[] = []
  for (let head = newest; head !== undefined && heads.length <= blog.head.length; ) {
    heads.push(head)
    const { previous } = head.payload
    head = isAuthors(head) ? blog.head.find((before) => before.id === previous) : undefined
  }
  return heads
}

function isShown(id: string, blog: BlogObjects, nowMs: Time): boolean {
  return blog.declaration.some((declaration) => declaration.payload.show === id && declaration.payload.until > nowMs)
}

function sameTarget(a: SignedObject<'refusal'>, b: SignedObject<'refusal'>): boolean {
  const [refusal, other] = [a.payload, b.payload]
  return (
    refusal.key === other.key &&
    refusal.blog === other.blog &&
    refusal.blob === other.blob &&
    refusal.post === other.post
  )
}

function isNewestOf(object: SignedObject, all: readonly SignedObject[]): boolean {
  return isNewest(object, all, (other) => other.payload.key === object.payload.key)
}

/** Newest by time, then by the higher id. */
function isNewest(object: SignedObject, all: readonly SignedObject[], same: (other: SignedObject) => boolean): boolean {
  const { time } = object.payload
  return !all.some(
    (other) => same(other) && (other.payload.time > time || (other.payload.time === time && other.id > object.id)),
  )
}
