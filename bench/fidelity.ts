/**
 * npm run bench -- fidelity [--json]: real sites, made here by real generators and themes, each beside its copy in Chromium.
 *
 *   site → original seen (settled) and served → captured, kept, read from a mirror with the site dead → shares
 *
 * Wanted is what the settled original shows *and* the server sent; what only scripts made is counted apart. SingleFile's
 * command line copies the same page in the same run. A row for each page is written as it is measured (.cache/fidelity),
 * and one that stands there for this state of the renderer is not measured again.
 */
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { openChromium } from '../test/sites/chromium.ts'
import { mirrored } from '../test/sites/mirrored.ts'
import type { BenchOptions, BenchResult } from './bench.ts'
import { debianPrograms, generatedSites } from './fidelity/generated.ts'
import { hexoSites } from './fidelity/hexo.ts'
import { needsPrograms } from './fidelity/installed.ts'
import { type PageSeen, screenDifference, see, served } from './fidelity/look.ts'
import { addedMax, common, foundMin, isFaithful, type Share, shareOf, without } from './fidelity/shares.ts'
import { singleFileSeen } from './fidelity/single-file.ts'
import type { FidelitySite } from './fidelity/site.ts'
import { wordPressSites } from './fidelity/wordpress.ts'
import { writtenSites } from './fidelity/written.ts'

const sites: readonly FidelitySite[] = [...wordPressSites, ...hexoSites, ...writtenSites, ...generatedSites]
const sitesMin = 30
const generatedMin = 22
/** The line that a mirror puts above a copy. */
const ownLine = 'div[role=note][style^="all:initial"]'
const folder = join(import.meta.dirname, '..', '.cache', 'fidelity')

type Row = {
  readonly site: string
  readonly page: string
  readonly by: FidelitySite['by']
  readonly words: Share
  readonly pictures: Share
  /** Words and pictures that only a script had made. */
  readonly scripted: { readonly words: number; readonly pictures: number }
  readonly screen: number
  readonly foreign: number
  readonly scripts: number
  readonly singleFile:
    | { readonly words: number; readonly of: number; readonly pictures: number; readonly added: number }
    | string
  /** Nothing is seen without scripts: the copy is made of the feed's articles, and says so. */
  readonly shell: boolean
}
type Failed = { readonly site: string; readonly page: string; readonly failed: string }

export async function run({ fast }: BenchOptions): Promise<BenchResult> {
  needsPrograms(debianPrograms)
  await mkdir(folder, { recursive: true })
  const file = join(folder, `rows-${await stateOfRenderer()}.jsonl`)
  const known = new Map((await rowsOf(file)).map((row) => [`${row.site} ${row.page}`, row]))
  const wanted = process.env.DGOS_FIDELITY_SITES?.split(',') ?? null
  for (const site of sites) {
    if (wanted !== null && !wanted.includes(site.name)) continue
    if (wanted === null && site.pages.every((page) => known.has(`${site.name} ${page}`))) continue
    for (const row of await rowsOfSite(site, fast)) {
      known.set(`${row.site} ${row.page}`, row)
      await appendFile(file, `${JSON.stringify(row)}\n`)
      console.error('failed' in row ? `${row.site} /${row.page}: ${row.failed}` : lineOf(row))
    }
  }
  return summary([...known.values()])
}

/** The code that makes copies, the sites and the measure: a row counts for one state of them. */
async function stateOfRenderer(): Promise<string> {
  const hash = createHash('sha256')
  for (const dir of ['../mirror/pages', '../mirror/capture', 'fidelity']) {
    const at = join(import.meta.dirname, dir)
    for (const name of (await readdir(at)).filter((name) => name.endsWith('.ts')).sort())
      hash.update(await readFile(join(at, name)))
  }
  return hash.digest('hex').slice(0, 12)
}

async function rowsOf(file: string): Promise<readonly (Row | Failed)[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row | Failed)
}

async function rowsOfSite(site: FidelitySite, fast: boolean): Promise<readonly (Row | Failed)[]> {
  const acts: (() => Promise<void> | void)[] = []
  const t = { after: (act: () => Promise<void> | void) => void acts.push(act) }
  try {
    return await measured(site, t, fast)
  } catch (error) {
    return site.pages.map((page) => ({ site: site.name, page, failed: String(error).slice(0, 1000) }))
  } finally {
    for (const act of acts) await Promise.resolve(act()).catch((error: unknown) => console.error(String(error)))
  }
}

async function measured(site: FidelitySite, t: Parameters<typeof mirrored>[0], fast: boolean) {
  const origin = await site.make(t)
  const browser = await openChromium(t)
  const originals = []
  for (const page of site.pages) {
    const url = new URL(page, origin.url).href
    const original = await see(browser, url)
    const alone = fast ? 'not asked' : await singleFileSeen(browser, url)
    originals.push({ page, original, sent: await served(browser, url), alone })
  }
  const { copy, fall, snapshot } = await mirrored(t, origin.url)
  await origin.stop()
  await fall()
  const rows: (Row | Failed)[] = []
  for (const { page, original, sent, alone } of originals) {
    const path = [`/${page}`, `/${page}index.html`].find((path) => snapshot.pages.some((taken) => taken.path === path))
    if (path === undefined) {
      const taken = snapshot.pages.map((page) => page.path).join(' ')
      rows.push({ site: site.name, page, failed: `not in the copy, which has ${taken}` })
      continue
    }
    const shown = await see(browser, copy + path, ownLine)
    const pair = { original, sent, shown, alone }
    rows.push({ ...rowOf(site, page, pair), screen: await screenDifference(browser, original.screen, shown.screen) })
    if (process.env.DGOS_FIDELITY_PICTURES !== undefined) await keepScreens(site, page, pair)
  }
  return rows
}

