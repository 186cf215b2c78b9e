/** Posts as files for other blog software, read back by parsers that are not ours. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import RssParser from 'rss-parser'
import { parse as parseYaml } from 'yaml'
import type { ExportPost } from '../../activation/doors/exports/export-post.ts'
import { bloggerFile, wordpressFile } from '../../activation/doors/exports/feeds.ts'
import { htmlFiles, markdownFiles } from '../../activation/doors/exports/files.ts'
import { zipOf } from '../../activation/doors/exports/zip.ts'
import { textOf, toHex, utf8 } from '../../protocol/bytes.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { SmallNetwork, sha256, startMs } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const title = 'Tom & "Jerry" <3 ]]> 東京'
const blog = { title: 'Ana’s <blog>', address: 'https://ana.example/', language: 'en', nowMs: startMs }
const body = utf8('not really a png')
const blob = toHex(sha256(body))

async function onePost(): Promise<readonly ExportPost[]> {
  const ana = await (await SmallNetwork.found(1)).blog()
  const image = { blob, bytes: body.length, type: 'image/png', name: 'cat.png', alt: 'a "cat"' }
  await ana.add('post', 'posting', {
    draft: blob,
    prevs: [],
    title,
    html: `<p>One ]]&gt; two</p><p><img src="blob:${blob}" alt="a &quot;cat&quot;"></p>`,
    source: 'One ]]> two\n\n![a "cat"](cat.png)\n',
    attachments: [image],
    published: startMs,
  })
  return shownPosts(ana.objects(), startMs).map((shown) => ({ shown, images: [{ ...image, body }] }))
}

function text(bytes: Uint8Array): string {
  return textOf(bytes)!
}

test('Blogger and WordPress files are feeds that a feed reader reads, with title, text, date and image whole', async () => {
  const posts = await onePost()
  const read = new RssParser({ customFields: { item: ['wp:post_date_gmt', 'content:encoded'] } })
  const atom = await read.parseString(text(bloggerFile(blog, posts).bytes))
  assert.deepEqual([atom.title, atom.items.length, atom.items[0]!.title], [blog.title, 1, title])
  assert.match(atom.items[0]!.content!, /One \]\]&gt; two.*src="data:image\/png;base64,/s)
  assert.equal(Date.parse(atom.items[0]!.pubDate!), startMs)
  const wxr = await read.parseString(text(wordpressFile(blog, posts).bytes))
  const [item] = wxr.items as unknown as Record<string, string>[]
  assert.equal(item!.title, title)
  assert.equal(Date.parse(`${item!['wp:post_date_gmt']}Z`), startMs)
  assert.match(item!['content:encoded']!, /src="data:image\/png;base64,/)
})

test('Markdown files have front matter that YAML reads, and images beside them', async () => {
  const files = new Map(markdownFiles(await onePost()).map((markdownFile) => [markdownFile.name, markdownFile.bytes]))
  const name = [...files.keys()].find((path) => path.endsWith('.md'))!
  assert.match(name, /^_posts\/2027-01-15-tom-jerry-3-東京\.md$/)
  const [, head, words] = /^---\n(.*?)\n---\n(.*)$/s.exec(text(files.get(name)!))!
  const front = parseYaml(head!) as Record<string, string>
  assert.deepEqual([front.title, Date.parse(front.date!)], [title, startMs])
  const link = /\]\(\/(images\/[0-9a-f]{16}\.png)\)/.exec(words!)![1]!
  assert.deepEqual(files.get(link), body)
})

test('HTML files open by themselves, and the archive of all is one that unzip takes', async (t) => {
  const files = htmlFiles(blog, await onePost())
  const page = text(files[1]!.bytes)
  assert.match(page, /<h1>Tom &amp; &quot;Jerry&quot; &lt;3/)
  assert.match(page, /src="images\/[0-9a-f]{16}\.png"/)
  const python =
    'import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;print("\\n".join(z.namelist()))'
  const path = join(await temporaryFolder(t, 'zip'), 'all.zip')
  await writeFile(path, zipOf(files))
  const run = spawnSync('python3', ['-c', python, path], { encoding: 'utf8' })
  if (run.error !== undefined) {
    assert.notEqual(process.env.CI, 'true', 'python3 is missing')
    return t.skip('no python3 here')
  }
  assert.deepEqual(
    run.stdout.trim().split('\n'),
    files.map((file) => file.name),
    run.stderr,
  )
})
