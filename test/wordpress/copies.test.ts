/** The cases of copies, judged, read and shown by PHP: the same ends as in test/mirror/copies-twins.test.ts. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePage } from '../../mirror/capture/html-resources.ts'
import { pageFacts } from '../../mirror/capture/page-facts.ts'
import { pageSource } from '../../mirror/capture/page-source.ts'
import { blog, caseBytes, caseText, home, hourMs } from '../mirror/copy-cases.ts'
import { judgedCases } from '../mirror/judged-cases.ts'
import { leftCases, openedCases } from '../mirror/opened-cases.ts'
import { isKept, shownCases } from '../mirror/shown-cases.ts'
import { missingOf, picturesOf, wordsOf } from '../mirror/shown-pages.ts'
import { hiddenCases, waitingCases, page as waitingPage } from '../mirror/waiting-cases.ts'
import { openChromium, seenIn } from '../support/chromium.ts'
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
    return DGOS_Inert_Html::page( DGOS_Page_Text::source( $case->page, $case->type ), $links, '${home}', "default-src 'none'; style-src 'unsafe-inline'", $case->policy ?? '' );
  }, $in );`

test('PHP shows the words and pictures that TypeScript shows', { skip }, async () => {
  const names = (page: string) =>
    [...page.matchAll(/[\w,/-]+\.(?:jpe?g|png|gif|svg)/g)].map(([name]) => new URL(name, home).href)
  const cases = shownCases.map((entry) => ({
    page: entry.page,
    type: entry.type ?? 'text/html',
    policy: entry.policy,
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
    for (const text of entry.markup ?? []) if (!copy.includes(text)) problems.push(`${entry.name}: lacks ${text}`)
    for (const word of entry.absent ?? []) if (copy.includes(word)) problems.push(`${entry.name}: has ${word}`)
    if (entry.pictures === undefined) continue
    const found = [...picturesOf(copy)].map((url) => url.replace(`${base}blob/`, ''))
    if (found.sort().join() !== [...entry.pictures].sort().join()) problems.push(`${entry.name}: shows ${found}`)
  }
  assert.deepEqual(problems, [])
})

const built = async (pages: readonly string[]) =>
  (await callPages(
    shown,
    pages.map((page) => ({ page, type: 'text/html', files: [] })),
  )) as string[]

test('PHP shows what a script would have shown, and leaves hidden what waits for the reader', { skip }, async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  const waiting = await built(waitingCases.map(([, page]) => page))
  for (const [i, [name]] of waitingCases.entries()) {
    await browser.setContent(waiting[i]!)
    assert.deepEqual(await seenIn(browser, '.x'), [true], name)
  }
  const hidden = await built(hiddenCases.map(([, page]) => page))
  for (const [i, [name]] of hiddenCases.entries()) {
    await browser.setContent(hidden[i]!)
    assert.deepEqual(await seenIn(browser, '.x'), [false], name)
  }
  const [reveal, body, preloader] = await built([
    caseText('hidden-until-script', 'reveal.html'),
    caseText('hidden-until-script', 'body.html'),
    caseText('preloader-overlay'),
  ])
  await browser.setContent(reveal!)
  assert.deepEqual(await seenIn(browser, 'p, h2'), [true, true, true, true])
  await browser.setContent(body!)
  assert.deepEqual(await seenIn(browser, 'h1, p'), [true, true])
  await browser.setContent(preloader!)
  assert.deepEqual(await seenIn(browser, 'h1, p'), [true, true, true])
  assert.equal(await browser.locator('#pre').count(), 0)
})

test('PHP takes away only what covers the page and says nothing', { skip }, async () => {
  const cover = 'position:fixed;top:0;left:0;width:100%;height:100vh;background:#fff'
  const gone = [`${cover};z-index:99`, cover, 'position:fixed;inset:0;z-index:5']
  const stays: readonly (readonly [string, string])[] = [
    [`${cover};z-index:-1`, ''],
    [`${cover};z-index:9;pointer-events:none`, ''],
    ['position:fixed;bottom:0;left:0;width:100%;z-index:9', 'We use cookies'],
    [`${cover};z-index:9`, 'This shop is closed for the summer holidays'],
    [`${cover};z-index:9`, '本站夏季休息，我们九月再见，请常来看看'],
    [`${cover};z-index:9`, '<a href="/in/">Enter</a>'],
    ['position:absolute;inset:0;z-index:9', 'Loading'],
    [`${cover};z-index:9;display:none`, 'Loading'],
    [`${cover};z-index:9;opacity:0`, 'Loading'],
  ]
  const of = (style: string, inside: string) => waitingPage(`.o{${style}}`, `<div class=o>${inside}</div>`)
  const dropped = await built(gone.map((style) => of(style, 'Loading…')))
  for (const [i, copy] of dropped.entries()) assert.ok(!copy.includes('class="o"'), gone[i])
  const left = await built(stays.map(([style, inside]) => of(style, inside)))
  for (const [i, copy] of left.entries()) assert.ok(copy.includes('class="o"'), stays[i]!.join(' '))
})

test('styles that ask for more looks than PHP spends decide nothing', { skip }, async () => {
  const rules = Array.from({ length: 4_000 }, (_, i) => `.a${i} .b${i % 50} > p{opacity:0}`).join('')
  const boxes = Array.from({ length: 2_000 }, (_, i) => `<div class="a${i} b${i % 50}"><p>Words ${i}</p></div>`).join(
    '',
  )
  const deep = `${'<div class=d>'.repeat(2_000)}Deep words`
  const covers = '<div class=c></div>'.repeat(5_000)
  const [many, nested, covered] = await built([
    waitingPage(rules, boxes),
    waitingPage('.d{opacity:0}', deep),
    waitingPage('.c{position:fixed;inset:0;z-index:1}', covers),
  ])
  assert.match(many!, /Words 1999/)
  assert.match(nested!, /Deep words/)
  assert.match(covered!, /enough words/)
})

/** Bytes, the type that a manifest names, and the text. */
const spelled: readonly (readonly [string, Uint8Array, string, string])[] = [
  [
    'told by its words, in the manifest',
    caseBytes('no-charset-cyrillic', 'index.html'),
    'text/html; charset=windows-1251',
    '<h1>Дневник Ольги</h1>',
  ],
  ['UTF-8 without a word', Buffer.from('<p>Дневник'), 'text/html', '<p>Дневник'],
  ['UTF-8 with a mark', Buffer.from('\ufeff<p>é'), 'text/html; charset=iso-8859-1', '<p>é'],
  ['windows-1252 by default', Buffer.from('<p>caf\xe9 \x80', 'latin1'), 'text/html', '<p>café €'],
  [
    'by its own meta',
    Buffer.from('<meta charset=koi8-r><p>\xe4\xce\xc5\xd7\xce\xc9\xcb', 'latin1'),
    'text/html',
    '<p>Дневник',
  ],
  [
    'by its prolog',
    Buffer.from('<?xml version="1.0" encoding="windows-1251"?><p>\xc4\xed\xe5\xe2', 'latin1'),
    'text/html',
    '<p>Днев',
  ],
  ['Japanese', Buffer.from('3c703e82b182f182c982bf82cd', 'hex'), 'text/html; charset=shift_jis', '<p>こんにちは'],
  ['UTF-16', Buffer.from('\ufeff<p>Дневник', 'utf16le'), 'text/html', '<p>Дневник'],
  ['a label of the Encoding standard', Buffer.from('<p>\xe9', 'latin1'), 'text/html; charset=latin1', '<p>é'],
  [
    'a comment that names another',
    Buffer.from('<!-- <meta charset="utf-8"> --><meta charset="windows-1251"><p>\xc4\xed', 'latin1'),
    'text/html',
    '<p>Дн',
  ],
]

