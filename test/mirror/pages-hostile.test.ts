/** Hostile pages, rebuilt: read again as trees, and opened in a real browser with and without the headers that bind them. */

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { parse, serialize } from 'parse5'
import { type Browser, chromium } from 'playwright-core'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { servePage } from '../support/served-pages.ts'
import { hostilePages } from './hostile-pages.ts'
import { problemIn } from './inert-problems.ts'
import { PageWorld } from './pages-world.ts'

const chromiumPath = '/usr/bin/chromium'
const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const place = { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` }
test(`${hostilePages.length} hostile pages are inert as trees, however often they are read and written`, () => {
  assert.ok(hostilePages.length >= 60)
  const problems: string[] = []
  for (const { name, html: source } of hostilePages) {
    const rebuilt = inertPage(source, links, place)
    for (const html of [rebuilt, serialize(parse(rebuilt)), inertPage(rebuilt, links, place)]) {
      for (const scripting of [true, false]) {
        const problem = problemIn(html, scripting)
        if (problem !== null) problems.push(`${name}: ${problem}`)
      }
    }
    if (!rebuilt.includes('before')) problems.push(`${name}: the text is gone`)
  }
  assert.deepEqual(problems, [])
})

test('the check itself finds what it looks for in pages that were not rebuilt', () => {
  const missed = hostilePages.filter(
    ({ html: source }) => problemIn(source, true) === null && problemIn(source, false) === null,
  )
  assert.ok(missed.length <= 8, missed.map((hostilePage) => hostilePage.name).join(', '))
})

/** Serves the rebuilt pages as bare documents (only their own bytes protect), or through the page server. */
async function serving(pages: readonly string[]): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const text = pages[Number(request.url?.slice(1))]
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }
}

/** Opens every page, touches everything in it, and tells what ran and what was asked for elsewhere. */
async function visit(browser: Browser, urls: readonly { name: string; url: string }[], touch: boolean) {
  const context = await browser.newContext()
  const problems: string[] = []
  let current = ''
  let home = ''
  await context.route('**/*', async (route) => {
    const url = route.request().url()
    if (url.startsWith(home)) return route.continue()
    problems.push(`${current}: asked for ${url.slice(0, 80)}`)
    return route.abort()
  })
  const page = await context.newPage()
  page.on('dialog', (dialog) => {
    problems.push(`${current}: dialog`)
    void dialog.dismiss()
  })
  for (const { name, url } of urls) {
    current = name
    home = new URL(url).origin
    await page.goto(url, { waitUntil: 'load' })
    if (!touch) continue
    const ran = await page.evaluate(async () => {
      for (const element of document.querySelectorAll('*')) {
        for (const kind of ['mouseover', 'focus', 'animationstart', 'toggle', 'error', 'load'])
          element.dispatchEvent(new Event(kind, { bubbles: false }))
        element.addEventListener('click', (event) => {
          if (!/^javascript:/i.test((element as HTMLAnchorElement).href ?? '')) event.preventDefault()
        })
        element.dispatchEvent(new MouseEvent('click', { bubbles: false, cancelable: true }))
      }
      await new Promise((resolve) => requestAnimationFrame(() => resolve(null)))
      return (window as unknown as { __ran?: number }).__ran ?? 0
    })
    if (ran > 0) problems.push(`${name}: ran a script`)
  }
  await context.close()
  return problems
}

test('in Chromium no hostile page runs a script or asks for anything elsewhere, by its bytes alone and under its headers', async (t) => {
  if (!existsSync(chromiumPath)) {
    assert.notEqual(process.env.CI, 'true', 'chromium is missing')
    return t.skip('chromium is not installed')
  }
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  t.after(() => browser.close())
  const bare = await serving(hostilePages.map((hostilePage) => inertPage(hostilePage.html, links, place)))
  t.after(() => bare.server.close())
  const named = hostilePages.map(({ name }, i) => ({ name, url: `${bare.url}${i}` }))
  assert.deepEqual(await visit(browser, named, true), [])

  for (let from = 0; from < hostilePages.length; from += 15) {
    const some = hostilePages.slice(from, from + 15)
    const world = await PageWorld.create()
    await world.capture([
      { path: '/', html: '<p>front' },
      ...some.map((hostilePage, i) => ({ path: `/case-${i}/`, html: hostilePage.html })),
    ])
    await world.declare()
    const pages = world.server()
    const server = createServer((request, response) => {
      servePage(pages, request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const urls = some.map(({ name }, i) => ({ name, url: `${origin}/m/ana.example/copy/case-${i}/` }))
    assert.deepEqual(await visit(browser, urls, false), [])
  }
})

test('without the rebuilding the browser does run and leak: the visit sees what it should', async (t) => {
  if (!existsSync(chromiumPath)) {
    assert.notEqual(process.env.CI, 'true', 'chromium is missing')
    return t.skip('chromium is not installed')
  }
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  t.after(() => browser.close())
  const raw = hostilePages.filter((hostilePage) =>
    ['img onerror', 'background url', 'import in style', 'script element'].includes(hostilePage.name),
  )
  const { server, url } = await serving(raw.map((hostilePage) => hostilePage.html))
  t.after(() => server.close())
  const problems = await visit(
    browser,
    raw.map(({ name }, i) => ({ name, url: `${url}${i}` })),
    true,
  )
  for (const { name } of raw)
    assert.ok(
      problems.some((problem) => problem.startsWith(name)),
      name,
    )
})
