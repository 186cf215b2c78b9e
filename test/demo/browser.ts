/** Headless Chromium, as a first-time reader or an author who borrowed a computer would have it: a new profile each time. */
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The path of a Chromium on this machine. Throws with what to install. */
export function chromiumPath(): string {
  const found = places.find((path) => existsSync(path))
  if (found === undefined)
    throw new Error('Chromium is missing: install the package "chromium", or leave the story out')
  return found
}

export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Gives a page of a new profile to `visit`, and closes it again. */
export async function asNewReader<T>(browser: Browser, visit: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.newContext()
  try {
    return await visit(await context.newPage())
  } finally {
    await context.close()
  }
}
