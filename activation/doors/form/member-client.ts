/** What form and kit ask of a member, by its URL. One that does not answer is a value, as everywhere. */
import { type Code, codes } from '../../../protocol/codes.ts'
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import type { VaultDocument } from '../vault-document.ts'

export type Asked<T> =
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

/** A server answers there, but none of this network. */
function notMember(member: string, status: number): Asked<never> {
  const message = `${member} answers (${status}), but not as a member of this network. Look at its address again.`
  return { ok: false, code: 'UNREACHABLE', message }
}

/** Where the paths of the member that served this page begin: "/", or what the page names where it shares its host with a blog. */
export function memberRoot(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="dgos-member"]')?.content ?? '/'
}

const timeMs = 12_000
/** For what is sent: a minute, and what the bytes take at 64 kbit/s. */
const uploadMs = (bytes: number) => 60_000 + bytes / 8

/** `member` ends with a slash, `path` begins without one. */
export async function ask<T>(member: string, path: string, request: RequestInit = {}, ms = timeMs): Promise<Asked<T>> {
  try {
    const signal = AbortSignal.timeout(ms)
    const response = await fetch(member + path, { cache: 'no-store', signal, ...request })
    const body = (await response.json().catch(() => null)) as (T & { error?: Code; message?: string }) | null
    if (body === null) return response.ok ? unreachable : notMember(member, response.status)
    if (response.ok) return { ok: true, value: body }
    const code = body.error ?? 'INTERNAL'
    return { ok: false, code, message: body.message ?? codes[code] ?? '' }
  } catch {
    return unreachable // no connection, or an answer that is not of this protocol
  }
}

export function post<T>(member: string, path: string, value: unknown): Promise<Asked<T>> {
  const body = JSON.stringify(value)
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  return ask(member, path, request, uploadMs(body.length))
}

export function fetchVault(member: string, blog: string): Promise<Asked<VaultDocument>> {
  return ask(member, `dgos/v1/blogs/${encodeURIComponent(blog)}/vault`)
}

/** What an unlocked key says ahead of what it has signed, to the member at a host; null where it is locked. */
export type Hint = (host: string) => Promise<string | null>

/** One answer an object, in the same order. */
export async function sendObjects(
  member: string,
  objects: readonly Envelope[],
  hint: Hint = async () => null,
): Promise<Asked<readonly Taken[]>> {
  const said = await hint(new URL(member, location.href).host)
  const path = `dgos/v1/objects${said === null ? '' : `?by=${said}`}`
  const answer = await post<{ answers: Taken[] }>(member, path, { objects })
  return answer.ok ? { ok: true, value: answer.value.answers } : answer
}

export function sendBlob(member: string, hash: Hash, bytes: Uint8Array): Promise<Asked<unknown>> {
  const body = new Blob([bytes as Uint8Array<ArrayBuffer>])
  const request = { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body }
  return ask(member, `dgos/v1/blobs/${hash}`, request, uploadMs(bytes.length))
}

/** Whether the member has an image. */
export async function hasBlob(member: string, hash: Hash): Promise<boolean> {
  try {
    const request = { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(timeMs) } as const
    return (await fetch(`${member}dgos/v1/blobs/${hash}`, request)).ok
  } catch {
    return false // no connection
  }
}

export function fetchReplicaStatus(member: string, post: Hash): Promise<Asked<ReplicaStatus>> {
  return ask(member, `dgos/v1/posts/${post}/holders`)
}

/** Who holds a post, now and at each change. Open until it is closed or the member ends it. */
export function replicaStream(member: string, post: Hash): EventSource {
  return new EventSource(`${member}dgos/v1/posts/${post}/live`)
}
