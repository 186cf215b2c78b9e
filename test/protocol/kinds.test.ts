import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { codes } from '../../protocol/codes.ts'
import table from '../../protocol/kinds.json' with { type: 'json' }

type Row = { properties: object; required: readonly string[]; changes: readonly string[] }
const kinds = Object.entries(table.kinds as Record<string, Row>)
const page = await readFile(new URL('../../docs/protocol.md', import.meta.url), 'utf8')

test('docs/protocol.md names every kind with every field, and which are optional', () => {
  const sections = new Map(page.split('\n### `').map((part) => [part.slice(0, part.indexOf('`')), part]))
  for (const [kind, { properties, required }] of kinds) {
    for (const field of Object.keys(properties)) {
      if (['network', 'key', 'time'].includes(field)) continue
      const row = required.includes(field) ? `| \`${field}\` |` : `| \`${field}\`? |`
      assert.ok(sections.get(kind)?.includes(row), `${kind}: ${row}`)
    }
  }
})

test('docs/protocol.md names every code with its advice', () => {
  for (const [code, advice] of Object.entries(codes)) assert.ok(page.includes(`| \`${code}\` | ${advice} |`), code)
})

test('every list, text and number of kinds.json has an upper limit, and every pattern is ASCII from end to end', () => {
  const walk = (shape: Record<string, unknown>, path: string): void => {
    if (shape.type === 'array') assert.equal(typeof shape.maxItems, 'number', path)
    if (shape.type === 'integer')
      assert.ok(Number.isSafeInteger(shape.minimum) && Number.isSafeInteger(shape.maximum), path)
    if (shape.type === 'string')
      assert.ok('maxBytes' in shape || 'enum' in shape || /^\^[^*+]*\$$/.test(String(shape.pattern)), path)
    if (typeof shape.pattern === 'string') assert.match(shape.pattern, /^\^[ -~]*\$$/, path)
    for (const [name, inner] of Object.entries((shape.properties ?? {}) as Record<string, never>))
      walk(inner, `${path}/${name}`)
    if (shape.items !== undefined) walk(shape.items as never, `${path}/0`)
  }
  for (const [kind, shape] of kinds) walk(shape as never, kind)
  for (const [name, shape] of Object.entries(table.defs)) walk(shape as never, name)
})

test('what a kind may change is the state of its blog, its mirrors, its return, its pages or its archive, and nothing else', () => {
  const words = ['state', 'mirrors', 'return', 'pages', 'archive']
  for (const [kind, row] of kinds)
    assert.deepEqual(
      [...new Set(row.changes)].filter((what) => !words.includes(what)),
      [],
      kind,
    )
  const changing = (what: string) => kinds.filter(([, row]) => row.changes.includes(what)).map(([kind]) => kind)
  assert.deepEqual(changing('mirrors'), ['root', 'delegation', 'head', 'declaration'])
  assert.deepEqual(changing('pages'), ['snapshot', 'archive', 'post'])
  assert.deepEqual(changing('archive'), ['root', 'head', 'archive', 'refusal'])
  assert.deepEqual(changing('return'), ['root', 'delegation', 'post', 'imported'])
  assert.ok(!changing('state').includes('head') && !changing('state').includes('receipt'))
})
