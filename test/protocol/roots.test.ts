import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import fc from 'fast-check'
import { nodePlatform } from '../../lib/platform.ts'
import { rootVersionsMax } from '../../protocol/limits.ts'
import { type RootObject, rootChain } from '../../protocol/roots.ts'
import { openWorld, type VectorFile } from '../../protocol/vectors/world.ts'

const text = await readFile(new URL('../../protocol/vectors/roots.json', import.meta.url), 'utf8')
const file = JSON.parse(text) as VectorFile
const world = await openWorld(file, nodePlatform)
const roots = Object.keys(file.objects!).map((alias) => world.object(alias) as never)
const blog = file.objects!.root1!.id

test('any set of roots gives one chain, whatever the order in which they come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(roots), (some) => {
      const forwards = rootChain(blog, some)
      const backwards = rootChain(blog, some.toReversed())
      assert.deepEqual(forwards?.steps, backwards?.steps)
      assert.deepEqual(forwards?.rivals, backwards?.rivals)
    }),
    { numRuns: 200 },
  )
})

test('each step follows the one before it, and a root more never makes a step by a lower key win', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray(roots), (some) => {
      const chain = rootChain(blog, some)
      if (chain === null) return
      for (const [i, step] of chain.steps.slice(1).entries()) {
        assert.equal(step.payload.previous, chain.steps[i]!.id)
        assert.equal(step.payload.version, i + 2)
      }
      const whole = rootChain(blog, roots)!
      const rank = (root: typeof whole.current) => chain.steps[0]!.payload.recovery.indexOf(root.payload.key)
      const [second, other] = [chain.steps[1], whole.steps[1] ?? whole.rivals[0]]
      if (second !== undefined && other !== undefined) assert.ok(rank(other) <= rank(second))
    }),
    { numRuns: 200 },
  )
})

test('nobody walks more than a thousand steps', () => {
  const first = world.object('root1') as RootObject
  const ids = Array.from({ length: rootVersionsMax + 1 }, (_, i) => (i === 0 ? blog : i.toString(16).padStart(64, '0')))
  const many = ids.map((id, i): RootObject => {
    if (i === 0) return first
    return { ...first, id, payload: { ...first.payload, version: i + 1, blog, previous: ids[i - 1]! } }
  })
  assert.equal(rootChain(blog, many)?.current.payload.version, rootVersionsMax)
  assert.equal(rootChain(blog, many.slice(0, -2))?.current.payload.version, rootVersionsMax - 1)
})
