import assert from 'node:assert/strict'
import { test } from 'node:test'
import { differential } from './differential.ts'
import { hasPhp } from './php.ts'

const skip = hasPhp() ? false : 'php is not installed'
/** Another seed each day, so that the ordinary run looks at new inputs and still repeats within a day. */
const seed = new Date().toISOString().slice(0, 10)

test('PHP and TypeScript give the same answers to 2,000 generated inputs', { skip }, async (t) => {
  const { asked, wrong } = await differential({ count: 2000, seed })
  t.diagnostic(`seed ${seed}: ${asked.size} rules, ${wrong.length} disagreements`)
  assert.deepEqual(wrong.slice(0, 3), [])
  assert.ok(asked.size >= 30, 'every rule is asked')
})

test('PHP without ext-sodium gives the same answers', { skip }, async (t) => {
  const { wrong } = await differential({ count: 250, seed, compat: true })
  t.diagnostic(`seed ${seed}: ${wrong.length} disagreements (sodium_compat)`)
  assert.deepEqual(wrong.slice(0, 3), [])
})

test('an answer that differs is printed with its input', { skip }, async () => {
  const wrongly = { count: 250, seed, spoil: 'json' }
  const { wrong } = await differential(wrongly)
  assert.ok(wrong.length > 0)
  assert.ok(
    wrong.every(
      (problem) => problem.startsWith('json: {"hex":') && problem.includes('TypeScript') && problem.includes('PHP'),
    ),
  )
})
