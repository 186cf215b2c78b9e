/**
 * How fast a post spreads: from the acknowledgement to its author until three operators, and until all ten mirrors, have
 * it on disk and have said so. Ten members, each in a thread of its own as if on a machine of its own, with files on disk,
 * HTTP on warm connections, and 100 ms put between them (a round trip). The author's browser listens on the member that
 * took the post. The figure is in round trips, so that it can be compared across distances.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import type { ReplicaStatus } from '../activation/posts/replica-status.ts'
import { pause, systemClock, within } from '../lib/clock.ts'
import { nodePlatform } from '../lib/platform.ts'
import { systemRandom } from '../lib/random.ts'
import { toHex } from '../protocol/bytes.ts'
import { seal } from '../protocol/envelope.ts'
import type { Attachment, SignedObject } from '../protocol/objects.ts'
import { FormMembers, type FormMembersOptions } from '../test/activation/form-members.ts'
import { Ending } from '../test/support/ending.ts'
import { signerOf } from '../test/support/small-network.ts'
import type { BenchOptions, BenchResult } from './bench.ts'

const mirrors = 10
const roundTripMs = 100
const firstPort = 18_700
/** Each member takes one post before the clock counts, so that all connections are warm. */
const warmUps = mirrors
/** Between posts: the rest of the receipts, so that posts do not disturb each other. */
const restMs = 250
/** A photograph as the form sends it. */
const imageBytes = 300_000
const target = { threeOperators: 1.3, allTen: 1.6 }
const imageTarget = { threeOperators: 3.5, allTen: 4.5 }
const waitMsMax = 20_000

type Spread = { readonly threeMs: number; readonly tenMs: number; readonly acknowledgedMs: number }

/** A thread is one member: it lives until the process ends. */
if (!isMainThread) {
  await FormMembers.create(new Ending(), mirrors, workerData as FormMembersOptions)
  parentPort!.postMessage('ready')
}

export async function run({ rounds, fast }: BenchOptions): Promise<BenchResult> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dgos-bench-post-'))
  const common = { firstPort, dataDir, roundTripMs, postsPerHour: 10_000, cost: 1024, now: Date.now() - 60_000 }
  const ending = new Ending()
  const net = await FormMembers.create(ending, mirrors, { ...common, only: [] })
  const threads = await Promise.all(Array.from({ length: mirrors }, (_, i) => started({ ...common, only: [i] })))
  try {
    const posts = fast ? 5 : rounds * 8
    for (let i = 0; i < warmUps; i++) await once(net, i, null)
    const plain: Spread[] = []
    for (let i = 0; i < posts; i++) plain.push(await once(net, i, null))
    const pictured: Spread[] = []
    for (let i = 0; i < Math.ceil(posts / 4); i++) pictured.push(await once(net, i, systemRandom.bytes(imageBytes)))
    return result(posts, plain, pictured)
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
    await ending.end()
    await rm(dataDir, { recursive: true, force: true })
  }
}

function started(options: FormMembersOptions): Promise<Worker> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: options })
    thread.once('message', () => resolve(thread))
    thread.once('error', reject)
  })
}

/** One post through one of the mirrors, each in its turn. With an image the clock starts when that is acknowledged too. */
async function once(net: FormMembers, i: number, pixels: Uint8Array | null): Promise<Spread> {
  const door = `http://127.0.0.1:${firstPort + (i % mirrors)}/`
  const image = pixels === null ? null : pngOf(pixels)
  const post = await newPost(net, image)
  const sentMs = performance.now()
  await send(`${door}dgos/v1/objects`, 'POST', JSON.stringify({ objects: [post.envelope] }))
  if (image !== null) await send(`${door}dgos/v1/blobs/${hashOf(image)}`, 'PUT', image)
  const acknowledgedMs = performance.now()
  const spread = await within(systemClock, waitMsMax, watch(door, post.id, acknowledgedMs), null)
  if (spread === null) throw new Error(`not on ten mirrors after ${waitMsMax} ms`)
  await pause(systemClock, restMs)
  return { ...spread, acknowledgedMs: acknowledgedMs - sentMs }
}

/** The server-sent events that the form shows to the author. */
async function watch(door: string, post: string, fromMs: number) {
  const response = await fetch(`${door}dgos/v1/posts/${post}/live`)
  let threeMs = 0
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const { operators, held, of } = JSON.parse(text.slice('data: '.length, end)) as ReplicaStatus
      text = text.slice(end + 2)
      if (threeMs === 0 && operators >= 3) threeMs = performance.now() - fromMs
      if (held === of) return { threeMs, tenMs: performance.now() - fromMs }
    }
  }
  throw new Error('the stream ended early')
}

async function newPost(net: FormMembers, image: Uint8Array | null): Promise<SignedObject<'post'>> {
  const time = Date.now()
  const blob = image === null ? '' : hashOf(image)
  const attachments: Attachment[] =
    image === null ? [] : [{ blob, bytes: image.length, type: 'image/png', name: 'a.png', alt: '' }]
  const html = `<p>${'We are still here. '.repeat(50)}</p>${image === null ? '' : `<p><img src="blob:${blob}" alt=""></p>`}`
  const text = { title: 'Still here', html, attachments, prevs: [], published: time }
  const common = { network: net.small.network.id, blog: net.blog.id, time, draft: toHex(systemRandom.bytes(32)) }
  return seal('post', { ...common, ...text }, signerOf('ana posting'), nodePlatform.sha256)
}

function pngOf(pixels: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), pixels]))
}

function hashOf(bytes: Uint8Array): string {
  return toHex(nodePlatform.sha256(bytes))
}

async function send(url: string, method: string, body: string | Uint8Array): Promise<void> {
  const response = await fetch(url, { method, body: body as string })
  const text = await response.text()
  if (!response.ok || text.includes('"refused"')) throw new Error(`${method} ${url}: ${response.status} ${text}`)
}

function result(posts: number, plain: readonly Spread[], pictured: readonly Spread[]): BenchResult {
  const trips = (times: readonly number[], part: number) => round(quantile(times, part) / roundTripMs)
  const three = plain.map((spread) => spread.threeMs)
  const ten = plain.map((spread) => spread.tenMs)
  const threeOperators = { p50: trips(three, 0.5), p95: trips(three, 0.95), target: target.threeOperators }
  const allTen = { p50: trips(ten, 0.5), p95: trips(ten, 0.95), target: target.allTen }
  const picturedTrips = (timeOf: (spread: Spread) => number) => trips(pictured.map(timeOf), 0.5)
  const withImage = {
    bytes: imageBytes,
    threeOperators: picturedTrips((spread) => spread.threeMs),
    allTen: picturedTrips((spread) => spread.tenMs),
    target: imageTarget,
  }
  const missed = [
    ...(threeOperators.p50 > target.threeOperators ? [`three operators after ${threeOperators.p50} round trips`] : []),
    ...(allTen.p50 > target.allTen ? [`all ten after ${allTen.p50} round trips`] : []),
    ...(withImage.threeOperators > imageTarget.threeOperators || withImage.allTen > imageTarget.allTen
      ? [`with an image after ${withImage.threeOperators} and ${withImage.allTen} round trips`]
      : []),
  ]
  return {
    bench: 'post',
    missed,
    posts,
    mirrors,
    roundTripMs,
    unit: 'round trips after the acknowledgement',
    acknowledgedMs: round(
      quantile(
        plain.map((spread) => spread.acknowledgedMs),
        0.5,
      ),
    ),
    threeOperators,
    allTen,
    withImage,
  }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
