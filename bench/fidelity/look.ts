/** What a person sees of a page in Chromium, counted: words and pictures that are shown, once the page has settled. */
import type { Browser, BrowserContext, Page } from 'playwright-core'

export type PageSeen = {
  /** Each visible word as often as it is seen. */
  readonly words: readonly string[]
  /** Each visible picture: its proportions, since a copy keeps one of several sizes, or its kind. */
  readonly pictures: readonly string[]
  readonly screen: Buffer
  /** Requests to another origin, and script elements that a browser would run. */
  readonly foreign: number
  readonly scripts: number
}

const viewport = { width: 1280, height: 900 }

/** Opens a page with its scripts, scrolls once through it, and says what is seen then. `hide` are selectors of our own line. */
export async function see(browser: Browser, url: string, hide = ''): Promise<PageSeen> {
  return inPage(browser, { viewport }, async (page) => {
    const own = new URL(url).origin
    let foreign = 0
    page.on('request', (request) => {
      if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== own) foreign++
    })
    await page.goto(url, { waitUntil: 'load' })
    if (hide !== '')
      await page.evaluate((hide) => {
        for (const element of document.querySelectorAll(hide)) element.remove()
      }, hide)
    await settle(page)
    const seen = await page.evaluate(seenNow)
    return { ...seen, screen: await page.screenshot({ animations: 'disabled' }), foreign }
  })
}

/** The words and the markup that the server sent: what is there without any script. */
export async function served(
  browser: Browser,
  url: string,
): Promise<{ readonly words: readonly string[]; readonly html: string }> {
  return inPage(browser, { viewport, javaScriptEnabled: false }, async (page) => {
    await page.goto(url, { waitUntil: 'domcontentloaded' })
    return page.evaluate(sentNow)
  })
}

async function inPage<T>(browser: Browser, options: object, act: (page: Page) => Promise<T>): Promise<T> {
  const context: BrowserContext = await browser.newContext(options)
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(120_000)
    return await act(page)
  } finally {
    await context.close()
  }
}

/**
 * As a reader does: down to the end, so that what waits for being reached comes, and up again. The pauses are ours: timers
 * stand still in a page that is sandboxed without scripts.
 */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(700)
  await page.evaluate(() => {
    for (const image of document.images) image.loading = 'eager'
  })
  for (let y = 0; y < 60_000; y += viewport.height * 0.8) {
    const height = await page.evaluate((top) => {
      scrollTo({ top, behavior: 'instant' })
      return document.documentElement.scrollHeight
    }, y)
    if (y > height) break
    await page.waitForTimeout(60)
  }
  await page.waitForTimeout(500)
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
  const decoded = page.evaluate(async () => {
    await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
  })
  await Promise.race([decoded, page.waitForTimeout(3000)])
  await page.waitForTimeout(700)
}

/** Runs in the page. */
function seenNow() {
  const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+/gu
  const words: string[] = []
  const pictures: string[] = []
  const clipped = (element: Element) => {
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const style = getComputedStyle(at)
      const { width, height } = at.getBoundingClientRect()
      if (style.clip !== 'auto' && /^rect\((0px|1px)/.test(style.clip) && style.position === 'absolute') return true
      if (/^inset\((50|100)%/.test(style.clipPath)) return true
      if (style.overflow !== 'visible' && style.display !== 'inline' && (width <= 1 || height <= 1)) return true
    }
    return false
  }
  const shown = (element: Element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !clipped(element)
  const onPage = ({ width, height, right, bottom }: DOMRect) =>
    width > 1 && height > 1 && right + scrollX > 0 && bottom + scrollY > 0
  const walk = (root: Node) => {
    for (const node of root.childNodes) {
      if (node instanceof Text) {
        const found = node.data.match(word)
        if (found === null || node.parentElement === null) continue
        const range = document.createRange()
        range.selectNodeContents(node)
        if ([...range.getClientRects()].some(onPage) && shown(node.parentElement)) words.push(...found)
        continue
      }
      if (!(node instanceof Element) || /^(script|style|noscript|template|title)$/i.test(node.tagName)) continue
      if (node instanceof HTMLInputElement && /^(submit|button|reset)$/.test(node.type)) {
        if (onPage(node.getBoundingClientRect()) && shown(node)) words.push(...(node.value.match(word) ?? []))
      } else if (node instanceof HTMLImageElement) {
        if (node.naturalWidth > 1 && onPage(node.getBoundingClientRect()) && shown(node))
          pictures.push(`image ${(node.naturalWidth / node.naturalHeight).toFixed(1)}`)
      } else if (node.tagName.toLowerCase() === 'svg') {
        const paints = node.querySelector('path,circle,rect,line,polyline,polygon,ellipse,use,image,text') !== null
        if (paints && onPage(node.getBoundingClientRect()) && shown(node)) pictures.push('drawing')
      } else if (/^url\("?(?!data:image\/gif)/.test(getComputedStyle(node).backgroundImage)) {
        if (onPage(node.getBoundingClientRect()) && shown(node)) pictures.push('background')
      }
      walk(node.shadowRoot ?? node)
    }
  }
  walk(document.body)
  const scripts = document.querySelectorAll('script:not([type="application/ld+json"])').length
  return { words, pictures, scripts }
}

/** Runs in the page. */
function sentNow() {
  const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{N}\p{M}]+/gu
  const html = document.documentElement.outerHTML
  const texts: string[] = []
  const walk = (root: Node) => {
    for (const node of root.childNodes) {
      if (node instanceof Text) texts.push(...(node.data.match(word) ?? []))
      else if (node instanceof HTMLInputElement && /^(submit|button|reset)$/.test(node.type))
        texts.push(...(node.value.match(word) ?? []))
      else if (node instanceof Element && !/^(script|style|noscript|template)$/i.test(node.tagName))
        walk(node.shadowRoot ?? node)
    }
  }
  walk(document.body)
  return { words: texts, html }
}

/** Share of pixels of the first screen that differ by more than an eighth in any colour. */
export async function screenDifference(browser: Browser, a: Buffer, b: Buffer): Promise<number> {
  return inPage(browser, { viewport }, (page) =>
    page.evaluate(
      async ([first, second]) => {
        const pixels = async (text: string) => {
          const image = new Image()
          image.src = `data:image/png;base64,${text}`
          await image.decode()
          const canvas = new OffscreenCanvas(image.width, image.height)
          const context = canvas.getContext('2d')!
          context.drawImage(image, 0, 0)
          return context.getImageData(0, 0, image.width, image.height).data
        }
        const [one, other] = [await pixels(first!), await pixels(second!)]
        let differing = 0
        for (let i = 0; i < one.length; i += 4)
          if ([0, 1, 2].some((channel) => Math.abs(one[i + channel]! - (other[i + channel] ?? 0)) > 32)) differing++
        return differing / (one.length / 4)
      },
      [a.toString('base64'), b.toString('base64')],
    ),
  )
}
