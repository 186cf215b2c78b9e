/**
 * `npm run inert -- [--documents 48000] [--again] [--fresh] [--json]`: hostile documents, rebuilt in TypeScript and in PHP.
 * None may hold anything that runs, asks for something elsewhere or submits, as a tree read once, read and written again, or
 * rebuilt twice, with scripts on and off; in Chromium none may be read as another tree after it was written once (mutation),
 * and of each batch some are opened for real.
 *
 * Resumable: .cache/inert/state.json says which batches were seen; a run goes on where the last one ended. Faults are kept
 * beside it, one file each; `--again` looks at their batches once more. Exits 1 where there are any.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parse, serialize } from 'parse5'
import { type Browser, chromium, type Page } from 'playwright-core'
import { inertPage } from '../../mirror/pages/inert.ts'
import { html } from '../../mirror/pages/markup.ts'
import { problemIn } from '../../test/mirror/inert-problems.ts'
import { problemIn as problemInPhp } from '../../test/wordpress/inert-problems.ts'
import { callPages, rebuild } from '../../test/wordpress/pages-php.ts'
import { hasPhp } from '../../test/wordpress/php.ts'
import { documentsPerBatch, hostileDocuments } from './documents.ts'

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '48000' },
    again: { type: 'boolean', default: false },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const folder = join(import.meta.dirname, '../../.cache/inert')
const stateFile = join(folder, 'state.json')
const chromiumPath = '/usr/bin/chromium'
/** Of a batch, opened as pages: to read a tree is quick, to load one is not. */
const openedPerBatch = 20

type Fault = { readonly batch: number; readonly index: number; readonly why: string }
type State = { batches: number; opened: number; php: number; faults: readonly Fault[] }

mkdirSync(folder, { recursive: true })
const state: State =
  values.fresh || !existsSync(stateFile)
    ? { batches: 0, opened: 0, php: 0, faults: [] }
    : (JSON.parse(readFileSync(stateFile, 'utf8')) as State)
const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const place = { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: html`` }
const wanted = Math.ceil(Number(values.documents) / documentsPerBatch)
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (stopped = true))

const startMs = performance.now()
const begun = state.batches
const browser: Browser | null = existsSync(chromiumPath)
  ? await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
  : null
if (values.again)
  for (const batch of new Set(state.faults.map((fault) => fault.batch))) {
    const others = state.faults.filter((fault) => fault.batch !== batch)
    state.faults = [...others, ...(await faultsOf(batch))]
    keepState()
  }
while (state.batches < wanted && !stopped) {
  state.faults = [...state.faults, ...(await faultsOf(state.batches))]
  state.php += hasPhp() ? documentsPerBatch : 0
  state.opened += browser === null ? 0 : openedPerBatch
  state.batches++
  keepState()
}
await browser?.close()

const result = {
  bench: 'inert',
  documents: state.batches * documentsPerBatch,
  thisRun: (state.batches - begun) * documentsPerBatch,
  alsoInPhp: state.php,
  openedInChromium: state.opened,
  seconds: Math.round((performance.now() - startMs) / 1000),
  load: Math.round(loadavg()[0]!),
  faults: state.faults.length,
}
process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`)
for (const { batch, index, why } of state.faults.slice(0, 50))
  process.stderr.write(`.cache/inert/${batch}-${index}.html: ${why}\n`)
process.exit(state.faults.length === 0 && state.batches >= wanted ? 0 : 1)

function keepState(): void {
  writeFileSync(`${stateFile}.new`, JSON.stringify(state))
  renameSync(`${stateFile}.new`, stateFile)
}

async function faultsOf(batch: number): Promise<readonly Fault[]> {
  const documents = hostileDocuments(batch)
  const rebuilt = documents.map((text) => inertPage(text, links, place))
  const problems = [
    ...documents.map((_, index) => ({ index, why: inTypeScript(rebuilt[index]!) })),
    ...(hasPhp() ? await inPhp(documents) : []),
    ...(browser === null ? [] : await inChromium(browser, rebuilt)),
  ]
  const faults: Fault[] = []
  for (const { index, why } of problems) {
    if (why === null) continue
    faults.push({ batch, index, why })
    writeFileSync(join(folder, `${batch}-${index}.html`), documents[index]!)
  }
  return faults
}

function inTypeScript(text: string): string | null {
  for (const form of [text, serialize(parse(text)), inertPage(text, links, place)])
    for (const scripting of [true, false]) {
      const problem = problemIn(form, scripting)
      if (problem !== null) return `TypeScript: ${problem}`
    }
  return null
}

async function inPhp(documents: readonly string[]): Promise<{ readonly index: number; readonly why: string | null }[]> {
  const pages = (await callPages(rebuild, { pages: documents.map((text) => text.replaceAll('\0', '')) })) as (
    | string
    | null
  )[]
  return pages.map((page, index) => {
    if (page === null) return { index, why: null }
    for (const form of [page, serialize(parse(page))])
      for (const scripting of [true, false]) {
        const problem = problemInPhp(form, scripting)
        if (problem !== null) return { index, why: `PHP: ${problem}` }
      }
    return { index, why: null }
  })
}

async function inChromium(browser: Browser, pages: readonly string[]) {
  const context = await browser.newContext()
  const page = await context.newPage()
  const problems: { readonly index: number; readonly why: string | null }[] = []
  const asked: string[] = []
  await context.route('**/*', (route) => {
    asked.push(route.request().url())
    return route.abort()
  })
  await page.setContent('<p>reader</p>')
  for (const [index, why] of (await page.evaluate(mutated, pages)).entries()) problems.push({ index, why })
  for (let index = 0; index < openedPerBatch; index++)
    problems.push({ index, why: await opened(page, pages[index]!, asked) })
  await context.close()
  return problems
}

/** In the browser: what a page is after it was read, written and read again; the tree must be the same, and hold nothing that acts. */
function mutated(pages: readonly string[]): (string | null)[] {
  const read = (text: string) => new DOMParser().parseFromString(text, 'text/html')
  return pages.map((text) => {
    const first = read(text)
    const again = read(`<!DOCTYPE html>${first.documentElement.outerHTML}`)
    for (const document of [first, again])
      for (const element of document.querySelectorAll('*')) {
        if (/^(script|iframe|object|embed|form|base|portal|frame|frameset|applet)$/i.test(element.localName))
          return `Chromium: <${element.localName}>`
        for (const { name, value } of element.attributes)
          if (/^on|^(srcdoc|formaction|action)$/i.test(name) || /^\s*javascript:/i.test(value))
            return `Chromium: ${element.localName} ${name}`
      }
    return null
  })
}

async function opened(page: Page, text: string, asked: string[]): Promise<string | null> {
  asked.length = 0
  await page.setContent(text, { waitUntil: 'domcontentloaded' })
  const ran = await page.evaluate(() => {
    for (const element of document.querySelectorAll('*'))
      for (const kind of ['mouseover', 'focus', 'toggle', 'error', 'load']) element.dispatchEvent(new Event(kind))
    return (window as unknown as { __ran?: number }).__ran ?? 0
  })
  const elsewhere = asked.find((url) => !/\/m\//.test(url))
  return ran > 0
    ? 'Chromium: ran a script'
    : elsewhere === undefined
      ? null
      : `Chromium: asked for ${elsewhere.slice(0, 80)}`
}
