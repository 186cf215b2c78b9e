/** Pages as they were written before UTF-8, and one far too long: with scripts, foreign things and a picture each. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { type Origin, run, serveFolder } from './workshop.ts'
import { pictureOf } from './writing.ts'

const foreign =
  '<script>document.title = "ran"; new Image().src = "http://127.0.0.1:9/ran"</script><img src="http://127.0.0.1:9/tracker.gif" width=1 height=1 onerror="document.title=1">'

function page(head: string, title: string, body: string): string {
  return `<html><head>${head}<title>${title}</title><link rel="stylesheet" href="old.css"></head>
<body background="paper.png" onload="document.title='ran'"><h1>${title}</h1><p><img src="picture.png" alt="x"></p>${body}${foreign}</body></html>`
}

/** ISO-8859-1, named by the header alone. */
export function latinSite(t: Cleanup): Promise<Origin> {
  const title = 'Café crème à Orléans'
  const text = '<p>Où êtes-vous ? Là, près du garçon. ñ ß ø å</p>'.repeat(10)
  return site(t, Buffer.from(page('', title, text), 'latin1'), 'text/html; charset=ISO-8859-1')
}

/** Shift_JIS, named by a meta element alone. Made by iconv, so that not our own tables are tested against themselves. */
export async function japaneseSite(t: Cleanup): Promise<Origin> {
  const dir = await temporaryFolder(t, 'sjis')
  const meta = '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'
  const text = '<p>庭の野菜はよく育っています。表示能力、ソース、十分。</p>'.repeat(10)
  await writeFile(join(dir, 'utf8.html'), page(meta, '庭の日記', text))
  await run('sh', ['-c', 'iconv -f UTF-8 -t SHIFT_JIS utf8.html > sjis.html'], dir)
  const { readFile } = await import('node:fs/promises')
  return site(t, await readFile(join(dir, 'sjis.html')), 'text/html')
}

/** 4 MB of one page. */
export function longSite(t: Cleanup): Promise<Origin> {
  const parts = Array.from(
    { length: 9000 },
    (_, i) => `<h2>Entry ${i}</h2><p class="p${i % 7}">${`Words of entry ${i}, one after the other. `.repeat(10)}</p>`,
  )
  return site(t, Buffer.from(page('<meta charset="utf-8">', 'The whole diary', parts.join('\n'))), 'text/html')
}

async function site(t: Cleanup, front: Uint8Array, type: string): Promise<Origin> {
  const dir = await temporaryFolder(t, 'old')
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'index.html'), front)
  await writeFile(
    join(dir, 'old.css'),
    'body { background: #eee url("paper.png"); font-family: serif } h1 { color: rgb(1, 2, 3) }',
  )
  await writeFile(join(dir, 'picture.png'), pictureOf(1))
  await writeFile(join(dir, 'paper.png'), pictureOf(2))
  return serveFolder(t, dir, { '/': type })
}
