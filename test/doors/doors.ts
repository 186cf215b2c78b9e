/**
 * `npm run test:doors [-- --json] [--port N] [--dir D]`: twelve members in real processes, one post through every door, the
 * same bytes on ten mirrors, and the hostile corpus at each door. Ends with 1 at the first thing that is not true.
 */
import '../../server/bin/require-node.js'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { until } from '../support/until.ts'
import { type Refusal, refusals } from './refused.ts'
import { openedDoors, type WayIn, waysIn } from './ways-in.ts'
import { DoorsWorld } from './world.ts'

type Row = {
  readonly kind: 'post' | 'mail' | 'refused'
  readonly door: string
  readonly what: string
  readonly found: string
  readonly ms: number
}

/** Something was not as promised. */
class NotTrue extends Error {
  readonly code = 'NOT_TRUE'
}

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    port: { type: 'string', default: '18900' },
    dir: { type: 'string' },
  },
})
const rows: Row[] = []
const tell = (text: string) => void process.stderr.write(`${text}\n`)

const port = wholeNumber(values.port)
const dir = values.dir ?? (await mkdtemp(join(tmpdir(), 'dgos-doors-')))
const world = await DoorsWorld.start({ dir, port }, tell)
try {
  await all(world)
  print(null)
} catch (error) {
  print((error as Error).message)
  process.exitCode = 1
} finally {
  await world.stop()
  if (values.dir === undefined && process.exitCode !== 1) await rm(dir, { recursive: true, force: true })
}

async function all(world: DoorsWorld): Promise<void> {
  const opened = await openedDoors(world)
  try {
    await agreed(world)
    const posts = new Map<string, string>()
    for (const way of waysIn(world, opened)) posts.set(way.door, await posted(world, way))
    if (new Set(posts.values()).size !== posts.size) throw new NotTrue('two doors gave the same post')
    await told(world)
    await calledBack(world)
    for (const refusal of await refusals(world, opened)) await refused(refusal)
  } finally {
    await opened.gpg.close()
  }
}

/** Sends, waits for all mirrors, and compares what each of them keeps, byte for byte. */
async function posted(world: DoorsWorld, way: WayIn): Promise<string> {
  const beganMs = performance.now()
  const id = await way.send()
  if (!/^[0-9a-f]{64}$/.test(id)) throw new NotTrue(`${way.door}: no post, but ${id.slice(0, 200)}`)
  const [first] = world.mirrors as [string]
  const count = await until(
    async () => {
      const held = await world.demo.holders(first, id)
      return held >= 10 ? held : null
    },
    `ten mirrors hold the post by ${way.door}`,
    { withinMs: 180_000 },
  )
  const texts = await Promise.all(world.mirrors.map((url) => bytesOf(`${url}dgos/v1/objects/${id}`)))
  if (new Set(texts).size !== 1) throw new NotTrue(`${way.door}: mirrors keep different bytes of the post`)
  const { payload } = JSON.parse(texts[0]!) as { payload: string }
  const { attachments } = JSON.parse(Buffer.from(payload, 'base64').toString()) as { attachments: { blob: string }[] }
  for (const { blob } of attachments) {
    const files = await Promise.all(world.mirrors.map((url) => bytesOf(`${url}dgos/v1/blobs/${blob}`)))
    if (new Set(files).size !== 1) throw new NotTrue(`${way.door}: mirrors keep different bytes of an image`)
  }
  const images = attachments.length === 0 ? '' : `, ${attachments.length} image`
  rows.push({
    kind: 'post',
    door: way.door,
    what: way.by,
    found: `${count} hold it, same bytes${images}`,
    ms: since(beganMs),
  })
  return id
}

async function bytesOf(url: string): Promise<string> {
  const answer = await fetch(url)
  const body = Buffer.from(await answer.arrayBuffer()).toString('latin1')
  if (answer.status !== 200) throw new NotTrue(`${url} answered ${answer.status}`)
  return body
}

