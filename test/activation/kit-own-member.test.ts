/** The kit that a blog with a server of its own hands out: the blog is filled in, its key named, no steward asked. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { type KitData, type KitStart, readKitStart } from '../../activation/doors/kit/kit-data.ts'
import { dataOfKit, kitWithData } from '../../activation/doors/kit/kit-file.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { open } from '../../protocol/envelope.ts'
import { builtKit } from '../support/built-files.ts'
import { realComponent } from '../support/real-component.ts'
import { signerOf } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { answerWords, makePapers, saveAndChoose } from './kit-setup.ts'

const network = 'ab'.repeat(32)
const online = signerOf('ben online').key
const start: KitStart = {
  format: 'dgos-kit-start-1',
  member: 'http://127.0.0.1:9/index.php/',
  invitation: 'once',
  network,
  key: online,
  name: 'Ben',
  blog: {
    address: 'http://127.0.0.1:9/',
    title: 'Ben at home',
    language: 'en-GB',
    online,
    mirrors: [{ key: signerOf('m0').key, name: 'm0', url: 'https://m0.example/' }],
  },
}

/** Whether the page would ask before it is closed. */
function asksBeforeClosing(page: Page): Promise<boolean> {
  return page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })))
}

test('what a blog fills in is taken whole or not at all', () => {
  assert.deepEqual(readKitStart(start), start)
  const wrong = [
    { address: 'javascript:alert(1)' },
    { online: online.slice(1) },
    { title: 7 },
    { language: undefined },
    { mirrors: [{ url: 'no' }] },
    { mirrors: Array(41).fill(start.blog!.mirrors[0]) },
  ]
  for (const fields of wrong)
    assert.equal(readKitStart({ ...start, blog: { ...start.blog, ...fields } }), null, JSON.stringify(fields))
  assert.equal(readKitStart({ ...start, blog: null }), null)
})

test('a bare host is shown as the address that it will be, and http stays http', async (t) => {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return
  const dir = await temporaryFolder(t, 'kit')
  await writeFile(join(dir, 'kit.html'), (await builtKit()).program)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const page = await browser.newPage()
  await page.goto(pathToFileURL(join(dir, 'kit.html')).href)
  const address = page.getByLabel('Address of the blog')
  for (const [typed, shown] of [
    ['ana.example', 'https://ana.example/'],
    ['http://ana.example/blog', 'http://ana.example/blog/'],
  ] as const) {
    await address.fill(typed)
    await address.blur()
    assert.equal(await address.inputValue(), shown)
  }
})

test('a blog that is its own member gets a root with its own online key, also where the kit cannot reach it', async (t) => {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return
  const dir = await temporaryFolder(t, 'kit')
  await writeFile(join(dir, 'kit.html'), kitWithData((await builtKit()).program, start))
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const page = await browser.newPage()
  await page.goto(pathToFileURL(join(dir, 'kit.html')).href)
  assert.equal(await page.getByLabel('server that is to keep a copy').isVisible(), false)
  assert.equal(await page.getByLabel('What it is called').inputValue(), 'Ben at home')
  assert.equal(await page.getByLabel('Address of the blog').isEditable(), false)
  assert.equal(await asksBeforeClosing(page), false, 'nothing is lost yet')
  const { words } = await makePapers(page)
  assert.equal(await asksBeforeClosing(page), true, 'keys were made')
  await answerWords(page, words)
  assert.equal(await asksBeforeClosing(page), true, 'the kit is not saved')
  const own = await saveAndChoose(t, page)
  await page.getByRole('button', { name: 'Protect it now' }).waitFor()
  assert.equal(await asksBeforeClosing(page), false, 'the saved file was found again')
  await page.getByRole('button', { name: 'Protect it now' }).click()
  await page.getByText('give it to the DGOS screen of your blog').waitFor()
  assert.equal(await page.locator('#marker').count(), 0, 'nobody pastes a tag: the plugin prints it')
  const file = async (name: string) => {
    const saving = page.waitForEvent('download')
    await page.getByRole('button', { name, exact: true }).click()
    return readFile(await (await saving).path(), 'utf8')
  }
  const { objects } = JSON.parse(await file('Save your registration file')) as { objects: unknown[] }
  const root = await open(objects[0], nodePlatform)
  assert.ok(root.ok && root.value.kind === 'root')
  const { payload } = root.value
  assert.deepEqual(
    [payload.network, payload.online, payload.signers, payload.addresses, payload.language],
    [network, online, [online], ['http://127.0.0.1:9/'], 'en-GB'],
  )
  const kit = dataOfKit(await readFile(own, 'utf8')) as KitData
  assert.deepEqual(
    kit.mirrors.map((mirror) => mirror.url),
    ['https://m0.example/', start.member],
  )
})
