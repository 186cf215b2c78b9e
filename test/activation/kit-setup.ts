/** An author at the steps of a fresh kit: the papers, three words asked back, the file saved and chosen again. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Page } from 'playwright-core'
import { temporaryFolder } from '../support/temporary-folder.ts'

export type Papers = { readonly phrase: string; readonly words: readonly string[] }

/** Makes the keys, and reads what is to be printed. */
export async function makePapers(page: Page): Promise<Papers> {
  await page.getByRole('button', { name: 'Make my keys' }).click()
  await page.locator('#words-1 li').nth(12).waitFor()
  const words = await page.locator('#words-1 li').allInnerTexts()
  const phrase = (await page.locator('#phrase-words li').allInnerTexts()).join(' ')
  assert.deepEqual([words.length, phrase.split(' ').length], [13, 9])
  return { phrase, words }
}

export async function answerWords(page: Page, words: readonly string[]): Promise<void> {
  for (const field of await page.locator('#check-fields input').all()) {
    const at = Number((await field.getAttribute('id'))!.slice('word-'.length))
    await field.fill(words[at]!)
  }
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.locator('#save-first').waitFor({ timeout: 120_000 })
}

/** Saves a kit, and chooses the saved file again. The path of the file. */
export async function saveAndChoose(t: TestContext, page: Page): Promise<string> {
  const saving = page.waitForEvent('download')
  await page.locator('#save-first').click()
  const path = join(await temporaryFolder(t, 'kit'), 'saved.html')
  await (await saving).saveAs(path)
  await page.locator('#saved-kit').setInputFiles(path)
  return path
}
