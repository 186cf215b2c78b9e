/** Sending from the form where lines are slow, mirrors are away, or the author writes on meanwhile. */
import assert from 'node:assert/strict'
import test from 'node:test'
import { posts, send, visit, write } from './form-visit.ts'

test('with a mirror gone for hours, the page goes on with more posts than it has connections', async (t) => {
  const found = await visit(t, 3)
  if (found === null) return
  const { net, page, problems } = found
  await net.members[2]!.stop()
  for (let i = 1; i <= 8; i++) {
    await write(page, `Post ${i}`, 'More.')
    await send(page)
    await page.locator('#sent-list li', { hasText: `Post ${i}` }).waitFor()
    await page.getByText('Sent. You can close this page').waitFor()
  }
  const told = page.getByText('2 of 3 mirrors hold it.')
  await told.nth(7).waitFor()
  await page.reload()
  await told.nth(7).waitFor()
  await write(page, 'Post 9', 'And one more.')
  await send(page)
  await told.nth(8).waitFor()
  assert.equal((await posts(net, 1)).length, 9)
  assert.deepEqual(problems, [])
})

test('the posts below the newest are asked about again and again, a replaced one no more', async (t) => {
  const found = await visit(t, 2)
  if (found === null) return
  const { net, page } = found
  await net.members[1]!.stop()
  await page.clock.install()
  await page.reload()
  const rows = page.locator('#sent-list li')
  for (const title of ['First', 'Second']) {
    await write(page, title, 'Text.')
    await send(page)
    await rows.first().getByText('1 of 2 mirrors holds it.').waitFor()
  }
  const [second, first] = await rows.evaluateAll((all) => all.map((one) => one.dataset.post))
  await rows.first().getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Title').fill('Second, better')
  await send(page)
  await rows.first().getByText('Second, better').waitFor()
  await rows.first().getByText('1 of 2 mirrors holds it.').waitFor()
  const asked: string[] = []
  page.on('request', (request) => {
    const [, id] = /posts\/([0-9a-f]{64})\//.exec(request.url()) ?? []
    if (id !== undefined) asked.push(id)
  })
  for (let i = 0; i < 3; i++)
    await Promise.all([page.waitForResponse(`**/posts/${first}/holders`), page.clock.runFor(60_000)])
  assert.ok(!asked.includes(second!))
})

test('a member that takes a question and never answers is one that does not answer', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { page } = found
  await page.evaluate(() => {
    const timeout = AbortSignal.timeout
    AbortSignal.timeout = (ms) => timeout.call(AbortSignal, ms / 100)
  })
  await page.route('**/vault', () => {})
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('This member does not answer. Nothing is lost').waitFor()
})
