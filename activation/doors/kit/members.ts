/** What the kit asks of several members at once, and makes of their answers. */
import { decodeBase64 } from '../../../protocol/base64.ts'
import { textOf } from '../../../protocol/bytes.ts'
import type { Envelope, Hash, Payloads } from '../../../protocol/objects.ts'
import type { ReplicaStatus } from '../../posts/replica-status.ts'
import { ask, fetchReplicaStatus, fetchVault } from '../form/member-client.ts'
import type { VaultDocument } from '../vault-document.ts'
import type { KitMirror } from './kit-data.ts'

const mirrorsMax = 20
const webUrl = /^https?:\/\/[^\s"'<>]{1,500}\/$/

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
  const lists = found.map((vaultDocument) => vaultDocument.mirrors.filter(({ url }) => webUrl.test(url)))
  const merged = new Map<string, KitMirror>()
  for (let i = 0; i < 10; i++) for (const list of lists) if (list[i] !== undefined) merged.set(list[i]!.url, list[i]!)
  for (const kitMirror of known) if (!merged.has(kitMirror.url)) merged.set(kitMirror.url, kitMirror)
  const newest = found.sort((a, b) => (b.since ?? 0) - (a.since ?? 0))[0] ?? null
  return { newest, mirrors: [...merged.values()].slice(0, mirrorsMax) }
}

const goMembersMax = 3

/** Members of different operators that lead readers and take posts, `first` before all; `first` alone where nobody answers. */
export async function goMembers(url: string, first: KitMirror): Promise<readonly KitMirror[]> {
  const answer = await ask<{ objects?: readonly Envelope[] }>(url, 'dgos/v1/members')
  const records = (answer.ok ? (answer.value.objects ?? []) : []).flatMap(memberRecordOf)
  const active = records.filter((record) => !record.passive && record.leaving !== true && webUrl.test(record.url))
  const operators = new Set(active.filter((record) => record.url === url).map((record) => record.operator))
  const chosen = [first]
  for (const { operator, member, name, url: other } of active) {
    if (chosen.length === goMembersMax) break
    if (other === url || operators.has(operator)) continue
    operators.add(operator)
    chosen.push({ key: member, name, url: other })
  }
  return chosen
}

/** Not verified: a liar among them prints a link that leads nowhere, and the others stand beside it. */
function memberRecordOf(envelope: Envelope): readonly Payloads['member'][] {
  if (!/\.member\.v1\+json$/.test(envelope.payloadType)) return []
  try {
    return [JSON.parse(textOf(decodeBase64(envelope.payload) ?? new Uint8Array(0)) ?? '') as Payloads['member']]
  } catch {
    return [] // not a payload of this protocol
  }
}
