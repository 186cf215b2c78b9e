/** What the form asks of the member that served it. A member that does not answer is a value, as everywhere. */
import { type Code, codes } from '../../../protocol/codes.ts'
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import type { VaultDocument } from '../vault-document.ts'

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: Code | 'UNREACHABLE'; readonly message: string }
export type Taken = {
  readonly id: Hash | null
  readonly result: string
  readonly code?: Code
  readonly message?: string
}

const unreachable = {
  ok: false,
  code: 'UNREACHABLE',
  message:
    'This member does not answer. Nothing is lost: try again, or save the post as a signed file and hand it in at another member.',
} as const

/** Where the member's paths begin: "/", or what the page names where a member shares its host with a blog. */
export function memberRoot(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="dgos-member"]')?.content ?? '/'
}

const timeMs = 12_000
/** For what is sent: a minute, and what the bytes take at 64 kbit/s. */
const uploadMs = (bytes: number) => 60_000 + bytes / 8

export function fetchVault(blog: string): Promise<Answer<VaultDocument>> {
  return ask(`/dgos/v1/blogs/${encodeURIComponent(blog)}/vault`, { cache: 'no-store' })
}

export async function sendObjects(objects: readonly Envelope[]): Promise<Answer<readonly Taken[]>> {
  const body = JSON.stringify({ objects })
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  const answer = await ask<{ answers: Taken[] }>('/dgos/v1/objects', request, uploadMs(body.length))
  return answer.ok ? { ok: true, value: answer.value.answers } : answer
}

export function sendBlob(hash: Hash, bytes: Uint8Array): Promise<Answer<unknown>> {
  const body = new Blob([bytes as Uint8Array<ArrayBuffer>])
  const request = { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body }
  return ask(`/dgos/v1/blobs/${hash}`, request, uploadMs(bytes.length))
}

/** Whether this member has an image. */
export async function hasBlob(hash: Hash): Promise<boolean> {
  try {
    const request = { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(timeMs) } as const
    return (await fetch(`${memberRoot()}dgos/v1/blobs/${hash}`, request)).ok
  } catch {
    return false // no connection
  }
}

export function fetchReplicaStatus(post: Hash): Promise<Answer<ReplicaStatus>> {
  return ask(`/dgos/v1/posts/${post}/holders`, { cache: 'no-store' })
}

/** Who holds a post, now and at each change. Open until it is closed or the member ends it. */
export function replicaStream(post: Hash): EventSource {
  return new EventSource(`${memberRoot()}dgos/v1/posts/${post}/live`)
}

async function ask<T>(path: string, request: RequestInit, ms = timeMs): Promise<Answer<T>> {
  try {
    const response = await fetch(memberRoot() + path.slice(1), { signal: AbortSignal.timeout(ms), ...request })
    const body = (await response.json()) as T & { error?: Code; message?: string }
    if (response.ok) return { ok: true, value: body }
    const code = body.error ?? 'INTERNAL'
    return { ok: false, code, message: body.message ?? codes[code] ?? '' }
  } catch {
    return unreachable // no connection, or an answer that is not of this protocol
  }
}
