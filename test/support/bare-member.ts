/** The least member of a test network: a ledger with its blobs, and the answers of the wire that other parts ask for. */
import type { Replication } from '../../activation/posts/replication.ts'
import { Ledger } from '../../ledger/ledger.ts'
import type { ObjectStore } from '../../ledger/object-store.ts'
import type { ObjectAnswer, WireRequest } from '../../ledger/peers.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import type { Clock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { textOf, utf8 } from '../../protocol/bytes.ts'
import type { Envelope, SignedObject } from '../../protocol/objects.ts'
import type { Platform } from '../../protocol/platform.ts'
import { seatWords } from '../../protocol/watchers.ts'
import type { MemoryBlobStore } from './memory-blob-store.ts'
import type { Ground, Made, MakeMember } from './test-network.ts'

export type BareMember = Made & { handIn(objects: readonly SignedObject[]): ReturnType<Ledger['accept']> }

export function bareMember(): MakeMember<BareMember> {
  return async (ground) => {
    const ledger = await openLedger(ground)
    return {
      ledger,
      handIn: (objects) => ledger.accept(envelopesOf(objects), 'author'),
      answer: (request) => bareAnswer({ ...ground, ledger }, request),
    }
  }
}

/** The ledger of a member, on its own database and this platform unless `over` says otherwise. */
export async function openLedger(
  { clock, database, network, signer }: Ground,
  over: { readonly store?: ObjectStore; readonly platform?: Platform } = {},
): Promise<Ledger> {
  const store = over.store ?? (await SqlObjectStore.open(database))
  const deps = { clock, platform: nodePlatform, log: silentLog, ...over, store }
  return Ledger.open(deps, { network, self: signer.key })
}

export type Known = {
  readonly ledger: Ledger
  readonly blobs: Pick<MemoryBlobStore, 'get'>
  readonly clock: Clock
  readonly uploads?: Pick<Replication, 'receiptOf' | 'receiptsOf' | 'acceptBlob'>
}

/** Takes objects, and hands out objects, blobs, words of watchers and a sign of life; all else is not found. */
export async function bareAnswer({ ledger, blobs, clock, uploads }: Known, { path, method, body }: WireRequest) {
  const [route, query] = path.split('?')
  const [, , what, id] = route!.split('/')
  if (what === 'ping') return found('{}')
  if (method === 'POST' && what === 'objects') {
    const { objects } = JSON.parse(textOf(body!)!) as { objects: Envelope[] }
    const answers = await ledger.accept(objects, 'peer')
    if (uploads === undefined || query === undefined) return found(JSON.stringify({ answers }))
    const receipts = answers.map(async (answer) => ({ ...answer, ...(await receiptOf(uploads, answer)) }))
    return found(JSON.stringify({ answers: await Promise.all(receipts) }))
  }
  if (id === undefined) return notFound
  if (what === 'blogs') {
    const words = seatWords(await ledger.blog(id), ledger.roster(), clock.nowMs())
    return found(JSON.stringify({ objects: words.map((word) => word.envelope) }))
  }
  if (what === 'blobs' && method === 'PUT') {
    const taken = await uploads?.acceptBlob(id, body!)
    return taken?.ok === true ? found(JSON.stringify({ receipts: await uploads!.receiptsOf(id) })) : notFound
  }
  if (what === 'blobs') return found(await blobs.get(id))
  const object = what === 'objects' ? await ledger.object(id) : null
  return found(object === null ? null : JSON.stringify(object.envelope))
}

async function receiptOf(uploads: Pick<Replication, 'receiptOf'>, { id, result }: ObjectAnswer) {
  const receipt = id === null || result === 'refused' ? null : await uploads.receiptOf(id)
  return receipt === null ? {} : { receipt }
}

const notFound = { status: 404, body: utf8('{}') }

function found(body: Uint8Array | string | null) {
  if (body === null) return notFound
  return { status: 200, body: typeof body === 'string' ? utf8(body) : body }
}

/** The answers' words to what peers bring, and the codes of what was refused. */
export async function take(ledger: Ledger, objects: readonly SignedObject[]): Promise<readonly string[]> {
  const answers = await ledger.accept(envelopesOf(objects), 'peer')
  return answers.map((answer) => answer.code ?? answer.result)
}

function envelopesOf(objects: readonly SignedObject[]): readonly Envelope[] {
  return objects.map((object) => object.envelope)
}
