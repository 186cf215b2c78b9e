/** Many readers at once: what they all ask for is read and rendered once for all of them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PageServer } from '../../mirror/pages/page-server.ts'
import { settled } from '../support/virtual-clock.ts'
import { bytesText, PageWorld } from './pages-world.ts'

const base = '/m/ana.example/'
const plain = { method: 'GET', acceptEncoding: '', ifNoneMatch: '', secFetchDest: '', serviceWorker: '' }
const ask = (pages: PageServer, target: string) => pages.answer({ ...plain, target })
const textOf = (pages: PageServer) => bytesText(pages.lookup(base, '', '')?.body ?? new Uint8Array())

/** A fallen blog with pictures of 1 KiB, whose every rendering and reading waits until it is let through. */
async function arrange({ pictures = 0, fileBytesMax = 32 << 20 } = {}) {
  const world = await PageWorld.create()
  const assets = Array.from({ length: pictures }, (_, i) => {
    const bytes = Buffer.alloc(1024, i)
    Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
    return { url: `https://ana.example/${i}.png`, bytes, type: 'image/png' }
  })
  const html = assets.map(({ url }) => `<img src="${url}">`).join('')
  const { payload } = await world.capture([{ path: '/', html: `<p>front</p>${html}` }], assets)
  await world.declare()
  const renderings = new Gate()
  const readings = new Gate()
  const targets = payload.assets.map(({ blob }) => `${base}blob/${blob}`)
  const files = new Set(payload.assets.map(({ blob }) => blob))
  const pages = world.server(
    { fileBytesMax },
    {
      facts: { ...world.facts(), blog: () => renderings.pass(async () => world.known()) },
      blob: (hash) => (files.has(hash) ? readings.pass(() => world.blobs.get(hash)) : world.blobs.get(hash)),
    },
  )
  return { world, pages, targets, renderings, readings }
}

/** Counts who comes, and holds them while it is shut. */
class Gate {
  count = 0
  #shut: { readonly opened: Promise<void>; readonly open: () => void; failure: Error | null } | null = null

  shut(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#shut = { opened: promise, open: resolve, failure: null }
  }

  open(failure: Error | null = null): void {
    if (this.#shut === null) return
    this.#shut.failure = failure
    this.#shut.open()
    this.#shut = null
  }

  async pass<T>(act: () => Promise<T>): Promise<T> {
    this.count++
    const shut = this.#shut
    const value = await act()
    await shut?.opened
    if (shut?.failure) throw shut.failure
    return value
  }
}

test('a blog that is not in memory is rendered once for all who ask at the same time', async () => {
  const { pages, renderings } = await arrange()
  renderings.shut()
  const asked = Array.from({ length: 100 }, () => ask(pages, base))
  await settled()
  renderings.open()
  assert.deepEqual(new Set((await Promise.all(asked)).map((pageAnswer) => pageAnswer.status)), new Set([200]))
  assert.equal(renderings.count, 1)
})

test('what is stored while a blog is rendered for the first time stands on the page soon after', async () => {
  const { world, pages, renderings } = await arrange()
  renderings.shut()
  const asked = ask(pages, base)
  await settled()
  await world.post('<p>fresh words</p>')
  pages.refresh(world.blog)
  renderings.open()
  assert.ok(!bytesText((await asked).body).includes('fresh words'))
  await world.clock.advance(1000)
  await pages.idle()
  assert.ok(textOf(pages).includes('fresh words'))
})

test('however often a blog changes while it is rendered, one further rendering shows all of it', async () => {
  const { world, pages, renderings } = await arrange()
  renderings.shut()
  const first = pages.render(world.blog)
  const further = [1, 2, 3].map(() => pages.render(world.blog))
  await world.post('<p>last words</p>')
  renderings.open()
  await Promise.all([first, ...further])
  assert.equal(renderings.count, 2)
  assert.ok(textOf(pages).includes('last words'))
})

test('a rendering that fails does not fail the one that waits for it', async () => {
  const { world, pages, renderings } = await arrange()
  renderings.shut()
  const first = pages.render(world.blog)
  const second = pages.render(world.blog)
  renderings.open(new Error('the disk is ill'))
  await Promise.all([first, second])
  assert.equal(renderings.count, 2)
  assert.equal(pages.lookup(base, '', '')?.status, 200)
})

test('a picture that many ask for at once is read once, and counted once', async () => {
  const { pages, targets, readings } = await arrange({ pictures: 1 })
  await ask(pages, base)
  readings.shut()
  const asked = Array.from({ length: 40 }, () => ask(pages, targets[0]!))
  await settled()
  readings.open()
  assert.deepEqual(new Set((await Promise.all(asked)).map((pageAnswer) => pageAnswer.status)), new Set([200]))
  assert.equal(readings.count, 1)
  assert.equal(pages.figures.fileBytes, 1024)
})

test('after a rush the pictures still stay in memory, and beyond their bound the oldest leaves', async () => {
  const { pages, targets, readings } = await arrange({ pictures: 4, fileBytesMax: 3 * 1024 })
  const [first, ...others] = targets
  await ask(pages, base)
  await Promise.all(Array.from({ length: 40 }, () => ask(pages, first!)))
  for (const target of [...others.slice(0, 2), first!, ...others.slice(0, 2)]) await ask(pages, target)
  assert.equal(readings.count, 3)
  await ask(pages, others[2]!)
  assert.equal(pages.figures.fileBytes, 3 * 1024)
  await ask(pages, others[1]!)
  assert.equal(readings.count, 4)
  await ask(pages, first!)
  assert.equal(readings.count, 5)
})

test('a picture whose reading failed is read again for who asks next', async () => {
  const { pages, targets, readings } = await arrange({ pictures: 1 })
  await ask(pages, base)
  readings.shut()
  const asked = [ask(pages, targets[0]!), ask(pages, targets[0]!)]
  await settled()
  readings.open(new Error('the disk is ill'))
  for (const promiseSettledResult of await Promise.allSettled(asked))
    assert.equal(promiseSettledResult.status, 'rejected')
  assert.equal((await ask(pages, targets[0]!)).status, 200)
})
