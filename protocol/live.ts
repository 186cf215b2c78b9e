/**
 * Which objects still count at a moment. Only live objects are reconciled; a member that is offered another answers
 * `superseded`, so that nothing returns from the dead. Pure: the same set and minute give the same answer everywhere.
 */
import type { BlogObjects } from './blog-objects.ts'
import { compareHeads, currentHead, signsHeads } from './heads.ts'
import { isPosting, voicesOf } from './key-roles.ts'
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
      return isNewest(object, blog?.refusal ?? network, (one) => one.kind === 'refusal' && sameTarget(one, object))
    case 'network':
    case 'voucher':
    case 'contact':
      return true
    case 'life':
      return object.payload.time > nowMs - observationMs
    default:
      return blog !== null && isLiveInBlog(object, blog, nowMs)
  }
}

type BlogObject = Exclude<SignedObject, SignedObject<'member' | 'refusal' | 'network' | 'voucher' | 'contact' | 'life'>>

function isLiveInBlog(object: BlogObject, blog: BlogObjects, nowMs: Time): boolean {
  const closed = rootChain(blog.blog, blog.root)?.current.payload.closed === true
  if (object.kind === 'root') return closed || isKnownToSomebody(blog, nowMs)
  if (closed) return false
  const { time } = object.payload
  switch (object.kind) {
    case 'delegation':
      return (
        object.payload.may.length === 0 ||
        isNewest(object, blog.delegation, (one) => one.kind === 'delegation' && one.payload.to === object.payload.to)
      )
    case 'head': {
      // Only a head that counts supersedes: one that a stolen key signed far ahead would else bury all others.
      const current = currentHead(blog, nowMs)
      return (
        current === null ||
        compareHeads(current.payload, object.payload) <= 0 ||
        authorsHeads(blog).some((one) => one.id === object.id)
      )
    }
    case 'snapshot':
      return (
        currentHead(blog, nowMs)?.payload.snapshot === object.id ||
        isShown(object.id, blog, nowMs) ||
        isNewestOf(object, blog.snapshot)
      )
    case 'attestation':
      return isFirstOrNewest(object, blog.attestation, nowMs)
    case 'observation':
      if (object.payload.life !== undefined) return time > nowMs - lifeMs
      return time > nowMs - observationMs && isNewestOf(object, blog.observation)
    case 'declaration':
      if (object.payload.until > nowMs) return true
      return (
        time > nowMs - wordMs &&
        isNewest(
          object,
          blog.declaration,
          (one) =>
            one.kind === 'declaration' &&
            one.payload.by === object.payload.by &&
            one.payload.state === object.payload.state,
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

/** The newest record of each key of a member: a forerunner stays while it proves which key came after it. */
function isLiveRecord(record: SignedObject<'member'>, network: readonly SignedObject[], nowMs: Time): boolean {
  const { key, member, expires } = record.payload
  const own = network.filter((one) => one.kind === 'member' && one.payload.member === member)
  const followed = own.some((one) => one.kind === 'member' && one.payload.previous === key)
  return (expires > nowMs || followed) && isNewest(record, own, (one) => one.payload.key === key)
}

/** The newest says that the marker stands, the first one since when: an address belongs to the id proven first. */
function isFirstOrNewest(
  object: SignedObject<'attestation'>,
  all: readonly SignedObject<'attestation'>[],
  nowMs: Time,
): boolean {
  const { key, address, time } = object.payload
  const same = all.filter((one) => one.payload.key === key && one.payload.address === address)
  if (same.every((one) => one.payload.time <= nowMs - attestationKeptMs)) return false
  const earlier = same.some((one) => one.payload.time < time || (one.payload.time === time && one.id < object.id))
  return !earlier || isNewest(object, same, () => true)
}

/** Anybody can sign a root. It stays where a member has seen the blog's marker, and otherwise for a week. */
function isKnownToSomebody(blog: BlogObjects, nowMs: Time): boolean {
  const first = blog.root.find((one) => one.id === blog.blog)
  return blog.attestation.length > 0 || first === undefined || first.payload.time > nowMs - unattestedMs
}

/**
 * The newest head of the current root that a posting key signed, and those before it up to the first by a head signer.
 * They stay: without them nobody who missed them can tell that the author changed the mirrors, and only the mirrors.
 */
function authorsHeads(blog: BlogObjects): readonly SignedObject<'head'>[] {
  const voices = voicesOf(blog)
  const isAuthors = (head: SignedObject<'head'>) => isPosting(voices!, head.payload.key) && !signsHeads(voices!, head)
  const own = voices === null ? [] : blog.head.filter((one) => one.payload.root === voices.chain.current.id)
  const newest = own.filter(isAuthors).sort((a, b) => compareHeads(b.payload, a.payload))[0]
  const heads: SignedObject<'head'>[] = []
  for (let one = newest; one !== undefined && heads.length <= blog.head.length; ) {
    heads.push(one)
    const { previous } = one.payload
    one = isAuthors(one) ? blog.head.find((before) => before.id === previous) : undefined
  }
  return heads
}

function isShown(id: string, blog: BlogObjects, nowMs: Time): boolean {
  return blog.declaration.some((one) => one.payload.show === id && one.payload.until > nowMs)
}

function sameTarget(a: SignedObject<'refusal'>, b: SignedObject<'refusal'>): boolean {
  const [one, other] = [a.payload, b.payload]
  return one.key === other.key && one.blog === other.blog && one.blob === other.blob && one.post === other.post
}

function isNewestOf(object: SignedObject, all: readonly SignedObject[]): boolean {
  return isNewest(object, all, (one) => one.payload.key === object.payload.key)
}

/** Newest by time, then by the higher id. */
function isNewest(object: SignedObject, all: readonly SignedObject[], same: (one: SignedObject) => boolean): boolean {
  const { time } = object.payload
  return !all.some((one) => same(one) && (one.payload.time > time || (one.payload.time === time && one.id > object.id)))
}
