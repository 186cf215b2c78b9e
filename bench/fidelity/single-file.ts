/** SingleFile's command line on a page, in a browser that reaches loopback only. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { close, listen, run } from '../../test/sites/workshop.ts'
import { installedModules } from './installed.ts'
import { type PageSeen, see } from './look.ts'

/** What is seen of SingleFile's copy; null with its words where it made none. */
export async function singleFileSeen(browser: Browser, url: string): Promise<PageSeen | string> {
  const dir = await mkdtemp(join(tmpdir(), 'dgos-single-file-'))
  const out = join(dir, 'page.html')
  const server = createServer((_, response) => {
    readFile(out).then((bytes) => response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(bytes))
  })
  try {
    const program = join(await installedModules(), 'single-file-cli', 'single-file-node.js')
    const args = ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1']
    const words = [
      `--browser-executable-path=${process.env.CHROMIUM ?? '/usr/bin/chromium'}`,
      `--browser-args=${JSON.stringify(args)}`,
    ]
    await run(process.execPath, [program, url, out, ...words, '--browser-width=1280', '--browser-height=900'], dir)
    await readFile(out)
    return await see(browser, await listen(server))
  } catch (error) {
    return String(error).slice(0, 300)
  } finally {
    await close(server)
    await rm(dir, { recursive: true, force: true })
  }
}
