/** The kit open in two windows at once: both keep one list of what was signed, and neither undoes what the other did. */
import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { shownPosts } from '../../protocol/posts.ts'
import { kitOf, type OpenKit, sign } from './kit-editor.ts'

/** The same kit once more. `deaf`: what the first window keeps is not told to it. */
async function secondWindow({ page, context }: OpenKit, deaf = false): Promise<Page> {
  const second = await context.newPage()
  if (deaf)
    await second.addInitScript(() => addEventListener('storage', (event) => event.stopImmediatePropagation(), true))
  await second.goto(page.url())
  await second.locator('#write').waitFor()
  return second
}

function keptIds(page: Page, blog: string): Promise<readonly string[]> {
  return page.evaluate(
    (name) => (JSON.parse(localStorage.getItem(name) ?? '[]') as { id: string }[]).map((sent) => sent.id),
    `dgos.queue.${blog}`,
  )
}

async function signsInTwoWindows(t: TestContext, deaf: boolean): Promise<void> {
  const found = await kitOf(t, 3)
  if (found === null) return
  const { net, page, context } = found
  await sign(page, 'Old')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  const second = await secondWindow(found, deaf)
  await second.locator('#sent-list li', { hasText: 'Old' }).waitFor()
  await sign(page, 'New')
  await page.locator('#sent-list li', { hasText: 'New' }).waitFor()
  if (!deaf) await second.locator('#sent-list li', { hasText: 'New' }).waitFor()
  const kept = await keptIds(page, net.blog.id)
  assert.equal(kept.length, 2)
  await page.close()
  await context.setOffline(false)
  await second.getByText('Safe: all 3 friends keep it.').nth(1).waitFor()
  assert.deepEqual(await keptIds(second, net.blog.id), kept)
  const posts = shownPosts(await net.members[2]!.ledger.blog(net.blog.id), Date.now())
  assert.deepEqual(
    posts.map((post) => post.current.payload.title),
    ['New', 'Old'],
  )
}

test('what one window signs, the other shows and hands in once the first is closed', (t) => signsInTwoWindows(t, false))

test('a window that has not heard of what another signed does not write over it', (t) => signsInTwoWindows(t, true))

test('what one window dropped to make room, another does not bring back', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { net, page } = found
  await sign(page, 'A pattern')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  const id = (i: number) => String(i).padStart(64, '0')
  const ids = Array.from({ length: 50 }, (_, i) => id(i))
  const name = `dgos.queue.${net.blog.id}`
  const [pattern] = await page.evaluate((name) => JSON.parse(localStorage.getItem(name)!) as object[], name)
  const holders = { held: 1, of: 1, missing: [] }
  const kept50 = JSON.stringify(ids.map((id) => ({ ...pattern, id, holders })))
  // as the page comes anew: what still runs on the old one would write its own post back
  await page.addInitScript(({ name, kept50 }) => localStorage.setItem(name, kept50), { name, kept50 })
  await page.reload()
  const second = await secondWindow(found)
  await second.locator('#sent-list li').nth(49).waitFor()
  await sign(page, 'One more')
  await second.locator('#sent-list li', { hasText: 'One more' }).waitFor()
  await sign(second, 'And another')
  await second.locator('#sent-list li', { hasText: 'And another' }).waitFor()
  const kept = await keptIds(second, net.blog.id)
  assert.equal(kept.length, 50)
  assert.deepEqual(kept.slice(2), ids.slice(0, 48))
})
