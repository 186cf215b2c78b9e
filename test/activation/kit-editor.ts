/** A kit with an author's posting key, on the disk and open in a real Chromium. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { KitData } from '../../activation/doors/kit/kit-data.ts'
import { kitWithData } from '../../activation/doors/kit/kit-file.ts'
import { sealVault } from '../../activation/doors/vault.ts'
import { seededRandom } from '../../lib/random.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { builtKit } from '../support/built-files.ts'
import { realComponent } from '../support/real-component.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { blogHost, FormMembers } from './form-members.ts'

export const phrase = 'seven paper boats on still water'

export type OpenKit = {
  readonly net: FormMembers
  readonly page: Page
  readonly context: BrowserContext
  readonly problems: string[]
  readonly path: string
}

/** A kit with Ana's posting key, on the disk, opened with no network at all. */
export async function kitOf(t: TestContext, members: number, options = {}, cut = true): Promise<OpenKit | null> {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return null
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const net = await FormMembers.create(t, members, options)
  const data: KitData = {
    format: 'dgos-kit-1',
    network: net.small.network.id,
    blog: net.blog.id,
    title: 'The blog of Ana </script><script>alert(1)</script>',
    language: 'en',
    addresses: [`https://${blogHost}/`],
    mirrors: net.members
      .slice(0, 2)
      .map((member, i) => ({ key: signerOf(`m${i}`).key, name: `m${i}`, url: member.url })),
    posting: signerOf('ana posting').key,
    sealed: await sealVault(sha256(utf8('ana posting')), phrase, seededRandom('kit'), { n: 2 ** 12, r: 8, p: 1 }),
  }
  const { program } = await builtKit()
  const path = join(await temporaryFolder(t, 'kit'), 'kit.html')
  await writeFile(path, kitWithData(program, data))
  const context = await browser.newContext()
  await context.setOffline(cut)
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to|CORS/.test(message.text())) problems.push(message.text())
  })
  await page.goto(pathToFileURL(path).href)
  await page.locator('#write').waitFor()
  await openMenu(page)
  return { net, page, context, problems, path }
}

/** Opens everything that lies behind one line. */
export async function openMenu(page: Page): Promise<void> {
  await page.locator('#home').waitFor({ state: 'attached' }) // the program is unpacked first
  await page.evaluate(() => {
    for (const part of document.querySelectorAll('details')) part.open = true
  })
}

export async function sign(page: Page, title: string, words = phrase): Promise<void> {
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Text', { exact: true }).fill(`${title}, from my own **disk**.`)
  const field = page.getByLabel('Passphrase of this kit')
  if (await field.isVisible()) await field.fill(words)
  await page.getByRole('button', { name: 'Sign and send' }).click()
}

/** A kit with nobody's keys in it, on the disk. */
export async function freshKit(t: TestContext): Promise<string> {
  const { program } = await builtKit()
  const path = join(await temporaryFolder(t, 'kit'), 'fresh.html')
  await writeFile(path, program)
  return path
}
