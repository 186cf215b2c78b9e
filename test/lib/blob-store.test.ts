import assert from 'node:assert/strict'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type BlobStore, FileBlobStore } from '../../lib/blob-store.ts'
import type { Log } from '../../lib/log.ts'
import { silentLog } from '../../lib/log.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

type Opened = { readonly store: BlobStore; damage(hash: string): Promise<void> }

const helloHash = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'

blobStoreContract('memory', async () => {
  const store = new MemoryBlobStore()
  return { store, damage: async (hash) => store.damage(hash) }
})

blobStoreContract('files', async (t) => {
  const dir = await temporaryFolder(t, 'blobs')
  const store = new FileBlobStore({ log: silentLog }, { dir })
  return { store, damage: (hash) => writeFile(join(dir, 'v1', hash.slice(0, 2), hash), 'broken') }
})

/** What every blob store promises. */
function blobStoreContract(name: string, openStore: (t: TestContext) => Promise<Opened>): void {
  test(`${name}: bytes come back under their SHA-256`, async (t) => {
    const { store } = await openStore(t)
    assert.equal(await store.put(utf8('hello')), helloHash)
    assert.deepEqual(await store.get(helloHash), utf8('hello'))
    assert.equal(await store.has(helloHash), true)
    assert.equal(await store.size(helloHash), 5)
  })

  test(`${name}: bytes that are too many for one turn of the loop are named and found damaged alike`, async (t) => {
    const { store, damage } = await openStore(t)
    const bytes = new Uint8Array(1_000_000).fill(97)
    const hash = 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'
    assert.equal(await store.put(bytes), hash)
    assert.deepEqual(await store.get(hash), bytes)
    await damage(hash)
    assert.equal(await store.get(hash), null)
  })

  test(`${name}: what is not kept is null, and forgetting it is no error`, async (t) => {
    const { store } = await openStore(t)
    assert.equal(await store.get(helloHash), null)
    assert.equal(await store.size(helloHash), null)
    assert.equal(await store.has(helloHash), false)
    await store.remove(helloHash)
  })

  test(`${name}: the same bytes twice, and together, are kept once`, async (t) => {
    const { store } = await openStore(t)
    await Promise.all([store.put(utf8('hello')), store.put(utf8('hello')), store.put(utf8('hello'))])
    await store.put(new Uint8Array(0))
    const sizes = await listed(store)
    assert.deepEqual(sizes.map(({ bytes }) => bytes).sort(), [0, 5])
  })

  test(`${name}: a removed blob is gone`, async (t) => {
    const { store } = await openStore(t)
    await store.put(utf8('hello'))
    await store.remove(helloHash)
    assert.equal(await store.get(helloHash), null)
    assert.deepEqual(await listed(store), [])
  })

  test(`${name}: a damaged blob is removed, never served, and healed by the next put`, async (t) => {
    const { store, damage } = await openStore(t)
    await store.put(utf8('hello'))
    await damage(helloHash)
    assert.equal(await store.get(helloHash), null)
    assert.equal(await store.has(helloHash), false)
    await store.put(utf8('hello'))
    await damage(helloHash)
    await store.put(utf8('hello'))
    assert.deepEqual(await store.get(helloHash), utf8('hello'))
  })

  test(`${name}: a name that is no hash is refused before it becomes a path`, async (t) => {
    const { store } = await openStore(t)
    for (const bad of ['', '../../etc/passwd', helloHash.toUpperCase(), `${helloHash}0`, `../${helloHash.slice(3)}`]) {
      await assert.rejects(async () => store.get(bad), RangeError)
      await assert.rejects(async () => store.remove(bad), RangeError)
    }
  })
}

test('a damaged file is logged with what was expected and what was found', async (t) => {
  const dir = await temporaryFolder(t, 'blobs')
  const events: [string, unknown][] = []
  const log: Log = { ...silentLog, error: (event, facts) => events.push([event, facts]) }
  const store = new FileBlobStore({ log }, { dir })
  await store.put(utf8('hello'))
  await writeFile(join(dir, 'v1', '2c', helloHash), 'other')
  await store.get(helloHash)
  assert.equal(events[0]?.[0], 'blob-damaged')
  assert.equal((events[0]![1] as { expected: string }).expected, helloHash)
})

test('half-written files of a dead process are swept, those of a living one stay', async (t) => {
  const dir = await temporaryFolder(t, 'blobs')
  await new FileBlobStore({ log: silentLog }, { dir }).put(utf8('x'))
  const folder = join(dir, 'v1', 'tmp')
  await writeFile(join(folder, 'old'), '')
  await writeFile(join(folder, 'young'), '')
  await utimes(join(folder, 'old'), 1, 1)
  await new FileBlobStore({ log: silentLog }, { dir }).put(utf8('y'))
  assert.deepEqual(await readdir(folder), ['young'])
})

async function listed(store: BlobStore): Promise<{ hash: string; bytes: number }[]> {
  const all = []
  for await (const blob of store.list()) all.push(blob)
  return all
}
