/** The form at `/post` in a real Chromium, against members on loopback sockets. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import type { SignedObject } from '../../protocol/objects.ts'
import { blogHost, FormMembers, passphrase } from './form-members.ts'
import { posts, send, visit, write } from './form-visit.ts'
import { photo } from './photo.ts'

test('an author posts from a browser with a passphrase, sees ten mirrors take it, and posts again', async (t) => {
  const found = await visit(t, 11)
  if (found === null) return
  const { net, page, problems } = found
  await write(page, 'We are here', 'The server is **down**.\n\n<script>alert(1)</script>')
  await page.locator('#preview strong').waitFor()
  assert.equal(await page.locator('#preview script').count(), 0)
  await send(page)
  await page.getByText('Safe: all 10 friends keep it.').waitFor()
  assert.equal(await page.getByLabel('Text', { exact: true }).inputValue(), '')
  await write(page, 'Second', 'More.')
  await send(page)
  await page.locator('#sent-list li').nth(1).waitFor()
  await page.getByText('Safe: all 10 friends keep it.').nth(1).waitFor()
  const [second, first] = await posts(net, 9)
  assert.deepEqual([first!.current.payload.title, second!.current.payload.title], ['We are here', 'Second'])
  assert.match(first!.current.payload.html, /<strong>down<\/strong>.*&lt;script&gt;/s)
  assert.deepEqual(second!.current.payload.prevs, [first!.id])
  assert.deepEqual(problems, [])
})

test('what people type leads to the form: a slash too much, the id of a blog, a language by its name', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  const { url } = net.members[0]!
  assert.match((await fetch(`${url}post/`)).headers.get('content-type')!, /^text\/html/)
  assert.match(await (await fetch(`${url}post/${blogHost}/`)).text(), new RegExp(`value="${blogHost}"`))
  const escaped = await (await fetch(`${url}post/%61na.example%2F`)).text()
  assert.match(escaped, new RegExp(`value="${blogHost}"`))
  assert.match(await (await fetch(`${url}post?blog=${net.blog.id}`)).text(), new RegExp(`value="${blogHost}"`))
  await write(page, 'Privet', 'Po-russki.')
  await page.locator('#language').fill('Klingonese')
  await page.getByText('No language is called so.').waitFor()
  await page.locator('#language').fill('Russian')
  await page.locator('#language-name', { hasText: 'Russian' }).waitFor()
  await send(page, `${passphrase} three more words`)
  await page.getByText('Only its first six words belong here').waitFor()
  await send(page)
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  assert.equal((await posts(net))[0]!.current.payload.language, 'ru')
})

test('the draft outlives a wrong passphrase, a reload and a member that does not answer', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  await write(page, 'Kept', 'Every word of it.')
  await send(page, 'not the right words')
  await page.getByText('That is not the passphrase').waitFor()
  await page.reload()
  await page.getByText('Your draft from before is back.').waitFor()
  assert.equal(await page.getByLabel('Text', { exact: true }).inputValue(), 'Every word of it.')
  await page.route('**/dgos/v1/objects*', (route) => route.abort())
  await send(page)
  await page.getByText('This member does not answer. Nothing is lost').waitFor()
  assert.equal(await page.getByLabel('Title').inputValue(), 'Kept')
  await page.unroute('**/dgos/v1/objects*')
  await send(page)
  await page.getByText('Sent. You can close this page').waitFor()
  assert.deepEqual(
    (await posts(net)).map((post) => post.current.payload.title),
    ['Kept'],
  )
})

test('the same draft sent five times over a connection that drops each answer is one post', async (t) => {
  const found = await visit(t, 3)
  if (found === null) return
  const { net, page } = found
  let taken = 0
  await page.route('**/dgos/v1/objects*', async (route) => {
    await route.fetch() // the member has it on disk: only its answer is lost
    taken++
    await route.abort('connectionreset')
  })
  await write(page, 'Once', 'Said once, heard once.')
  for (let i = 1; i <= 5; i++) {
    await Promise.all([page.waitForEvent('requestfailed'), send(page)])
    await page.getByText('This member does not answer. Nothing is lost').waitFor()
    assert.equal(taken, i)
    if (i !== 3) continue
    await page.reload()
    await page.getByText('Your draft from before is back.').waitFor()
  }
  await page.unroute('**/dgos/v1/objects*')
  await send(page)
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
  for (const member of [0, 1, 2]) {
    const shown = (await posts(net, member)).map((post) => post.current.payload.title)
    assert.deepEqual(shown, ['Once'])
    const { post } = await net.members[member]!.ledger.blog(net.blog.id)
    assert.equal(post.length, 2, 'signed once, and once more after the reload')
  }
})

