/** Sending from the form where lines are slow, mirrors are away, or the author writes on meanwhile. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Page } from 'playwright-core'
import { posts, send, visit, write } from './form-visit.ts'
import { photo } from './photo.ts'

test('with a mirror gone for hours, the page goes on with more posts than it has connections', async (t) => {
  const found = await visit(t, 3)
  if (found === null) return
  const { net, page, problems } = found
  await net.unplug(2)
  for (let i = 1; i <= 8; i++) {
    await write(page, `Post ${i}`, 'More.')
    await send(page)
    await page.locator('#sent-list li', { hasText: `Post ${i}` }).waitFor()
    await page.getByText('Sent. You can close this page').waitFor()
  }
  const told = page.getByText('2 of 3 friends keep it.')
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
  await net.unplug(1)
  await page.clock.install()
  await page.reload()
  const rows = page.locator('#sent-list li')
  for (const title of ['First', 'Second']) {
    await write(page, title, 'Text.')
    await send(page)
    await rows.first().filter({ hasText: title }).getByText('1 of 2 friends keeps it.').waitFor()
  }
  const [second, first] = await rows.evaluateAll((all) => all.map((element) => element.dataset.post))
  await rows.first().getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Title').fill('Second, better')
  await send(page)
  await rows.first().getByText('Second, better').waitFor()
  await rows.first().getByText('1 of 2 friends keeps it.').waitFor()
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
  await page.getByRole('button', { name: 'Another blog' }).click()
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('This member does not answer. Nothing is lost').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Find' }).isVisible(), true, 'to try again')
})

test('what is written while a slow line sends is kept, as a change of the post that was sent', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route('**/dgos/v1/objects*', async (route) => {
    await promise
    await route.continue()
  })
  const text = page.getByLabel('Text', { exact: true })
  await write(page, 'Begun', 'One line.')
  await Promise.all([page.waitForRequest('**/dgos/v1/objects*'), send(page)])
  await text.fill('One line. And another.')
  resolve()
  await page.getByText('Sent. What you have written since is kept.').waitFor()
  await page.getByText('You are editing "Begun".').waitFor()
  assert.equal(await text.inputValue(), 'One line. And another.')
  await page.reload()
  await page.getByText('Your draft from before is back.').waitFor()
  assert.equal(await text.inputValue(), 'One line. And another.')
  await send(page)
  await page.getByText('Sent. You can close this page').waitFor()
  assert.equal(await text.inputValue(), '')
  const [post, more] = await posts(net)
  assert.equal(more, undefined)
  assert.deepEqual(
    post!.history.map((version) => version.payload.source),
    ['One line.', 'One line. And another.'],
  )
})

/** Begins a draft with an image, and waits until the device keeps both. */
async function picture(page: Page): Promise<void> {
  await write(page, 'Picture', 'Look:')
  await choose(page)
  await page.waitForFunction(() => Object.values(localStorage).some((stored) => String(stored).includes('![](a.jpg)')))
}

async function choose(page: Page): Promise<void> {
  await page.locator('#image-files').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await photo(page) })
  await page.locator('#images .image').waitFor()
}

/** How many images this device keeps; with `lose` it keeps none afterwards. */
function imagesKept(page: Page, lose = false): Promise<number> {
  return page.evaluate(async (lose) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve) => {
        request.onsuccess = () => resolve(request.result)
      })
    const database = await done(indexedDB.open('dgos'))
    const images = database.transaction('images', 'readwrite').objectStore('images')
    const count = await done(images.count())
    if (lose) await done(images.clear())
    database.close()
    return count
  }, lose)
}

test('a post takes no images from the draft of another blog, and its own go with it', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  const own = `dgos.draft.${net.blog.id}`
  const other = `dgos.draft.${'0'.repeat(64)}`
  const move = (from: string, to: string) =>
    page.evaluate(
      ({ from, to }) => {
        localStorage.setItem(to, localStorage.getItem(from)!)
        localStorage.removeItem(from)
      },
      { from, to },
    )
  await picture(page)
  await move(own, other)
  await page.reload()
  await write(page, 'The same', 'Look:')
  await choose(page)
  await send(page)
  await page.getByText('Sent. You can close this page').waitFor()
  await write(page, 'Only words', 'None.')
  await send(page)
  await page.locator('#sent-list li', { hasText: 'Only words' }).waitFor()
  await page.getByText('Sent. You can close this page').waitFor()
  assert.equal(await imagesKept(page), 1)
  await move(other, own)
  await page.reload()
  await page.getByText('Your draft from before is back.').waitFor()
  await send(page)
  await page.getByText('Safe: your one friend keeps it.').nth(2).waitFor()
  await page.getByText('Sent. You can close this page').waitFor()
  assert.equal(await imagesKept(page), 0)
})

test('an image that is nowhere any more is named, and the post is whole once it is added again', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  await picture(page)
  assert.equal(await imagesKept(page, true), 1)
  await send(page)
  await page
    .getByText('Neither this device nor this member has a.jpg any more: remove it, add it again, and send once more.')
    .waitFor()
  await page.getByText('You are editing "Picture".').waitFor()
  await page.getByRole('button', { name: 'Remove a.jpg' }).click()
  await choose(page)
  await send(page)
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  await page.getByText('Sent. You can close this page').waitFor()
  const [post, more] = await posts(net)
  assert.deepEqual([post!.history.length, more], [1, undefined], 'the same words are the same post')
})

test('an image whose sending broke off goes with the same post, sent once more', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  let broken = 0
  await page.route('**/dgos/v1/blobs/*', (route) =>
    broken++ === 0 ? route.abort('connectionreset') : route.continue(),
  )
  await picture(page)
  await send(page)
  await page.getByText('The text is sent, but not a.jpg. Send once more.').waitFor()
  await send(page)
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  await page.getByText('Sent. You can close this page').waitFor()
  assert.equal((await net.members[0]!.ledger.blog(net.blog.id)).post.length, 1)
})

test('an image that mirrors hold is no loss, though neither this device nor this member has it', async (t) => {
  const found = await visit(t, 2)
  if (found === null) return
  const { net, page } = found
  await picture(page)
  await send(page)
  await page.getByText('Safe: all 2 friends keep it.').waitFor()
  await page.getByText('Sent. You can close this page').waitFor()
  for (const [words, status] of [
    ['Once more.', 200],
    ['And again.', 404],
  ] as const) {
    const asked: string[] = []
    await page.unroute('**/dgos/v1/blobs/*')
    await page.route('**/dgos/v1/blobs/*', (route) => {
      asked.push(route.request().method())
      return status === 404 ? route.fulfill({ status }) : route.continue()
    })
    await page.reload()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('Text', { exact: true }).fill(words)
    await send(page)
    await page.getByText('Sent. You can close this page').waitFor()
    assert.ok(asked.includes('HEAD'))
    await page.getByText('Safe: all 2 friends keep it.').waitFor()
  }
  assert.equal((await posts(net, 1))[0]!.current.payload.attachments.length, 1)
})