/** The author follows the link of the first mail, and presses its button: before that, nothing is told to this address. */
async function agreed(world: DoorsWorld): Promise<void> {
  const link = await until(
    async () => {
      const texts = world.told.map((told) => told.replaceAll('=\r\n', ''))
      return (
        texts.map((text) => /https?:\/\/\S+\/contact\/\w+/.exec(text)?.[0]).find((url) => url !== undefined) ?? null
      )
    },
    'the author is asked whether to be told',
    { withinMs: 60_000 },
  )
  const answer = await fetch(link, { method: 'POST' })
  if (answer.status !== 200) throw new NotTrue(`${link} answered ${answer.status}`)
}

/** Of each mail the author hears twice: how to call it back, and who holds it. */
async function told(world: DoorsWorld): Promise<void> {
  const beganMs = performance.now()
  const count = (words: RegExp) => world.told.filter((told) => words.test(told)).length
  await until(
    async () => (count(/post\/cancel\//) >= 3 && count(/10 of 10 hold it/) >= 3 ? true : null),
    'the author is told of three mails',
    { withinMs: 30_000 },
  )
  rows.push({
    kind: 'mail',
    door: 'e-mail',
    what: 'the author is told',
    found: '3 links to call back, 3 reports',
    ms: since(beganMs),
  })
}

/** The secret of a mail is taken by a member that never saw the mail, and its word reaches all mirrors. */
async function calledBack(world: DoorsWorld): Promise<void> {
  const beganMs = performance.now()
  const texts = world.told.map((told) => told.replaceAll('=\r\n', '').replaceAll('=3D', '='))
  const links = texts.flatMap((text) => [
    ...text.matchAll(/(http:\S+?)post\/cancel\/([0-9a-f]{64})\?secret=([0-9a-f]{64})/g),
  ])
  const [, member, post, secret] = links.find((link) => link[1] !== world.gateway) ?? []
  const body = JSON.stringify({ secret })
  const answer = await fetch(`${member}dgos/v1/posts/${post}/cancel`, { method: 'POST', body })
  const { by } = (await answer.json()) as { by?: string }
  if (by === undefined) throw new NotTrue(`calling a post back at ${member} answered ${answer.status}`)
  await until(
    async () => {
      const found = await Promise.all(world.mirrors.map((url) => fetch(`${url}dgos/v1/objects/${by}`)))
      return found.every((response) => response.status === 200) ? true : null
    },
    'ten mirrors know that the post was called back',
    { withinMs: 60_000 },
  )
  rows.push({
    kind: 'mail',
    door: 'e-mail',
    what: 'called back at another member',
    found: 'known to 10 mirrors',
    ms: since(beganMs),
  })
}

async function refused({ door, what, code, attempt }: Refusal): Promise<void> {
  const beganMs = performance.now()
  const found = await attempt()
  if (found !== code) throw new NotTrue(`${door}: ${what}: ${code} was promised, found ${found}`)
  rows.push({ kind: 'refused', door, what, found: code, ms: since(beganMs) })
}

function print(untrue: string | null): void {
  const count = (kind: Row['kind']) => rows.filter((row) => row.kind === kind).length
  const summary = { doors: count('post'), refused: count('refused'), mirrors: 10, untrue }
  if (values.json) return void process.stdout.write(`${JSON.stringify({ ...summary, rows })}\n`)
  const line = ({ door, what, found, ms }: Row) =>
    `${door.padEnd(16)} ${what.padEnd(50)} ${found.padEnd(30)} ${String(ms).padStart(6)} ms`
  process.stdout.write(`${rows.map(line).join('\n')}\n`)
  process.stdout.write(untrue === null ? `all true: ${JSON.stringify(summary)}\n` : `NOT TRUE: ${untrue}\n`)
}

function since(beganMs: number): number {
  return Math.round(performance.now() - beganMs)
}

function wholeNumber(text: string): number {
  if (/^\d{4,5}$/.test(text) && Number(text) <= 65_500) return Number(text)
  process.stderr.write('--port takes a port number\n')
  process.exit(2)
}
