/**
 * The payload of every kind, as TypeScript sees it once kinds.json has accepted it. Hashes, ids and keys are lower-case
 * hex, times are milliseconds since 1970 UTC, addresses are `origin + base path` with a final slash.
 */
import { compareText } from './bytes.ts'

export type Hash = string
export type Key = string
export type Time = number

type Common = { readonly network: Hash; readonly key: Key; readonly time: Time }

export type Network = Omit<Common, 'network'> & {
  readonly name: string
  readonly founders: readonly Key[]
  readonly nonce: Hash
  /** Opens loopback addresses and every port to captures and probes. For demonstrations and tests only. */
  readonly loopback?: boolean
}

export type Member = Common & {
  /** The first key of this member: its lasting name in mirror lists. */
  readonly member: Key
  /** The key before this one, where the key has changed. */
  readonly previous?: Key
  readonly name: string
  readonly url: string
  readonly operator: Key
  readonly contact: string
  readonly passive: boolean
  readonly weight: number
  /** SHA-256 of the 32 bytes of the key that may follow this one. */
  readonly next: Hash
  readonly vouchers: readonly Hash[]
  readonly placement: Hash
  readonly expires: Time
  readonly leaving?: boolean
  readonly contentUrl?: string
  readonly join?: 'closed' | 'invitation' | 'open'
  readonly kit?: Hash
}

export type Voucher = Common & {
  readonly invited: Key
  readonly operator: Key
  readonly region: string
  readonly block: string
  readonly nonce: Hash
}

export type Root = Common & {
  readonly version: number
  readonly blog?: Hash
  readonly previous?: Hash
  readonly recovery: readonly Key[]
  readonly posting: readonly { readonly key: Key; readonly name: string }[]
  readonly online?: Key
  readonly signers: readonly Key[]
  readonly addresses: readonly string[]
  readonly title: string
  readonly language?: string
  readonly revoked: readonly { readonly key: Key; readonly lastGood: readonly Hash[] }[]
  readonly trusted?: readonly Key[]
  readonly hubs?: readonly string[]
  /** Fingerprints, hex, of OpenPGP keys whose mails are the author's. */
  readonly openpgp?: readonly string[]
  readonly closed?: boolean
}

export type Vault = {
  readonly kdf: 'scrypt'
  readonly n: number
  readonly r: number
  readonly p: number
  readonly salt: string
  readonly cipher: 'xchacha20-poly1305'
  readonly nonce: string
  readonly sealed: string
  readonly check: string
}

export type Power = 'post' | 'declaration' | 'head' | 'snapshot'

export type Delegation = Common & {
  readonly blog: Hash
  readonly to: Key
  /** Empty: what was delegated to this key is revoked for good; `lastGood` names the posts that stay. */
  readonly may: readonly Power[]
  readonly until: Time
  readonly postsPerDay?: number
  readonly name?: string
  readonly lastGood?: readonly Hash[]
  readonly vault?: Vault
}

export type Head = Common & {
  readonly blog: Hash
  readonly root: Hash
  readonly rootVersion: number
  readonly seq: number
  readonly previous?: Hash
  readonly snapshot?: Hash
  readonly mirrors: readonly Key[]
  /** Who sits for absent mirrors in a verdict, in this order: see seats.ts. */
  readonly standIns?: readonly Key[]
  readonly feed?: string
  readonly sponsor?: Key
  readonly forgotten?: readonly string[]
  readonly expires: Time
}

export type SnapshotFile = { readonly url: string; readonly blob: Hash; readonly type: string; readonly bytes: number }
export type SnapshotPage = SnapshotFile & {
  readonly path: string
  readonly title?: string
  /** What the page's own headers say of its styles (Content-Security-Policy), where they say anything. */
  readonly policy?: string
}
export type FeedItem = {
  readonly id: string
  readonly url?: string
  readonly title: string
  readonly published?: Time
  readonly updated?: Time
  readonly path?: string
}

export type Snapshot = Common & {
  readonly blog: Hash
  readonly address: string
  readonly title: string
  readonly language?: string
  /** The front page first; its `path` is "/". Paths are relative to the address. */
  readonly pages: readonly SnapshotPage[]
  readonly assets: readonly SnapshotFile[]
  readonly feed?: SnapshotFile & { readonly items: readonly FeedItem[] }
  /** SHA-256 over feed ids and folded article texts: two captures of one state agree on it. */
  readonly alike: Hash
}

/** The whole blog: where its list of files stands (archive.ts). */
export type Archive = Common & {
  readonly blog: Hash
  readonly address: string
  /** As many as a power of two; the place of each is that of its paths' hashes. */
  readonly parts: readonly { readonly blob: Hash; readonly bytes: number }[]
  readonly files: number
  readonly bytes: number
  /** Files that are named and not kept: they are too large. */
  readonly leftOut: number
  /** Nothing that the signer knows of is still to be fetched. */
  readonly complete: boolean
}

