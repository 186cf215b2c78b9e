/** What the owner of a sheltering WordPress decides, in Chromium: allowance, refusals, pause; and what readers then get. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { pictureOf } from '../sites/writing.ts'
import { openAdmin, shoot } from './admin.ts'
import { ReaderWorld } from './reader-world.ts'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const picture = Buffer.from(pictureOf(1))
const hash = createHash('sha256').update(picture).digest('hex')
const front = '<!doctype html><html lang="en"><body><h1>Garden</h1><img src="/photo.png" alt=""></body></html>'
const asset = { url: 'https://ana.example/photo.png', bytes: picture, type: 'image/png' }

test('the owner of a sheltering blog sets what it lends, refuses a post and a blog, takes that back, pauses, and leaves', async (t) => {
  const world = await ReaderWorld.open(t)
  const { net, press } = world
  await net.capture([{ path: '/', html: front }], [asset])
  await net.fall()
  const kept = await net.post('<p>Stays.</p>', { title: 'First news' })
  const refused = await net.post('<p>Goes.</p>', { title: 'Second news' })
  await net.checkpoints(6)
  await world.tell()
  const page = await openAdmin(t, press.url)
  const mirror = `${press.url}/dgos/m/ana.example/`
  const status = async (path: string) => (await fetch(mirror + path)).status
  const says = async (words: string, path = '') => (await (await fetch(mirror + path)).text()).includes(words)
  await page.goto(`${press.url}/wp-admin/admin.php?page=dgos&tab=controls`)
  await page.getByText('1 blog is mirrored here').waitFor()

  await page.getByLabel('Disk for the blogs of others').fill('750')
  await page.getByLabel('Contact for complaints').fill('abuse@ben.example')
  await act(page, 'Save', 'Saved.')
  assert.equal(await page.getByLabel('Disk for the blogs of others').inputValue(), '750')
  assert.ok(await says('abuse@ben.example'))

  await refuse(page, { blog: net.blog, post: 'f'.repeat(64) }, 'That blog has no such post here.')
  await refuse(page, { blog: net.blog, post: refused.id }, 'Refused.')
  await page.getByRole('cell', { name: '1 post', exact: true }).waitFor()
  assert.ok(await says('First news'))
  assert.ok(!(await says('Second news')))
  assert.ok(!(await says('Second news', 'feed.xml')))
  await shoot(page, 'controls')
  assert.deepEqual(await problemsOf(page), [])

  await refuse(page, { blog: net.blog }, 'Refused.')
  assert.ok(!(await says('First news')))
  assert.notEqual(await status(`blob/${hash}`), 200)
  await net.clock.advance(60_000)
  await world.tell()
  await refuse(page, { blog: net.blog, lifted: true }, 'Taken back.')
  assert.ok(await says('First news', `p/${kept.id}`))

  await act(page, 'Pause', 'Paused. Other members take over.')
  assert.notEqual(await status(`p/${kept.id}`), 200)
  await act(page, 'Go on', 'This member works again.')
  assert.equal(await status(`p/${kept.id}`), 200)

  const leaving = () =>
    press.wp(
      'eval',
      `echo DGOS_Plugin::instance()->membership()->standing()['record']->payload->leaving ?? false ? 'goes' : 'stays';`,
    )
  const leave = page.getByRole('button', { name: 'Leave the network', exact: true })
  await net.clock.advance(60_000)
  await world.tell()
  await leave.click()
  assert.equal(await page.locator('input[name=meant]:invalid').count(), 1, 'not without a tick')
  await page.locator('input[name=meant]').evaluate((tick) => tick.removeAttribute('required'))
  await act(page, 'Leave the network', 'Tick that you mean it. Nothing was changed.')
  assert.equal(await leaving(), 'stays')
  await page.getByLabel('I mean it').check()
  await act(page, 'Leave the network', 'The other members are told.')
  assert.equal(await leaving(), 'goes')
  assert.equal(await status(`p/${kept.id}`), 200, 'what is here is still handed out')
  await shoot(page, 'controls-leaving')
  assert.deepEqual(await problemsOf(page), [])
  await net.clock.advance(60_000)
  await world.tell()
  await act(page, 'Stay after all', 'This member stays.')
  assert.equal(await leaving(), 'stays')
})

async function act(page: Page, button: string, said: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.locator('.notice', { hasText: said }).waitFor()
}

async function refuse(page: Page, what: { blog: string; post?: string; lifted?: boolean }, said: string) {
  await page.getByLabel('Id of the blog').fill(what.blog)
  await page.getByLabel('Id of one post').fill(what.post ?? '')
  await page.getByLabel('Take an earlier refusal back').setChecked(what.lifted ?? false)
  await act(page, 'Sign it', said)
}

/** What axe-core finds in the plugin's own part of the screen. */
async function problemsOf(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axePath, 'utf8'))
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(where: string): Promise<{ violations: { id: string }[] }> } }
    return (await axe.run('.wrap')).violations.map((violation) => violation.id)
  })
}
