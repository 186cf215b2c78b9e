/** The kit as authors have it: one file, opened from the disk by a real Chromium, with the network cut and restored. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import test from 'node:test'
import { pathToFileURL } from 'node:url'
import type { KitData } from '../../activation/doors/kit/kit-data.ts'
import { dataFollows, dataOfKit, kitBytesMax, kitWithData } from '../../activation/doors/kit/kit-file.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { builtKit } from '../support/built-files.ts'
import { signerOf } from '../support/small-network.ts'
import { blogHost } from './form-members.ts'
import { freshKit, kitOf, type OpenKit, openMenu, phrase, sign } from './kit-editor.ts'
import { photo } from './photo.ts'

async function posts({ net }: OpenKit, member = 0) {
  return shownPosts(await net.members[member]!.ledger.blog(net.blog.id), Date.now())
}

test('the kit is one file within its size, alike for everyone, and its hash can be checked', async () => {
  const { program, hash } = await builtKit()
  assert.ok(program.length <= kitBytesMax, `${program.length} bytes`)
  assert.equal(createHash('sha256').update(program).digest('hex'), hash)
  const file = kitWithData(program, { a: '</script><script>alert(1)</script>' })
  assert.equal(file.slice(0, file.indexOf(dataFollows) + dataFollows.length), program)
  assert.equal(file.slice(program.length).match(/<script/g)?.length, 1)
  assert.deepEqual(dataOfKit(file), { a: '</script><script>alert(1)</script>' })
  assert.equal(dataOfKit('<p>another page</p>'), null)
})

test('signed with the network cut, kept through a restart, and on ten mirrors once it is restored', async (t) => {
  const found = await kitOf(t, 11)
  if (found === null) return
  const { page, context, problems } = found
  assert.match(await page.locator('#program-hash').innerText(), new RegExp((await builtKit()).hash))
  await sign(page, 'Wrong words', 'not the words')
  await page.getByText('That is not the passphrase').waitFor()
  await sign(page, 'Written offline')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  await page.getByLabel('Title').fill('Half a thought')
  await page.waitForFunction(() =>
    Object.values(localStorage).some((stored) => String(stored).includes('Half a thought')),
  )
  await page.reload()
  await page.getByText('Your draft from before is back.').waitFor()
  assert.equal(await page.getByLabel('Title').inputValue(), 'Half a thought')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  assert.equal((await posts(found)).length, 0)
  await context.setOffline(false)
  await page.getByText('Safe: all 10 friends keep it.').waitFor()
  await page.locator('#blog-state', { hasText: 'down' }).waitFor()
  await page.getByRole('button', { name: 'Try now' }).click()
  await sign(page, 'Second')
  await page.getByText('Safe: all 10 friends keep it.').nth(1).waitFor()
  const [second, first] = await posts(found, 9)
  assert.deepEqual([first!.current.payload.title, second!.current.payload.title], ['Written offline', 'Second'])
  assert.equal(first!.current.payload.key, signerOf('ana posting').key)
  assert.equal((await posts(found, 9)).length, 2)
  assert.deepEqual(
    problems.filter((problem) => !/net::ERR/.test(problem)),
    [],
  )
})

test('answers that are lost do not double a post', async (t) => {
  const found = await kitOf(t, 3, {}, false)
  if (found === null) return
  const { page } = found
  let dropped = 0
  await page.route('**/dgos/v1/objects*', async (route) => {
    if (route.request().method() !== 'POST' || dropped >= 9) return route.continue()
    dropped++
    await route.fetch()
    await route.abort()
  })
  await sign(page, 'Once')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  for (let tries = 0; tries < 20 && dropped < 9; tries++) {
    await page.getByRole('button', { name: 'Try now' }).click()
    await page.waitForTimeout(100)
  }
  await page.getByRole('button', { name: 'Try now' }).click()
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
  assert.ok(dropped >= 4)
  for (let i = 0; i < 3; i++) assert.equal((await posts(found, i)).length, 1)
})

