/** `dgos export --wacz` in ReplayWeb.page itself, in Chromium, with no network but this page's own server. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { chromium, type Frame } from 'playwright-core'
import { exportWacz } from '../../server/cli/export-wacz.ts'
import { openWebServer } from '../support/open-servers.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { CopiedBlog } from './copied-blog.ts'

const player = join(import.meta.dirname, '../../node_modules/replaywebpage')
const patienceMs = 60_000

/** A page with the player, as its documentation tells archives to make one. */
const page = `<!doctype html><title>Archive</title><script src="/ui.js"></script>
<replay-web-page source="/ana.wacz" url="http://ana.example/first/" replayBase="/replay/" style="height:90vh"></replay-web-page>`

test('ReplayWeb.page opens the archive and shows a captured page and a post', {
  timeout: 3 * patienceMs,
}, async (t) => {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return
  const readers = await CopiedBlog.create(t)
  await readers.declare()
  const post = await readers.post('<p>We are here</p>', 'Day one')
  const path = join(await temporaryFolder(t, 'replay'), 'ana.wacz')
  await exportWacz(path, {
    known: await readers.member.ledger.blog(readers.root.id),
    nowMs: readers.net.clock.nowMs(),
    objects: Buffer.from('{"objects":[]}'),
    blob: (hash: string) => readers.net.member(0).blobs.get(hash),
  })
  const files: Readonly<Record<string, readonly [string, Uint8Array]>> = {
    '/': ['text/html; charset=utf-8', Buffer.from(page)],
    '/ui.js': ['text/javascript', await readFile(join(player, 'ui.js'))],
    '/replay/sw.js': ['text/javascript', await readFile(join(player, 'sw.js'))],
    '/ana.wacz': ['application/wacz', await readFile(path)],
  }
  const origin = await openWebServer(t, (request, response) => {
    const [type, body] = files[(request.url ?? '').split('?')[0]!] ?? ['text/plain', null]
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
    response.setHeader('content-type', type)
    response.setHeader('accept-ranges', 'bytes')
    if (body === null) response.writeHead(404).end()
    else if (range === null) response.setHeader('content-length', body.length).end(body)
    else {
      const [from, to] = [Number(range[1]), range[2] === '' ? body.length - 1 : Number(range[2])]
      const part = body.subarray(from, to + 1)
      response.setHeader('content-range', `bytes ${from}-${from + part.length - 1}/${body.length}`)
      response.writeHead(206, { 'content-length': part.length }).end(part)
    }
  })
  const offline = ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-background-networking']
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', ...offline] })
  t.after(() => browser.close())
  const visitor = await browser.newPage()
  const shows = async (url: string, words: string) => {
    await visitor.goto('about:blank')
    await visitor.route(`${origin}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: page.replace('http://ana.example/first/', url) }),
    )
    const isArchived = (frame: Frame) => frame.url().endsWith(`mp_/${url}`)
    const opened = new Promise<Frame>((resolve) => {
      visitor.on('framenavigated', (frame) => isArchived(frame) && resolve(frame))
    })
    await visitor.goto(`${origin}/`)
    const archived = (await opened).getByText(words)
    await archived.waitFor({ timeout: patienceMs })
    assert.equal(await archived.isVisible(), true, url)
  }
  await shows('http://ana.example/first/', 'The first post: first words')
  await shows(`http://ana.example/dgos/${post.id}/`, 'We are here')
})
