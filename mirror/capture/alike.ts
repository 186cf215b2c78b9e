/** The hash by which two captures of one state agree: feed ids and folded article texts, not bytes (which differ by nonce and hour). */
import { toHex, utf8 } from '../../protocol/bytes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Sha256 } from '../../protocol/platform.ts'

export type AlikeParts = {
  readonly feedIds: readonly string[]
  /** Post pages by path; where a blog has none, its front page. */
  readonly articles: readonly { readonly path: string; readonly text: string }[]
}

export function alikeHash({ feedIds, articles }: AlikeParts, sha256: Sha256): Hash {
  const texts = articles.map(({ path, text }) => [path, toHex(sha256(utf8(text.toWellFormed())))] as const)
  const parts = { feed: [...feedIds].sort(), articles: texts.sort((a, b) => (a[0] < b[0] ? -1 : 1)) }
  return toHex(sha256(utf8(JSON.stringify(parts).toWellFormed())))
}
