/** The kit's panel for bad days in a real Chromium, from the disk: a forgotten passphrase, a lost kit, a new form passphrase. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import test, { type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { steps } from '../../activation/doors/kit/bad-day-steps.ts'
import type { KitData } from '../../activation/doors/kit/kit-data.ts'
import { dataOfKit } from '../../activation/doors/kit/kit-file.ts'
import { recoveryWords } from '../../activation/doors/recovery-words.ts'
import { openVault } from '../../activation/doors/vault.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { blogHost, type FormMembers } from './form-members.ts'
import { freshKit, kitOf, phrase, sign } from './kit-editor.ts'
import { saveAndChoose } from './kit-setup.ts'

const sheet = recoveryWords(sha256(utf8('ana recovery'))).join(' ')

async function roles(net: FormMembers) {
  return keyRolesOf(await net.members[0]!.ledger.blog(net.blog.id))!
}

async function choose(page: Page, title: RegExp): Promise<void> {
  const choice = page.getByLabel('What has happened')
  const label = (await choice.locator('option').allTextContents()).find((textContent) => title.test(textContent))!
  await choice.selectOption({ label })
  await page.locator('#bad-form').waitFor()
}

/** Saves the new kit, chooses the saved file, waits until members know it, opens it, and gives its data. */
async function openNewKit(t: TestContext, page: Page, said: string): Promise<KitData> {
  const path = await saveAndChoose(t, page)
  await page.getByText(said).waitFor()
  await page.goto(pathToFileURL(path).href)
  await page.locator('#write').waitFor()
  return dataOfKit(await readFile(path, 'utf8')) as KitData
}

test('axe-core finds nothing in any step', async (t) => {
  const found = await kitOf(t, 1, {}, false)
  if (found === null) return
  const { page } = found
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  for (const name of Object.keys(steps)) {
    await page.getByLabel('What has happened').selectOption(name)
    await page.locator('#bad-form').waitFor()
    const wrong = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run(at: string): Promise<{ violations: { id: string }[] }> }
      }
      return (await axe.run('#bad-days')).violations.map((violation) => violation.id)
    })
    assert.deepEqual(wrong, [], name)
  }
})

test('a passphrase is forgotten: with the words on paper a new kit, whose posts the mirrors take', async (t) => {
  const found = await kitOf(t, 3, {}, false)
  if (found === null) return
  const { page, net } = found
  await choose(page, /passphrase forgotten/)
  await page.getByRole('button', { name: 'Sign and hand in' }).click()
  await page.getByText('Recovery words: type the words of sheet 1.').waitFor()
  await page.locator('#bad-sheet').fill(sheet.replace(/^\w+/, 'wurd'))
  await page.getByRole('button', { name: 'Sign and hand in' }).click()
  await page.getByText('word 1, "wurd", is not in the list').waitFor()
  await page.locator('#bad-sheet').fill(sheet)
  await page.getByLabel('My blog is still down').check()
  await page.getByRole('button', { name: 'Sign and hand in' }).click()
  const words = await page.locator('#bad-phrase').innerText()
  assert.notEqual(words, phrase)
  assert.equal(await page.locator('#bad-sheet').inputValue(), '', 'the words do not stay on the page')
  assert.equal((await roles(net)).chain.current.payload.version, 1, 'nothing ends before the new kit is found again')
  const data = await openNewKit(t, page, '1 of your posting keys ended. 3 members know it.')
  assert.deepEqual(
    (await roles(net)).chain.current.payload.posting.map((posting) => posting.key),
    [data.posting],
  )
  assert.ok((await roles(net)).revoked.has(signerOf('ana posting').key))
  await sign(page, 'Again on the old machine', words)
  await page.getByText('Safe: all 3 friends keep it.').waitFor()
})

