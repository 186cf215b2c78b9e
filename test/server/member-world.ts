/** Whole members in one process: real parts, a virtual clock, and a wire that calls the other member's Api. */

import type { TestContext } from 'node:test'
import type { Wire } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { clockSchedule } from '../../lib/schedule.ts'
import type { Web } from '../../lib/web.ts'
import { foundNetwork, memberRecord, vouch } from '../../network/founding.ts'
import { acceptAll } from '../../network/gossip.ts'
import { utf8 } from '../../protocol/bytes.ts'
import type { Envelope, SignedObject } from '../../protocol/objects.ts'
import { limitDefaults } from '../../server/config.ts'
import type { ApiResponse } from '../../server/http/api.ts'
import { intervalsOf } from '../../server/machine/intervals.ts'
import { createMember, type Member, type MemberDeps, type MemberOptions } from '../../server/member.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { MemoryHintStore, MemoryInvitationStore, MemoryNoticeStore } from '../support/memory-stores.ts'
import { signerOf } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

export { signerOf }
export const { sha256 } = nodePlatform

export type Reply = {
  readonly status: number
  readonly headers: ApiResponse['headers']
  readonly body: Uint8Array
  json(): unknown
}

/** The open web of a test: every address answers what was put there, all others nothing. */
export class PageShelf implements Web {
  readonly pages = new Map<string, string>()

  async fetch({ url }: { readonly url: string }) {
    const page = this.pages.get(url)
    if (page === undefined) return { ok: false, reason: 'connect', detail: '' } as const
    return { ok: true, status: 200, headers: { 'content-type': 'text/html' }, body: utf8(page), url } as const
  }
}

export class MemberWorld {
  readonly clock = new VirtualClock()
  readonly web = new PageShelf()
  readonly members: Member[] = []
  readonly blobs: MemoryBlobStore[] = []
  /** Urls of members that do not answer. */
  readonly silent = new Set<string>()
  readonly random = seededRandom('member world')
  network!: SignedObject<'network'>
  /** What every member is given at its birth. */
  founding: SignedObject[] = []

  /** Founders "m0", "m1", … of operators "o0", "o1", …, each in a region and block of its own. Started only where told. */
  static async found(t: TestContext, count: number, options: Partial<MemberOptions> = {}): Promise<MemberWorld> {
    const world = new MemberWorld()
    const deps = { clock: world.clock, random: world.random, sha256 }
    const founders = Array.from({ length: count }, (_, i) => signerOf(`o${i}`).key)
    world.network = await foundNetwork(deps, signerOf('o0'), { name: 'Test', founders, loopback: true })
    for (let i = 0; i < count; i++) {
      const place = { region: `region-${i}`, block: `10.${i}.0.0/16` }
      const fields = { invited: signerOf(`m${i}`).key, operator: signerOf(`o${i}`).key, ...place }
      const voucher = await vouch(deps, world.network, signerOf(`o${i}`), fields)
      const who = {
        member: signerOf(`m${i}`).key,
        operator: signerOf(`o${i}`).key,
        nextKey: signerOf(`next ${i}`).key,
        vouchers: [voucher],
        placement: null,
      }
      world.founding.push(voucher, await memberRecord(deps, world.network, signerOf(`m${i}`), who, fieldsOf(i)))
    }
    for (let i = 0; i < count; i++) await world.add(t, i, options)
    return world
  }

  /** One more member. It knows what founded the network, and nothing else yet. */
  async add(
    t: TestContext,
    i: number,
    options: Partial<MemberOptions> = {},
    deps: Partial<MemberDeps> = {},
  ): Promise<Member> {
    const { clock, random } = this
    const database = openDatabase({ path: ':memory:' })
    this.blobs[i] = new MemoryBlobStore()
    const member = await createMember(
      {
        clock,
        random,
        log: silentLog,
        platform: nodePlatform,
        schedule: clockSchedule({ clock, random, log: silentLog }),
        web: this.web,
        wire: this.wire(`10.0.${i}.1`),
        objects: await SqlObjectStore.open(database),
        blobs: this.blobs[i]!,
        captures: new MemoryCaptureStore(),
        hints: new MemoryHintStore(),
        notices: new MemoryNoticeStore(),
        invitations: new MemoryInvitationStore(),
        dnsText: async () => [],
        mailer: null,
        // packing happens on other threads, which the virtual clock cannot wait for
        compress: async (bytes) => ({ identity: bytes, gzip: null, br: null }),
        signer: signerOf(`m${i}`),
        operator: signerOf(`o${i}`),
        ...deps,
      },
      {
        network: this.network,
        self: signerOf(`m${i}`).key,
        nextKey: signerOf(`next ${i}`).key,
        fields: fieldsOf(i),
        intervals: intervalsOf({ fast: false }),
        ...limitDefaults,
        perAddressPerMinute: 100_000,
        perKeyPerMinute: 100_000,
        blogsPerMinute: 100_000,
        ...options,
      },
    )
    await acceptAll(
      member.ledger,
      this.founding.map((founding) => founding.envelope),
    )
    this.members[i] = member
    t.after(async () => {
      await member.stop()
      await database.close()
    })
    return member
  }

  member(i: number): Member {
    return this.members[i]!
  }

  async startAll(): Promise<void> {
    for (const member of this.members) await member.start()
  }

  wire(from: string): Wire {
    return {
      request: async (memberUrl, request) => {
        const member = this.members.find((_, i) => urlOf(i) === memberUrl)
        if (member === undefined || this.silent.has(memberUrl)) return { ok: false, reason: 'silent' }
        const answer = await ask(member, request.method, `/${request.path}`, request.body, { remote: from })
        return { ok: true, status: answer.status, body: answer.body }
      },
    }
  }

  async blog(name: string, member: Member, address = `http://${name}.example/`): Promise<SignedObject<'root'>> {
    const fields = {
      version: 1,
      recovery: [signerOf(`${name} recovery`).key],
      posting: [{ key: signerOf(`${name} posting`).key, name: 'laptop' }],
      signers: [signerOf('m0').key],
      addresses: [address],
      title: `Blog of ${name}`,
      revoked: [],
    }
    return member.ledger.publish('root', fields, signerOf(`${name} recovery`))
  }
}

export function urlOf(i: number): string {
  return `http://127.0.0.1:${7000 + i}/`
}

export function fieldsOf(i: number): MemberOptions['fields'] {
  return {
    name: `Member ${i}`,
    url: urlOf(i),
    contact: '',
    weight: 1,
    passive: false,
    contentUrl: null,
    join: 'invitation',
  }
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
