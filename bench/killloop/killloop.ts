/**
 * `npm run killloop -- [--kills 300] [--members 5] [--seed S] [--json]`: real members that are killed, half of the time at
 * random, half at named points (fail-points.ts), while an author hands in posts, one in five with a picture. When all
 * kills are done the members are left in peace; then every post that was acknowledged must be held by every member, byte
 * for byte, and its picture by every mirror. Exits 1 where one is lost or missing. SIGKILL leaves the system's page cache alive: what a
 * power cut takes is the business of the disk's own tests.
 */
import { statfsSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../../lib/random.ts'
import { reservePorts } from '../../test/support/ports.ts'
import { until } from '../../test/support/until.ts'
import { BlogAuthor, handInPost, type NewPost } from '../members/blog-author.ts'
import { RealNetwork } from '../members/network.ts'
import { failPoints } from './fail-points.ts'
import { missingOf } from './held-posts.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    members: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    json: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
})

const firstPort = await reservePorts(30)
const ports = { firstPort, blogPort: firstPort + 20 }
const blogs = 4
/** At most: how long a member lives before it is killed, and how long one may take to come to its point. */
const lifeMs = 800
const pointMs = 8_000
const pictureBytes = 20_000
/** Members killed side by side: a majority always lives. */
const atOnce = 2
const healMs = 600_000
const memoryBytesMin = 1024 ** 3

const kills = Math.max(1, Number(values.kills))
const members = Math.min(20, Math.max(3, Number(values.members)))
const random = seededRandom(`killloop ${values.seed}`)
const under = roomyMemory() ?? tmpdir()
const net = await RealNetwork.found({
  name: 'killloop',
  members,
  firstPort: ports.firstPort,
  under,
  config: { fast: true },
})
let over = false
/** Nothing is started any more. */
let ended = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void finish(1))

const authors: BlogAuthor[] = []
const acknowledged: NewPost[] = []
let refused = 0
let begun = 0
const killed: Record<string, number> = { random: 0 }
const startMs = performance.now()
try {
  await compiled()
  for (let i = 0; i < members; i++) start(i)
  await Promise.all(net.members.map((_, i) => net.ready(i)))
  for (let b = 0; b < blogs; b++) authors.push(await BlogAuthor.enrol(net, `blog${b}`, ports.blogPort + b))
  for (const author of authors) await author.guarded()
  for (const author of authors) await author.falls()
  tell(`${members} members guard ${blogs} fallen blogs; seed ${values.seed}`)
  const posting = authors.map((author) => keepPosting(author))
  await Promise.all(Array.from({ length: atOnce }, (_, lane) => keepKilling(lane)))
  over = true
  await Promise.all(posting)
  tell(`${kills} kills, ${acknowledged.length} posts acknowledged; the members are left in peace`)
  const healedMs = performance.now()
  for (let i = 0; i < members; i++) if (!net.runs(i)) start(i)
  await Promise.all(net.members.map((_, i) => net.ready(i)))
  const missing = await healed()
  const result = {
    bench: 'killloop',
    kills,
    killed,
    members,
    seed: values.seed,
    acknowledged: acknowledged.length,
    notAcknowledged: refused,
    withPicture: acknowledged.filter(({ image }) => image !== null).length,
    lost: missing.lost,
    notHeldByAll: missing.notHeldByAll,
    healedAfterS: seconds(healedMs),
    seconds: seconds(startMs),
    load: Math.round(loadavg()[0]!),
  }
  process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`)
  await finish(missing.lost + missing.notHeldByAll === 0 && acknowledged.length > 0 ? 0 : 1)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\nThe logs: ${net.dir}/logs\n`)
  await finish(1)
}

/** Most of a start is reading the sources: whoever is killed cannot keep what it compiled, so one run ends in peace. */
async function compiled(): Promise<void> {
  start(0)
  await net.ready(0)
  await net.processes.stopAll()
}

function start(i: number, env: Record<string, string> = {}): void {
  if (ended) return
  net.start(i, { env: { NODE_COMPILE_CACHE: join(net.dir, 'compiled'), ...env } })
}

/** One post after the other, each to a member that runs at that moment. */
async function keepPosting(author: BlogAuthor): Promise<void> {
  for (let n = 0; !over; n++) {
    const living = net.members.filter((_, i) => net.runs(i))
    const member = living[random.below(living.length)]
    if (member === undefined) continue
    const post = await author.write(n % 5 === 0 ? pictureBytes : 0)
    try {
      await handInPost(member.url, post)
      acknowledged.push(post)
    } catch {
      refused++ // the member died, or is not up yet: the author heard no yes
    }
    await pause(100 + random.below(300))
  }
}

/** A lane kills members of its own, so that two lanes never wait for the same process. */
async function keepKilling(lane: number): Promise<void> {
  const own = net.members.map((_, i) => i).filter((i) => i % atOnce === lane)
  while (begun < kills && !ended) {
    begun++
    const i = own[random.below(own.length)]!
    const point = random.below(2) === 0 ? null : failPoints[random.below(failPoints.length)]!
    if (point === null) await pause(random.below(lifeMs))
    else if (await comesTo(point, i)) {
      count(point)
      start(i)
      await net.ready(i)
      continue
    }
    await net.kill(i)
    count('random')
    start(i)
    if (random.below(3) > 0) await net.ready(i)
  }
}

/** Starts the member anew so that it dies at the point by itself. False where it did not come there in time. */
async function comesTo(point: string, i: number): Promise<boolean> {
  await net.kill(i)
  count('random')
  begun++
  const load = `--import=${import.meta.dirname}/fail-points.ts`
  start(i, { NODE_OPTIONS: load, FAIL_POINT: `${point}:${1 + random.below(6)}` })
  const died = () => !net.runs(i)
  // It may come to its point before it is ready.
  await Promise.race([net.ready(i), until(died, 'it dies')]).catch(() => null)
  return until(died, 'it dies', { withinMs: pointMs }).then(
    () => true,
    () => false,
  )
}

function count(how: string): void {
  killed[how] = (killed[how] ?? 0) + 1
  const all = Object.values(killed).reduce((sum, times) => sum + times, 0)
  if (all % 20 === 0) tell(`${all} kills, ${acknowledged.length} posts acknowledged, ${seconds(startMs)} s`)
}

function seconds(fromMs: number): number {
  return Math.round((performance.now() - fromMs) / 100) / 10
}

/** Waits until every member has everything, and says what is missing in the end. */
async function healed() {
  const mirrors = new Map<string, readonly string[]>()
  for (const author of authors) mirrors.set(author.id, await author.mirrors())
  const isMirror = (url: string, blog: string) => mirrors.get(blog)?.includes(url) === true
  let missing = { lost: acknowledged.length, notHeldByAll: acknowledged.length }
  const all = async () => {
    missing = await missingOf(acknowledged, net.members, isMirror)
    return missing.notHeldByAll === 0
  }
  await until(all, 'every member holds every post', { withinMs: healMs }).catch(() => false)
  return missing
}

/** Folders in memory, where there is room: a killed process takes nothing of either, and starts and posts wait for no disk. */
function roomyMemory(): string | null {
  const place = '/dev/shm'
  try {
    const { bavail, bsize } = statfsSync(place)
    return bavail * bsize > memoryBytesMin ? place : null
  } catch {
    return null // no such place on this system
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}

async function finish(code: number): Promise<never> {
  over = true
  ended = true
  await net.close({ keep: values.keep || code !== 0 })
  process.exit(code)
}
