/** `dgos revive`: the whole blog again, from mirrors alone. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { urlOf } from '../support/network-founding.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { ArchivedBlog, lyingAt } from './archived-blog.ts'

const links = /\b(?:href|src)="([^"]+)"|url\("([^"]+)"\)/g

/** Follows every link of the site's own from its front page. Places that lead nowhere, and how many pages there are. */
async function crawl(dir: string, base: string) {
  const dead: string[] = []
  const seen = new Set<string>()
  const waiting = [base]
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    const path = decodeURIComponent(place.split('#')[0]!.slice(base.length))
    if (seen.has(path)) continue
    seen.add(path)
    const file = join(dir, path === '' || path.endsWith('/') ? `${path}index.html` : path)
    if (!existsSync(file)) dead.push(place)
    else if (/\.(html|css)$/.test(file)) {
      const text = await readFile(file, 'utf8')
      for (const [, href, inCss] of text.matchAll(links)) {
        const link = (href ?? inCss)!
        if (link.startsWith(base)) waiting.push(link)
        else assert.doesNotMatch(link, /ana\.example/, file)
      }
    }
  }
  return { dead, pages: seen.size }
}

test('a blog whose server is gone is made anew from its mirrors, one of which lies: every byte as it was, no dead link', async (t) => {
  const posts = 40
  const archived = await ArchivedBlog.create(t, { posts, members: 4 })
  const bytesOf = new Map([...archived.web.pages].map(([url, page]) => [url, Buffer.from(page.body as string)]))
  archived.web.pages.clear()
  const out = await temporaryFolder(t, 'revived')
  const words = ['revive', archived.blog, '--member', urlOf(1), '--out', out, '--base', '/blog/']
  const { code, value, err } = await archived.run(words, lyingAt(2))
  assert.equal(code, 0, err)
  assert.deepEqual([value!.missing, value!.leftOut, value!.liars], [[], [], [urlOf(2)]])
  const rows = (await readFile(join(out, 'raw.tsv'), 'utf8')).trim().split('\n').slice(1)
  for (const row of rows) {
    const [name, , , url] = row.split('\t') as [string, string, string, string]
    assert.deepEqual(await readFile(join(out, 'raw', name)), bytesOf.get(url), url)
  }
  // posts and their short addresses, pictures, pages of ten, the sheet
  assert.equal(rows.length, posts * 3 + posts / 10 + 1)
  const { dead, pages } = await crawl(join(out, 'site'), '/blog/')
  assert.deepEqual(dead, [])
  assert.equal(pages, rows.length)
  const post = await readFile(join(out, 'site/2026/post-1/index.html'), 'utf8')
  assert.match(post, /href="https:\/\/other\.example\/"/)
  assert.match(post, /href="\/blog\/_files\/ana-example-p-1|href="\/blog\/_files\/p-1-[0-9a-f]{16}\.html"/)
})

test('a second call goes on where the first ended, and does not believe what lies on the disk', async (t) => {
  const archived = await ArchivedBlog.create(t, { posts: 12, members: 3 })
  const out = await temporaryFolder(t, 'revived')
  const words = ['revive', archived.blog, '--member', urlOf(1), '--member', urlOf(0), '--out', out]
  const first = await archived.run(words)
  assert.equal(first.code, 0, first.err)
  const fetched = join(out, '.fetched')
  const [some] = await readdir(fetched)
  const [name] = await readdir(join(fetched, some!))
  await writeFile(join(fetched, some!, name!), 'something else')
  await rm(join(out, 'site'), { recursive: true })
  const again = await archived.run(words)
  assert.deepEqual([again.code, again.value!.fetched], [0, 1])
  assert.ok(existsSync(join(out, 'site/index.html')))
})

test('what no mirror has is told, and what to do next', async (t) => {
  const archived = await ArchivedBlog.create(t, { posts: 12, members: 3 })
  const out = await temporaryFolder(t, 'revived')
  const { files } = (await archived.net.member(1).copies.archive.keeper.kept(archived.blog))!
  const lost = files.find((file) => file.path === '/2026/post-11/')!
  for (const i of [0, 1, 2]) await archived.net.member(i).blobs.remove(lost.blob!)
  const part = await archived.run(['revive', archived.blog, '--member', urlOf(1), '--out', out])
  assert.deepEqual([part.code, part.value!.missing], [1, ['/2026/post-11/']])

  const unknown = await archived.run(['revive', 'f'.repeat(64), '--member', urlOf(1), '--out', out])
  assert.equal(unknown.code, 1)
  assert.match(unknown.err, /knows this blog.*--member/s)
  const nobody = await archived.run(['revive', archived.blog, '--member', 'http://nobody.example/', '--out', out])
  assert.match(nobody.err, /No answer from: http:\/\/nobody\.example/)
  for (const wrong of [
    ['revive', archived.blog, '--out', out],
    ['revive', 'ana', '--member', urlOf(1), '--out', out],
    ['revive', archived.blog, '--member', urlOf(1)],
  ]) {
    assert.equal((await archived.run(wrong)).code, 2, wrong.join(' '))
  }
})

test('a revived blog is written for WordPress and as Markdown, with days, links and pictures', async (t) => {
  const archived = await ArchivedBlog.create(t, { posts: 12, members: 3 })
  const out = await temporaryFolder(t, 'revived')
  const words = ['revive', archived.blog, '--member', urlOf(1), '--out', out]
  const wordpress = await archived.run([...words, '--as', 'wordpress'])
  assert.equal(wordpress.code, 0, wordpress.err)
  const file = await readFile(join(out, 'wordpress.xml'), 'utf8')
  assert.match(file, /<title>Post 3<\/title>.*Thu, 01 Jan 2026/)
  assert.match(file, /<wp:post_name>post-3<\/wp:post_name>/)
  assert.match(file, /<img src="data:image\/png;base64,/)
  assert.doesNotMatch(file, /<script/)
  const markdown = await archived.run([...words, '--as', 'markdown'])
  assert.equal(markdown.code, 0, markdown.err)
  const text = await readFile(join(out, 'content/2026-01-01-post-3.md'), 'utf8')
  assert.match(text, /^---\ntitle: "Post 3"\ndate: 2026-01-01T00:00:00Z\nurl: "\/2026\/post-3\/"\n/)
  assert.match(text, /<img src="\/archived\/images\/3\.png"/)
  assert.ok(existsSync(join(out, 'static/archived/images/3.png')))
  assert.equal((await archived.run([...words, '--as', 'joomla'])).code, 2)
})
