/** Chromium that finds every `.test` host at the front, and readers of three sorts. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import type { TlsFront } from './tls-front.ts'

/** Ordinary: a profile on disk. Private: nothing outlives the window. Old: WebCrypto knows no Ed25519. */
export const sorts = ['ordinary', 'private', 'old'] as const
export type Sort = (typeof sorts)[number]

/** Takes Ed25519 from WebCrypto, in pages and workers alike. */
export const withoutEd25519 = `{const real=crypto.subtle.importKey.bind(crypto.subtle);crypto.subtle.importKey=(form,key,kind,...rest)=>(kind.name??kind)==='Ed25519'?Promise.reject(new DOMException('no','NotSupportedError')):real(form,key,kind,...rest)};`

export function launchArgs(front: TlsFront): string[] {
  return [
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    `--ignore-certificate-errors-spki-list=${front.fingerprint}`,
    `--host-resolver-rules=MAP *.test:443 127.0.0.1:${front.port}, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1`,
  ]
}

export class ReaderBrowser {
  readonly #executablePath: string
  readonly #args: string[]
  #browser: Browser | null = null

  constructor(executablePath: string, front: TlsFront) {
    this.#executablePath = executablePath
    this.#args = launchArgs(front)
  }

  /** A reader who has never been here. Gone when the test ends. */
  async newReader(t: TestContext, sort: Sort): Promise<Page> {
    const context = await this.#context(t, sort)
    if (sort === 'old') await context.addInitScript(withoutEd25519)
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    return page
  }

  async #context(t: TestContext, sort: Sort): Promise<BrowserContext> {
    const launch = { executablePath: this.#executablePath, args: this.#args }
    if (sort !== 'ordinary') {
      this.#browser ??= await chromium.launch(launch)
      const context = await this.#browser.newContext()
      t.after(() => context.close())
      return context
    }
    const profile = mkdtempSync(join(tmpdir(), 'dgos-reader-'))
    const context = await chromium.launchPersistentContext(profile, launch)
    t.after(async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    })
    return context
  }

  async close(): Promise<void> {
    await this.#browser?.close()
  }
}

/** What the tag says of itself once the beacon has looked. */
export async function outcome(page: Page): Promise<string | null> {
  await page.waitForSelector('script[data-network][data-state]', { state: 'attached' })
  return page.getAttribute('script[data-network]', 'data-state')
}
