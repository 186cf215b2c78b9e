import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../lib/database.ts'
import type { CaptureStore, Visit } from '../../mirror/capture/capture-store.ts'
import { SqlCaptureStore } from '../../mirror/capture/sql-capture-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'

const [ana, bob] = ['a'.repeat(64), 'b'.repeat(64)]
const visit = (url: string, over: Partial<Visit> = {}): Visit => {
  const file = { blob: 'c'.repeat(64), type: 'text/css', bytes: 3, etag: '"e"', lastModified: null }
  return { url, from: url, ...file, checkedMs: 1000, ...over }
}

const engines: Readonly<Record<string, () => Promise<CaptureStore>>> = {
  SQLite: () => SqlCaptureStore.open(openDatabase({ path: ':memory:' })),
  memory: async () => new MemoryCaptureStore(),
}

for (const [engine, open] of Object.entries(engines)) {
  test(`${engine}: a visit is remembered by blog and URL, the newest word wins`, async () => {
    const store = await open()
    await store.putVisits(ana, [visit('http://x/1'), visit('http://x/2'), visit('http://x/1', { etag: null })])
    await store.putVisits(ana, [
      visit('http://x/2', { checkedMs: 2000, from: 'http://y/', policy: "style-src 'self'" }),
    ])
    assert.deepEqual(await store.visit(ana, 'http://x/1'), visit('http://x/1', { etag: null }))
    assert.deepEqual(
      await store.visit(ana, 'http://x/2'),
      visit('http://x/2', { checkedMs: 2000, from: 'http://y/', policy: "style-src 'self'" }),
    )
    assert.equal(await store.visit(bob, 'http://x/1'), null)
    assert.equal((await store.visits(ana)).length, 2)
  })

  test(`${engine}: visits are forgotten by URL and by age, those of other blogs stay`, async () => {
    const store = await open()
    const many = Array.from({ length: 250 }, (_, i) => visit(`http://x/${i}`, { checkedMs: i }))
    await store.putVisits(ana, many)
    await store.putVisits(bob, [visit('http://x/1')])
    await store.removeVisits(ana, ['http://x/249', 'http://x/248'])
    await store.dropVisits(ana, 100)
    assert.equal((await store.visits(ana)).length, 148)
    assert.equal((await store.visits(bob)).length, 1)
  })

  test(`${engine}: round and aside of a blog stand side by side, and all of it leaves with the blog`, async () => {
    const store = await open()
    assert.deepEqual([await store.round(ana), await store.aside(ana)], [null, null])
    await store.putAside(ana, { reason: 'blank', sinceMs: 1, lastMs: 2, blob: 'd'.repeat(64) })
    assert.equal(await store.round(ana), null)
    await store.putRound(ana, { fullMs: 5, complete: false })
    await store.putVisits(ana, [visit('http://x/1')])
    await store.putVisits(bob, [visit('http://x/1')])
    assert.deepEqual(await store.round(ana), { fullMs: 5, complete: false })
    assert.deepEqual(await store.aside(ana), { reason: 'blank', sinceMs: 1, lastMs: 2, blob: 'd'.repeat(64) })
    assert.deepEqual([...(await store.blobs(ana))].sort(), ['c'.repeat(64), 'd'.repeat(64)])
    await store.putAside(ana, null)
    assert.deepEqual([await store.aside(ana), await store.round(ana)], [null, { fullMs: 5, complete: false }])
    assert.deepEqual(await store.blogs(), [ana, bob])
    await store.forget(ana)
    assert.deepEqual(await store.blogs(), [bob])
  })
}
