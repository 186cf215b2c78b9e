import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WorkerPool, workerDefaults } from '../../lib/workers.ts'
import { callPages, rebuild } from '../wordpress/pages-php.ts'
import { hasPhp } from '../wordpress/php.ts'
import { blankLine } from './inputs/blank-line.ts'
import { deepPage } from './inputs/deep-page.ts'
import { flatPage } from './inputs/flat-page.ts'
import { longTitlePath } from './inputs/long-title-path.ts'
import { unclosedDoctype } from './inputs/unclosed-doctype.ts'
import { unclosedFormatting } from './inputs/unclosed-formatting.ts'
import { wrappedBackground } from './inputs/wrapped-background.ts'
import { functionNames, jobOf } from './pattern-jobs.ts'

const inputs = { blankLine, longTitlePath, unclosedDoctype, wrappedBackground }
const skip = hasPhp() ? false : 'php is not installed'

test('no text makes a function of ours look at it for long', async () => {
  const pool = new WorkerPool({ ...workerDefaults, entry: new URL('./pattern-jobs.ts', import.meta.url), threads: 2 })
  const problems: string[] = []
  for (const name of functionNames) {
    for (const [input, make] of Object.entries(inputs)) {
      const outcome = await pool.run(jobOf(name), make(), { owner: name, proven: true })
      if (!outcome.ok) problems.push(`${name} of ${input}: ${outcome.reason}, ${outcome.detail}`)
    }
  }
  await pool.close()
  assert.deepEqual(problems, [])
})

test('markers and words are read from tokens: a page of a million elements is no page of a million elements', async () => {
  const pool = new WorkerPool({ ...workerDefaults, entry: new URL('./pattern-jobs.ts', import.meta.url), threads: 1 })
  const turn = { owner: 'ana', proven: true }
  const markers = await pool.run(jobOf('markers'), unclosedFormatting(), turn)
  const words = await pool.run(jobOf('visible words'), unclosedFormatting(), turn)
  const tree = await pool.run(jobOf('inert page'), unclosedFormatting(), turn)
  await pool.close()
  assert.deepEqual([markers.ok, words.ok, tree.ok], [true, true, false])
  assert.equal(tree.ok ? '' : tree.reason, 'TOO_COSTLY')
})

test('the plugin looks at such texts no longer', { skip }, async () => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
  const place = await callPages('return DGOS_Copy_Links::place( $in );', text(longTitlePath()))
  assert.match(String(place), /^copy\/q-/)
  const pages = [unclosedDoctype(), wrappedBackground()].map(text)
  const [first, second] = (await callPages(rebuild, { pages })) as string[]
  assert.match(first!, /before/)
  assert.match(second!, /before/)
  const wrong = await callPages(
    'return strlen( DGOS_Page_Text::utf8( "\\xff" . str_repeat( "a", $in ), "text/html; charset=utf-8", "html" ) );',
    400_000,
  )
  assert.equal(wrong, 400_003)
})

test('the plugin begins no parser for a page of too many tags, or too deep; an ordinary page of many paragraphs it reads', {
  skip,
}, async () => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')
  const modest = 'return array_map( array( "DGOS_Inert_Source", "is_modest" ), $in );'
  const costly = [flatPage(900_000), deepPage(900_000), unclosedFormatting(6_000, 100)].map(text)
  assert.deepEqual(await callPages(modest, costly), [false, false, false])
  const long = `<p>before${'<p>word <b>word</b><br><img src=a.png>'.repeat(4_000)}`
  assert.deepEqual(await callPages(modest, [long, `<ul>${'<li>x'.repeat(9_000)}</ul>`]), [true, true])
  const [rebuilt] = (await callPages(rebuild, { pages: [long] })) as string[]
  assert.match(rebuilt!, /before/)
  assert.deepEqual(await callPages(rebuild, { pages: costly }), [null, null, null])
})
