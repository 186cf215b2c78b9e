/** The cases that the PHP capturer and renderer read too, as TypeScript has them. Their twins: test/wordpress/copies.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgePage, wallOfPage } from '../../mirror/capture/last-good.ts'
import { isHtml } from '../../mirror/capture/media-type.ts'
import { pageSource } from '../../mirror/capture/page-source.ts'
import { readPage } from '../../mirror/capture/read-page.ts'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { blog, home, hourMs } from './copy-cases.ts'
import { judgedCases } from './judged-cases.ts'
import { isKept, shownCases } from './shown-cases.ts'
import { missingOf, picturesOf, wordsOf } from './shown-pages.ts'

const factsOf = (text: string, type = 'text/html') => {
  const visit = { url: home, from: home, blob: '', type, bytes: 0 }
  return readPage({ path: '/', visit, body: utf8(text), address: home }).facts
}

for (const {
  name,
  page,
  reason,
  items = [],
  previous,
  status = 200,
  type = 'text/html',
  from = home,
  asideHours,
} of judgedCases)
  test(`judged: ${name}`, () => {
    const seen = {
      status,
      isPage: isHtml(type),
      from,
      facts: isHtml(type) ? factsOf(page, type) : null,
      isWall: wallOfPage(utf8(page)) !== null,
    }
    const found = judgePage(seen, {
      blog,
      address: home,
      previous: previous === undefined ? null : factsOf(previous),
      items,
      asideSinceMs: asideHours === undefined ? null : 0,
      nowMs: (asideHours ?? 0) * hourMs,
    })
    assert.equal(found, reason)
  })

for (const entry of shownCases)
  test(`shown: ${entry.name}`, () => {
    const { page, type = 'text/html', words, absent = [], markup = [], pictures = [], policy = '' } = entry
    const file = (url: string) => (isKept(entry, url) ? `/m/ana/blob/${url.slice(home.length)}` : null)
    const links = { file, sheet: () => null, page: () => null, drawing: () => null }
    const copy = inertPage(pageSource(utf8(page), type), links, { url: home, canonical: home, bar: html``, policy })
    const text = wordsOf(copy)
    assert.equal(missingOf(text, words), null, text)
    for (const text of markup) assert.ok(copy.includes(text), text)
    for (const word of absent) assert.ok(!copy.includes(word), word)
    const shown = [...picturesOf(copy)].map((path) => path.replace('/m/ana/blob/', ''))
    if (entry.pictures !== undefined) assert.deepEqual(new Set(shown), new Set(pictures))
  })