test('while the network sees the blog as up, the author declares it down in the same step', async (t) => {
  const found = await visit(t, 1, { up: true })
  if (found === null) return
  const { net, page } = found
  await page.getByText('The network sees your blog as up.').waitFor()
  await write(page, 'Down', 'It is down, I know it.')
  await send(page)
  await page.getByText('Not taken yet').waitFor()
  await page.getByLabel('My blog is down').check()
  await send(page)
  await page.getByText('Sent. You can close this page').waitFor()
  assert.equal((await net.members[0]!.ledger.state(net.blog.id)).state, 'down')
  assert.equal((await posts(net)).length, 1)
})

test('an outage key that may not declare says what else to do', async (t) => {
  const found = await visit(t, 1, { up: true, mayDeclare: false })
  if (found === null) return
  await found.page.getByText('Declare it with dgos declare').waitFor()
  assert.equal(await found.page.getByLabel('My blog is down').isVisible(), false)
})

test('images are made smaller, lose what the camera wrote, have words for the blind, and reach every mirror', async (t) => {
  const found = await visit(t, 4)
  if (found === null) return
  const { net, page, problems } = found
  await write(page, 'Picture', 'Look:')
  const buffer = await photo(page)
  assert.ok(buffer.includes('GPS 52.5N'))
  await page.locator('#image-files').setInputFiles({ name: 'My cat (1).jpg', mimeType: 'image/jpeg', buffer })
  await page.getByLabel('What the image shows').fill('a black square')
  assert.match(await page.getByLabel('Text', { exact: true }).inputValue(), /!\[\]\(My-cat-1-\.jpg\)/)
  const preview = page.locator('#preview img')
  await preview.waitFor()
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>('#preview img')?.alt === 'a black square')
  await send(page)
  await page.getByText('Safe: all 4 friends keep it.').waitFor()
  const [post] = await posts(net, 3)
  const [file] = post!.current.payload.attachments
  assert.deepEqual([file!.width, file!.height, file!.alt, file!.type], [2000, 1000, 'a black square', 'image/jpeg'])
  for (const member of net.members) {
    const bytes = await member.blobs.get(file!.blob)
    assert.ok(bytes !== null && !Buffer.from(bytes).includes('GPS'))
  }
  assert.deepEqual(problems, [])
})

test('a pasted image goes where the cursor is, and its bytes outlive a reload', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  await write(page, 'Pasted', 'Before')
  const base64 = (await photo(page)).toString('base64')
  await page.evaluate((text) => {
    const bytes = Uint8Array.from(atob(text), (mark) => mark.charCodeAt(0))
    const clipboardData = new DataTransfer()
    clipboardData.items.add(new File([bytes], 'shot.jpg', { type: 'image/jpeg' }))
    document.getElementById('source')!.dispatchEvent(new ClipboardEvent('paste', { clipboardData, cancelable: true }))
  }, base64)
  await page.locator('#preview img').waitFor()
  await page.getByText('Kept on this device.').waitFor()
  await page.reload()
  await page.locator('#preview img').waitFor()
  await send(page)
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  assert.equal((await posts(net))[0]!.current.payload.attachments.length, 1)
})

test('a post of this key is edited and withdrawn from the form, also after a reload', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  await write(page, 'First words', 'With a mistke.')
  await send(page)
  await page.getByText('Sent. You can close this page').waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByLabel('Text', { exact: true }).fill('Without a mistake.')
  await send(page)
  await page.getByText('Sent. You can close this page').waitFor()
  assert.equal(await page.locator('#sent-list li').count(), 1)
  const [edited] = await posts(net)
  assert.equal(edited!.history.length, 2)
  assert.equal(edited!.current.payload.source, 'Without a mistake.')
  await page.getByRole('button', { name: 'Withdraw' }).click()
  assert.equal((await posts(net))[0]!.withdrawn, false)
  await page.getByRole('button', { name: 'press once more' }).click()
  await page.getByText('Mirrors no longer show it').waitFor()
  assert.equal((await posts(net))[0]!.withdrawn, true)
})

