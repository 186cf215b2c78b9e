/**
 * Which objects still count at a moment. Only live objects are reconciled; a member that is offered another answers
 * `superseded`, so that nothing returns from the dead. Pure: the same set and minute give the same answer everywhere.
 */
import type { BlogObjects } from './blog-objects.ts'
import { compareHeads, currentHead } from './heads.ts'
import { attestationMsMax } from './limits.ts'
import type { SignedObject, Time } from './objects.ts'
import { rootChain } from './roots.ts'

const minuteMs = 60_000
const observationMs = 10 * minuteMs
const lifeMs = 30 * minuteMs
const wordMs = 14 * 86_400_000
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
      return (
        object.payload.expires > nowMs &&
        isNewest(object, network, (one) => one.kind === 'member' && one.payload.member === object.payload.member)
      )
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
  if (object.kind === 'root') return true
  if (rootChain(blog.blog, blog.root)?.current.payload.closed === true) return false
  const { key, time } = object.payload
  switch (object.kind) {
    case 'delegation':
      return (
        object.payload.may.length === 0 ||
        isNewest(object, blog.delegation, (one) => one.kind === 'delegation' && one.payload.to === object.payload.to)
      )
    case 'head':
      return !blog.head.some((one) => compareHeads(one.payload, object.payload) > 0)
    case 'snapshot':
      return (
        currentHead(blog, nowMs)?.payload.snapshot === object.id ||
        isShown(object.id, blog, nowMs) ||
        isNewestOf(object, blog.snapshot)
      )
    case 'attestation':
      return (
        time > nowMs - attestationMsMax &&
        isNewest(
          object,
          blog.attestation,
          (one) =>
            one.kind === 'attestation' && one.payload.key === key && one.payload.address === object.payload.address,
        )
      )
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
