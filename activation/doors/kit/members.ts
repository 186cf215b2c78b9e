/** What the kit asks of members, any of them. One that does not answer is a value. */
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import type { VaultDocument } from '../vault-document.ts'
import type { KitMirror } from './kit-data.ts'

export type Taken = {
  readonly id: Hash | null
  readonly result: string
  readonly code?: string
  readonly message?: string
}
export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string }

const timeMs = 12_000
const uploadMs = 60_000
const mirrorsMax = 20

export async function ask<T>(member: string, path: string, request: RequestInit = {}, ms = timeMs): Promise<Asked<T>> {
  try {
    const signal = AbortSignal.timeout(ms)
    const response = await fetch(`${member}${path}`, { cache: 'no-store', credentials: 'omit', signal, ...request })
    const body = (await response.json()) as T & { error?: string; message?: string }
    if (response.ok) return { ok: true, value: body }
    return { ok: false, code: body.error ?? 'INTERNAL', message: body.message ?? '' }
  } catch {
    return { ok: false, code: 'UNREACHABLE', message: 'does not answer' } // no network, or not a member
  }
}

export function post<T>(member: string, path: string, value: unknown): Promise<Asked<T>> {
  const headers = { 'content-type': 'application/json' }
  return ask(member, path, { method: 'POST', headers, body: JSON.stringify(value) }, uploadMs)
}

export async function handIn(member: string, objects: readonly Envelope[]): Promise<Asked<readonly Taken[]>> {
  const answer = await post<{ answers: Taken[] }>(member, 'dgos/v1/objects', { objects })
  return answer.ok ? { ok: true, value: answer.value.answers } : answer
}

export function putBlob(member: string, hash: Hash, bytes: Uint8Array): Promise<Asked<unknown>> {
  const body = new Blob([bytes as Uint8Array<ArrayBuffer>])
  const headers = { 'content-type': 'application/octet-stream' }
  return ask(member, `dgos/v1/blobs/${hash}`, { method: 'PUT', headers, body }, uploadMs)
}

/** Who holds a post, as the member that counts most of them says. */
export async function replicaStatusOf(members: readonly string[], id: Hash): Promise<ReplicaStatus | null> {
  const answers = await Promise.all(members.map((member) => ask<ReplicaStatus>(member, `dgos/v1/posts/${id}/holders`)))
  const counts = answers.flatMap((answer) => (answer.ok ? [answer.value] : []))
  return counts.sort((a, b) => b.held - a.held)[0] ?? null
}

export type Seen = { readonly newest: VaultDocument | null; readonly mirrors: readonly KitMirror[] }

/**
 * Asks all members the kit knows for the blog's mirrors. The list is what any of them names, and the known ones after it:
 * a liar can add a name, which learns nothing that is not public, but can push nobody out who is named by another.
 */
export async function lookAround(blog: Hash, known: readonly KitMirror[]): Promise<Seen> {
  const answers = await Promise.all(
    known.map((kitMirror) => ask<VaultDocument>(kitMirror.url, `dgos/v1/blogs/${blog}/vault`)),
  )
  const found = answers.flatMap((answer) => (answer.ok && answer.value.blog === blog ? [answer.value] : []))
  const lists = found.map((vaultDocument) =>
    vaultDocument.mirrors.filter(({ url }) => /^https?:\/\/[^\s"'<>]{1,500}\/$/.test(url)),
  )
  const merged = new Map<string, KitMirror>()
  for (let i = 0; i < 10; i++) for (const list of lists) if (list[i] !== undefined) merged.set(list[i]!.url, list[i]!)
  for (const kitMirror of known) if (!merged.has(kitMirror.url)) merged.set(kitMirror.url, kitMirror)
  const newest = found.sort((a, b) => (b.since ?? 0) - (a.since ?? 0))[0] ?? null
  return { newest, mirrors: [...merged.values()].slice(0, mirrorsMax) }
}
