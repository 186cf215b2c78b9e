/** One step of a bad day: what it asks, what it makes of the answers, and what all steps share. */
import { sha256 } from '@noble/hashes/sha2.js'
import type { BlogObjects } from '../../../protocol/blog-objects.ts'
import { ok, type Result, refuse } from '../../../protocol/codes.ts'
import type { KeyRoles } from '../../../protocol/key-roles.ts'
import type { Hash, Key, SignedObject, Time } from '../../../protocol/objects.ts'
import type { Signer } from '../../../protocol/platform.ts'
import { tips } from '../../../protocol/posts.ts'
import type { KeyPair } from '../enrol.ts'
import { type RootChanges, signNextRoot } from '../successor.ts'

export type Choice = readonly [value: string, label: string]
export type Field = {
  readonly id: string
  readonly label: string
  /** Choices make it a list; `check` a box to tick; else a line of text. */
  readonly choices?: readonly Choice[]
  readonly check?: true
  readonly type?: 'url' | 'datetime-local' | 'text'
}

/** The blog as it stands, and who asks. */
export type Situation = {
  readonly blog: BlogObjects
  readonly roles: KeyRoles
  /** The posting key of this kit. */
  readonly own: Key
  readonly nowMs: Time
}
export type Answers = {
  readonly value: (id: string) => string
  readonly recovery: Signer | null
  /** The kit's key, unlocked; null where it is lost or locked. */
  readonly posting: Signer | null
  /** Who a member is, by its url. */
  readonly member: (url: string) => Promise<Key | null>
}
export type Done = {
  readonly objects: readonly SignedObject[]
  readonly text: string
  /** A new key of this kit, and its new passphrase: the old file is of no use any more, or is another device's. */
  readonly fresh?: { readonly pair: KeyPair; readonly passphrase: string }
  /** Of the form, where the one before has ended. Shown once. */
  readonly formPassphrase?: string
  readonly addresses?: readonly string[]
}
export type Step = {
  readonly title: string
  readonly help: string
  /** Whose word it takes. */
  readonly needs: 'recovery' | 'posting' | 'either' | 'none'
  readonly fields: (situation: Situation) => readonly Field[]
  readonly run: (situation: Situation, answers: Answers) => Promise<Result<Done>>
}

export const rootOf = ({ roles }: Situation) => roles.chain.current.payload
export const short = (key: Key) => `${key.slice(0, 8)}…`

export async function nextRoot(
  at: Situation,
  answers: Answers,
  changes: RootChanges,
  text: string,
): Promise<Result<Done>> {
  if (answers.recovery === null) return refuse('NOT_ALLOWED', 'type your recovery words')
  const signed = await signNextRoot(at.blog, changes, keysFor(answers, answers.posting), at.nowMs, sha256)
  if (!signed.ok) return signed
  const { objects, headMissing } = signed.value
  const more = headMissing
    ? ' Unlock the kit here and press again: its key must carry on the list of your mirrors.'
    : ''
  return ok({ objects, text: text + more })
}

export function keysFor({ recovery }: Answers, posting: Signer | null): { recovery: Signer; posting: Signer | null } {
  return { recovery: recovery!, posting }
}

/** Posts of an ended key that stay. */
export function goodPosts({ blog }: Situation, { value }: Answers): readonly Hash[] {
  const good = value('good')
  if (good === 'none') return []
  return good === 'all' || good === '' ? tips(blog) : [good]
}

/** Those that still hold. */
export function delegationsOf({ roles, nowMs }: Situation): readonly SignedObject<'delegation'>[] {
  const all = [...roles.delegations.values()]
  return all.filter(({ payload }) => !roles.revoked.has(payload.to) && payload.until > nowMs)
}
