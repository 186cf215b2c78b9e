/** What people do in a browser during the story. Written against what they see: labels, buttons, links. */
import type { Page } from 'playwright-core'

export type Letter = {
  readonly door: string
  readonly host: string
  readonly passphrase: string
  readonly title: string
  readonly markdown: string
}

const unlockMs = 90_000

/** Writes and sends a post at a member's form; gives the post's id. */
export async function postThroughForm(page: Page, letter: Letter): Promise<string> {
  await page.goto(`${letter.door}post/${encodeURIComponent(letter.host)}`)
  await page.getByLabel('Title').fill(letter.title)
  await page.getByLabel('Text', { exact: true }).fill(letter.markdown)
  await page.getByLabel('Your outage passphrase').fill(letter.passphrase)
  await page.getByRole('button', { name: 'Sign and send' }).click()
  const sent = page.locator('#sent-list [data-post]').first()
  await sent.waitFor({ timeout: unlockMs })
  return (await sent.getAttribute('data-post')) ?? ''
}

export type Visit = { readonly url: string; readonly noticeMs: number; readonly arrivedMs: number }

/** Opens a friend's blog for the first time, sees the notice, follows it, and must find the post. */
export async function readerFollowsBeacon(page: Page, friend: string, title: string): Promise<Visit> {
  const beganMs = performance.now()
  await page.goto(friend)
  const link = page.locator('dgos-beacon a').first()
  await link.waitFor({ timeout: 30_000 })
  const noticeMs = Math.round(performance.now() - beganMs)
  await link.click()
  await page.getByText(title).first().waitFor({ timeout: 30_000 })
  return { url: page.url(), noticeMs, arrivedMs: Math.round(performance.now() - beganMs) }
}

/** A first-time visitor of the friend's blog: true where no notice comes within a few seconds of a loaded page. */
export async function seesNoBeacon(page: Page, friend: string): Promise<boolean> {
  await page.goto(friend)
  // Chromium sometimes never says "idle" where a request failed, and two members are dead: it is given five seconds.
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined)
  await page.waitForTimeout(1_500)
  return (await page.locator('dgos-beacon a').count()) === 0
}
