/** The blog's posts as its mirrors have them: every envelope is checked here against the roots that the kit's blog began with. */

import { sha256 } from '@noble/hashes/sha2.js'
import type { Web } from '../../../lib/web.ts'
import type { Hash } from '../../../protocol/objects.ts'
import type { Platform } from '../../../protocol/platform.ts'
import { type ShownPost, shownPosts } from '../../../protocol/posts.ts'
import { verifyPortable } from '../../../protocol/signature.ts'
import { pullBlob, pullPosts } from '../../return/pull.ts'
import type { KitData } from './kit-data.ts'

const platform: Platform = { sha256, verify: verifyPortable }
/** Mirrors that are asked: what one withholds another gives. */
const sourcesMax = 4

/** null where no mirror answers. */
export async function networkPosts(
  data: KitData,
  mirrors: readonly string[],
  nowMs: number,
): Promise<readonly ShownPost[] | null> {
  const { network, blog } = data
  const options = { network, blog, mirrors: mirrors.slice(0, sourcesMax), userAgent: 'dgos kit' }
  const pulled = await pullPosts({ web, platform }, options)
  return pulled.sources.length === 0 ? null : shownPosts(pulled.blog, nowMs)
}

/** An attachment whose bytes have that hash; null where no mirror that answers has it. */
export function networkImage(mirrors: readonly string[], blob: Hash): Promise<Uint8Array | null> {
  return pullBlob({ web, platform }, mirrors.slice(0, sourcesMax), blob)
}

/** The browser's own network, in the shape that the reading of posts expects. */
const web: Web = {
  async fetch({ url, bytesMax, timeMs }) {
    try {
      const response = await fetch(url, { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(timeMs) })
      const body = new Uint8Array(await response.arrayBuffer())
      if (body.length > bytesMax) return { ok: false, reason: 'too-large', detail: '' }
      return { ok: true, status: response.status, headers: {}, body, url: response.url }
    } catch {
      return { ok: false, reason: 'connect', detail: '' } // no network, or a refusal that browsers do not explain
    }
  },
}