test('whatever needs the key of the kit asks for its passphrase there and then', async (t) => {
  const found = await kitOf(t, 2, {}, false)
  if (found === null) return
  const { page } = found
  const asked = page.getByRole('dialog', { name: 'Unlock your kit' })
  for (const name of Object.keys(steps)) {
    await page.getByLabel('What has happened').selectOption(name)
    await page.locator('#bad-form').waitFor()
    await page.getByRole('button', { name: 'Unlock this kit' }).click()
    await asked.waitFor()
    await page.keyboard.press('Escape')
    await asked.waitFor({ state: 'hidden' })
  }
  for (const name of ['Fire drill', 'My blog is back']) {
    await page.getByRole('button', { name }).click()
    await asked.getByRole('button', { name: 'Cancel' }).click()
    await page.locator('#more-answer').getByText('Not done: the kit is locked.').waitFor()
  }
  await page.getByRole('button', { name: 'My blog is back' }).click()
  await asked.getByLabel('Your passphrase').fill(phrase)
  await page.keyboard.press('Enter')
  await page.getByText('2 members know that the outage is over.').waitFor()
  assert.equal(await page.locator('#bad-locked').isVisible(), false)
})

test('the kit is lost: from a fresh one, the blog, a member and sheet 1', async (t) => {
  const found = await kitOf(t, 2, {}, false)
  if (found === null) return
  const { page, net } = found
  await page.goto(pathToFileURL(await freshKit(t)).href)
  await page.getByText('Your kit is lost, or nobody').click()
  await page.getByLabel('Address of your blog').fill(`https://${blogHost}/`)
  await page.getByLabel('A member that knows it').fill('http://127.0.0.1:9/')
  await page.getByLabel('The words of recovery sheet 1').fill(sheet)
  await page.getByRole('button', { name: 'Make a new kit' }).click()
  await page.getByText('or does not answer. Nothing is lost.').waitFor()
  assert.equal((await roles(net)).chain.current.payload.version, 1)
  await page.getByLabel('A member that knows it').fill(net.members[0]!.url)
  await page.getByRole('button', { name: 'Make a new kit' }).click()
  const words = await page.locator('#bad-phrase').innerText()
  assert.equal((await roles(net)).chain.current.payload.version, 1, 'nothing ends before the new kit is found again')
  const data = await openNewKit(t, page, '1 of your posting keys ended.')
  const form = words.split(' ').slice(0, 6).join(' ')
  const opened = await Promise.all(
    [...(await roles(net)).delegations.values()].map(({ payload }) => openVault(payload.vault!, form)),
  )
  assert.ok(
    opened.some(({ ok }) => ok),
    'the form has a new passphrase, and it is shown',
  )
  assert.deepEqual([data.blog, data.addresses], [net.blog.id, [`https://${blogHost}/`]])
  await page.getByLabel('My blog is down').check()
  await sign(page, 'From paper', words)
  await page.getByText('Safe: all 2 friends keep it.').waitFor()
})

test("the form's passphrase is replaced with the kit's key; with no network nothing is asked", async (t) => {
  const found = await kitOf(t, 2, {}, false)
  if (found === null) return
  const { page, context, net } = found
  await choose(page, /passphrase of the form/)
  assert.equal(await page.locator('#bad-recovery').isVisible(), false)
  await page.getByRole('button', { name: 'Sign and hand in' }).click()
  const asked = page.getByRole('dialog', { name: 'Unlock your kit' })
  await asked.getByRole('button', { name: 'Cancel' }).click()
  await page.getByText('Not done: the kit is locked.').waitFor()
  await page.getByRole('button', { name: 'Sign and hand in' }).click()
  await asked.getByLabel('Your passphrase').fill('not the words')
  await asked.getByRole('button', { name: 'Unlock' }).click()
  await asked.getByText('That is not the passphrase.').waitFor()
  await asked.getByLabel('Your passphrase').fill(phrase)
  await asked.getByRole('button', { name: 'Unlock' }).click()
  await page.getByText('2 members know it.').waitFor()
  assert.match(await page.locator('#bad-secret').innerText(), /^(\w+ ){5}\w+$/)
  assert.ok((await roles(net)).revoked.has(signerOf('outage').key))
  await context.setOffline(true)
  await page.getByLabel('What has happened').selectOption('')
  await page.getByLabel('What has happened').selectOption('sheet')
  await page.getByText('No mirror answers. This needs a network').waitFor()
})
