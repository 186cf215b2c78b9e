/** What a member does for a stranger's bytes leaves the main loop: to threads, or to others who wait for it. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Ledger } from '../../ledger/ledger.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { inlineWorkers, type Job, type Workers } from '../../lib/workers.ts'
import { Attestor, attestorDefaults } from '../../mirror/attestor.ts'
import { Capture, captureDefaults } from '../../mirror/capture/capture.ts'
import { limitDefaults } from '../../server/config.ts'
import { MirroringMembers, putSite } from '../mirror/mirroring-members.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { PageWeb } from '../support/page-web.ts'
import { SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { take } from './attacked.ts'
import { crowdedDeclarations } from './inputs/crowded-declarations.ts'
import { strangersRoots } from './inputs/padded-objects.ts'

const home = 'http://ana.example/'

/** A ledger that counts how often it lets others have the loop. */
async function countingLedger(t: TestContext) {
  const net = await SmallNetwork.found(4)
  const database = openDatabase({ path: ':memory:' })
  t.after(() => database.close())
  let turns = 0
  const nextTurn = async () => {
    turns++
  }
  const deps = { clock: new VirtualClock({ startMs }), platform: nodePlatform, log: silentLog, nextTurn }
  const options = { network: net.network, self: signerOf('m0').key }
  const ledger = await Ledger.open({ store: await SqlObjectStore.open(database), ...deps }, options)
  await take(ledger, net.objects)
  const blog = await net.blog()
  await take(ledger, blog.kept)
  return { net, blog, ledger, turns: () => turns }
}

/** Reads in line, and remembers which function was asked for. */
class RecordingWorkers implements Workers {
  readonly jobs: string[] = []

  run<Input, Output>(job: Job<Input, Output>, input: Input) {
    this.jobs.push(job.name)
    return inlineWorkers.run(job, input, { owner: '', proven: true })
  }

  async close() {}
}

test('a batch of seven hundred signatures lets others have the loop, and a small one goes on', async (t) => {
  const { blog, ledger, turns } = await countingLedger(t)
  const declarations = await crowdedDeclarations(blog, 'm1', 64, startMs)
  await take(ledger, declarations.slice(0, 3))
  assert.equal(turns(), 0)
  await take(ledger, declarations)
  assert.ok(turns() >= 10, `${turns()} turns`)
})

test('a batch of mebibytes lets others have the loop, also where each object is refused by its length', async (t) => {
  const { net, ledger, turns } = await countingLedger(t)
  await take(ledger, await strangersRoots(net, 20, 30_000))
  const before = turns()
  assert.ok(before >= 1, `${before} turns`)
  await take(ledger, await strangersRoots(net, 40, 47_000))
  assert.ok(turns() - before >= 4, `${turns() - before} turns`)
})

test('a page is looked through for its marker in a thread; one that asks for too much attests nothing', async (t) => {
  const net = await MirroringMembers.create(t, 3, { attested: false })
  putSite(net.web, net.blog.id)
  const { clock } = net
  const { ledger, signer } = net.member('m0')
  const workers = new RecordingWorkers()
  const deps = { ledger, web: net.web, dnsText: async () => [], clock, log: silentLog, sha256, signer }
  const options = { ...attestorDefaults, retryMs: 60_000, userAgent: 'DGOS test' }
  const costly: Workers = {
    run: async () => ({ ok: false, reason: 'TOO_COSTLY', detail: 'more than its memory' }),
    close: async () => {},
  }
  assert.equal(await new Attestor({ ...deps, workers: costly }, options).marker(net.blog.id, home), null)
  assert.equal(await new Attestor({ ...deps, workers }, options).marker(net.blog.id, home), 'tag')
  assert.deepEqual(workers.jobs, ['read-marks'])
})

test('where a front page sends its readers, and what a sitemap names, is read in threads', async () => {
  const web = new PageWeb()
  const workers = new RecordingWorkers()
  const stores = { blobs: new MemoryBlobStore(), captures: new MemoryCaptureStore() }
  const deps = { web, ...stores, clock: new VirtualClock(), log: silentLog, sha256, workers }
  const capture = new Capture(deps, { ...captureDefaults, ...limitDefaults, userAgent: 'DGOS test' })
  const words = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ')
  web.put(home, '<meta http-equiv="Refresh" content="0; url=/blog/">')
  web.put(`${home}blog/`, `<title>Ana</title><p>${words}</p>`)
  web.put(`${home}sitemap.xml`, `<urlset><url><loc>${home}blog/one/</loc></url></urlset>`, 'application/xml')
  web.put(`${home}blog/one/`, `<title>One</title><p>one ${words}</p>`)
  const taken = await capture.capture('b'.repeat(64), home, null, [])
  assert.ok(taken.ok)
  assert.deepEqual(
    taken.fields.pages.map(({ path }) => path),
    ['/', '/blog/one/'],
  )
  assert.equal(workers.jobs.filter((name) => name === 'read-marks').length, 1)
  assert.equal(workers.jobs.filter((name) => name === 'read-sitemap').length, 1)
})
