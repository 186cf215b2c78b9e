/** A browser for tests that ask what a reader sees. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { type Browser, chromium, type Page } from 'playwright-core'

const path = '/usr/bin/chromium'

/** A page 1280 wide, or null after saying that the test is skipped: only where there is no browser, never in CI. */
export async function openChromium(t: TestContext): Promise<Page | null> {
  if (!existsSync(path)) {
    assert.notEqual(process.env.CI, 'true', 'chromium is missing')
    t.skip('chromium is not installed')
    return null
  }
  const browser: Browser = await chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] })
  t.after(() => browser.close())
  return (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
}

/** Which of the elements a reader could see by scrolling down: drawn, not transparent, inside the page, not covered. */
export function seenIn(page: Page, selector: string): Promise<boolean[]> {
  return page.$$eval(selector, (elements) =>
    elements.map((element) => {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false
      element.scrollIntoView({ block: 'center' })
      const box = element.getBoundingClientRect()
      if (box.width < 2 || box.height < 2 || box.right <= 0 || box.bottom <= 0 || box.left >= innerWidth) return false
      const at = document.elementFromPoint(
        Math.min(innerWidth - 1, Math.max(0, box.left + Math.min(box.width, 20) / 2)),
        Math.min(innerHeight - 1, Math.max(0, box.top + box.height / 2)),
      )
      return at !== null && (element.contains(at) || at.contains(element))
    }),
  )
}
