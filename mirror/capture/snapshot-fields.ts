/** The fields of a snapshot as a capture fills them, compared and made to fit. Pure. */
import { byteLength } from '../../protocol/bytes.ts'
import { snapshotPayloadBytesMax } from '../../protocol/limits.ts'
import type { FeedItem, Snapshot } from '../../protocol/objects.ts'

export type SnapshotFields = Omit<Snapshot, 'network' | 'key' | 'time'>

export function fieldsOf({
  blog,
  address,
  title,
  language,
  pages,
  assets,
  feed,
  alike,
}: SnapshotFields): SnapshotFields {
  return {
    blog,
    address,
    title,
    ...(language === undefined ? {} : { language }),
    pages,
    assets,
    ...(feed === undefined ? {} : { feed }),
    alike,
  }
}

export function withoutPath({ path: _, ...item }: FeedItem): FeedItem {
  return item
}

export function sameItems(a: readonly FeedItem[], b: readonly FeedItem[]): boolean {
  return JSON.stringify(a.map(withoutPath)) === JSON.stringify(b)
}

export function withPath(item: FeedItem, path: string | undefined): FeedItem {
  return path === undefined ? item : { ...item, path }
}

/** Room for the fields that signing adds. */
const signingBytes = 512

/** Drops the last assets until the manifest fits its limit: long CDN addresses, three hundred times. */
export function fit(fields: SnapshotFields): SnapshotFields {
  let assets = fields.assets
  while (
    byteLength(JSON.stringify({ ...fields, assets })) > snapshotPayloadBytesMax - signingBytes &&
    assets.length > 0
  ) {
    assets = assets.slice(0, Math.floor(assets.length * 0.9))
  }
  return { ...fields, assets }
}
