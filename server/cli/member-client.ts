/** A member as the command line sees it. Refusals of the member become words for the user. */

import { batches } from '../../ledger/batch.ts'
import type { ObjectAnswer, Wire } from '../../ledger/peers.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { sayHint } from '../../protocol/author-hint.ts'
import { textOf, utf8 } from '../../protocol/bytes.ts'
import { open } from '../../protocol/envelope.ts'
import { blobBytesMax } from '../../protocol/limits.ts'
import { rosterOf } from '../../protocol/membership.ts'
import type { Envelope, Hash, SignedObject } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import type { Roster } from '../../protocol/roster.ts'
import { CommandFailed } from './command.ts'

const answerBytesMax = 32 * 1024 * 1024
const timeMs = 20_000

export type Network = {
  readonly network: SignedObject<'network'>
  readonly objects: readonly SignedObject[]
  readonly roster: Roster
}

/** Who hands in objects of a blog, with a key of its author. */
export type Author = { readonly signer: Signer; readonly blog: Hash; readonly nowMs: number }

export class MemberClient {
  readonly url: string
  readonly #wire: Wire

  constructor(deps: { readonly wire: Wire }, options: { readonly url: string }) {
    this.#wire = deps.wire
    this.url = options.url.endsWith('/') ? options.url : `${options.url}/`
  }

  /** The document, or null where there is nothing under the path. Throws CommandFailed where the member does not answer. */
  async get(path: string): Promise<unknown> {
    return this.#ask('GET', path)
  }

  async post(path: string, value: unknown): Promise<unknown> {
    return this.#ask('POST', path, utf8(JSON.stringify(value)), 'application/json')
  }

  async putBlob(hash: Hash, bytes: Uint8Array): Promise<void> {
    await this.#ask('PUT', `dgos/v1/blobs/${hash}`, bytes, 'application/octet-stream')
  }

  async blob(hash: Hash): Promise<Uint8Array | null> {
    const answer = await this.#wire.request(this.url, {
      method: 'GET',
      path: `dgos/v1/blobs/${hash}`,
      bytesMax: blobBytesMax,
      timeMs,
    })
    return answer.ok && answer.status === 200 ? answer.body : null
  }

  /** Hands in objects and gives back the answers, in order. `author` says ahead whose they are. */
  async hand(objects: readonly SignedObject[], author: Author | null = null): Promise<readonly ObjectAnswer[]> {
    const answers: ObjectAnswer[] = []
    const { host } = new URL(this.url)
    const said = author === null ? '' : `?by=${await sayHint(author.signer, author.blog, host, author.nowMs)}`
    for (const batch of batches(objects.map((object) => object.envelope))) {
      const answer = (await this.post(`dgos/v1/objects${said}`, { objects: batch })) as { answers: ObjectAnswer[] }
      answers.push(...answer.answers)
    }
    return answers
  }

  /** Hands in objects that must all be taken. */
  async handAll(objects: readonly SignedObject[], author: Author | null = null): Promise<readonly ObjectAnswer[]> {
    const answers = await this.hand(objects, author)
    const refused = answers.find((answer) => answer.result === 'refused')
    if (refused !== undefined) throw new CommandFailed(`${refused.code}: ${refused.message}`)
    return answers
  }

  /** Hands in a root that names the member as its steward, with its operator's invitation. */
  async enrol(objects: readonly SignedObject[], invitation: string): Promise<void> {
    await this.post('dgos/v1/join/blog', { objects: objects.map((object) => object.envelope), invitation })
  }

  /** The member's key, as it says itself. */
  async key(): Promise<string> {
    const { member } = ((await this.get('dgos/v1/ping')) ?? {}) as { member?: string }
    if (typeof member !== 'string') throw new CommandFailed(`${this.url} is not a member`)
    return member
  }

  /** The network this member belongs to, verified. */
  async network(nowMs: number): Promise<Network> {
    const found = (await this.get('dgos/v1/members')) as { network?: unknown; objects?: unknown[] } | null
    const network = await open(found?.network, nodePlatform)
    if (!network.ok || network.value.kind !== 'network') throw new CommandFailed(`${this.url} names no network`)
    const objects: SignedObject[] = []
    for (const envelope of found?.objects ?? []) {
      const opened = await open(envelope as Envelope, nodePlatform)
      if (opened.ok) objects.push(opened.value)
    }
    const roster = rosterOf(network.value, objects, nowMs, nodePlatform.sha256)
    return { network: network.value, objects, roster }
  }

  async #ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: Uint8Array, contentType?: string): Promise<unknown> {
    const sent = { ...(body === undefined ? {} : { body }), ...(contentType === undefined ? {} : { contentType }) }
    const answer = await this.#wire.request(this.url, { method, path, bytesMax: answerBytesMax, timeMs, ...sent })
    if (!answer.ok) throw new CommandFailed(`${this.url} does not answer (${answer.reason})`)
    if (answer.status === 404 && method === 'GET') return null
    const value = parsed(answer.body) as { error?: string; message?: string } | null
    if (answer.status >= 400)
      throw new CommandFailed(`${this.url}: ${value?.error ?? answer.status} ${value?.message ?? ''}`.trim())
    return value
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(body) ?? '')
  } catch {
    return null // the callers say what they missed
  }
}
