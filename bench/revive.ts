/**
 * npm run bench -- revive [--json]: a blog of 2,000 posts archived, its server deleted, and made anew from nine mirrors of
 * which one lies. Members stand in one process on a virtual clock: hours and requests are what a real origin would see;
 * seconds are this machine's, for reading the list, fetching, checking and writing every file.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { ArchivedBlog, lyingAt } from '../test/server/archived-blog.ts'
import { urlOf } from '../test/support/network-founding.ts'
import { temporaryFolder } from '../test/support/temporary-folder.ts'
import type { BenchOptions, BenchResult } from './bench.ts'

const members = 10
const liar = 3

export async function run({ fast }: BenchOptions): Promise<BenchResult> {
  const posts = fast ? 200 : 2_000
  const acts: (() => Promise<void> | void)[] = []
  const t = { after: (act: () => Promise<void> | void) => void acts.push(act) }
  try {
    const startMs = performance.now()
    const archived = await ArchivedBlog.create(t, { posts, members })
    const archiveSeconds = (performance.now() - startMs) / 1000
    const requests = archived.web.asked.length
    const bytesOf = new Map([...archived.web.pages].map(([url, page]) => [url, Buffer.from(page.body as string)]))
    archived.web.pages.clear()
    archived.net.members[0]!.cutOff = true
    const { files, bytes, parts, leftOut } = (await archived.current()).payload
    const out = await temporaryFolder(t, 'revived')
    const reviveMs = performance.now()
    const words = ['revive', archived.blog, '--member', urlOf(1), '--out', out]
    const { code, value, err } = await archived.run(words, lyingAt(liar))
    const seconds = (performance.now() - reviveMs) / 1000
    const rows = readFileSync(join(out, 'raw.tsv'), 'utf8').trim().split('\n').slice(1)
    const different = rows.filter((row) => {
      const [name, , , url] = row.split('\t') as [string, string, string, string]
      return !readFileSync(join(out, 'raw', name)).equals(bytesOf.get(url) ?? Buffer.alloc(0))
    })
    const missed = [
      ...(code === 0 ? [] : [`revive ended with ${code}: ${err.slice(-300)}`]),
      ...(different.length === 0 ? [] : [`${different.length} files are not as they were`]),
      ...(files >= posts ? [] : [`${files} files of ${posts} posts`]),
    ]
    return {
      bench: 'revive',
      posts,
      archive: { files, bytes, parts: parts.length, leftOut, hours: archived.hours, requests, seconds: archiveSeconds },
      revive: {
        seconds,
        fetched: value?.fetched,
        liars: value?.liars,
        files: rows.length,
        siteFiles: readdirSync(join(out, 'site')).length,
      },
      different: different.length,
      load: loadavg().map((load) => Number(load.toFixed(2))),
      missed,
    }
  } finally {
    for (const act of acts) await act()
  }
}
