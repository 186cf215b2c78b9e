/** The author's doors at a real WordPress member: the form with the outage key, and signed files with and without script. */
import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { writePostFile } from '../../activation/doors/post-file.ts'
import { sealVault } from '../../activation/doors/vault.ts'
import { nodeSigner } from '../../lib/platform.ts'
import { seededRandom } from '../../lib/random.ts'
import { openChromium } from '../sites/chromium.ts'
import { realComponent } from '../support/real-component.ts'
import { hasPhp } from './php.ts'
import { ReaderWorld } from './reader-world.ts'

const passphrase = 'six words that nobody ever guesses'

test('an author posts through a WordPress member with a passphrase, and hands in signed files', async (t) => {
  if (!hasPhp()) return t.skip('php is not installed')
  if (realComponent(t, 'chromium') === null) return
  const world = await ReaderWorld.open(t)
  const { url, dir } = world.press
  await world.net.head()
  await world.net.declare()
  const seed = seededRandom('outage').bytes(32)
  const vault = await sealVault(seed, passphrase, seededRandom('vault'), { n: 2 ** 12, r: 8, p: 1 })
  const until = world.net.clock.nowMs() + 30 * 86_400_000
  const may = { to: nodeSigner(seed).key, may: ['post' as const], until, postsPerDay: 10, name: 'outage key', vault }
  await world.net.say('delegation', { blog: world.net.blog, ...may })
  await world.tell()
  const page = await (await openChromium(t)).newPage()
  page.setDefaultTimeout(60_000)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text())
  })
  await page.goto(`${url}/dgos/post/ana.example`)
  await page.locator('#write').waitFor()
  await page.getByLabel('Title').fill('From a browser')
  await page.getByLabel('Text', { exact: true }).fill('We are **well**.')
  await page.getByLabel('Your passphrase').fill('some other words')
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.getByText('That is not the passphrase').waitFor()
  await page.getByLabel('Your passphrase').fill(passphrase)
  await page.getByRole('button', { name: 'Sign and send' }).click()
  await page.getByText('Sent. You can close this page').waitFor()
  const shown = await (await fetch(`${url}/dgos/m/ana.example/`)).text()
  assert.match(shown, /From a browser/)
  assert.match(shown, /We are <strong>well<\/strong>\./)

  const signed = await world.net.post('<p>Signed elsewhere.</p>', { title: 'In a file' })
  const file = join(dir, 'post.dgos')
  await writeFile(file, writePostFile([signed.envelope], new Map()))
  await page.setInputFiles('#file', file)
  await page.getByRole('button', { name: 'Hand in' }).click()
  await page.getByText('"post.dgos" is here.').waitFor()
  assert.deepEqual(problems, [])
  assert.match(await (await fetch(`${url}/dgos/m/ana.example/`)).text(), /Signed elsewhere\./)

  await withoutScript(url, (await world.net.post('<p>No script at all.</p>')).envelope)
})

/** As a browser without script sends the form. */
async function withoutScript(url: string, envelope: object): Promise<void> {
  const send = async (objects: unknown) => {
    const body = new FormData()
    body.set('file', new Blob([JSON.stringify({ objects, blobs: {} })]), 'post.dgos')
    const answer = await fetch(`${url}/dgos/post/`, { method: 'POST', body })
    return { status: answer.status, text: await answer.text() }
  }
  const taken = await send([envelope])
  assert.equal(taken.status, 200, taken.text)
  assert.match(taken.text, /Handed in/)
  assert.match(await (await fetch(`${url}/dgos/m/ana.example/`)).text(), /No script at all\./)
  const forged = await send([{ ...envelope, signatures: [{ keyid: '0'.repeat(64), sig: `${'A'.repeat(86)}==` }] }])
  assert.equal(forged.status, 422)
  assert.match(forged.text, /Not taken/)
  assert.equal((await send('<script>')).status, 422)
}
