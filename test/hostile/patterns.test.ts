import assert from 'node:assert/strict'
import { test } from 'node:test'
import kinds from '../../protocol/kinds.json' with { type: 'json' }
import { isLinear, isProven } from '../support/linear-patterns.ts'
import { fromPcre, type Pattern, patternsIn, phpPatterns, scriptPatterns } from '../support/patterns.ts'

/** Patterns put together while the program runs: how many a file has, and what one of them looks like then. */
const madeAtRunTime: Readonly<Record<string, readonly string[]>> = {
  'protocol/kinds.ts': [], // those of kinds.json, which are asked about below
  'activation/doors/mail/mail-door.ts': ['abcdefgh23|\\[down\\]'],
  'activation/doors/mail/signed-part.ts': ['(?:^|\\r\\n)--mark(--)?[ \\t]*(?=\\r\\n|$)'],
  'activation/doors/multipart.ts': [String.raw`;\s*name="file"`],
}

/** In PHP: files that hand a variable to `preg_…`, which stands as a literal elsewhere, or looks like this when it is put together. */
const handedOn: Readonly<Record<string, readonly string[]>> = {
  'activation/class-dgos-post-acceptance.php': [],
  'lib/class-dgos-site-address.php': [':80$'],
  'pages/class-dgos-inert-bytes.php': [],
  'pages/class-dgos-inert-css.php': [],
  'pages/class-dgos-page-tokens.php': ['</script(?=[\\s/>])'],
  'pages/class-dgos-page-url.php': [],
  'pages/class-dgos-post-markup.php': ['^.{239}(?=..)'],
  'protocol/class-dgos-kinds.php': [], // those of kinds.json
  'protocol/class-dgos-post-html.php': ['^fn-[1-9][0-9]{0,2}$'],
}

async function problems(patterns: readonly Pattern[]): Promise<string[]> {
  const places = new Map<string, { readonly pattern: Pattern; readonly places: string[] }>()
  for (const pattern of patterns) {
    const key = `${pattern.source}/${pattern.flags}`
    const known = places.get(key)
    if (known === undefined) places.set(key, { pattern, places: [pattern.place] })
    else known.places.push(pattern.place)
  }
  const found: string[] = []
  for (const { pattern, places: at } of places.values()) {
    const { source, flags } = pattern
    if (source === null || isProven(source, flags)) continue
    const { linear, why } = await isLinear(source, flags)
    if (!linear) found.push(`${at.join(' ')}: /${source}/${flags} ${why}`)
  }
  return found
}

const written = ({ source }: Pattern) => source !== null
const fileOf = ({ place }: Pattern) => place.slice(0, place.lastIndexOf(':'))
const sample = (source: string): Pattern => ({ place: 'a pattern made at run time', source, flags: '' })

test('no pattern of the TypeScript takes more than linear time, whatever it is asked about', async () => {
  const patterns = scriptPatterns()
  assert.ok(patterns.length > 250, `only ${patterns.length} found: the search is broken`)
  const made = new Set(patterns.filter((pattern) => !written(pattern)).map(fileOf))
  assert.deepEqual([...made].sort(), Object.keys(madeAtRunTime).sort())
  const samples = Object.values(madeAtRunTime).flat().map(sample)
  assert.deepEqual(await problems([...patterns.filter(written), ...samples]), [])
})

test('no pattern of the wire takes more than linear time', async () => {
  const patterns = [...JSON.stringify(kinds).matchAll(/"pattern":("(?:[^"\\]|\\.)*(?:"|\\?$))/gs)].map(
    ([, text]): Pattern => ({ place: 'protocol/kinds.json:1', source: JSON.parse(text!) as string, flags: 'u' }),
  )
  assert.ok(patterns.length > 5)
  assert.deepEqual(await problems(patterns), [])
})

test('no pattern of the plugin takes more than linear time, whatever it is asked about', async () => {
  const patterns = phpPatterns()
  assert.ok(patterns.length > 150, `only ${patterns.length} found: the search is broken`)
  const name = (pattern: Pattern) => fileOf(pattern).split('/').slice(-2).join('/')
  const made = new Set(patterns.filter((pattern) => !written(pattern)).map(name))
  assert.deepEqual([...made].sort(), Object.keys(handedOn).sort())
  const samples = Object.values(handedOn).flat().map(sample)
  assert.deepEqual(await problems([...patterns.filter(written), ...samples]), [])
})

test('the search and the checker find what they forbid', async () => {
  const text =
    'const place: RegExp = /^(?:[a-z]+\\/?)*$/\nconst made = new RegExp(place.source)\nconst half = 4 / 2 / 1'
  const [literal, made, ...more] = patternsIn('lib/a.ts', text)
  assert.deepEqual([literal?.place, made?.source, more.length], ['lib/a.ts:1', null, 0])
  assert.equal((await isLinear(literal!.source!, '')).linear, false)
  assert.equal((await isLinear('^\\s*url\\(\\s*(.*?)\\s*\\)\\s*$', 'i')).linear, false)
  assert.equal((await isLinear('^[a-z]+/[a-z]*$', 'i')).linear, true)
  assert.deepEqual(fromPcre('~^(?>a*+b) c #d\n$~xi'), { source: '^(?:a*b)c$', flags: 'i' })
})
