/** Signed files of anyone, handed in at all mirrors. */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Envelope } from '../../../protocol/objects.ts'
import { sendBlob, sendObjects } from '../form/member-client.ts'
import { part, say } from '../form/page-parts.ts'
import { readPostFile } from '../post-file.ts'

export class HandOver {
  readonly #mirrors: () => readonly string[]

  constructor({ mirrors }: { readonly mirrors: () => readonly string[] }) {
    this.#mirrors = mirrors
  }

  start(): void {
    const input = part<HTMLInputElement>('hand-file')
    input.addEventListener('change', () => {
      const [file] = input.files ?? []
      if (file !== undefined) void this.#take(file)
    })
  }

  async #take(file: File): Promise<void> {
    const place = part('hand-answer')
    const read = readPostFile(new Uint8Array(await file.arrayBuffer()), sha256)
    if (!read.ok) return say(place, 'alarm', `"${file.name}": ${read.detail}`)
    const objects = read.value.objects as readonly Envelope[]
    const taken = await Promise.all(
      this.#mirrors().map(async (mirror) => {
        const answer = await sendObjects(mirror, objects)
        if (!answer.ok || answer.value.some((taken) => taken.result === 'refused')) return false
        for (const [hash, bytes] of read.value.blobs) await sendBlob(mirror, hash, bytes)
        return true
      }),
    )
    const count = taken.filter(Boolean).length
    say(
      place,
      count > 0 ? 'good' : 'alarm',
      count > 0 ? `${count} members took it.` : 'No member took it. Try again when there is a network.',
    )
  }
}
