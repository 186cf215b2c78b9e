/** What the kit asks of several members at once, and makes of their answers. */
import type { Hash } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import { fetchReplicaStatus, fetchVault } from '../form/member-client.ts'
import type { VaultDocument } from '../vault-document.ts'
import type { KitMirror } from './kit-data.ts'

const mirrorsMax = 20

/** Who holds a post, as the member that counts most of them says. */
export async function replicaStatusOf(members: readonly string[], id: Hash): Promise<ReplicaStatus | null> {
  const answers = await Promise.all(members.map((member) => fetchReplicaStatus(member, id)))
  const counts = answers.flatMap((answer) => (answer.ok ? [answer.value] : []))
  return counts.sort((a, b) => b.held - a.held)[0] ?? null
}

export type Seen = { readonly newest: VaultDocument | null; readonly mirrors: readonly KitMirror[] }

/**
 * Asks all members the kit knows for the blog's mirrors. The list is what any of them names, and the known ones after it:
 * a liar can add a name, which learns nothing that is not public, but can push nobody out who is named by another.
 */
export async function lookAround(blog: Hash, known: readonly KitMirror[]): Promise<Seen> {
  const answers = await Promise.all(known.map((kitMirror) => fetchVault(kitMirror.url, blog)))
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
