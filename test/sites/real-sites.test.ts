/**
 * The proof on real input: sites as bloggers make them, captured through the real fetcher, kept by a second member, and
 * read from that member's pages in Chromium while the site itself is dead.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import type { Cleanup } from '../support/temporary-folder.ts'
import { type Look, lookAt, openChromium } from './chromium.ts'
import { eleventySite } from './eleventy.ts'
import { hexoSite } from './hexo.ts'
import { jekyllSite } from './jekyll.ts'
import { mirrored } from './mirrored.ts'
import { japaneseSite, latinSite, longSite } from './old-pages.ts'
import { wordPressSite } from './wordpress.ts'
import type { Origin } from './workshop.ts'
import { writings } from './writing.ts'

type SiteCase = {
  readonly make: (t: Cleanup) => Promise<Origin>
  /** Programs that the site needs, and Chromium. */
  readonly needs: readonly string[]
  readonly pages: number
  /** A post that is looked at too. */
  readonly post?: string
  readonly imagesAtLeast: number
  readonly fonts?: readonly string[]
  /** The page's own script changed what the browser shows as title. */
  readonly title?: string
  /** An origin that sends no validators for its pages cannot answer 304. */
  readonly without304?: boolean
}

const all = writings.length + 1
const sites: Readonly<Record<string, SiteCase>> = {
  'a real WordPress with its default theme and media': {
    make: wordPressSite,
    needs: ['php'],
    pages: all + 1,
    post: 'first-frost',
    imagesAtLeast: 8,
    fonts: ['Manrope'],
    without304: true,
  },
  'a site made by Jekyll with its default theme': {
    make: jekyllSite,
    needs: ['jekyll'],
    pages: all,
    post: 'first-frost',
    imagesAtLeast: 1,
  },
  'a site made by Hexo with its default theme': {
    make: hexoSite,
    needs: [],
    pages: all,
    post: 'first-frost',
    imagesAtLeast: 4,
  },
  'a site made by Eleventy from its starter': {
    make: eleventySite,
    needs: [],
    pages: all,
    post: 'first-frost',
    imagesAtLeast: 0,
  },
  'a page in ISO-8859-1': { make: latinSite, needs: [], pages: 1, imagesAtLeast: 1, title: 'Café crème à Orléans' },
  'a page in Shift_JIS': { make: japaneseSite, needs: ['iconv'], pages: 1, imagesAtLeast: 1, title: '庭の日記' },
  'a page of 4 MB': { make: longSite, needs: [], pages: 1, imagesAtLeast: 1, title: 'The whole diary' },
}

for (const [name, site] of Object.entries(sites)) {
  test(`${name} is shown complete from a mirror, with the origin dead and no request elsewhere`, async (t) => {
    if (!hasComponents(t, [...site.needs, 'chromium'])) return
    const origin = await site.make(t)
    const browser = await openChromium(t)
    const { snapshot, missing, page, copy, fall, again } = await mirrored(t, origin.url)
    assert.deepEqual([snapshot.pages.length, missing], [site.pages, 0])
    const paths = [
      '/',
      ...snapshot.pages.map((page) => page.path).filter((path) => site.post !== undefined && path.includes(site.post)),
    ]
    assert.equal(paths.length, site.post === undefined ? 1 : 2)
    const originals = []
    for (const path of paths) originals.push(await lookAt(browser, new URL(path.slice(1), origin.url).href))
    const second = await again()
    assert.equal(second.changed, false)
    if (site.without304 !== true) assert.deepEqual(second.asked, [{ url: origin.url, status: 304 }])
    assert.ok(second.asked.length <= 2, JSON.stringify(second.asked))

    await origin.stop()
    await fall()
    for (const [i, path] of paths.entries()) {
      const shown = await lookAt(browser, copy + path)
      complete(shown, originals[i]!, page)
      assert.equal(shown.title, site.title ?? originals[i]!.title)
      if (path === '/') assert.ok(shown.images >= site.imagesAtLeast, `${shown.images} images`)
      for (const font of site.fonts ?? []) assert.ok(shown.fonts.includes(font), font)
    }
    onlyFrom(await lookAt(browser, page), page)
  })
}

/** What a reader sees of the copy is what there was to see: the same pictures, headings, sheets and fonts. */
function complete(shown: Look, original: Look, mirror: string): void {
  onlyFrom(shown, mirror)
  assert.deepEqual(shown.broken, [])
  assert.equal(shown.images, original.images)
  assert.deepEqual(shown.headings, original.headings)
  const sheets = original.requests.filter((request) => request.type === 'stylesheet' && request.status === 200)
  assert.ok(shown.stylesheets >= sheets.length, `${shown.stylesheets} of ${sheets.length} stylesheets`)
  assert.deepEqual(shown.fonts, original.fonts)
  assert.equal(shown.bodyFont, original.bodyFont)
}

/** Zero requests to anywhere else, all answered, and none for a script. */
function onlyFrom(shown: Look, mirror: string): void {
  const { origin } = new URL(mirror)
  assert.deepEqual(
    shown.requests.filter((request) => !request.url.startsWith(`${origin}/m/`)),
    [],
  )
  assert.deepEqual(
    shown.requests.filter((request) => request.status !== 200),
    [],
  )
  assert.deepEqual([shown.scripts, shown.requests.filter((request) => request.type === 'script')], [0, []])
}

/** A missing program fails where CI=true, and is said aloud elsewhere. */
function hasComponents(t: TestContext, programs: readonly string[]): boolean {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0)
  if (missing.length === 0) return true
  const said = `missing: ${missing.join(' ')} (apt-get install ${missing.join(' ')})`
  assert.notEqual(process.env.CI, 'true', said)
  t.skip(said)
  return false
}
