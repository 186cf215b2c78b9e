/** What a post can be, written in the kit on the disk with the network cut, and what becomes of a draft on the way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { shownPosts } from '../../protocol/posts.ts'
import { kitOf, type OpenKit, sign } from './kit-editor.ts'
import { avif, photo } from './photo.ts'

async function posts({ net }: OpenKit, member = 0) {
  return shownPosts(await net.members[member]!.ledger.blog(net.blog.id), Date.now())
}

/** As a hand does it: with the file in the clipboard, or held over the text. */
async function give(page: Page, how: 'paste' | 'drop', name: string, bytes: Buffer): Promise<void> {
  const given = {
    how,
    name,
    base64: bytes.toString('base64'),
    type: name.endsWith('.jpg') ? 'image/jpeg' : 'image/png',
  }
  await page.evaluate(({ how, name, base64, type }) => {
    const data = new DataTransfer()
    const body = Uint8Array.from(atob(base64), (mark) => mark.charCodeAt(0))
    data.items.add(new File([body], name, { type }))
    const init = { bubbles: true, cancelable: true }
    const event =
      how === 'paste'
        ? new ClipboardEvent('paste', { ...init, clipboardData: data })
        : new DragEvent('drop', { ...init, dataTransfer: data })
    document.getElementById('source')!.dispatchEvent(event)
  }, given)
  await page.locator('#images .image', { hasText: name }).waitFor()
}

async function png(page: Page): Promise<Buffer> {
  const url = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.getContext('2d')!.fillRect(0, 0, 50, 50)
    return canvas.toDataURL('image/png')
  })
  return Buffer.from(url.split(',')[1]!, 'base64')
}

test('offline, with pasted, dropped and chosen images, in another language; whole on the mirrors once the network is back', async (t) => {
  const found = await kitOf(t, 3)
  if (found === null) return
  const { page, context, net } = found
  const jpeg = await photo(page)
  assert.ok(jpeg.includes('GPS 52.5N'))
  await page
    .getByLabel('Text', { exact: true })
    .fill('| a | b |\n|---|---|\n| 1 | 2 |\n\nA note[^1].\n\n[^1]: Below.\n\n```\ncode\n```')
  await give(page, 'drop', 'camera.jpg', jpeg)
  await give(page, 'paste', 'drawing.png', await png(page))
  await page.locator('#image-files').setInputFiles({ name: 'new.avif', mimeType: 'image/avif', buffer: avif })
  await page.locator('#images .image').nth(2).waitFor()
  await page.getByLabel('What the image shows').first().fill('a black square')
  await page.getByLabel('Language', { exact: true }).fill('he')
  await page.getByText('Hebrew', { exact: true }).waitFor()
  await page.getByLabel('Direction').selectOption('rtl')
  await page.getByLabel('Title').fill('In the harbour')
  await page.locator('#preview table').waitFor()
  await page.getByText('Kept on this device.').waitFor()
  await page.reload()
  await page.getByText('Your draft from before is back.').waitFor()
  assert.deepEqual(
    [await page.getByLabel('Language', { exact: true }).inputValue(), await page.getByLabel('Direction').inputValue()],
    ['he', 'rtl'],
  )
  await page.getByLabel('Passphrase of this kit').fill('seven paper boats on still water')
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.getByText('Signed. It waits here for a network.').waitFor()
  assert.equal(
    await page.getByLabel('Language', { exact: true }).inputValue(),
    'en',
    "the next draft is in the blog's own language again",
  )
  await context.setOffline(false)
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
  const [post] = await posts(found, 2)
  const { language, direction, attachments, html } = post!.current.payload
  assert.deepEqual([language, direction], ['he', 'rtl'])
  assert.match(html, /<table>.*<pre>.*<hr>/s)
  assert.deepEqual(
    attachments.map((attachment) => [attachment.name, attachment.type, attachment.alt]),
    [
      ['camera.jpg', 'image/jpeg', 'a black square'],
      ['drawing.png', 'image/png', ''],
      ['new.png', 'image/png', ''],
    ],
  )
  assert.deepEqual([attachments[0]!.width, attachments[0]!.height, attachments[2]!.width], [2000, 1000, 2])
  for (const { blob } of attachments)
    for (const member of net.members) {
      const bytes = await member.blobs.get(blob)
      assert.ok(bytes !== null && !Buffer.from(bytes).includes('GPS'))
    }
})

test('limits are told while the author writes, and what breaks them is not signed', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { page } = found
  const limits = page.locator('#limits')
  await page.getByLabel('Title').fill('ü'.repeat(151))
  await limits.getByText('The title is too long').waitFor()
  await page.getByLabel('Title').fill('ü'.repeat(150))
  await page.waitForFunction(() => document.getElementById('limits')!.textContent === '')
  await page.getByLabel('Text', { exact: true }).fill('x'.repeat(262_145))
  await limits.getByText('The text is too long').waitFor()
  await page.getByLabel('Text', { exact: true }).fill('short')
  await page.getByLabel('Language', { exact: true }).fill('not a code')
  await limits.getByText('No language is called so').waitFor()
  await page.getByLabel('Passphrase of this kit').fill('seven paper boats on still water')
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.locator('#answer').getByText('No language is called so').waitFor()
  assert.equal(await page.locator('#sent').isVisible(), false)
  const words = { name: 'x.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('no picture') }
  await page.locator('#image-files').setInputFiles(words)
  await page.getByText('"x.jpg" is not an image that this browser can read.').waitFor()
})

