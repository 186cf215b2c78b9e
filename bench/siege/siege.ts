/**
 * `npm run siege -- [--minutes 10] [--json]`: one of five real members is attacked in every known way at once, from
 * addresses of its own, while an author whose blog is down posts through it and readers read from it. Exits 1 where it
 * is restarted, where pages or posts take longer than promised, or where it takes more memory than it has.
 * Times are judged where the machine is the member's to use: quiet before the siege, quick enough without an attack, and
 * with some of every core left during it. Elsewhere they say more about the machine, and are reported. The facts are judged
 * everywhere: restarts, pages and posts that failed, memory.
 *
 * The member's heap is bounded to what a machine of 512 MiB leaves it; its whole resident memory is measured against the
 * 512 MiB. Attackers run in a process of their own, so that readers' and the author's times are not theirs.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism, loadavg, setPriority } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { SignedObject } from '../../protocol/objects.ts'
import { reservePorts } from '../../test/support/ports.ts'
import { BlogAuthor, handIn, holders } from '../members/blog-author.ts'
import { isBusy } from '../members/busy.ts'
import { diskOf } from '../members/disk.ts'
import { RealNetwork } from '../members/network.ts'
import { busySeconds } from '../processor-time.ts'
import type { AttackReport } from './attackers.ts'
import { processorSeconds, residentMiB } from './resident.ts'
import { fails, Late, noTimes, quantile, readers, type Times, waiting } from './visitors.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

const targets = { restarts: 0, pageP99Ms: 100, safeP99Ms: 2_000, rssMiB: 512 }
const firstPort = await reservePorts(20)
const ports = { firstPort, blogPort: firstPort + 10 }
const members = 5
const heapMiB = 320
/** The limits of a real member: on a network of one machine they are a hundred times as wide. */
const config = { perAddressPerMinute: 12, blogsPerMinute: 1 }
const lookMs = 1_000
const settleMs = 30_000
const attackersNice = 10
/** Part of the cores' time that must be left for times to say anything. */
const idleMin = 0.05

