import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { nodePlatform } from '../../lib/platform.ts'
import { answer, firstMessage, listedIdsMax, parseRanges, type Range, rangesMax } from '../../protocol/reconcile.ts'

const { sha256 } = nodePlatform

function manyIds(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => createHash('sha256').update(`${name} ${i}`).digest('hex')).sort()
}

type Talk = { have: string[]; need: string[]; rounds: number; bytes: number }

/** One talk from the asker's first message until nothing is left to say. Every message passes through its parser. */
function talk(asker: string[], answerer: string[]): Talk {
  const result: Talk = { have: [], need: [], rounds: 0, bytes: 0 }
  let message: readonly Range[] = firstMessage(asker, sha256)
  while (message.length > 0) {
    assert.ok(++result.rounds < 100, 'the talk ends')
    const theirs = answer(answerer, sent(message, result), sha256)
    const ours = answer(asker, sent(theirs.reply, result), sha256)
    result.have.push(...ours.have)
    result.need.push(...ours.need)
    message = ours.reply
  }
  result.have.sort()
  result.need.sort()
  return result
}

function sent(message: readonly Range[], result: Talk): readonly Range[] {
  const text = JSON.stringify(message)
  result.bytes += text.length
  const ranges = parseRanges(JSON.parse(text))
  assert.ok(ranges !== null, 'what one side says the other understands')
  return ranges
}

test('two sets find their difference, whatever their sizes', () => {
  for (const [shared, left, right] of [
    [0, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [3, 2, 2],
    [40, 0, 40],
    [1000, 1, 1],
    [2000, 700, 0],
    [0, 0, 9000],
    [0, 9000, 9000],
  ] as const) {
    const common = manyIds('common', shared)
    const [mine, theirs] = [manyIds('left', left), manyIds('right', right)]
    const result = talk([...common, ...mine].sort(), [...common, ...theirs].sort())
    assert.deepEqual(result.have, mine)
    assert.deepEqual(result.need, theirs)
  }
})

test('one missing object among twenty thousand costs a few messages of a few kilobytes', () => {
  const ids = manyIds('common', 20_000)
  const result = talk(
    ids,
    ids.filter((_, i) => i !== 7777),
  )
  assert.deepEqual(result.have, [ids[7777]])
  assert.ok(result.rounds <= 3, `${result.rounds} rounds`)
  assert.ok(result.bytes < 12_000, `${result.bytes} bytes`)
})

test('sets that are alike say one message each', () => {
  const ids = manyIds('common', 500)
  assert.deepEqual(answer(ids, firstMessage(ids, sha256), sha256), { reply: [], have: [], need: [] })
})

test('an answer never exceeds its limits, even to a hostile message', () => {
  const ids = manyIds('common', 60_000)
  const asks = Array.from({ length: rangesMax }, (_, i) => {
    const bound = (n: number) => (n === rangesMax ? '' : n.toString(16).padStart(3, '0'))
    return { from: bound(i), to: bound(i + 1), ids: [] }
  })
  const ranges = parseRanges(asks.map((ask, i) => (i === 0 ? { ...ask, from: '' } : ask)))
  assert.ok(ranges)
  const { reply } = answer(ids, ranges, sha256)
  assert.ok(parseRanges(JSON.parse(JSON.stringify(reply))), 'the reply is itself a message within limits')
  const listed = reply.reduce((sum, range) => sum + ('have' in range ? range.have.length : 0), 0)
  assert.ok(listed <= listedIdsMax)
})
