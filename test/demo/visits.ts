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
  await page.getByLabel('Your passphrase').fill(letter.passphrase)
  await page.getByRole('button', { name: 'Sign and send' }).click()
  const sent = page.locator('#sent-list [data-post]').first()
  await sent.waitFor({ timeout: unlockMs })
  return (await sent.getAttribute('data-post')) ?? ''
}

export type Visit = { readonly url: string; readonly noticeMs: number; readonly arrivedMs: number }

/**
 * Opens a friend's blog for the first time, sees the notice, follows it, and must find the post. null where no notice
 * comes: the beacon looks once in five minutes, and this reader may have come before word of the fall.
 */
export async function readerFollowsBeacon(page: Page, friend: string, title: string): Promise<Visit | null> {
  const beganMs = performance.now()
  await page.goto(friend)
  if ((await beaconState(page)) !== 'notice') return null
  const noticeMs = Math.round(performance.now() - beganMs)
  await page.locator('dgos-beacon a').first().click()
  await page.getByText(title).first().waitFor({ timeout: 30_000 })
  return { url: page.url(), noticeMs, arrivedMs: Math.round(performance.now() - beganMs) }
}

/** Whether a first-time visitor of the friend's blog is told of nobody. */
export async function seesNoBeacon(page: Page, friend: string): Promise<boolean> {
  await page.goto(friend)
  return (await beaconState(page)) === 'quiet'
}

/** What the beacon says of itself once it has looked. */
async function beaconState(page: Page): Promise<string | null> {
  const looked = page.locator('script[data-network][data-state]')
  await looked.waitFor({ state: 'attached', timeout: 60_000 })
  return looked.getAttribute('data-state')
}
