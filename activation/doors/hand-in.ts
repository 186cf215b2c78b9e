/** A signed file, handed in by anyone: its objects are accepted as if their author had brought them, then its images. */
import type { Ledger } from '../../ledger/ledger.ts'
import type { ObjectAnswer } from '../../ledger/peers.ts'
import { ok, type Result, refuse } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { Replication } from '../posts/replication.ts'
import { readPostFile } from './post-file.ts'

export type HandInDeps = {
  readonly ledger: Ledger
  readonly replication: Pick<Replication, 'acceptBlob'>
  readonly sha256: Sha256
}
export type HandedIn = {
  readonly answers: readonly ObjectAnswer[]
  /** Posts of the file that are here now, to be watched. */
  readonly posts: readonly Hash[]
  /** Images that were not taken, with the reason. */
  readonly images: readonly { readonly blob: Hash; readonly reason: string }[]
}

/** `from`: the address block it came from. */
export async function handIn(deps: HandInDeps, bytes: Uint8Array, from = ''): Promise<Result<HandedIn>> {
  const file = readPostFile(bytes, deps.sha256)
  if (!file.ok) return file
  const answers = await deps.ledger.accept(file.value.objects, 'author', from)
  if (answers.every((answer) => answer.result === 'refused')) {
    const [first] = answers
    return refuse(first!.code ?? 'BAD_REQUEST', answers.length === 1 ? '' : 'nothing in the file was taken')
  }
  const images: { blob: Hash; reason: string }[] = []
  for (const [blob, content] of file.value.blobs) {
    const taken = await deps.replication.acceptBlob(blob, content)
    if (!taken.ok) images.push({ blob, reason: taken.code })
  }
  const posts: Hash[] = []
  for (const { id, result } of answers) {
    if (id !== null && result !== 'refused' && (await deps.ledger.object(id))?.kind === 'post') posts.push(id)
  }
  return ok({ answers, posts, images })
}
