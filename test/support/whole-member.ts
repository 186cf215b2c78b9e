/** A whole member of a test network, as a real server joins it together, and how others ask its Api. */

import type { WireRequest } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Envelope } from '../../protocol/objects.ts'
import { limitDefaults } from '../../server/config.ts'
import type { ApiResponse } from '../../server/http/api.ts'
import { intervalsOf } from '../../server/machine/intervals.ts'
import { createMember, type Member, type MemberDeps, type MemberOptions } from '../../server/member.ts'
import { MemoryCaptureStore } from './memory-capture-store.ts'
import { MemoryHintStore, MemoryInvitationStore, MemoryJoinRequestStore, MemoryNoticeStore } from './memory-stores.ts'
import { fieldsOf } from './network-founding.ts'
import type { Made, MakeMember } from './test-network.ts'

export type WholeMember = Member & Made

/** What a member of a test has in memory: bookkeeping that is gone with it, and nobody outside to ask or to tell. */
export function memoryParts() {
  return {
    captures: new MemoryCaptureStore(),
    hints: new MemoryHintStore(),
    notices: new MemoryNoticeStore(),
    invitations: new MemoryInvitationStore(),
    joinRequests: new MemoryJoinRequestStore(),
    dnsText: async () => [],
    mailer: null,
    // packing happens on other threads, which the virtual clock cannot wait for
    compress: async (bytes: Uint8Array) => ({ identity: bytes, gzip: null, br: null }),
  }
}

/** `options` and `deps` differ from the usual where a test says so. Started only where told. */
export function wholeMember(
  options: Partial<MemberOptions> = {},
  deps: Partial<MemberDeps> = {},
): MakeMember<WholeMember> {
  return async ({
    i,
    url,
    signer,
    operator,
    nextKey,
    network,
    clock,
    random,
    schedule,
    database,
    blobs,
    web,
    wire,
  }) => {
    const member = await createMember(
      {
        ...{ clock, random, schedule, blobs, web, wire, signer, operator },
        log: silentLog,
        platform: nodePlatform,
        objects: await SqlObjectStore.open(database),
        ...memoryParts(),
        ...deps,
      },
      {
        network,
        nextKey,
        self: signer.key,
        fields: fieldsOf(i, url),
        intervals: intervalsOf({ fast: false }),
        ...limitDefaults,
        perAddressPerMinute: 100_000,
        perKeyPerMinute: 100_000,
        blogsPerMinute: 100_000,
        ...options,
      },
    )
    const answer = ({ method, path, body }: WireRequest, remote: string) =>
      ask(member, method, `/${path}`, body, { remote })
    return Object.assign(member, { answer })
  }
}

export type Reply = {
  readonly status: number
  readonly headers: ApiResponse['headers']
  readonly body: Uint8Array
  json(): unknown
}
type AskOptions = { readonly headers?: Readonly<Record<string, string>>; readonly remote?: string }

/** One request to a member's Api, as its HTTP server would make it. */
export async function ask(
  member: Pick<Member, 'api'>,
  method: string,
  target: string,
  body: unknown = new Uint8Array(0),
  { headers = {}, remote = '192.0.2.1' }: AskOptions = {},
): Promise<Reply> {
  const url = new URL(target, 'http://member.invalid')
  const bytes = body instanceof Uint8Array ? body : utf8(JSON.stringify(body))
  const path = url.pathname
  const answer = await member.api.handle({ method, path, query: url.searchParams, headers, body: bytes, remote })
  return { ...answer, json: () => JSON.parse(Buffer.from(answer.body).toString('utf8')) }
}

/** Hands in envelopes as an author would. */
export async function hand(member: Pick<Member, 'api'>, ...envelopes: readonly (Envelope | unknown)[]) {
  const reply = await ask(member, 'POST', '/dgos/v1/objects', { objects: envelopes })
  return (reply.json() as { answers: { id: string; result: string; code?: string; detail?: string }[] }).answers
}