test('the draft outlives a tab that crashes, and one that is closed', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { page, context } = found
  const url = page.url()
  await page.getByLabel('Title').fill('Half a thought')
  await page.getByText('Kept on this device.').waitFor()
  const client = await context.newCDPSession(page)
  const crashed = page.waitForEvent('crash')
  await Promise.race([client.send('Page.crash').catch(() => null), crashed])
  await crashed
  const second = await context.newPage()
  await second.goto(url)
  await second.getByText('Your draft from before is back.').waitFor()
  await second.getByLabel('Title').fill('A whole thought')
  await second.waitForFunction(() =>
    Object.values(localStorage).some((stored) => String(stored).includes('A whole thought')),
  )
  await second.close()
  const third = await context.newPage()
  await third.goto(url)
  await third.getByText('Your draft from before is back.').waitFor()
  assert.equal(await third.getByLabel('Title').inputValue(), 'A whole thought')
})

test('what is typed as soon as the kit shows stays', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { page } = found
  await page.addInitScript(() => {
    const typing = new MutationObserver(() => {
      const title = document.querySelector<HTMLInputElement>('#title')
      if (title === null) return
      typing.disconnect()
      title.value = 'At once'
      title.dispatchEvent(new Event('input', { bubbles: true }))
    })
    typing.observe(document, { childList: true, subtree: true })
  })
  await page.reload()
  await page.getByText('Kept on this device.').waitFor()
  assert.equal(await page.getByLabel('Title').inputValue(), 'At once')
})

test('what is written while the key is being unlocked stays, as a change of what was signed', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const { page } = found
  await page.evaluate(() => {
    const title = document.getElementById('title') as HTMLInputElement
    Object.defineProperty(document.getElementById('progress'), 'value', {
      set() {
        title.value = 'First, and more'
        title.dispatchEvent(new Event('input'))
      },
    })
  })
  await sign(page, 'First')
  await page.getByText('You are editing "First".').waitFor()
  assert.equal(await page.getByLabel('Title').inputValue(), 'First, and more')
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.getByText('Safe: your one friend keeps it.').nth(1).waitFor()
  assert.equal(await page.getByLabel('Title').inputValue(), '')
  const [post, more] = await posts(found)
  assert.deepEqual(
    [post!.history.map((version) => version.payload.title), more],
    [['First', 'First, and more'], undefined],
  )
})

test('where the browser keeps nothing the kit says so, and the post can still be saved', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { page } = found
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
  })
  await page.getByLabel('Title').fill('Nowhere')
  await page.getByText('This browser does not keep the draft').waitFor()
  await sign(page, 'Nowhere')
  await page.getByText('this browser keeps nothing').waitFor()
  const saving = page.waitForEvent('download')
  await page.locator('#sent-list').getByRole('button', { name: 'Save as a signed file' }).click()
  assert.match((await saving).suggestedFilename(), /\.dgos$/)
})

test('what still waits is never dropped to make room', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { page, net } = found
  await sign(page, 'The oldest, not yet sent')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  await page.evaluate((blog) => {
    const name = `dgos.queue.${blog}`
    const [waiting] = JSON.parse(localStorage.getItem(name)!) as [object]
    const done = { ...waiting, holders: { held: 1, of: 1, missing: [] } }
    const id = (i: number) => String(i).padStart(64, '0')
    localStorage.setItem(
      name,
      JSON.stringify([...Array.from({ length: 50 }, (_, i) => ({ ...done, id: id(i) })), waiting]),
    )
  }, net.blog.id)
  await page.reload()
  await sign(page, 'One more')
  await page.getByText('Signed, and kept here').waitFor()
  const kept = await page.evaluate((blog) => {
    const sent = JSON.parse(localStorage.getItem(`dgos.queue.${blog}`)!) as { title: string; holders: unknown }[]
    return { count: sent.length, waiting: sent.filter((post) => post.holders === null).length }
  }, net.blog.id)
  assert.deepEqual(kept, { count: 50, waiting: 2 })
})

test('a year after it was first opened without a fire drill, and not a day before, the kit reminds', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { page } = found
  const dayMs = 86_400_000
  await page.clock.setFixedTime(Date.now() + 364 * dayMs)
  await page.reload()
  await page.locator('#write').waitFor()
  await page.getByText('no network: sign now, send later').waitFor()
  assert.equal(await page.getByText('A year without a fire drill').count(), 0)
  await page.clock.setFixedTime(Date.now() + 366 * dayMs)
  await page.reload()
  await page.getByText('A year without a fire drill').waitFor()
})