test('answers that are none of this protocol stop nothing', async (t) => {
  const found = await kitOf(t, 3, {}, false)
  if (found === null) return
  const { page, net } = found
  const json = { contentType: 'application/json', headers: { 'access-control-allow-origin': '*' } }
  await page.route(`${net.members[0]!.url}dgos/v1/objects*`, (route) =>
    route.request().method() === 'POST' ? route.fulfill({ ...json, body: '{"answers":{}}' }) : route.continue(),
  )
  let strange = 0
  await page.route('**/holders', (route) =>
    strange++ < 2 ? route.fulfill({ ...json, body: 'null' }) : route.continue(),
  )
  await sign(page, 'Whatever they say')
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
  assert.ok(strange > 2)
})

test('an image whose sending broke off is sent again', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const { page } = found
  let broken = 0
  await page.route('**/dgos/v1/blobs/*', (route) =>
    route.request().method() === 'PUT' && broken++ === 0 ? route.abort('connectionreset') : route.continue(),
  )
  await page.locator('#image-files').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await photo(page) })
  await page.locator('#images .image').waitFor()
  await sign(page, 'Picture')
  await page.getByText('Signed. It waits here for a network.').waitFor()
  await page.getByRole('button', { name: 'Try now' }).click()
  await page.getByText('Safe: your one friend keeps it.').waitFor()
})

test('a picture has the time that its bytes take on a line of 64 kbit/s', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const { page } = found
  const allowed = await page.evaluateHandle(() => {
    const { timeout } = AbortSignal
    const all: number[] = []
    AbortSignal.timeout = (ms) => {
      all.push(ms)
      return timeout.call(AbortSignal, ms)
    }
    return all
  })
  await page.locator('#image-files').setInputFiles({ name: 'a.jpg', mimeType: 'image/jpeg', buffer: await photo(page) })
  await page.locator('#images .image').waitFor()
  await sign(page, 'Picture')
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  const [post] = await posts(found)
  const [{ bytes }] = post!.current.payload.attachments as unknown as [{ bytes: number }]
  const longest = Math.max(...(await allowed.jsonValue()))
  assert.ok(longest >= 60_000 + (bytes * 8) / 64, `${longest} ms for ${bytes} bytes`)
})

test('a post is saved as a signed file, the kit is saved anew with all its mirrors, and a drill is an exercise', async (t) => {
  const found = await kitOf(t, 4, { up: true }, false)
  if (found === null) return
  const { page, net } = found
  await page.getByText('4 mirrors').waitFor()
  await sign(page, 'While it is up')
  await page.getByText('Not taken yet: the network sees your blog as up.').waitFor()
  const saving = page.waitForEvent('download')
  await page.locator('#sent-list').getByRole('button', { name: 'Save as a signed file' }).click()
  assert.equal((await saving).suggestedFilename(), `${blogHost}.dgos`)
  const again = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Save this kit anew' }).click()
  const kit = await readFile(await (await again).path(), 'utf8')
  const { program } = await builtKit()
  assert.equal(kit.slice(0, program.length), program, 'a copy of a copy has the same program, byte for byte')
  assert.equal((dataOfKit(kit) as KitData).mirrors.length, 4)
  await page.getByRole('button', { name: 'Fire drill' }).click()
  await page.getByText('For ten minutes 4 members play').waitFor()
  const state = await net.members[0]!.ledger.state(net.blog.id)
  assert.deepEqual([state.state, state.exercise], ['down', true])
  assert.ok(state.until! <= Date.now() + 10 * 60_000)
  await page.getByRole('button', { name: 'Try now' }).click()
  await page.getByText('Safe: all 4 friends keep it.').waitFor()
})

test('unlocked to stay, the kit signs after a restart without the passphrase, and Lock ends that', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const { page } = found
  await page.getByLabel('Stay unlocked on this device').check()
  await sign(page, 'First')
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  await page.reload()
  await page.locator('#unlocked').waitFor()
  await sign(page, 'Without words')
  await page.getByText('Safe: your one friend keeps it.').nth(1).waitFor()
  await page.getByRole('button', { name: 'Lock' }).click()
  await page.locator('#unlock').waitFor()
  await page.reload()
  await page.getByLabel('Passphrase of this kit').waitFor()
})

