/**
 * How much one sender may ask: a bucket of tokens each, refilled evenly over a minute. Addresses are cut (IPv4 /24,
 * IPv6 /48) before they are kept, so that the table names no person; it lives in memory and is bounded.
 */
import { type Clock, pause } from '../../lib/clock.ts'

type Bucket = { tokens: number; atMs: number }

/** Senders remembered at one time. The longest unseen make room. */
const sendersMax = 20_000
/** Who is no further ahead than this is slowed, not refused: so many at a time, of one sender and of all. */
const slowedMsMax = 1_000
const slowedOfSenderMax = 16
const slowedMax = 256

export class Rates {
  readonly #clock: Clock
  readonly #perMinute: number
  readonly #buckets = new Map<string, Bucket>()
  readonly #slowed = new Map<string, number>()
  #slowedNow = 0

  constructor(deps: { readonly clock: Clock }, options: { readonly perMinute: number }) {
    this.#clock = deps.clock
    this.#perMinute = options.perMinute
  }

  /** Milliseconds to wait before this is allowed; 0: allowed, and counted. */
  take(sender: string, cost: number): number {
    const name = truncated(sender)
    const nowMs = this.#clock.steadyMs()
    const bucket = this.#buckets.get(name) ?? { tokens: this.#perMinute, atMs: nowMs }
    const perMs = this.#perMinute / 60_000
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + (nowMs - bucket.atMs) * perMs)
    bucket.atMs = nowMs
    this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size > sendersMax) this.#buckets.delete(this.#buckets.keys().next().value!)
    if (bucket.tokens < cost) return Math.ceil((cost - bucket.tokens) / perMs)
    bucket.tokens -= cost
    return 0
  }

  /** As `take`, but waits where the wait is short and few wait: 0 then. */
  async slowed(sender: string, cost: number): Promise<number> {
    const waitMs = this.take(sender, cost)
    const name = truncated(sender)
    const before = this.#slowed.get(name) ?? 0
    if (waitMs === 0 || waitMs > slowedMsMax || before >= slowedOfSenderMax || this.#slowedNow >= slowedMax)
      return waitMs
    this.#slowed.set(name, before + 1)
    this.#slowedNow++
    await pause(this.#clock, waitMs)
    this.#slowedNow--
    const left = (this.#slowed.get(name) ?? 1) - 1
    if (left > 0) this.#slowed.set(name, left)
    else this.#slowed.delete(name)
    return this.take(sender, cost)
  }
}

/** The wide part of an address, which one owner holds more seldom: IPv4 /16, IPv6 /32. Other names stay whole. */
export function addressBlock(sender: string): string {
  const near = truncated(sender)
  if (near === sender) return sender
  return near.includes('.') ? near.split('.').slice(0, 2).join('.') : near.split(':').slice(0, 2).join(':')
}

/** The network part of an address; keys and other names stay whole. */
export function truncated(sender: string): string {
  const four = /^(?:::ffff:)?(\d+)\.(\d+)\.(\d+)\.\d+$/.exec(sender)
  if (four !== null) return `${four[1]}.${four[2]}.${four[3]}`
  if (!sender.includes(':')) return sender
  const [left, right] = sender.split('::') as [string, string | undefined]
  const groups = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  while (right !== undefined && groups.length + tail.length < 8) groups.push('0')
  return [...groups, ...tail].slice(0, 3).join(':')
}