const minutes = Math.max(0.2, Number(values.minutes))
const net = await RealNetwork.found({ name: 'siege', members, firstPort: ports.firstPort, config })
const busy = isBusy()
let over = false
let attackers: ReturnType<typeof fork> | null = null
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void finish(1))
try {
  const soon = { DGOS_ATTEST_MS: '2000', DGOS_CAPTURE_MS: '10000' }
  net.start(0, { heapMiB, env: soon })
  for (let i = 1; i < members; i++) net.start(i, { env: soon })
  await Promise.all(net.members.map((_, i) => net.ready(i)))
  const author = await BlogAuthor.enrol(net, 'ana', ports.blogPort)
  await author.guarded()
  await author.falls()
  const member = net.members[0]!
  const page = `${member.url}m/${author.host}/`
  const calm = await peace(page)
  tell(
    `five members guard a fallen blog; pages without an attack: p50 ${quantile(calm, 0.5)} ms, p99 ${quantile(calm, 0.99)} ms`,
  )
  const diskBefore = diskOf(member.dir)
  attackers = fork(join(import.meta.dirname, 'attackers.ts'), [member.url, net.dir])
  // On a machine of their own they would not take this one's time from readers and author.
  setPriority(attackers.pid!, attackersNice)
  await once(attackers, 'message')
  attackers.send({ network: net.small.network.envelope, blog: author.id, members: net.members.map(({ key }) => key) })
  const used = { busyS: busySeconds(), ms: performance.now() }
  const seen = await besieged(page, author)
  const cores = ((busySeconds() - used.busyS) * 1_000) / (performance.now() - used.ms)
  const idle = Math.max(0, 1 - cores / availableParallelism())
  const why = unfit(calm, idle)
  attackers.send('end')
  const [report] = (await once(attackers, 'message')) as [AttackReport]
  const result = {
    bench: 'siege',
    minutes,
    member: `heap of ${heapMiB} MiB (--max-old-space-size), resident memory held against 512 MiB`,
    restarts: seen.restarts,
    pages: {
      asked: seen.pages.ms.length,
      p50Ms: quantile(seen.pages, 0.5),
      p99Ms: quantile(seen.pages, 0.99),
      failed: seen.pages.failed,
      late: seen.pages.late,
    },
    withoutAttack: { pageP50Ms: quantile(calm, 0.5), pageP99Ms: quantile(calm, 0.99) },
    posts: {
      safe: seen.posts.ms.length,
      p50Ms: quantile(seen.posts, 0.5),
      p99Ms: quantile(seen.posts, 0.99),
      failed: seen.posts.failed,
      late: seen.posts.late,
      why: seen.posts.why,
    },
    rssMiB: seen.rssMiB,
    processorS: seen.processorS,
    diskMiB: Math.round((diskOf(member.dir) - diskBefore) * 10) / 10,
    attacks: report,
    load: Math.round(loadavg()[0]!),
    idle: Math.round(idle * 100) / 100,
    notJudged: why,
  }
  const missed = missedOf(result, why === null)
  process.stdout.write(`${JSON.stringify({ ...result, targets, missed }, null, values.json ? 0 : 2)}\n`)
  for (const figure of missed) tell(`missed: ${figure}`)
  if (why !== null) tell(`times are not judged: ${why}`)
  await finish(missed.length === 0 ? 0 : 1)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\nThe logs: ${net.dir}/logs\n`)
  await finish(1)
}

/** Readers alone, for a while: what this machine gives them without any attack. */
async function peace(page: string): Promise<Times> {
  let isOver = false
  const pages = readers(page, () => isOver)
  await waiting(5_000)
  isOver = true
  return pages
}

/** Author and readers go on for the whole time; the member is looked at each second, and started again where it fell. */
async function besieged(page: string, author: BlogAuthor) {
  const endMs = performance.now() + minutes * 60_000
  const pages = readers(page, () => over)
  const posts = keepPosting(author)
  let restarts = 0
  let rssMiB = 0
  const processor = () => processorSeconds(net.processes.pidOf('m0')) + processorSeconds(attackers?.pid)
  const [memberFrom, allFrom] = [processorSeconds(net.processes.pidOf('m0')), processor()]
  while (!over && performance.now() < endMs) {
    await waiting(lookMs)
    if (net.runs(0)) rssMiB = Math.max(rssMiB, residentMiB(net.processes.pidOf('m0')))
    else {
      restarts++
      net.start(0, { heapMiB })
      await net.ready(0)
    }
  }
  over = true
  const memberS = processorSeconds(net.processes.pidOf('m0')) - memberFrom
  const processorS = { member: Math.round(memberS), attackers: Math.round(processor() - allFrom - memberS) }
  return { pages: await pages, posts: await posts, restarts, rssMiB, processorS }
}

/** One post after the other through the attacked member; the time is from handing in until three operators hold it. */
async function keepPosting(author: BlogAuthor): Promise<Times> {
  const times = noTimes()
  while (!over) {
    const { post } = await author.write()
    const fromMs = performance.now()
    try {
      await safe(net.members[0]!.url, post)
      times.ms.push(performance.now() - fromMs)
    } catch (error) {
      fails(times, error)
    }
    await waiting(1_000)
  }
  return times
}

async function safe(url: string, post: SignedObject<'post'>): Promise<void> {
  await handIn(url, [post])
  const endMs = performance.now() + settleMs
  while (performance.now() < endMs) {
    if ((await holders(url, post.id))?.safe === true) return
    await waiting(25)
  }
  throw new Late('not safe in time')
}

/** Why times say nothing here; null where they do. */
function unfit(calm: Times, idle: number): string | null {
  if (busy) return 'the machine was busy before the siege began'
  if (quantile(calm, 0.99) > targets.pageP99Ms) return 'pages are as slow without an attack'
  return idle < idleMin ? 'no core was left idle' : null
}

type Figures = {
  readonly restarts: number
  readonly pages: { readonly p99Ms: number; readonly failed: number; readonly late: number }
  readonly posts: { readonly p99Ms: number; readonly failed: number; readonly late: number; readonly safe: number }
  readonly rssMiB: number
}

function missedOf(result: Figures, judgesTimes: boolean): readonly string[] {
  const { restarts, pages, posts, rssMiB } = result
  const tolerated = ({ late }: { readonly late: number }) => (judgesTimes ? 0 : late)
  return [
    ...(restarts > targets.restarts ? [`${restarts} restarts`] : []),
    ...(judgesTimes && pages.p99Ms > targets.pageP99Ms
      ? [`pages p99 ${pages.p99Ms} ms, wanted ${targets.pageP99Ms}`]
      : []),
    ...(pages.failed > tolerated(pages) ? [`${pages.failed} pages failed`] : []),
    ...(judgesTimes && posts.p99Ms > targets.safeP99Ms
      ? [`posts safe p99 ${posts.p99Ms} ms, wanted ${targets.safeP99Ms}`]
      : []),
    ...(posts.failed > tolerated(posts) || posts.safe + posts.late === 0
      ? [`${posts.failed} posts failed, ${posts.safe} became safe`]
      : []),
    ...(rssMiB > targets.rssMiB ? [`${rssMiB} MiB resident, wanted ${targets.rssMiB}`] : []),
  ]
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function finish(code: number): Promise<never> {
  over = true
  attackers?.kill()
  await net.close({ keep: values.keep })
  process.exit(code)
}
