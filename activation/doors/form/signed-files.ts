/** Signed files on the way in (chosen or dropped anywhere on the page) and out (saved to the device). */
import { sha256 } from '@noble/hashes/sha2.js'
import { idOf } from '../../../protocol/envelope.ts'
import type { Envelope, Hash } from '../../../protocol/objects.ts'
import { readPostFile, writePostFile } from '../post-file.ts'
import { replicaText } from '../replica-text.ts'
import { memberRoot, sendBlob, sendObjects } from './member-client.ts'
import { make, part, say } from './page-parts.ts'
import type { ReplicaWatch } from './replica-watch.ts'

type Follow = ReplicaWatch['watch']

/** Of a file's posts the page tells who holds them, until another file is handed in. */
export function takeSignedFiles(watch: ReplicaWatch): void {
  const ends: (() => void)[] = []
  const follow: Follow = (post, tell) => {
    const end = watch.watch(post, tell)
    ends.push(end)
    return end
  }
  const take = (file: File) => {
    for (const end of ends.splice(0)) end()
    return handIn(file, follow)
  }
  const form = part<HTMLFormElement>('file-form')
  const input = part<HTMLInputElement>('file')
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const [file] = input.files ?? []
    if (file !== undefined) void take(file).then(() => form.reset())
  })
  document.addEventListener('dragover', (event) => event.preventDefault())
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    const [file] = event.dataTransfer?.files ?? []
    if (file !== undefined && /\.(dgos|json)$/i.test(file.name)) void take(file)
  })
}

async function handIn(file: File, follow: Follow): Promise<void> {
  const place = part('file-answer')
  const read = readPostFile(new Uint8Array(await file.arrayBuffer()), sha256)
  if (!read.ok) return say(place, 'alarm', `"${file.name}" was not taken: ${read.detail}`)
  say(place, null, 'Handing in…')
  const objects = read.value.objects as readonly Envelope[]
  const sent = await sendObjects(memberRoot(), objects)
  if (!sent.ok) return say(place, 'alarm', sent.message)
  const refused = sent.value.filter((taken) => taken.result === 'refused')
  if (refused.length === sent.value.length) return say(place, 'alarm', refused[0]!.message ?? 'It was refused.')
  let lost = 0
  for (const [hash, bytes] of read.value.blobs) if (!(await sendBlob(memberRoot(), hash, bytes)).ok) lost++
  const note = lost === 0 ? '' : ` ${lost} of its images were not taken.`
  const posts = objects.flatMap((envelope) => (/\.post\.v1/.test(envelope.payloadType) ? [idOf(envelope, sha256)] : []))
  const count = make('span', {}, posts.length === 0 ? 'It was taken.' : '')
  say(place, lost === 0 ? 'good' : 'warn', `"${file.name}" is here. `, count, note)
  for (const id of posts) if (id !== null) follow(id, (holders) => (count.textContent = replicaText(holders)))
}

export function saveSignedFile(objects: readonly Envelope[], blobs: ReadonlyMap<Hash, Uint8Array>, name: string): void {
  const bytes = writePostFile(objects, blobs) as Uint8Array<ArrayBuffer>
  const link = make('a', { download: `${name}.dgos`, href: URL.createObjectURL(new Blob([bytes])) })
  link.click()
}
