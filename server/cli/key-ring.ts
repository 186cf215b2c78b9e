/** What every command that signs a root starts from: the author's file, a member, and the blog as it stands. */

import { recoverySeed, secretOfWords } from '../../activation/doors/recovery-words.ts'
import { type RootChanges, signNextRoot } from '../../activation/doors/successor.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { type BlogObjects, blogObjects } from '../../protocol/blog-objects.ts'
import { textOf } from '../../protocol/bytes.ts'
import { type KeyRoles, keyRolesOf } from '../../protocol/key-roles.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { blogOf } from './author-blog.ts'
import { type AuthorFile, authorOptions, readAuthorFile, writeAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Call, CommandFailed, flagValue, UsageError } from './command.ts'
import type { MemberClient } from './member-client.ts'

const { sha256 } = nodePlatform

/** Options of such a command. */
export const rootOptions = {
  ...authorOptions,
  words: { type: 'boolean', help: 'read the recovery words from standard input' },
} as const

export type KeyRing = {
  readonly file: AuthorFile
  readonly member: MemberClient
  readonly blog: BlogObjects
  readonly roles: KeyRoles
}

export async function keyRing(call: Call): Promise<KeyRing> {
  const file = await readAuthorFile(call)
  const member = await memberFor(call, file)
  return ringOf(file, member)
}

export async function ringOf(file: AuthorFile, member: MemberClient): Promise<KeyRing> {
  const blog = blogObjects(file.blog, await blogOf(member, file.blog))
  const roles = keyRolesOf(blog)
  if (roles === null) throw new CommandFailed(`${member.url} does not know the blog`)
  return { file, member, blog, roles }
}

/** The highest recovery key at hand: from the file, or with --words from paper. */
export async function recoverySigner(call: Call, { file, roles }: KeyRing): Promise<Signer> {
  const { recovery } = roles.chain.current.payload
  if (flagValue(call.values, 'words')) {
    const signer = nodeSigner(await seedFromInput(call))
    if (!recovery.includes(signer.key)) throw new CommandFailed('these words are no recovery key of this blog')
    return signer
  }
  const held = [file.keys.get('recovery')?.signer, file.keys.get('recovery-2')?.signer]
  const found = held.find((signer) => signer !== undefined && recovery.includes(signer.key))
  if (found === undefined)
    throw new UsageError('no recovery key is in this key file: give --words and type them on standard input')
  return found
}

export async function seedFromInput(call: Call): Promise<Uint8Array> {
  return recoverySeed(await secretFromInput(call))
}

/** What the words hold. */
export async function secretFromInput(call: Call): Promise<Uint8Array> {
  call.tell('type the recovery words of one sheet, then end with Ctrl-D')
  const secret = secretOfWords(textOf(await call.io.input()) ?? '')
  if (!secret.ok) throw new CommandFailed(secret.detail)
  return secret.value
}

export type SignedWith = {
  /** Signs the head. Default: the posting key of the file. */
  readonly posting?: Signer | undefined
  /** Handed in with the root. */
  readonly besides?: readonly SignedObject[]
}

/**
 * Signs the next root and hands it in, and with it a head where the present one stops counting: mirrors must never be
 * left without a list.
 */
export async function signRoot(
  call: Call,
  ring: KeyRing,
  changes: RootChanges,
  { posting = ring.file.keys.get('posting')?.signer, besides = [] }: SignedWith = {},
): Promise<SignedObject<'root'>> {
  const signer = await recoverySigner(call, ring)
  const keys = { recovery: signer, posting: posting ?? null }
  const signed = await signNextRoot(ring.blog, changes, keys, call.io.clock.nowMs(), sha256)
  if (!signed.ok) throw new CommandFailed(signed.detail)
  const { root, objects, headMissing } = signed.value
  if (headMissing)
    call.tell('no posting key is here to carry on the list of mirrors: a steward has to sign the next head')
  await ring.member.handAll([...objects, ...besides])
  return root
}

/** The key file anew, with these keys. */
export async function rewrite(call: Call, file: AuthorFile, keys: AuthorFile['keys']): Promise<void> {
  const { path, ...rest } = file
  await writeAuthorFile(call, { ...rest, keys }, path)
}

/** Tells what a new root has changed. */
export function done(call: Call, root: SignedObject<'root'>, value: object, words_: string): number {
  const { version } = root.payload
  call.print({ ...value, root: root.id, version }, [`${words_}; root ${version}`])
  return 0
}
