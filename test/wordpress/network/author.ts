/** The author in a real browser, at the form of a WordPress member. */
import assert from 'node:assert/strict'
import type { Hash } from '../../../protocol/objects.ts'
import { type Letter, postThroughForm } from '../../demo/visits.ts'
import { openChromium } from '../../sites/chromium.ts'
import type { Cleanup } from '../../support/temporary-folder.ts'

/** Gives the id of the post. Fails where the page breaks its own policy, or a script of it throws. */
export async function postInBrowser(t: Cleanup, letter: Letter): Promise<Hash> {
  const browser = await openChromium(t)
  const page = await browser.newPage()
  page.setDefaultTimeout(90_000)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text())
  })
  const post = await postThroughForm(page, letter)
  assert.match(post, /^[0-9a-f]{64}$/)
  assert.deepEqual(problems, [])
  await browser.close()
  return post
}
