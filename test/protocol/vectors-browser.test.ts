import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium, type Page } from 'playwright-core'
import { nodePlatform } from '../../lib/platform.ts'
import { checkCase, type VectorFile } from '../../protocol/vectors/check.ts'
import { realComponent } from '../support/real-component.ts'

const folder = new URL('../../protocol/vectors/', import.meta.url)

/** What runs in the page: the same checker, on the browser's own Ed25519 and a SHA-256 in JavaScript. */
const program = `
import { sha256 } from '@noble/hashes/sha2.js'
import { checkCase } from './check.ts'

async function verify(key, message, signature) {
  let imported
  try {
    imported = await crypto.subtle.importKey('raw', key, 'Ed25519', false, ['verify'])
  } catch {
    return false // not a point: no signature of such a key is good
  }
  return crypto.subtle.verify('Ed25519', imported, signature, message)
}

globalThis.checkFile = async (text) => {
  const file = JSON.parse(text)
  const wrong = []
  for (const one of file.cases) {
    const { agrees, found } = await checkCase(file, one, { sha256, verify })
    if (!agrees) wrong.push(one.name + ': found ' + JSON.stringify(found))
  }
  return { cases: file.cases.length, wrong }
}`

async function openPage(executablePath: string, script: string): Promise<{ page: Page; close(): Promise<void> }> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const page = await browser.newPage()
  // A secure context without any server: the one page is answered here.
  await page.route('**/*', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>v</title>' }),
  )
  await page.goto('http://localhost/')
  await page.addScriptTag({ content: script })
  return { page, close: () => browser.close() }
}

test('Node and Chromium give the same answer to every case', async (t) => {
  const executablePath = realComponent(t, 'chromium')
  if (executablePath === null) return
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: dirname(fileURLToPath(new URL('check.ts', folder))), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'chrome137',
  })
  const { page, close } = await openPage(executablePath, outputFiles[0]!.text)
  t.after(close)
  let [cases, agree, inNode] = [0, 0, 0]
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.json'))) {
    const text = await readFile(new URL(name, folder), 'utf8')
    const result = await page.evaluate(
      (file) => (globalThis as unknown as { checkFile(text: string): Promise<unknown> }).checkFile(file),
      text,
    )
    const { cases: count, wrong } = result as { cases: number; wrong: readonly string[] }
    cases += count
    agree += count - wrong.length
    inNode += await agreeingInNode(JSON.parse(text) as VectorFile)
    for (const problem of wrong) t.diagnostic(`${name}, ${problem}`)
  }
  t.diagnostic(`${cases} cases, Node ${inNode} agree, Chromium ${agree} agree`)
  assert.ok(cases >= 300)
  assert.deepEqual([inNode, agree], [cases, cases])
})

async function agreeingInNode(file: VectorFile): Promise<number> {
  let count = 0
  for (const vectorCase of file.cases) if ((await checkCase(file, vectorCase, nodePlatform)).agrees) count++
  return count
}