type Pair = {
  readonly original: PageSeen
  readonly sent: { readonly words: readonly string[]; readonly html: string }
  readonly shown: PageSeen
  readonly alone: PageSeen | string
}

function rowOf(site: FidelitySite, page: string, { original, sent, shown, alone }: Pair): Omit<Row, 'screen'> {
  const wantedWords = common(original.words, sent.words)
  const images = (sent.html.match(/<(?:img|picture|image)\b/gi) ?? []).length
  const drawings = (sent.html.match(/<svg\b/gi) ?? []).length
  const wantedPictures = [
    ...original.pictures.filter((picture) => picture.startsWith('image')).slice(0, images),
    ...original.pictures.filter((picture) => picture === 'drawing').slice(0, drawings),
    ...original.pictures.filter((picture) => picture === 'background'),
  ]
  const beside = (seen: PageSeen) => ({
    words: common(wantedWords, seen.words).length,
    of: wantedWords.length,
    pictures: common(wantedPictures, seen.pictures).length,
    added: without(seen.words, original.words).length,
  })
  return {
    site: site.name,
    page,
    by: site.by,
    words: shareOf(wantedWords, original.words, shown.words),
    pictures: shareOf(wantedPictures, original.pictures, shown.pictures),
    scripted: {
      words: original.words.length - wantedWords.length,
      pictures: original.pictures.length - wantedPictures.length,
    },
    foreign: shown.foreign,
    scripts: shown.scripts,
    singleFile: typeof alone === 'string' ? alone : beside(alone),
    shell: site.scripted === true,
  }
}

async function keepScreens(site: FidelitySite, page: string, { original, shown, alone }: Pair): Promise<void> {
  const name = `${site.name} ${page}`.replace(/[^a-z0-9]+/g, '-')
  await writeFile(join(folder, `${name}-original.png`), original.screen)
  await writeFile(join(folder, `${name}-copy.png`), shown.screen)
  if (typeof alone !== 'string') await writeFile(join(folder, `${name}-single-file.png`), alone.screen)
}

function lineOf({ site, page, words, pictures, scripted, screen, singleFile }: Row): string {
  const share = ({ found, of, added }: Share) => `${found}/${of} +${added}`
  const other =
    typeof singleFile === 'string'
      ? singleFile
      : `${singleFile.words}/${singleFile.of} +${singleFile.added}, pictures ${singleFile.pictures}`
  const lost = [...words.lost, ...words.extra.map((word) => `+${word}`)].join(' ')
  const seen = `words ${share(words)} (scripts ${scripted.words}), pictures ${share(pictures)} (${scripted.pictures})`
  return `${site} /${page}: ${seen}, screen ${(screen * 100).toFixed(1)} %, SingleFile ${other} ${lost} ${pictures.lost.join(' ')} ${pictures.extra.map((picture) => `+${picture}`).join(' ')}`
}

function summary(all: readonly (Row | Failed)[]): BenchResult {
  const rows = all.filter((row): row is Row => !('failed' in row))
  const judged = rows.filter((row) => !row.shell)
  const sum = (pick: (row: Row) => number) => judged.reduce((total, row) => total + pick(row), 0)
  const failed = all.filter((row): row is Failed => 'failed' in row)
  const below = judged.filter(
    (row) =>
      typeof row.singleFile !== 'string' &&
      (row.words.found < row.singleFile.words || row.pictures.found < row.singleFile.pictures),
  )
  const names = (list: readonly (Row | Failed)[]) => [...new Set(list.map((row) => row.site))]
  const missed = [
    ...failed.map((row) => `${row.site} /${row.page}: ${row.failed.split('\n')[0]}`),
    ...judged.filter((row) => !isFaithful(row.words) || !isFaithful(row.pictures)).map(lineOf),
    ...below.map((row) => `below SingleFile: ${lineOf(row)}`),
    ...rows
      .filter((row) => row.foreign > 0 || row.scripts > 0)
      .map((row) => `${row.site}: ${row.foreign} foreign requests, ${row.scripts} scripts`),
    ...(names(rows).length < sitesMin ? [`${names(rows).length} sites of ${sitesMin}`] : []),
    ...(names(rows.filter((row) => row.by === 'generator')).length < generatedMin
      ? ['too few sites of generators']
      : []),
  ]
  return {
    bench: 'fidelity',
    targets: { found: foundMin, added: addedMax, foreign: 0, scripts: 0 },
    sites: names(rows).length,
    generated: names(rows.filter((row) => row.by === 'generator')).length,
    pages: rows.length,
    words: sum((row) => row.words.found) / sum((row) => row.words.of),
    pictures: sum((row) => row.pictures.found) / sum((row) => row.pictures.of),
    added: sum((row) => row.words.added) / sum((row) => row.words.shown),
    scriptedWords: sum((row) => row.scripted.words),
    singleFile: {
      words:
        sum((row) => (typeof row.singleFile === 'string' ? 0 : row.singleFile.words)) /
        sum((row) => (typeof row.singleFile === 'string' ? 0 : row.singleFile.of)),
      failed: names(judged.filter((row) => typeof row.singleFile === 'string')),
    },
    load: loadavg().map((load) => Number(load.toFixed(2))),
    rows,
    missed,
  }
}