test('PHP reads bytes as the characters that TypeScript reads', { skip }, async () => {
  const code = `return array_map( static fn ( $case ) => DGOS_Page_Text::source( base64_decode( $case[0] ), $case[1] ), $in );`
  const input = spelled.map(([, bytes, type]) => [Buffer.from(bytes).toString('base64'), type])
  const found = (await callPages(code, input)) as string[]
  for (const [i, [name, bytes, type, text]] of spelled.entries()) {
    assert.ok(pageSource(new Uint8Array(bytes), type).includes(text), `TypeScript: ${name}`)
    assert.ok(found[i]!.includes(text), `PHP: ${name}: ${found[i]!.slice(0, 80)}`)
  }
})

test('PHP makes parts of what a script’s click would open, opened with the keyboard, and of nothing else', {
  skip,
}, async (t) => {
  const browser = await openChromium(t)
  if (browser === null) return
  const opened = await built(openedCases.map(([, page]) => page))
  for (const [i, [name]] of openedCases.entries()) {
    await browser.setContent(opened[i]!)
    assert.deepEqual(await seenIn(browser, '#a'), [false], name)
    const summary = browser.locator('summary')
    assert.equal((await summary.textContent())?.trim(), 'Question', name)
    await summary.focus()
    await browser.keyboard.press('Enter')
    assert.deepEqual(await seenIn(browser, '#a'), [true], name)
  }
  for (const [i, copy] of (await built(leftCases)).entries()) assert.doesNotMatch(copy, /<details/, leftCases[i])
})
