/** What a captured page costs the PHP that rebuilds it for readers: a process of its own, as a shared host gives it. */
import { textOf } from '../../protocol/bytes.ts'
import { blankLine } from '../../test/hostile/inputs/blank-line.ts'
import { crumbledSheet } from '../../test/hostile/inputs/crumbled-sheet.ts'
import { deepPage } from '../../test/hostile/inputs/deep-page.ts'
import { flatPage } from '../../test/hostile/inputs/flat-page.ts'
import { longTitlePath } from '../../test/hostile/inputs/long-title-path.ts'
import { manyAttributes } from '../../test/hostile/inputs/many-attributes.ts'
import { importingSheet, manySheets } from '../../test/hostile/inputs/many-sheets.ts'
import { unclosedDoctype } from '../../test/hostile/inputs/unclosed-doctype.ts'
import { unclosedFormatting } from '../../test/hostile/inputs/unclosed-formatting.ts'
import { wrappedBackground } from '../../test/hostile/inputs/wrapped-background.ts'
import { callPages, rebuild } from '../../test/wordpress/pages-php.ts'
import type { Price } from './figures.ts'
import type { PhpLine } from './wordpress.ts'

const pageBytes = 4_000_000
const linked = '<link rel=stylesheet href=a.css><p>text</p>'
const sheet = (text: string) => ({ url: 'https://ana.example/a.css', type: 'text/css', text })

const pages: Readonly<
  Record<string, () => { readonly page: Uint8Array | string; readonly assets?: readonly object[] }>
> = {
  'unclosed formatting': () => ({ page: unclosedFormatting() }),
  'deep page': () => ({ page: deepPage(pageBytes) }),
  'flat page': () => ({ page: flatPage(pageBytes) }),
  'flat page of as many elements as are shown': () => ({ page: flatPage(75_000) }),
  'unclosed doctype': () => ({ page: unclosedDoctype() }),
  'wrapped background': () => ({ page: wrappedBackground() }),
  'blank line': () => ({ page: blankLine(pageBytes) }),
  'attributes without end': () => ({ page: manyAttributes() }),
  'sheets without end': () => ({ page: manySheets(399_000) }),
  'path of a long title': () => ({ page: `<a href="${textOf(longTitlePath())}">x</a>` }),
  'crumbled sheet': () => ({ page: linked, assets: [sheet(textOf(crumbledSheet(500_000)) ?? '')] }),
  'sheet that imports itself': () => ({ page: linked, assets: [sheet(importingSheet('a.css'))] }),
}

export function phpPageLines(): readonly PhpLine[] {
  return Object.entries(pages).map(([input, make]) => ({ entry: 'php page', input, look: () => priceOf(make()) }))
}

async function priceOf({ page, assets = [] }: ReturnType<(typeof pages)[string]>): Promise<Price> {
  const text = typeof page === 'string' ? page : textOf(page)
  const none = { elsewhereMs: 0, rssMiB: 0, diskMiB: 0 }
  try {
    const [turnMs, mainMiB] = (await callPages(measured, { pages: [text], assets })) as [number, number]
    return { turnMs, mainMiB, ...none, died: false }
  } catch {
    return { turnMs: 0, mainMiB: 0, ...none, died: true }
  }
}

const measured = `
  $ms = static function () { $u = getrusage(); return 1000 * ( $u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec'] ) + ( $u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec'] ) / 1000; };
  $from = $ms();
  ( static function ( $in ) { ${rebuild} } )( $in );
  return array( round( $ms() - $from, 1 ), round( memory_get_peak_usage( true ) / 1048576, 1 ) );`
