/** The admin screens of a test's WordPress in Chromium. */
import type { Page } from 'playwright-core'
import { openChromium } from '../sites/chromium.ts'
import type { Cleanup } from '../support/temporary-folder.ts'

/** A page of a logged-in administrator: the dashboard. */
export async function openAdmin(t: Cleanup, url: string): Promise<Page> {
  const browser = await openChromium(t)
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  page.setDefaultTimeout(120_000) // a browser on a busy test machine
  await context.addCookies(
    (await signIn(url, 'admin')).split('; ').map((pair) => {
      const [name, value] = pair.split('=') as [string, string]
      return { name, value, url }
    }),
  )
  await page.goto(new URL('/wp-admin/', url).href)
  if (page.url().includes('wp-login.php')) throw new Error('WordPress did not take the password of its administrator')
  return page
}

/** Keeps what the page looks like where DGOS_SHOTS names a folder: for people, not for the test. */
export async function shoot(page: Page, name: string): Promise<void> {
  const folder = process.env.DGOS_SHOTS
  if (folder === undefined) return
  for (const [form, width] of [
    ['wide', 1280],
    ['narrow', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: `${folder}/${name}-${form}.png`, fullPage: true })
  }
}

/** Cookies of a session whose password is the name; `url` with or without a final slash. */
export async function signIn(url: string, login: string): Promise<string> {
  const body = new URLSearchParams({ log: login, pwd: login, 'wp-submit': 'Log In', testcookie: '1' })
  const headers = { cookie: 'wordpress_test_cookie=WP%20Cookie%20check' }
  const answer = await fetch(new URL('/wp-login.php', url), { method: 'POST', headers, body, redirect: 'manual' })
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
}
