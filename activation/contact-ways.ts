/** Where an author wants to be told: the newest contact by a key that may still post. */
import type { Ledger } from '../ledger/ledger.ts'
import { isPosting, keyRolesOf } from '../protocol/key-roles.ts'
import { byTime, type Contact, type Hash } from '../protocol/objects.ts'

export type Way = Contact['notify'][number]

export async function waysOf(ledger: Ledger, id: Hash): Promise<readonly Way[]> {
  const roles = keyRolesOf(await ledger.blog(id))
  const good = (await ledger.contacts(id)).filter((contact) => roles !== null && isPosting(roles, contact.payload.key))
  const newest = [...good].sort((a, b) => byTime(b, a))[0]
  return newest?.payload.notify ?? []
}