export type Attestation = Common & {
  readonly blog: Hash
  readonly address: string
  readonly root?: Hash
  readonly marker: 'tag' | 'file' | 'dns'
}

export type Observation = Common & {
  readonly blog: Hash
  readonly address: string
  /** Defended: a wall answered in the blog's place, which says nothing about the blog. */
  readonly state: 'up' | 'down' | 'changed' | 'defended'
  readonly reason: string
  /** Probes in a row that found this state within the last five minutes. */
  readonly probes: number
  /** When this state began for this watcher. */
  readonly since: Time
  /** Mirrors and stand-ins that this watcher cannot reach. */
  readonly unreachable: readonly Key[]
  /** The blog's proof of life, fetched by this watcher with its own nonce. */
  readonly life?: Envelope
}

export type Declaration = Common & {
  readonly blog: Hash
  readonly state: 'down' | 'over'
  readonly by: 'author' | 'quorum'
  readonly until: Time
  readonly votes?: readonly Envelope[]
  readonly distrustSince?: Time
  readonly show?: Hash
  readonly exercise?: boolean
}

export type Life = Common & {
  readonly blog: Hash
  readonly address: string
  /** The watcher's, in a life that was asked for. */
  readonly nonce?: Hash
  /** In a life that the blog sends of itself: since when it has done so without a gap. */
  readonly since?: Time
}

export type Attachment = {
  readonly blob: Hash
  readonly bytes: number
  readonly type: string
  readonly name: string
  readonly alt: string
  readonly width?: number
  readonly height?: number
}

export type Post = Common & {
  readonly blog: Hash
  readonly draft: Hash
  readonly prevs: readonly Hash[]
  readonly title: string
  readonly html: string
  readonly source?: string
  readonly language?: string
  readonly direction?: 'ltr' | 'rtl'
  readonly attachments: readonly Attachment[]
  readonly replaces?: Hash
  readonly withdrawn?: boolean
  readonly published: Time
  readonly showAt?: Time
  /** A key of its own, made for this post: whoever holds its seed may call the post back. */
  readonly cancel?: Key
  readonly through?: string
  /** SHA-256 of the message it came in, and why the gateway believed it. */
  readonly mail?: Hash
  readonly mailProof?: string
}

export type Receipt = Common & { readonly blog: Hash; readonly post: Hash }

export type Checkpoint = Common & {
  readonly blog: Hash
  readonly head?: Hash
  readonly rootVersion: number
  readonly seq: number
  readonly posts: readonly Hash[]
}

export type Refusal = Common & {
  readonly blog?: Hash
  readonly blob?: Hash
  readonly post?: Hash
  readonly reason: 'operator' | 'law' | 'abuse' | 'capacity'
  readonly lifted?: boolean
}

export type Imported = Common & {
  readonly blog: Hash
  readonly posts: readonly { readonly post: Hash; readonly url: string }[]
}

export type Contact = Common & {
  readonly blog: Hash
  readonly member: Key
  readonly notify: readonly { readonly how: 'mail' | 'ntfy' | 'webhook'; readonly to: string }[]
}

export type Payloads = {
  network: Network
  member: Member
  voucher: Voucher
  root: Root
  delegation: Delegation
  head: Head
  snapshot: Snapshot
  archive: Archive
  attestation: Attestation
  observation: Observation
  declaration: Declaration
  life: Life
  post: Post
  receipt: Receipt
  checkpoint: Checkpoint
  refusal: Refusal
  imported: Imported
  contact: Contact
}

export type Kind = keyof Payloads

export type Envelope = {
  readonly payload: string
  readonly payloadType: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

/** An object whose signature and fields have been checked. `id` is SHA-256 of the signed bytes, never of the envelope. */
export type SignedObject<K extends Kind = Kind> = {
  readonly [P in K]: { readonly id: Hash; readonly kind: P; readonly payload: Payloads[P]; readonly envelope: Envelope }
}[K]

/** Older first; of one moment the lower id first. The newest is the last, here and in PHP. */
export function byTime(a: SignedObject, b: SignedObject): number {
  return a.payload.time - b.payload.time || compareText(a.id, b.id)
}

/** The newest of some; of one moment the one with the lowest id. */
export function newestOf<T extends SignedObject>(objects: readonly T[]): T | null {
  const rank = (a: T, b: T) => b.payload.time - a.payload.time || compareText(a.id, b.id)
  return [...objects].sort(rank)[0] ?? null
}

/** The blog an object speaks of, or null for objects of the network. A root of version 1 is its own blog. */
export function blogOf(object: SignedObject): Hash | null {
  if (object.kind === 'root') return object.payload.version === 1 ? object.id : (object.payload.blog ?? null)
  return 'blog' in object.payload ? (object.payload.blog ?? null) : null
}
