import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from './until.ts'

test('what is found at last is given, whatever threw or was empty before', async () => {
  const answers = [() => null, () => undefined, () => false, () => assert.fail('not yet'), () => 0]
  assert.equal(await until(() => answers.shift()!(), 'the fifth answer'), 0)
  assert.deepEqual(answers, [])
})

test('a wait in vain says what for, what was seen instead, and what was thrown last', async () => {
  const look = () => assert.fail('the server is away')
  await assert.rejects(until(look, 'it answers', { withinMs: 0, seen: () => '(state: up)' }), (error: Error) => {
    assert.equal(error.message, 'waited 0 ms in vain: it answers (state: up)')
    assert.match(String(error.cause), /the server is away/)
    return true
  })
})

test('where told so, the first throw ends the wait', async () => {
  let asked = 0
  const look = () => {
    asked++
    throw new Error('broken')
  }
  await assert.rejects(until(look, 'it answers', { onError: 'fail' }), /broken/)
  assert.equal(asked, 1)
})
