/** What is stored is read again at each start: it must not be able to end the process that reads it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { workerThreads } from '../../server/machine/worker-threads.ts'
import { bytesText, PageWorld } from '../mirror/pages-world.ts'
import { deepPage } from './inputs/deep-page.ts'
import { flatPage } from './inputs/flat-page.ts'
import { unclosedFormatting } from './inputs/unclosed-formatting.ts'

test('a member with the dearest pages in its store starts, twice, and shows what else it has', async () => {
  const world = await PageWorld.create()
  const honest = '<title>About</title><article><p>We grow beans.</p></article>'
  await world.capture([
    { path: '/', html: bytesText(unclosedFormatting()) },
    { path: '/flat/', html: bytesText(flatPage(4_000_000)) },
    { path: '/deep/', html: bytesText(deepPage(4_000_000)) },
    { path: '/about/', html: honest },
  ])
  await world.fall()
  for (const start of ['first', 'second']) {
    const workers = workerThreads({ threads: 2 })
    const server = world.server({}, { workers })
    await server.render(world.blog)
    const page = await server.answer(request('/m/ana.example/'))
    const copy = await server.answer(request('/m/ana.example/copy/about/'))
    const costly = await server.answer(request('/m/ana.example/copy/'))
    await workers.close()
    assert.deepEqual([page.status, copy.status, costly.status], [200, 200, 404], `${start} start`)
    assert.match(bytesText(copy.body), /We grow beans/)
  }
})

function request(target: string) {
  return { method: 'GET', target, acceptEncoding: '', ifNoneMatch: '', secFetchDest: '', serviceWorker: '' }
}