test('a post is saved as a signed file and handed in elsewhere, with and without script', async (t) => {
  const found = await visit(t, 3)
  if (found === null) return
  const { net, page, browser } = found
  await write(page, 'By hand', 'Carried on a stick.')
  await page.locator('#image-files').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await photo(page) })
  await page.locator('#preview img').waitFor()
  await page.getByLabel('Your passphrase').fill(passphrase)
  const saving = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save as a signed file' }).click()
  const download = await saving
  assert.equal(download.suggestedFilename(), `${blogHost}.dgos`)
  const buffer = await readFile(await download.path())
  assert.equal((await posts(net)).length, 0)
  const plain = await browser.newContext({ javaScriptEnabled: false })
  const noScript = await plain.newPage()
  await noScript.goto(`${net.members[1]!.url}post`)
  await noScript.getByText('This page needs its script').waitFor()
  await noScript
    .getByLabel('Signed file', { exact: true })
    .setInputFiles({ name: 'a.dgos', mimeType: 'application/json', buffer })
  await noScript.getByRole('button', { name: 'Hand in' }).click()
  await noScript.getByRole('heading', { name: 'By hand' }).waitFor()
  const isWhole = async () => (await noScript.getByText('Safe: all 3 friends keep it.').count()) === 1
  for (let looks = 0; looks < 20 && !(await isWhole()); looks++) {
    await noScript.getByRole('link', { name: 'Look again' }).click()
  }
  assert.equal(await isWhole(), true)
  await page.goto(`${net.members[2]!.url}post`)
  await page
    .getByLabel('Signed file', { exact: true })
    .setInputFiles({ name: 'a.dgos', mimeType: 'application/json', buffer })
  await page.getByRole('button', { name: 'Hand in' }).click()
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
  await page
    .getByLabel('Signed file', { exact: true })
    .setInputFiles({ name: 'b.dgos', mimeType: '', buffer: Buffer.from('no') })
  await page.getByRole('button', { name: 'Hand in' }).click()
  await page.getByText('this is not a .dgos file').waitFor()
})

test('the whole form works from the keyboard, and the page stays alive while the key is unlocked', async (t) => {
  const found = await visit(t, 1, { cost: 2 ** 17 })
  if (found === null) return
  const { net, page } = found
  await page.getByLabel('Title').focus()
  await page.keyboard.type('Keys only')
  const reach = async (id: string) => {
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate(() => document.activeElement?.id)) === id) return
    }
    assert.fail(`#${id} is not reached with the Tab key`)
  }
  await reach('source')
  await page.keyboard.type('Typed.')
  await reach('passphrase')
  await page.keyboard.type(passphrase)
  // Begun before the key is pressed: what is asked of a page at work waits until the work is done.
  await page.evaluate(() => {
    const painted = new Set<number>()
    const bar = document.querySelector<HTMLProgressElement>('#progress')!
    const look = () => {
      if (!bar.hidden) painted.add(bar.value)
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
    Object.assign(window, { painted })
  })
  await page.keyboard.press('Enter')
  await page.getByText('Sent. You can close this page').waitFor()
  assert.equal((await posts(net)).length, 1)
  const painted = await page.evaluate(() => (window as unknown as { painted: Set<number> }).painted.size)
  assert.ok(painted >= 2, `the page stood still: ${painted} states of its progress were painted`)
})

test('where the live stream is cut off, the form asks again and again', async (t) => {
  const found = await visit(t, 3)
  if (found === null) return
  const { page } = found
  await page.route('**/live', (route) => route.abort())
  await write(page, 'No stream', 'Still counted.')
  await send(page)
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
})

test('the page cannot be framed, and scripts of others do not run in it', async (t) => {
  const net = await FormMembers.create(t, 1)
  const answer = await fetch(`${net.members[0]!.url}post/${encodeURIComponent('"><script>alert(1)</script>')}`)
  const policy = answer.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'; script-src 'self';/)
  assert.match(policy, /frame-ancestors 'none'/)
  assert.doesNotMatch(policy, /unsafe/)
  const text = await answer.text()
  assert.doesNotMatch(text, /<script>/)
  assert.match(text, /integrity="sha384-/)
  const wrong = await fetch(`${net.members[0]!.url}post`, { method: 'POST', body: 'x' })
  assert.equal(wrong.status, 400)
  assert.match(await wrong.text(), /choose a \.dgos file first/)
})

test('a blog without an outage key still takes signed files, and an unknown one is named', async (t) => {
  const found = await visit(t, 1)
  if (found === null) return
  const { net, page } = found
  const [delegation] = (await net.members[0]!.ledger.blog(net.blog.id)).delegation
  const revoked: SignedObject = await net.blog.net.sign('delegation', 'ana posting', {
    blog: net.blog.id,
    to: delegation!.payload.to,
    may: [],
    until: Date.now(),
    time: Date.now(),
  })
  await net.members[0]!.ledger.accept([revoked.envelope], 'author')
  await page.getByRole('button', { name: 'Another blog' }).click()
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('has no passphrase for this form').waitFor()
  assert.equal(await page.locator('#send').isVisible(), false)
  await page.getByLabel('Address of the blog').fill('https://nobody.example/')
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByText('does not know a blog at "nobody.example"').waitFor()
})
