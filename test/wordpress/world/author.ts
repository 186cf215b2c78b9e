/** What the author of a test's blog signs on the day: that it is down, and a post with pictures. */
import { createHash } from 'node:crypto'
import { nodePlatform } from '../../../lib/platform.ts'
import { seal } from '../../../protocol/envelope.ts'
import type { Kind, Payloads, SignedObject } from '../../../protocol/objects.ts'
import { pictureOf } from '../../sites/writing.ts'
import type { BlogWorld } from '../blog-world.ts'

const hourMs = 3_600_000

export type Picture = { readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer> }

export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A picture, and after its end every byte that something on the way might change: CR, LF, NUL, 0xff, "%00", "<?php". */
export function awkwardPicture(i: number): Picture {
  const every = Uint8Array.from({ length: 65_536 }, (_, at) => (at % 257) ^ (at >> 8))
  const bytes = Buffer.concat([pictureOf(i), every, Buffer.from('%00\r\n+%2b<?php exit; ?>&a=b\u0000')])
  return { bytes: new Uint8Array(bytes), hash: hashOf(bytes) }
}

export function declared(world: BlogWorld): Promise<SignedObject<'declaration'>> {
  const time = Date.now()
  return sign(world, 'declaration', { state: 'down', by: 'author', time, until: time + hourMs })
}

export function written(world: BlogWorld, title: string, picture: Picture): Promise<SignedObject<'post'>> {
  const time = Date.now()
  const { hash: blob, bytes } = picture
  const attachments = [{ blob, bytes: bytes.length, type: 'image/png' as const, name: 'a.png', alt: 'The river' }]
  const html = `<p>${title}: all is well.</p><p><img src="blob:${blob}" alt="The river"></p>`
  return sign(world, 'post', {
    draft: hashOf(Buffer.from(title)),
    prevs: [],
    title,
    html,
    attachments,
    published: time,
    time,
  })
}

function sign<K extends Kind>(world: BlogWorld, kind: K, fields: object): Promise<SignedObject<K>> {
  const whole = { network: world.root.payload.network, blog: world.blog, ...fields } as unknown as Omit<
    Payloads[K],
    'key'
  >
  return seal(kind, whole, world.keys.posting.signer, nodePlatform.sha256)
}
