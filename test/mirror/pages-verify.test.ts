/** *Verify in your browser*, in a browser: an honest mirror passes; one that alters, invents or withholds is found out. */

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { chromium } from 'playwright-core'
import { immutablePath } from '../../server/http/file-routes.ts'
import { builtFile } from '../support/built-files.ts'
import { servePage } from '../support/served-pages.ts'
import { PageWorld, startMs } from './pages-world.ts'

const chromiumPath = '/usr/bin/chromium'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

async function listening(t: TestContext, answer: Answer): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Three members on three origins. `lie` changes what the first shows of the page. */
async function arrange(t: TestContext, { lie = (page: string) => page, ed25519 = true, silent = false } = {}) {
  const answers: Answer[] = []
  const urls: string[] = []
  for (const i of [0, 1, 2]) urls.push(await listening(t, (request, response) => answers[i]!(request, response)))
  const world = await PageWorld.create({}, (i) => urls[i % 3]!)
  await world.capture([{ path: '/', html: '<h1>Garden</h1>' }])
  await world.fall()
  await world.post('<p>We are <em>still</em> here.</p>', { title: 'Day one' })
  const script = await builtFile('verify.js')
  const verify = { path: immutablePath(script), integrity: script.integrity }
  const pages = world.server({ url: urls[0]!, verify })
  await pages.render(world.blog)
  const evidence: Answer = (_, response) => {
    const told = [world.network, ...world.members, ...world.objects].filter((object) => object.kind !== 'snapshot')
    response.writeHead(200, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
    response.end(JSON.stringify({ objects: told.map((object) => object.envelope) }))
  }
  answers[1] = evidence
  answers[2] = silent ? () => undefined : evidence
  answers[0] = (request, response) => {
    if (request.url === verify.path) {
      response.writeHead(200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' })
      response.end(script.bytes)
    } else if (request.url!.endsWith('/evidence')) evidence(request, response)
    else if (request.url!.endsWith('?copy')) {
      const page = pages.lookup('/m/ana.example/?copy', '', '')!
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end(lie(Buffer.from(page.body).toString()))
    } else servePage(pages, request, response)
  }
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  t.after(() => browser.close())
  const page = await browser.newPage()
  if (!ed25519)
    await page.addInitScript(() => {
      Object.defineProperty(crypto.subtle, 'importKey', { value: () => Promise.reject(new Error('no Ed25519')) })
    })
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.clock.setFixedTime(startMs)
  await page.goto(`${urls[0]}m/ana.example/verify`)
  return { page, urls, asked }
}

async function verdictOf({ page }: Awaited<ReturnType<typeof arrange>>) {
  await page.getByRole('button', { name: 'Verify in your browser' }).click()
  await page.locator('#verdict').waitFor({ timeout: 20_000 })
  return { good: await page.locator('#verdict.good').count(), text: await page.locator('#verify').innerText() }
}

function skips(t: TestContext): boolean {
  if (existsSync(chromiumPath)) return false
  assert.notEqual(process.env.CI, 'true', 'chromium is missing')
  t.skip('chromium is not installed')
  return true
}

test('the page of an honest mirror is confirmed by two other operators, asking nobody else', async (t) => {
  if (skips(t)) return
  const world = await arrange(t)
  const { good, text } = await verdictOf(world)
  assert.equal(good, 1, text)
  assert.match(text, /1 post on this page: word for word what the author signed/)
  assert.match(text, /Cedar says: the blog is down; mirror list number 1; 1 post\./)
  assert.match(text, /Elm says/)
  const origins = new Set(world.asked.filter((url) => url.startsWith('http')).map((url) => `${new URL(url).origin}/`))
  assert.deepEqual(origins, new Set(world.urls))
})

test('it works where the browser has no Ed25519', async (t) => {
  if (skips(t)) return
  const { good, text } = await verdictOf(await arrange(t, { ed25519: false }))
  assert.equal(good, 1, text)
})

test('a member that gives neither answer nor error holds the check up for a moment only', async (t) => {
  if (skips(t)) return
  const { page } = await arrange(t, { silent: true })
  await page.getByRole('button', { name: 'Verify in your browser' }).click()
  await page.locator('#verdict.good').waitFor({ timeout: 12_000 }) // its own question would wait for 15 s
  assert.match(await page.locator('#verify').innerText(), /Elm did not answer with evidence \(silent\)/)
})

for (const [what, lie, says] of [
  ['alters a word', (page: string) => page.replace('still</em> here', 'not</em> here'), /not what the author signed/],
  [
    'hides a post',
    (page: string) => page.replace(/<article[\s\S]*?<\/article>/, ''),
    /1 signed post that others have is missing here/,
  ],
  [
    'invents a post',
    (page: string) =>
      page.replace(
        '<article',
        `<article data-post="${'ab'.repeat(32)}"><div class="prose">Send money</div></article><article`,
      ),
    /not what the author signed/,
  ],
] as const) {
  test(`a mirror that ${what} is found out`, async (t) => {
    if (skips(t)) return
    const { good, text } = await verdictOf(await arrange(t, { lie }))
    assert.equal(good, 0)
    assert.match(text, says)
  })
}

test('without a script the page says whom to ask, and mirror pages themselves run none', async (t) => {
  const world = await PageWorld.create()
  await world.capture([{ path: '/', html: 'x' }])
  await world.fall()
  const script = { path: '/dgos/files/verify-0123456789abcdef.js', integrity: 'sha384-x' }
  const pages = world.server({ verify: script })
  await pages.render(world.blog)
  const headers = (place: string) => {
    const found = pages.lookup(`/m/ana.example/${place}`, '', '')!
    return {
      text: Buffer.from(found.body).toString(),
      csp: found.headers[found.headers.indexOf('Content-Security-Policy') + 1]!,
    }
  }
  const verify = headers('verify')
  assert.match(verify.text, /href="https:\/\/cedar\.example\/dgos\/v1\/blogs\/[0-9a-f]{64}\/evidence"/)
  assert.match(
    verify.csp,
    /script-src https:\/\/birch\.example\/dgos\/files\/verify-0123456789abcdef\.js; connect-src 'self' https:\/\/cedar\.example\/dgos\/v1\/blogs\/ https:\/\/elm\.example\/dgos\/v1\/blogs\/;/,
  )
  assert.doesNotMatch(headers('').csp, /script-src|connect-src/)
  assert.match(headers('').text, /href="\/m\/ana\.example\/verify">Verify in your browser/)
  t.diagnostic(`${(await builtFile('verify.js')).bytes.length} bytes of script, on the page that checks alone`)
})
