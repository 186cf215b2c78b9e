/** A blog that is no WordPress tells its mirrors that it is alive, by cron. */
import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { ask } from '../support/whole-member.ts'
import { Author } from './author.ts'

const minuteMs = 60_000

async function arrange(t: TestContext) {
  const author = await Author.at(t)
  const blog = await author.enrol('--online')
  const life = async (member: number) => {
    const reply = await ask(author.net.member(member), 'GET', `/dgos/v1/blogs/${blog}`)
    return (reply.json() as { life: { time: number; since: number } | null }).life
  }
  return { author, blog, life }
}

test('each life that is sent in time goes on with the row of those before, at every mirror', async (t) => {
  const { author, life } = await arrange(t)
  assert.equal(await life(0), null)
  const first = await author.run(['blog', 'alive'])
  assert.equal(first.code, 0, first.err)
  const begun = (await life(0))!
  assert.equal(begun.since, begun.time)
  for (let minutes = 0; minutes < 30; minutes += 5) {
    await author.net.advance({ minutes: 5 })
    assert.equal((await author.run(['blog', 'alive'])).code, 0)
  }
  for (const member of [0, 1, 2]) {
    const now = await life(member)
    assert.ok(now !== null && now.since === begun.since && now.time - now.since >= 30 * minuteMs, `member ${member}`)
  }
})

test('a gap begins a row, and so does the last word of a blog that ceases', async (t) => {
  const { author, life } = await arrange(t)
  await author.run(['blog', 'alive'])
  await author.net.advance({ hours: 2 })
  await author.run(['blog', 'alive'])
  const later = (await life(0))!
  assert.equal(later.since, later.time)
  await author.net.advance({ minutes: 5 })
  await author.run(['blog', 'alive', '--end'])
  const last = (await life(0))!
  assert.ok(last.since === last.time && last.time > later.time)
})

test('the server needs the online key alone, in a file of its own that can declare nothing', async (t) => {
  const { author, life } = await arrange(t)
  const path = join(author.home, 'server', 'blog.json')
  assert.equal((await author.run(['blog', 'alive', '--key-file', path])).code, 0)
  assert.equal(await life(0), null, 'nothing was sent')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.equal((await author.run(['blog', 'alive', '--keys', path])).code, 0)
  assert.notEqual(await life(0), null)
  const { code, err } = await author.run(['declare', '--keys', path])
  assert.notEqual(code, 0)
  assert.match(err, /holds no posting key/)
})

test('a blog without an online key is told how it gets one', async (t) => {
  const author = await Author.at(t)
  await author.enrol()
  const { code, err } = await author.run(['blog', 'alive'])
  assert.equal(code, 2)
  assert.match(err, /holds no online key/)
})
