/**
 * What happens when a reader follows a notice: the blog's evidence is asked of several members at once and judged
 * together, so that one of them cannot hide what another shows; then the first living mirror is found.
 */
import type { Key, Time } from '../protocol/objects.ts'
import type { OutageEntry } from '../protocol/outage-list.ts'
import type { Platform } from '../protocol/platform.ts'
import { ask, reach } from './ask.ts'
import type { Check, Target } from './evidence.ts'
import { recall, remember } from './memory.ts'
import { firstPassing } from './race.ts'
import type { Tag } from './tag.ts'

/** Text of one member's evidence. */
export const evidenceBytesMax = 8 * 1024 * 1024
/** Members asked in each of two rounds. */
const sourcesMax = 4

export type JourneyDeps = {
  readonly platform: Platform
  readonly loadCheck: () => Promise<Check>
  readonly nowMs: () => Time
}

/** The address of the blog's page on a living mirror, or null where the evidence does not hold or no mirror lives. */
export async function findMirror(
  { platform, loadCheck, nowMs }: JourneyDeps,
  tag: Tag,
  entry: OutageEntry,
  listedBy: readonly Key[],
): Promise<string | null> {
  const check = await loadCheck()
  const listing = tag.pins.filter((pin) => listedBy.includes(pin.key))
  const others = tag.pins.filter((pin) => !listing.includes(pin))
  const urls = [...new Set([...listing.slice(0, 2), ...entry.mirrors, ...others].map((one) => one.url))]
  const path = `dgos/v1/blogs/${entry.blog}/evidence`
  const seen = recall().heads[entry.blog] ?? null
  const question = { network: tag.network, blog: entry.blog, address: entry.address, nowMs: nowMs(), seen }
  const answered: string[] = []
  const envelopes: unknown[] = []
  let target: Target | null = null
  for (let at = 0; at < urls.length && target === null && at < 2 * sourcesMax; at += sourcesMax) {
    const round = urls.slice(at, at + sourcesMax)
    await askAll(round, path, (url, objects) => {
      answered.push(url)
      envelopes.push(...objects)
    })
    target = await judged(check, envelopes, question, platform)
  }
  if (target === null) return null
  remember({ heads: { ...recall().heads, [entry.blog]: target.head } })
  const mirrors = target.mirrors.map((one) => one.url)
  const ready = mirrors.filter((url) => answered.includes(url))
  const living =
    ready[0] ??
    (await firstPassing(mirrors, (url) =>
      reach(url + path, 'HEAD').then(
        (one) => one.ok,
        () => false,
      ),
    ))
  return living === null ? null : `${living}m/${target.hostPath}/`
}

async function judged(check: Check, envelopes: readonly unknown[], question: Parameters<Check>[1], platform: Platform) {
  const result = await check(envelopes, question, platform)
  return result.ok ? result.value : null
}

/** Done when all have answered, or a second and a half after the second one has. */
function askAll(
  urls: readonly string[],
  path: string,
  found: (url: string, objects: readonly unknown[]) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let open = urls.length
    let good = 0
    for (const url of urls) {
      ask(url + path, evidenceBytesMax).then((answer) => {
        const objects = (answer as { objects?: unknown } | null)?.objects
        if (Array.isArray(objects)) {
          found(url, objects)
          if (++good === 2) setTimeout(resolve, 1500)
        }
        if (--open === 0) resolve()
      })
    }
  })
}
