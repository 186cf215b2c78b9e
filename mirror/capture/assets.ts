/** The files of a set of pages, followed through stylesheets, within the limits of a snapshot. */
import type { BlobStore } from '../../lib/blob-store.ts'
import type { Log } from '../../lib/log.ts'
import type { Hash, SnapshotFile } from '../../protocol/objects.ts'
import type { CaptureReader } from './capture-reader.ts'
import type { Visit } from './capture-store.ts'
import type { Fetcher } from './fetcher.ts'
import { fitsAsset } from './media-type.ts'

/** `key` is the reference as the page resolves it, and its name in the manifest; `from` is where the bytes are. They differ below a stylesheet that was redirected. */
export type Wanted = { readonly key: string; readonly from: string; readonly kind: 'style' | 'image' | 'font' | 'icon' }

export type Limits = {
  readonly files: number
  readonly bytes: number
  readonly fileBytes: number
}

export type Assets = {
  readonly files: readonly SnapshotFile[]
  readonly visits: readonly Visit[]
  readonly complete: boolean
  /** Files were left out because the copy had reached its limits: asking again would not help. */
  readonly cut: boolean
}

export type AssetsInput = {
  readonly blog: Hash
  readonly wanted: readonly Wanted[]
  readonly limits: Limits
  /** Files of the last good snapshot: what an origin refuses today is taken from there. */
  readonly before: ReadonlyMap<string, SnapshotFile>
  readonly youngMs: number
  /** The blog's own host. */
  readonly host: string
}

/** Requests to origins at one time: what a browser would open. */
const concurrency = 4
const importDepthMax = 5
const accepts = {
  style: 'text/css,*/*;q=0.1',
  image: 'image/avif,image/webp,image/*,*/*;q=0.1',
  font: 'font/woff2,*/*;q=0.1',
  icon: 'image/*',
}

export async function collectAssets(
  deps: {
    readonly fetcher: Fetcher
    readonly blobs: BlobStore
    readonly reader: CaptureReader
    readonly log: Log
  },
  input: AssetsInput,
): Promise<Assets> {
  const { blog, limits, before, youngMs } = input
  const files = new Map<string, SnapshotFile>()
  const visits: Visit[] = []
  const seen = new Set<string>()
  let bytes = 0
  let complete = true
  let cut = false

  const add = (key: string, file: Omit<SnapshotFile, 'url'>) => {
    if (files.size >= limits.files || bytes + file.bytes > limits.bytes) {
      cut = true
      return false
    }
    files.set(key, { url: key, blob: file.blob, type: file.type, bytes: file.bytes })
    bytes += file.bytes
    return true
  }
  const fallBack = async ({ key, kind }: Wanted): Promise<Wanted[]> => {
    const old = before.get(key)
    const body = old === undefined ? null : await deps.blobs.get(old.blob)
    if (old === undefined || body === null || !add(key, old) || kind !== 'style') return []
    return below(deps.reader, blog, { bytes: body, type: old.type }, key, key)
  }
  const take = async (wanted: Wanted): Promise<Wanted[]> => {
    if (files.size >= limits.files || bytes >= limits.bytes) {
      cut = true
      return []
    }
    const got = await deps.fetcher.fetch(blog, {
      url: wanted.from,
      accept: accepts[wanted.kind],
      bytesMax: limits.fileBytes,
      youngMs,
    })
    if (!got.ok) {
      // What will also fail next time does not make the round incomplete, nor does a foreign host: it would then never be.
      const passing =
        got.reason === 'budget' || got.reason === 'timeout' || got.reason === 'connect' || got.status === 503
      if (passing && hostOf(wanted.from) === input.host) complete = false
      if (got.visit !== null) visits.push(got.visit)
      deps.log.debug('asset-missing', { url: wanted.from, reason: got.reason, detail: got.detail })
      return fallBack(wanted)
    }
    if (got.short) complete = false
    if (got.short && (before.get(wanted.key)?.bytes ?? 0) >= got.visit.bytes) return fallBack(wanted)
    if (!fitsAsset(got.visit.type, wanted.kind)) return fallBack(wanted)
    const type = wanted.kind === 'style' && !got.visit.type.startsWith('text/css') ? 'text/css' : got.visit.type
    visits.push(got.visit)
    if (!add(wanted.key, { ...got.visit, type }) || wanted.kind !== 'style') return []
    return below(deps.reader, blog, { bytes: got.body, type: got.visit.type }, wanted.key, got.visit.from)
  }

  let level = input.wanted
  for (let depth = 0; level.length > 0 && depth <= importDepthMax; depth++) {
    const fresh = level.filter((wanted) => !seen.has(wanted.key) && seen.add(wanted.key))
    level = (await mapConcurrent(fresh, take)).flat()
  }
  const order = [...seen]
  const sorted = [...files.values()].sort((a, b) => order.indexOf(a.url) - order.indexOf(b.url))
  return { files: sorted, visits, complete, cut }
}

function hostOf(url: string): string {
  return new URL(url).host
}

/** What a stylesheet needs. Keys are resolved as the page builder will, against the sheet's own key; bytes lie where the sheet came from. */
async function below(
  reader: CaptureReader,
  blog: Hash,
  sheet: { readonly bytes: Uint8Array; readonly type: string },
  key: string,
  from: string,
): Promise<Wanted[]> {
  const [keys = [], places = []] = await reader.sheet(blog, { ...sheet, bases: [key, from] })
  const aligned = keys.length === places.length
  return keys.map((key, i) => ({ key: key.url, from: aligned ? places[i]!.url : key.url, kind: key.kind }))
}

/** Runs `act` over the items, a few at a time, results in order of the items. */
export async function mapConcurrent<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = new Array(items.length)
  let next = 0
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await act(items[i]!)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
  return results
}
