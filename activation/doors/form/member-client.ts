/** What the form asks of the member that served it. A member that does not answer is a value, as everywhere. */
import { type Code, codes } from '../../../protocol/codes.ts'
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import type { Holders } from '../../posts/holders.ts'
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

/** How often the count of holders is asked for where the live stream does not work. */
const pollMs = 3000

export function fetchVault(blog: string): Promise<Answer<VaultDocument>> {
  return ask(`/dgos/v1/blogs/${encodeURIComponent(blog)}/vault`, { cache: 'no-store' })
}

export async function sendObjects(objects: readonly Envelope[]): Promise<Answer<readonly Taken[]>> {
  const answer = await ask<{ answers: Taken[] }>('/dgos/v1/objects', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ objects }),
  })
  return answer.ok ? { ok: true, value: answer.value.answers } : answer
}

export function sendBlob(hash: Hash, bytes: Uint8Array): Promise<Answer<unknown>> {
  const body = new Blob([bytes as Uint8Array<ArrayBuffer>])
  return ask(`/dgos/v1/blobs/${hash}`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body })
}

/** Tells who holds a post, now and at each change, until all do. Falls back to asking again and again. */
export function watchHolders(post: Hash, tell: (holders: Holders) => void): void {
  const isDone = (holders: Holders) => {
    tell(holders)
    return holders.of > 0 && holders.held === holders.of
  }
  const poll = async () => {
    const answer = await ask<Holders>(`/dgos/v1/posts/${post}/holders`, { cache: 'no-store' })
    if (!answer.ok || !isDone(answer.value)) setTimeout(poll, pollMs)
  }
  const events = new EventSource(`${memberRoot()}dgos/v1/posts/${post}/live`)
  events.onmessage = (event) => {
    if (isDone(JSON.parse(event.data as string) as Holders)) events.close()
  }
  events.onerror = () => {
    events.close()
    void poll()
  }
}

async function ask<T>(path: string, request: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(memberRoot() + path.slice(1), request)
    const body = (await response.json()) as T & { error?: Code; message?: string }
    if (response.ok) return { ok: true, value: body }
    const code = body.error ?? 'INTERNAL'
    return { ok: false, code, message: body.message ?? codes[code] ?? '' }
  } catch {
    return unreachable // no connection, or an answer that is not of this protocol
  }
}
