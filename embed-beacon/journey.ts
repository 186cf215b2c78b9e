/**
 * What happens when a reader follows: the blog's evidence is asked of several members at once and judged together, so
 * that one of them cannot hide what another shows; then living mirrors race, and the nearest one wins.
 */
import { unreachableMax, wordsBytesMax } from '../protocol/limits.ts'
import type { Key, Time } from '../protocol/objects.ts'
import type { OutageEntry } from '../protocol/outage-list.ts'
import type { Platform } from '../protocol/platform.ts'
import { ask, reach } from './ask.ts'
import type { Check, Question, Target } from './evidence.ts'
import { newest, recall, remember } from './memory.ts'
import { firstPassing } from './race.ts'
import type { Tag } from './tag.ts'

/** Text of one member's evidence. */
export const evidenceBytesMax = 8 * 1024 * 1024
/** Members asked in each of two rounds. */
const sourcesMax = 4
/** A round waits this long for its members, and this long after the second has answered. The late ones still count. */
const roundMs = 500
const afterSecondMs = 400
/** Seats called absent that are asked themselves, and how long they are waited for. */
const absentAsked = 3
const absentMs = 1500

export type JourneyDeps = {
  readonly platform: Platform
  readonly loadCheck: () => Promise<Check>
  readonly nowMs: () => Time
}
export type Way = { readonly url: string; readonly target: Target }

/**
 * The address of the blog's page on a living mirror, or null where the evidence does not hold or nobody lives. With
 * `href`, a link below the blog's address, it is the copy of that page where there is one.
 */
export async function findMirror(
  { platform, loadCheck, nowMs }: JourneyDeps,
  tag: Tag,
  entry: OutageEntry,
  listedBy: readonly Key[],
  href = '',
): Promise<Way | null> {
  const check = await loadCheck()
  const listing = tag.pins.filter((pin) => listedBy.includes(pin.key))
  const others = tag.pins.filter((pin) => !listing.includes(pin))
  const urls = [...new Set([...listing.slice(0, 2), ...entry.mirrors, ...others].map((pin) => pin.url))]
  const seen = recall().heads[entry.blog] ?? null
  const question = { network: tag.network, blog: entry.blog, address: entry.address, nowMs: nowMs(), seen }
  const { target, answered } = await judgedTogether(urls, question, check, platform)
  if (target === null) return null
  remember({ heads: newest({ ...recall().heads, [entry.blog]: target.head }) })
  const living = await nearest(target, answered, tag)
  return living === null ? null : { url: `${living}m/${target.hostPath}/${copyOf(target, href)}`, target }
}

/** The first judgement that holds; `answered` are the members that gave evidence, nearest first. */
export async function judgedTogether(urls: readonly string[], question: Question, check: Check, platform: Platform) {
  const path = `dgos/v1/blogs/${question.blog}/evidence`
  const answered: string[] = []
  const sources: (readonly unknown[])[] = []
  const late: Promise<unknown>[] = []
  const judge = async () => {
    const result = sources.length === 0 ? null : await check(sources, question, platform)
    return result?.ok ? result.value : null
  }
  let target: Target | null = null
  for (let at = 0; at < urls.length && target === null && at < 2 * sourcesMax; at += sourcesMax) {
    const asked = urls.slice(at, at + sourcesMax).map(async (url) => {
      const answer = (await ask(url + path, evidenceBytesMax)) as { objects?: unknown } | null
      if (!Array.isArray(answer?.objects)) return false
      answered.push(url)
      sources.push(answer.objects)
      return true
    })
    late.push(...asked)
    await settled(asked)
    target = await judge()
  }
  if (target === null) {
    await Promise.all(late)
    target = await judge()
  }
  if (target !== null && target.absent.length > 0) {
    const words = await wordsOf(target.absent, question.blog)
    for (const [i, source] of sources.entries()) sources[i] = [...source, ...words]
    if (words.length > 0) target = (await judge()) ?? target
  }
  return { target, answered }
}

/**
 * What three of the seats that a verdict calls absent say themselves. Who answers is there, and so are those whose words it
 * knows: a verdict of liars is then disputed. The dead are waited for a moment only.
 */
async function wordsOf(urls: readonly string[], blog: string): Promise<readonly unknown[]> {
  const words: unknown[] = []
  const chosen = urls.map((url) => ({ url, at: Math.random() })).sort((a, b) => a.at - b.at)
  const asked = chosen.slice(0, absentAsked).map(async ({ url }) => {
    const answer = (await ask(`${url}dgos/v1/blogs/${blog}/words`, wordsBytesMax)) as { objects?: unknown } | null
    if (Array.isArray(answer?.objects)) words.push(...answer.objects.slice(0, unreachableMax))
  })
  await Promise.race([Promise.all(asked), new Promise((resolve) => setTimeout(resolve, absentMs))])
  return [...words]
}

/** All have answered, or two have and a moment passed, or the round is over. */
function settled(asked: readonly Promise<boolean>[]): Promise<void> {
  return new Promise((resolve) => {
    let open = asked.length
    let good = 0
    setTimeout(resolve, roundMs)
    for (const answer of asked) {
      answer.then((isGood) => {
        if (isGood && ++good === 2) setTimeout(resolve, afterSecondMs)
        if (--open === 0) resolve()
      })
    }
  })
}

/** Mirrors that have just answered go first, two at once; a pinned member where no mirror lives. */
async function nearest({ mirrors }: Target, answered: readonly string[], tag: Tag): Promise<string | null> {
  const urls = mirrors.map((mirror) => mirror.url)
  const ready = answered.filter((url) => urls.includes(url))
  const isAlive = (url: string) =>
    reach(`${url}dgos/v1/outages`, { method: 'HEAD' }).then(
      (response) => response.ok,
      () => false,
    )
  const pins = tag.pins.map((pin) => pin.url)
  return (await firstPassing([...new Set([...ready, ...urls])], isAlive, 2)) ?? (await firstPassing(pins, isAlive, 2))
}

/** "copy/2026/post/" where the copy has the page of this link, else "": the blog's page on the mirror. */
export function copyOf({ address, pages }: Pick<Target, 'address' | 'pages'>, href: string): string {
  if (!URL.canParse(href)) return ''
  const { pathname } = new URL(href)
  const base = new URL(address).pathname
  const path = pathname.startsWith(base) ? `/${pathname.slice(base.length)}` : '/'
  return path !== '/' && pages.includes(path) ? `copy${path}` : ''
}
