/** The cases of copies, judged, read and shown by PHP: the same ends as in test/mirror/copies-twins.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePage } from '../../mirror/capture/html-resources.ts'
import { pageFacts } from '../../mirror/capture/page-facts.ts'
import { blog, home, hourMs } from '../mirror/copy-cases.ts'
import { judgedCases } from '../mirror/judged-cases.ts'
import { isKept, shownCases } from '../mirror/shown-cases.ts'
import { missingOf, picturesOf, wordsOf } from '../mirror/shown-pages.ts'
import { base, callPages } from './pages-php.ts'
import { hasPhp } from './php.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'

/** PHP words for reading a page as the capturer does. */
const facts = `$facts = static function ( $html, $type = 'text/html' ) {
    $document = DGOS_Inert_Source::parsed( DGOS_Page_Text::source( $html, $type ) );
    return null === $document ? null : DGOS_Page_Facts::of( $document, '${home}' );
  };`

test('PHP judges every page as TypeScript does', { skip }, async () => {
  const code = `${facts}
  return array_map( static function ( $case ) use ( $facts, $in ) {
    $type = $case->type ?? 'text/html';
    $page = 1 === preg_match( '/html/', $type );
    $hours = $case->asideHours ?? null;
    return DGOS_Last_Good::judge(
      array( 'status' => $case->status ?? 200, 'is_page' => $page, 'from' => $case->from ?? '${home}', 'facts' => $page ? $facts( $case->page, $type ) : null, 'is_wall' => DGOS_Last_Good::is_wall_page( $case->page ) ),
      array( 'blog' => $in->blog, 'address' => '${home}', 'previous' => isset( $case->previous ) ? $facts( $case->previous ) : null, 'items' => array_map( static fn ( $item ) => (array) $item, $case->items ?? array() ), 'aside_since_ms' => null === $hours ? null : 0, 'now_ms' => ( $hours ?? 0 ) * ${hourMs} )
    );
  }, $in->cases );`
  const found = (await callPages(code, { cases: judgedCases, blog })) as (string | null)[]
  const wrong = judgedCases.flatMap(({ name, reason }, i) => (found[i] === reason ? [] : [`${name}: ${found[i]}`]))
  assert.deepEqual(wrong, [])
})

test('PHP reads the same facts of a page as TypeScript', { skip }, async () => {
  const pages = judgedCases.filter((judged) => judged.type === undefined).map((judged) => judged.page)
  const found = (await callPages(`${facts} return array_map( $facts, $in );`, pages)) as Record<string, unknown>[]
  for (const [i, page] of pages.entries()) {
    const { title, text, unlinked, images, asksPassword, shell, heading, marker, links } = pageFacts(
      parsePage(page),
      home,
    )
    const read = {
      title,
      text,
      unlinked,
      images,
      asks_password: asksPassword,
      shell,
      heading,
      marker,
      links: [...links],
    }
    // not every PHP has NFKC
    const even = (text: unknown) => String(text).normalize('NFKC')
    const { text: seen, unlinked: own, ...rest } = found[i]!
    assert.deepEqual({ ...rest, text: even(seen), unlinked: even(own) }, read, page)
  }
})

/** PHP words for a page and the addresses of its files: captured ones have a name, others none. */
const shown = `
  return array_map( static function ( $case ) {
    $snapshot = (object) array( 'address' => '${home}', 'pages' => array(), 'assets' => array() );
    foreach ( $case->files as $url ) {
      $snapshot->assets[] = (object) array( 'url' => $url, 'type' => 'image/png', 'blob' => substr( $url, strlen( '${home}' ) ) );
    }
    $links = new DGOS_Copy_Links( $snapshot, static fn () => null, array( 'base' => '${base}', 'forgotten' => array(), 'refused' => array() ) );
    return DGOS_Inert_Html::page( DGOS_Page_Text::source( $case->page, $case->type ), $links, '${home}', "default-src 'none'" );
  }, $in );`

test('PHP shows the words and pictures that TypeScript shows', { skip }, async () => {
  const names = (page: string) =>
    [...page.matchAll(/[\w,/-]+\.(?:jpe?g|png|gif|svg)/g)].map(([name]) => new URL(name, home).href)
  const cases = shownCases.map((entry) => ({
    page: entry.page,
    type: entry.type ?? 'text/html',
    files: [...new Set([...names(entry.page), ...(entry.pictures ?? []).map((name) => home + name)])].filter((url) =>
      isKept(entry, url),
    ),
  }))
  const copies = (await callPages(shown, cases)) as string[]
  const problems: string[] = []
  for (const [i, entry] of shownCases.entries()) {
    const copy = copies[i]!
    const missing = missingOf(wordsOf(copy), entry.words)
    if (entry.onlyTypeScript !== undefined) {
      assert.notEqual(missing, null, `${entry.name}: PHP does it now`)
      continue
    }
    if (missing !== null) problems.push(`${entry.name}: lacks ${missing} in ${wordsOf(copy)}`)
    for (const word of entry.absent ?? []) if (copy.includes(word)) problems.push(`${entry.name}: has ${word}`)
    if (entry.pictures === undefined) continue
    const found = [...picturesOf(copy)].map((url) => url.replace(`${base}blob/`, ''))
    if (found.sort().join() !== [...entry.pictures].sort().join()) problems.push(`${entry.name}: shows ${found}`)
  }
  assert.deepEqual(problems, [])
})
