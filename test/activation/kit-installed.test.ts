/** The kit installed from an address of the author's own: Chromium keeps the page, and the address may then fall away. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { zipOf } from '../../activation/doors/exports/zip.ts'
import { installableFiles } from '../../activation/doors/kit/installable.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { builtKit } from '../support/built-files.ts'
import { realComponent } from '../support/real-component.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { kitOf, type OpenKit, openMenu, sign } from './kit-editor.ts'

const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' }

/** The author's own web space: what lies in `files` is served under /kit/. */
class WebSpace {
  readonly files: Map<string, Uint8Array>
  readonly #server: Server

  private constructor(files: Map<string, Uint8Array>) {
    this.files = files
    this.#server = createServer((request, response) => {
      const name = /^\/kit\/([^?]*)/.exec(request.url ?? '')?.[1] ?? '?'
      const body = this.files.get(name === '' ? 'index.html' : name)
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': types[/[^.]*$/.exec(name === '' ? 'html' : name)![0]] ?? 'application/octet-stream',
      })
      response.end(body ?? 'nothing here')
    })
  }

  static async open(t: TestContext): Promise<WebSpace> {
    const { program, hash } = await builtKit()
    const space = new WebSpace(
      new Map(installableFiles(program, hash).map((installableFile) => [installableFile.name, installableFile.bytes])),
    )
    await new Promise<void>((ready) => space.#server.listen(0, '127.0.0.1', ready))
    t.after(() => space.fall())
    return space
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/kit/`
  }

  async fall(): Promise<void> {
    this.#server.closeAllConnections()
    if (this.#server.listening) await new Promise((done) => this.#server.close(done))
  }
}

async function installed({ page, path }: OpenKit, url: string): Promise<void> {
  await page.goto(url)
  await page.getByLabel('Kit file').setInputFiles(path)
  await page.getByText('This page is kept in this browser').waitFor()
}

async function reopened({ page, context }: OpenKit, url: string): Promise<Page> {
  await page.close()
  const again = await context.newPage()
  await again.goto(url)
  await again.locator('#write').waitFor()
  return again
}

test('installed, the kit opens and signs with its web space gone and the network cut, and sends once it is back', async (t) => {
  const found = await kitOf(t, 3, {}, false)
  if (found === null) return
  const space = await WebSpace.open(t)
  const { url } = space
  await installed(found, url)
  await space.fall()
  await found.context.setOffline(true)
  const page = await reopened(found, url)
  assert.equal(await page.locator('#program-hash').innerText(), (await builtKit()).hash)
  await sign(page, 'From the telephone')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  await page.reload()
  await page.getByText('Signed. It waits here for a network.').waitFor()
  await found.context.setOffline(false)
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
  const frames = await page.evaluate(async () => (await fetch('./')).ok).catch(() => false)
  assert.equal(frames, false, 'the worker answers for the page, and for no other request')
  await assert.rejects(page.goto(`${url}other.html`), /ERR_CONNECTION_REFUSED/)
})

test('a browser with a profile of its own finds nothing that hinders installing', async (t) => {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return
  const space = await WebSpace.open(t)
  const running: BrowserContext[] = []
  t.after(async () => void (await Promise.all(running.map((context) => context.close()))))
  const profile = await temporaryFolder(t, 'profile')
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: ['--no-sandbox'] })
  running.push(context)
  const page = await context.newPage()
  await page.goto(space.url)
  await page.getByText('This page is kept in this browser').waitFor()
  const client = await context.newCDPSession(page)
  const { errors, url } = await client.send('Page.getAppManifest')
  assert.deepEqual([errors, url], [[], `${space.url}kit.webmanifest`])
  assert.deepEqual((await client.send('Page.getInstallabilityErrors')).installabilityErrors, [])
})

test('the web space cannot slip another page in, and another program is named before it opens', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const space = await WebSpace.open(t)
  const { program, hash } = await builtKit()
  const altered = `${program}<p id="evil">Type your recovery words here</p>\n`
  space.files.set('index.html', utf8(altered))
  await found.page.goto(space.url)
  await found.page.getByText('This browser does not keep the page').waitFor()
  space.files.set('index.html', utf8(program))
  await installed(found, space.url)
  space.files.set('index.html', utf8(altered))
  const kept = await reopened(found, space.url)
  assert.equal(await kept.locator('#program-hash').innerText(), hash)
  assert.equal(await kept.locator('#evil').count(), 0)
  assert.equal(await kept.getByText('Another program lies at this address').count(), 0)
  const other = '12'.repeat(32)
  const worker = installableFiles(program, hash)[1]!
  space.files.set(worker.name, utf8(new TextDecoder().decode(worker.bytes).replace(hash, other)))
  await kept.evaluate(async () => (await navigator.serviceWorker.getRegistration())!.update().catch(() => null))
  await kept.getByText('Another program lies at this address').waitFor()
  await kept.getByText(other).waitFor()
})

test('only sealed data stay at the address, they go when told, and nothing of it concerns a kit on the disk', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const { page } = found
  assert.equal(await page.locator('#home-here').isVisible(), false)
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save the files for a web space' }).click()
  const { program, hash } = await builtKit()
  const zip = await readFile(await (await saving).path())
  assert.deepEqual(new Uint8Array(zip), zipOf(installableFiles(program, hash)), 'the same for everyone: no keys in it')
  assert.equal(await page.evaluate(() => localStorage.getItem('dgos.kit.kept')), null)
  const space = await WebSpace.open(t)
  await installed(found, space.url)
  const kept = JSON.parse((await page.evaluate(() => localStorage.getItem('dgos.kit.kept')))!) as object
  assert.deepEqual(Object.keys(kept).sort(), [
    'addresses',
    'blog',
    'format',
    'language',
    'mirrors',
    'network',
    'posting',
    'sealed',
    'title',
  ])
  await openMenu(page)
  await page.getByRole('button', { name: 'Forget my kit in this browser' }).click()
  await page.getByText('Gone from this browser').waitFor()
  await page.reload()
  await page.getByLabel('Kit file').waitFor()
})
