/** The worst hour, whole: a real reader, a real resolver, real members, and packets that are really dropped. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { realComponent } from '../support/real-component.ts'

const script = join(import.meta.dirname, '../../bench/zone/reader-world.ts')

test('a first-time reader types the address of a dead blog, two of three mirrors are silent, and reads it', async (t) => {
  if (['chromium', 'unbound', 'nft', 'ip'].some((command) => realComponent(t, command) === null)) return
  if (spawnSync('unshare', ['-n', '-m', 'true']).status !== 0) {
    assert.notEqual(process.env.CI, 'true', 'a test machine gives a process a network of its own')
    return t.skip('no networks of its own here')
  }
  const words = ['-n', '-m', process.execPath, '--disable-warning=ExperimentalWarning', script]
  const { out, err } = await new Promise<{ out: string; err: string }>((resolve) => {
    execFile('unshare', words, (_error, out, err) => resolve({ out, err }))
  })
  const figures = JSON.parse(out.trim().split('\n').at(-1) || assert.fail(err)) as Record<string, number>
  for (const read of ['allAliveMs', 'twoDeadMs']) assert.ok(figures[read]! > 0, `${read}: ${out}`)
})
