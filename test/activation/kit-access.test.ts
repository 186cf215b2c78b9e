/** The kit and `/join` for everyone: axe-core finds nothing, nothing overflows a telephone, and the keyboard suffices. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { formStyle } from '../../activation/doors/form-style.ts'
import { joinPage } from '../../activation/doors/join-page.ts'
import { kitWithData } from '../../activation/doors/kit/kit-file.ts'
import { sealVault } from '../../activation/doors/vault.ts'
import { seededRandom } from '../../lib/random.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { builtKit } from '../support/built-files.ts'
import { realComponent } from '../support/real-component.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const id = 'ab'.repeat(32)

async function pages(): Promise<Readonly<Record<'editor' | 'setup' | 'join' | 'ask', string>>> {
  const { program, hash } = await builtKit()
  const data = {
    format: 'dgos-kit-1',
    network: id,
    blog: id,
    title: 'The blog of Ana',
    language: 'en',
    addresses: ['https://ana.example/'],
    mirrors: [],
    posting: signerOf('ana posting').key,
    sealed: await sealVault(sha256(utf8('ana posting')), 'one two', seededRandom('kit'), { n: 1024, r: 8, p: 1 }),
  }
  const member = 'http://127.0.0.1:9/'
  const start = { format: 'dgos-kit-start-1', member, invitation: '', network: id, key: id, name: 'Ada' }
  const about = { memberName: 'Ada', url: 'https://ada.example/', style: 'x', policy: 'invitation' as const }
  const join = { ...about, kitHash: hash, invitation: 'abc' }
  const styled = (page: string) => page.replace('<link rel="stylesheet" href="x">', `<style>${formStyle}</style>`)
  return {
    editor: kitWithData(program, data),
    setup: kitWithData(program, start),
    join: styled(joinPage({ ...join, kind: 'blogspot', answer: { blog: id } })),
    ask: styled(joinPage({ ...join, kind: null, answer: null })),
  }
}

async function browserOf(
  t: TestContext,
): Promise<((text: string, width: number, dark: boolean) => Promise<Page>) | null> {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return null
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const dir = await temporaryFolder(t, 'kit')
  let count = 0
  return async (text, width, dark) => {
    const path = join(dir, `${count++}.html`)
    await writeFile(path, text)
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme: dark ? 'dark' : 'light' })
    const page = await context.newPage()
    await page.goto(pathToFileURL(path).href)
    return page
  }
}

test('axe-core finds nothing in the editor, in setting up and on /join, narrow and wide, light and dark', async (t) => {
  const open = await browserOf(t)
  if (open === null) return
  const axe = await readFile(axePath, 'utf8')
  for (const [name, text] of Object.entries(await pages())) {
    for (const [width, dark] of [
      [380, false],
      [1200, true],
    ] as const) {
      const page = await open(text, width, dark)
      if (name === 'setup') {
        await page.locator('#enrol-address').fill('ana.example')
        await page.locator('#enrol-name').fill('Ana')
        await page.locator('#make-keys').click()
        await page.locator('#words-1 li').nth(12).waitFor()
      }
      await page.evaluate(axe)
      const found = await page.evaluate(async () => {
        const { axe: run } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string }[] }> } }
        return (await run.run()).violations.map((violation) => violation.id)
      })
      assert.deepEqual(found, [], `${name} ${width}`)
      const overflows = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
      assert.equal(overflows, false, `${name} ${width} is wider than its window`)
      await page.context().close()
    }
  }
})

test('a post is written, unlocked and signed in the kit with the keyboard alone', async (t) => {
  const open = await browserOf(t)
  if (open === null) return
  const page = await open((await pages()).editor, 1000, false)
  const reach = async (wanted: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate(() => document.activeElement?.id)) === wanted) return
    }
    assert.fail(`#${wanted} is not reached with the Tab key`)
  }
  await reach('title')
  await page.keyboard.type('Keys only')
  await reach('source')
  await page.keyboard.type('Typed.')
  await reach('passphrase')
  await page.keyboard.type('One two')
  await page.keyboard.press('Enter')
  await page.getByText('Signed. It waits here for a network.').waitFor()
})
