/** The form of a member on loopback, open in a real Chromium, and what an author does there. */
import type { TestContext } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'
import { shownPosts } from '../../protocol/posts.ts'
import { realComponent } from '../support/real-component.ts'
import { blogHost, FormMembers, passphrase } from './form-members.ts'

export type Visit = {
  readonly net: FormMembers
  readonly page: Page
  readonly problems: string[]
  readonly browser: Browser
}

/** A page of the form; everything that the browser complains of is gathered. */
export async function visit(t: TestContext, members: number, options = {}): Promise<Visit | null> {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return null
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const net = await FormMembers.create(t, members, options)
  const page = await browser.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text())
  })
  page.on('request', (request) => {
    const ours = ['blob:', ...net.members.map((member) => member.url)].some((start) => request.url().startsWith(start))
    if (!ours) problems.push(`asked ${request.url()}`)
  })
  await page.goto(`${net.members[0]!.url}post/${blogHost}`)
  await page.locator('#write').waitFor()
  return { net, page, problems, browser }
}

export async function write(page: Page, title: string, text: string): Promise<void> {
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Text', { exact: true }).fill(text)
}

export async function send(page: Page, words = passphrase): Promise<void> {
  const field = page.getByLabel('Your passphrase')
  if (await field.isVisible()) await field.fill(words)
  await page.getByRole('button', { name: 'Sign and send' }).click()
}

export async function posts(net: FormMembers, member = 0) {
  return shownPosts(await net.members[member]!.ledger.blog(net.blog.id), Date.now())
}
