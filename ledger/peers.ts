/** Other members, as the rest of the program sees them. The wire behind it is handed in: HTTP, or a simulated network. */

import { textOf, utf8 } from '../protocol/bytes.ts'
import { type Code, type Refused, wordsOf } from '../protocol/codes.ts'
import { batchBytesMax, blobBytesMax, unreachableMax, wordsBytesMax } from '../protocol/limits.ts'
import type { Envelope, Hash } from '../protocol/objects.ts'
import { batches } from './batch.ts'

export type WireRequest = {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** Begins with "/" and is appended to the member's url. */
  readonly path: string
  readonly body?: Uint8Array
  readonly contentType?: string
  readonly bytesMax: number
  readonly timeMs: number
}
export type WireAnswer =
  | { readonly ok: true; readonly status: number; readonly body: Uint8Array }
  | { readonly ok: false; readonly reason: string }

/** Sends one request to a member. Never throws: an unreachable member is an answer. */
export type Wire = { request(memberUrl: string, request: WireRequest): Promise<WireAnswer> }

export type ObjectAnswer = {
  readonly id: Hash | null
  readonly result: 'stored' | 'known' | 'superseded' | 'refused'
  readonly code?: Code
  /** For people: what the code means, and the detail. */
  readonly message?: string
  /** Which field or limit it was, where that is known. */
  readonly detail?: string
  /** Of a post: the member's receipt, where it was asked for and the post is whole there. Unchecked. */
  readonly receipt?: unknown
}

const callTimeMs = 10_000
const blobTimeMs = 60_000
/** Receipts that the answer to an attachment may bear, and its bytes. */
const receiptsMax = 16
const answerBytesMax = 64 * 1024

export function refusedAnswer(id: Hash | null, { code, detail }: Pick<Refused, 'code' | 'detail'>): ObjectAnswer {
  return { id, result: 'refused', ...wordsOf(code, detail), code }
}

/** What a member made of one object; it may be hostile, and say anything. */
function isAnswer(input: unknown): input is ObjectAnswer {
  return typeof input === 'object' && input !== null && typeof (input as ObjectAnswer).result === 'string'
}

export class Peers {
  readonly #wire: Wire

  constructor(deps: { readonly wire: Wire }) {
    this.#wire = deps.wire
  }

  /**
   * Hands in objects, however many, one batch after the other. The answers stand in the same order; they are fewer where
   * the member fell silent on the way. null where it never answered properly. `ask` sends each batch, or does not.
   */
  async push(
    memberUrl: string,
    envelopes: readonly Envelope[],
    ask?: (request: (timeMs: number) => Promise<unknown>) => Promise<unknown>,
  ): Promise<readonly ObjectAnswer[] | null> {
    return this.#push(memberUrl, 'dgos/v1/objects', envelopes, ask)
  }

  /** The same for posts: the answers bear the member's receipts, so that none has to come back on a way of its own. */
  async deliver(memberUrl: string, envelopes: readonly Envelope[]): Promise<readonly ObjectAnswer[] | null> {
    return this.#push(memberUrl, 'dgos/v1/objects?receipts=1', envelopes)
  }

  async #push(
    memberUrl: string,
    path: string,
    envelopes: readonly Envelope[],
    ask: (request: (timeMs: number) => Promise<unknown>) => Promise<unknown> = (request) => request(callTimeMs),
  ): Promise<readonly ObjectAnswer[] | null> {
    const answers: ObjectAnswer[] = []
    for (const batch of batches(envelopes)) {
      const answered = await this.#pushBatch(memberUrl, path, batch, ask)
      if (answered === null) return answers.length === 0 ? null : answers
      answers.push(...answered)
    }
    return answers
  }

  async #pushBatch(
    memberUrl: string,
    path: string,
    batch: readonly Envelope[],
    ask: (request: (timeMs: number) => Promise<unknown>) => Promise<unknown>,
  ): Promise<readonly ObjectAnswer[] | null> {
    const answer = await ask((timeMs) => this.post(memberUrl, path, { objects: batch }, timeMs))
    const answers = (answer as { answers?: unknown } | null)?.answers
    return Array.isArray(answers) && answers.length === batch.length && answers.every(isAnswer) ? answers : null
  }

  /** The bytes of a blob as the member sent them, unchecked; null where it has none or did not answer. */
  async blob(memberUrl: string, hash: Hash): Promise<Uint8Array | null> {
    const answer = await this.#wire.request(memberUrl, {
      method: 'GET',
      path: `dgos/v1/blobs/${hash}`,
      bytesMax: blobBytesMax,
      timeMs: blobTimeMs,
    })
    return answer.ok && answer.status === 200 ? answer.body : null
  }

  /** What those who may sit in a verdict about a blog have said last, as this member knows it; unchecked, few. */
  async words(memberUrl: string, blog: Hash): Promise<readonly unknown[]> {
    const path = `dgos/v1/blogs/${blog}/words`
    const answer = json(
      await this.#wire.request(memberUrl, { method: 'GET', path, bytesMax: wordsBytesMax, timeMs: callTimeMs }),
    )
    const { objects } = (answer ?? {}) as { readonly objects?: unknown }
    return Array.isArray(objects) ? objects.slice(0, unreachableMax) : []
  }

  /** Hands in the bytes of an attachment. The receipts of the posts that are whole there by them; null where they were not taken. */
  async putBlob(memberUrl: string, hash: Hash, body: Uint8Array): Promise<readonly unknown[] | null> {
    const answer = await this.#wire.request(memberUrl, {
      method: 'PUT',
      path: `dgos/v1/blobs/${hash}?receipts=1`,
      body,
      contentType: 'application/octet-stream',
      bytesMax: answerBytesMax,
      timeMs: blobTimeMs,
    })
    const { receipts } = (json(answer) ?? {}) as { readonly receipts?: unknown }
    if (!answer.ok || answer.status !== 200) return null
    return Array.isArray(receipts) ? receipts.slice(0, receiptsMax) : []
  }

  /** GET of a JSON document. null on anything but 200 and JSON. */
  async get(memberUrl: string, path: string, timeMs = callTimeMs): Promise<unknown> {
    return json(await this.#wire.request(memberUrl, { method: 'GET', path, bytesMax: batchBytesMax, timeMs }))
  }

  /** POST of a JSON document. null on anything but 200 and JSON. */
  async post(memberUrl: string, path: string, body: unknown, timeMs = callTimeMs): Promise<unknown> {
    const bytes = utf8(JSON.stringify(body))
    return json(
      await this.#wire.request(memberUrl, {
        method: 'POST',
        path,
        body: bytes,
        contentType: 'application/json',
        bytesMax: batchBytesMax,
        timeMs,
      }),
    )
  }
}

function json(answer: WireAnswer): unknown {
  if (!answer.ok || answer.status !== 200) return null
  try {
    return JSON.parse(textOf(answer.body) ?? '')
  } catch {
    return null // a peer that does not speak JSON has not answered
  }
}
