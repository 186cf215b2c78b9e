/** A browser that can reach 127.0.0.1 and nothing else, and that writes down what it was asked to fetch. */
import { type Browser, chromium, type Page, type Request } from 'playwright-core'
import type { Cleanup } from '../support/temporary-folder.ts'

export type Look = {
  /** Pictures with pixels that take up room on the page, in any place of it. */
  readonly images: number
  /** Elements that ask for a picture and show none. */
  readonly broken: readonly string[]
  readonly headings: readonly string[]
  readonly stylesheets: number
  /** Families that were fetched and are in use. */
  readonly fonts: readonly string[]
  /** Those that a browser would run: facts for search engines are none. */
  readonly scripts: number
  readonly title: string
  readonly bodyFont: string
  readonly requests: readonly { readonly url: string; readonly type: string; readonly status: number }[]
}

export async function openChromium(t: Cleanup): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const args = [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ]
  const browser = await chromium.launch({ executablePath, args })
  t.after(() => browser.close())
  return browser
}

/** Opens the page as a reader on a desk does, lets late images come, and says what there is to see below `root`. */
export async function lookAt(browser: Browser, url: string, root = 'body'): Promise<Look> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(120_000) // a browser on a busy test machine
    const requests: Promise<Look['requests'][number]>[] = []
    const note = async (request: Request) => {
      const status = (await request.response().catch(() => null))?.status() ?? 0
      return { url: request.url(), type: request.resourceType(), status }
    }
    page.on('request', (request) => requests.push(note(request)))
    await page.goto(url, { waitUntil: 'load' })
    const seen = await see(page, root)
    return { ...seen, requests: await settled(page, requests) }
  } finally {
    await context.close()
  }
}

/**
 * The answers to all that a page asked for, once it asks for nothing more during half a second. The browser's own
 * "networkidle" is not used: it sometimes never comes where a request of the page failed before it was loaded.
 */
async function settled<T>(page: Page, requests: readonly Promise<T>[]): Promise<T[]> {
  for (;;) {
    const answers = await Promise.all(requests)
    await page.waitForTimeout(500)
    if (requests.length === answers.length) return answers
  }
}

function see(page: Page, root: string) {
  return page.evaluate(async (root) => {
    const within = document.querySelector(root) ?? document.body
    const images = [...within.querySelectorAll('img')]
    for (const image of images) image.loading = 'eager'
    await Promise.all(images.map((image) => image.decode().catch(() => undefined)))
    await document.fonts.ready
    const shown = (element: Element) => {
      const { width, height } = element.getBoundingClientRect()
      return width > 1 && height > 1 && getComputedStyle(element).visibility === 'visible'
    }
    const asking = images.filter((image) => image.currentSrc !== '' || image.getAttribute('src'))
    return {
      images: images.filter((image) => image.naturalWidth > 1 && shown(image)).length,
      broken: asking.filter((image) => image.naturalWidth === 0).map((image) => image.currentSrc || image.src),
      headings: [...within.querySelectorAll('h1,h2,h3,h4')]
        .filter(shown)
        .map((element) => element.textContent!.trim().replace(/\s+/g, ' ')),
      stylesheets: [...document.styleSheets].filter((sheet) => sheet.href !== null).length,
      fonts: [
        ...new Set([...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family)),
      ].sort(),
      scripts: document.querySelectorAll('script:not([type="application/ld+json"])').length,
      title: document.title,
      bodyFont: getComputedStyle(document.body).fontFamily,
    }
  }, root)
}
