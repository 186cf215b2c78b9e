/** The images of a post that a member has just taken: sent from this device, or found to be there already. */
import type { Attachment, Hash, SignedObject } from '../../../protocol/objects.ts'
import { keptImage } from './draft-keeper.ts'
import { fetchReplicaStatus, hasBlob, memberRoot, sendBlob } from './member-client.ts'

type PostObject = SignedObject<'post'>
/** Names of images: `unsent` are on this device and were not taken, `gone` are neither here nor there. */
export type LostImages = { readonly unsent: readonly string[]; readonly gone: readonly string[] }

/** `before`: the post that this one replaces. */
export async function sendImages(
  files: readonly Attachment[],
  before: PostObject | undefined,
  onProgress: (i: number) => void,
): Promise<LostImages> {
  const unsent: string[] = []
  const gone: string[] = []
  for (const [i, { blob, name }] of files.entries()) {
    onProgress(i)
    const bytes = await keptImage(blob)
    if (bytes === null) {
      if (!(await isHeld(blob, before))) gone.push(name)
    } else if (!(await sendBlob(memberRoot(), blob, bytes)).ok) unsent.push(name)
  }
  return { unsent, gone }
}

/** By this member, or by mirrors that hold the post before: they do so only with its images. */
async function isHeld(blob: Hash, before: PostObject | undefined): Promise<boolean> {
  if (await hasBlob(memberRoot(), blob)) return true
  if (before?.payload.attachments.some((attachment) => attachment.blob === blob) !== true) return false
  const holders = await fetchReplicaStatus(memberRoot(), before.id)
  return holders.ok && holders.value.held > 0
}

/** For the author: what is missing, and what to do. Empty where nothing is. */
export function lostWords({ unsent, gone }: LostImages): string {
  const names = [...unsent, ...gone].join(', ')
  if (names === '') return ''
  const rest = `Neither this device nor this member has ${gone.join(', ')} any more: remove it, add it again, and send`
  return `The text is sent, but not ${names}. ${gone.length === 0 ? 'Send' : rest} once more.`
}
