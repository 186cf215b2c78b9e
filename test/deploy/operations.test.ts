/** docs/operations.md against the program: an operator must be able to believe it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { commandNames } from '../../server/cli/commands.ts'
import { readConfig } from '../../server/config.ts'
import { intervalsOf } from '../../server/machine/intervals.ts'

const guide = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
/** First two cells of every table row that begins with a name in code. */
const rows = [...guide.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)].map(
  ([, name, value]) => [name!, value!.trim()] as const,
)
const required = { name: 'A', url: 'https://mirror.example.org/' }

test('the tables name exactly the settings that the program has, with their defaults', () => {
  const config = readConfig({}, JSON.stringify(required))
  assert.ok(config.ok)
  const { listen, intervals, ...rest } = config.value
  const defaults: Record<string, unknown> = { ...rest, ...intervals, listen: `${listen.host}:${listen.port}` }
  assert.deepEqual(rows.map(([name]) => name).sort(), Object.keys(defaults).sort())
  for (const [name, told] of rows) {
    if (name in required) assert.equal(told, 'required', name)
    else assert.equal(told.replace(/`/g, ''), shown(defaults[name]), name)
  }
})

test('intervals are those of a member that is not hurried', () => {
  assert.equal(intervalsOf({ fast: false }).probeMs, 300_000)
})

test('every command that the guide names exists', () => {
  const named = [...guide.matchAll(/(?:`dgos|^dgos|dgos\.js) ([a-z]+)\b/gm)].map(([, name]) => name!)
  const known = new Set(commandNames.map((name) => name.split(' ')[0]!))
  assert.ok(named.length > 5)
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  )
})

function shown(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'none'
  return value === '' ? 'empty' : String(value)
}