test('a post is changed and taken back from the kit, also one of another device, and what it said before is kept', async (t) => {
  const found = await kitOf(t, 3, {}, false)
  if (found === null) return
  const { page } = found
  await sign(page, 'First words')
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
  await page.locator('#sent-list').getByRole('button', { name: 'Edit' }).click()
  await page.getByText('You are editing "First words".').waitFor()
  await page.reload()
  await page.getByText('You are editing "First words".').waitFor()
  await sign(page, 'Better words')
  await page.getByText('Safe: all 3 friends keep it.').nth(1).waitFor()
  assert.equal(await page.locator('#sent-list').getByRole('button', { name: 'Edit' }).count(), 1)
  const [post, more] = await posts(found)
  assert.equal(more, undefined)
  assert.deepEqual(
    post!.history.map((version) => version.payload.title),
    ['First words', 'Better words'],
  )

  // as on another device, whose browser has signed nothing
  await page.evaluate((blog) => localStorage.removeItem(`dgos.queue.${blog}`), found.net.blog.id)
  await page.reload()
  await openMenu(page)
  await page.getByRole('button', { name: 'Show my posts' }).click()
  const row = page.locator('#earlier-list li', { hasText: 'Better words' }).first()
  await row.getByText('1 earlier text').click()
  await row.getByText('First words, from my own').waitFor()
  await page.getByLabel('Passphrase of this kit').fill(phrase)
  await row.getByRole('button', { name: 'Withdraw' }).click()
  assert.equal((await posts(found))[0]!.withdrawn, false, 'one press takes nothing back')
  await row.getByRole('button', { name: 'Withdraw it' }).click()
  await page.getByText('Withdrawn. Mirrors no longer show it').waitFor()
  await page.getByText('Withdrawn at all 3 mirrors.').waitFor()
  assert.equal((await posts(found))[0]!.withdrawn, true)
  assert.equal((await posts(found)).length, 1)
})

test('an edit made a post of its own replaces nothing', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const { page } = found
  await sign(page, 'Kept as it is')
  await page.getByText('Safe: your one friend keeps it.').waitFor()
  await page.locator('#sent-list').getByRole('button', { name: 'Edit' }).click()
  await page.getByRole('button', { name: 'Make it a new post' }).click()
  assert.equal(await page.locator('#editing').isVisible(), false)
  await sign(page, 'Another')
  await page.getByText('Safe: your one friend keeps it.').nth(1).waitFor()
  assert.deepEqual(
    (await posts(found)).map((post) => post.current.payload.title),
    ['Another', 'Kept as it is'],
  )
})

test('a program packed and unpacked is the same, whatever its length', async () => {
  const { base85 } = await import('../../activation/doors/kit/kit-file.ts')
  assert.equal(base85(utf8('')), '')
  const packed = base85(Uint8Array.from({ length: 256 }, (_, i) => i))
  assert.equal(packed.length, 320)
  assert.match(packed, /^[#-;=-x]+$/, 'nothing that a page would take for markup')
  assert.equal(base85(new Uint8Array([255, 255, 255, 255])).length, 5)
  assert.equal(base85(new Uint8Array([1, 2])).length, 3)
})

test('a fresh kit takes the keys and mirrors of an old one, and nothing from another file', async (t) => {
  const found = await kitOf(t, 1)
  if (found === null) return
  const { page, path } = found
  const fresh = await freshKit(t)
  await page.goto(pathToFileURL(fresh).href)
  const choose = page.getByLabel('Kit file')
  await choose.setInputFiles({ name: 'x.html', mimeType: 'text/html', buffer: Buffer.from('<p>no kit</p>') })
  await page.getByText('That file is not a kit with keys in it.').waitFor()
  await choose.setInputFiles(path)
  await sign(page, 'From the old keys')
  await page.getByText('Signed. It waits here for a network.').waitFor()
})
