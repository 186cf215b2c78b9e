/** The dearest documents known, each in the member's own threads. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { doorJobs } from '../../activation/doors/door-reader.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { Job, Outcome, Workers } from '../../lib/workers.ts'
import { feedJob, sheetJob } from '../../mirror/capture/capture-reader.ts'
import { pageJob } from '../../mirror/capture/read-page.ts'
import { copyJobs } from '../../mirror/pages/copy.ts'
import { workerThreads } from '../../server/machine/worker-threads.ts'
import { sourcesOf } from '../support/source-tree.ts'
import { crumbledSheet } from './inputs/crumbled-sheet.ts'
import { deepPage } from './inputs/deep-page.ts'
import { flatPage } from './inputs/flat-page.ts'
import { largePicture } from './inputs/large-picture.ts'
import { emptyLines, listFeed } from './inputs/long-lists.ts'
import { manySignatures } from './inputs/many-signatures.ts'
import { unclosedFormatting } from './inputs/unclosed-formatting.ts'
import { wrappedBackground } from './inputs/wrapped-background.ts'

const turn = { owner: 'ana', proven: true }
const visit = { url: 'http://ana.example/', from: 'http://ana.example/', blob: '', type: 'text/html', bytes: 0 }
const address = 'http://ana.example/'
const page = (body: Uint8Array) => ({ path: '/', visit, body, address })
const wordOf = (outcome: Outcome<unknown>) => (outcome.ok ? 'ok' : outcome.reason)

function copied(bytes: Uint8Array) {
  const file = { path: '/', url: address, blob: '', type: 'text/html', bytes: bytes.length }
  const files = { address, pages: [file], assets: [], texts: new Map(), base: '/m/ana.example/', sheets: new Map() }
  return { files, bytes, page: file, canonical: address, bar: { markup: '' }, origin: 'http://m.example' }
}

test('what asks for more than a thread is a value, and the next document is read', async () => {
  const workers: Workers = workerThreads({ threads: 1 })
  const { pageJob: copyJob } = copyJobs(nodePlatform.sha256)
  const costly: readonly (readonly [string, Job<never, unknown>, unknown])[] = [
    ['a page of unclosed formatting', pageJob, page(unclosedFormatting())],
    ['a flat page', pageJob, page(flatPage())],
    ['a deep page', pageJob, page(deepPage())],
    ['the copy of a page of unclosed formatting', copyJob, copied(unclosedFormatting())],
    ['a mail of unclosed formatting', doorJobs.mailJob, { raw: mailOf(unclosedFormatting()) }],
    [
      'a mail of signatures without end',
      doorJobs.dkimJob,
      { raw: manySignatures(), senders: ['ana@author.test'], said: new Map(), nowMs: Date.now() },
    ],
    ['a mail of empty lines', doorJobs.mailJob, { raw: emptyLines() }],
    [
      'a feed that is one long list',
      feedJob,
      { bytes: listFeed(), type: 'application/feed+json', url: 'http://ana.example/feed.json' },
    ],
    [
      'an app that sends unclosed formatting',
      doorJobs.textJob,
      {
        text: { title: '', content: { html: Buffer.from(unclosedFormatting()).toString() } },
        context: { uploads: [] },
      },
    ],
  ]
  const words: string[] = []
  for (const [name, job, input] of costly)
    words.push(`${name}: ${wordOf(await workers.run(job, input as never, turn))}`)
  assert.deepEqual(
    words,
    costly.map(([name]) => `${name}: TOO_COSTLY`),
  )
  const sheet = await workers.run(sheetJob, { bytes: crumbledSheet(), type: 'text/css', bases: [address] }, turn)
  assert.ok(sheet.ok ? sheet.value[0]?.length === 0 : sheet.reason === 'TOO_COSTLY')
  const good = await workers.run(pageJob, page(wrappedBackground(2_000)), turn)
  assert.ok(good.ok && good.value.facts.text === 'before')
  await workers.close()
})

test('a picture of ten megabytes in a call of an app fits into a thread', async () => {
  const workers = workerThreads({ threads: 1 })
  const call = await workers.run(doorJobs.callJob, largePicture(), turn)
  await workers.close()
  assert.ok(call.ok && call.value.ok, JSON.stringify(call).slice(0, 200))
  const struct = call.value.value.params[3] as { readonly bits: Uint8Array }
  assert.equal(struct.bits.length, 10 * 1024 * 1024)
})

test('threads come with work and go when it is done', async () => {
  const workers = workerThreads({ threads: 2, idleMs: 50 })
  assert.equal(workers.threads, 0)
  await workers.run(pageJob, page(new Uint8Array(0)), turn)
  assert.equal(workers.threads, 1)
  await workers.ended()
  assert.equal(workers.threads, 0)
  await workers.close()
})

function mailOf(html: Uint8Array): Uint8Array {
  const head =
    'From: ana@ana.example\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
  return Buffer.concat([Buffer.from(head), html])
}

test('every job of the product has its function in the threads', () => {
  const sources = sourcesOf(['mirror', 'activation', 'naming'])
  const jobs = sources.flatMap(({ text }) =>
    [...text.matchAll(/: Job<[^=]*= \{\s*name: '([a-z-]+)'/g)].map(([, job]) => job!),
  )
  const entry = readFileSync(join(import.meta.dirname, '../../server/machine/worker-entry.ts'), 'utf8')
  const known = [...entry.matchAll(/^ {2}'?([a-z-]+)'?: async/gm)].map(([, job]) => job!)
  assert.ok(jobs.length > 10)
  assert.deepEqual(jobs.toSorted(), known.toSorted())
})
