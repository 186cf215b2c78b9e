/**
 * A small blog with its own code, as a process that can be killed: pages, feed, marker, proof of life, and on its return
 * the import of what was posted meanwhile. `node blog-server.ts <folder>`; the folder holds blog.json.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { fromHex } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { addressOf, type BlogFile, readBlog } from './blog-file.ts'
import { importPosts } from './blog-import.ts'
import { type BlogFacts, feed, frontPage, postPage, style } from './blog-pages.ts'
import { hills, paper } from './picture.ts'

type Page = { readonly type: string; readonly body: string | Buffer }

async function pageAt(dir: string, path: string, query: URLSearchParams): Promise<Page | null> {
  const file = readBlog(dir)
  const facts: BlogFacts = { ...file, address: addressOf(file) }
  const posts = [...file.posts].sort((a, b) => b.published - a.published)
  if (path === '/') return { type: 'text/html; charset=utf-8', body: frontPage(facts, posts.slice(0, 10)) }
  if (path === '/style.css') return { type: 'text/css', body: style }
  if (path === '/feed.xml') return { type: 'application/rss+xml', body: feed(facts, posts) }
  if (path === '/hero.png') return { type: 'image/png', body: hills(640, 240, file.seed) }
  if (path === '/paper.png') return { type: 'image/png', body: paper(64, 64) }
  if (path === '/.well-known/dgos.json' && file.blog !== null) {
    return { type: 'application/json', body: JSON.stringify({ blog: file.blog, life: `${facts.address}dgos-life` }) }
  }
  if (path === '/dgos-life' && file.blog !== null) return { type: 'application/json', body: await life(query, file) }
  const media = /^\/media\/([0-9a-f]{64})$/.exec(path)
  if (media !== null && existsSync(join(dir, 'media', media[1]!))) {
    return { type: 'image/png', body: readFileSync(join(dir, 'media', media[1]!)) }
  }
  const post = posts.find((post) => `/${post.slug}/` === path)
  return post === undefined ? null : { type: 'text/html; charset=utf-8', body: postPage(facts, post) }
}

async function life(query: URLSearchParams, file: BlogFile): Promise<string> {
  const fields = {
    network: file.network!,
    time: Date.now(),
    blog: file.blog!,
    address: addressOf(file),
    nonce: query.get('nonce') ?? '',
  }
  const object = await seal('life', fields, nodeSigner(fromHex(file.onlineSeed)), nodePlatform.sha256)
  return JSON.stringify(object.envelope)
}

async function answer(dir: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://blog.invalid')
  const page = await pageAt(dir, url.pathname, url.searchParams)
  if (page === null) {
    response.writeHead(404, { 'content-type': 'text/html; charset=utf-8' }).end('<h1>Not found</h1>')
    return
  }
  response.writeHead(200, { 'content-type': page.type }).end(page.body)
}

/** As a blog would by its own cron: at the start and then every few seconds, until nothing waits any more. */
async function importUntilDone(): Promise<void> {
  for (let run = 0; run < 20; run++) {
    try {
      const report = await importPosts(dir!)
      process.stdout.write(`${JSON.stringify(report, (_, value) => (value instanceof Map ? [...value] : value))}\n`)
      if (report === null || (report.sources >= 2 && report.waiting.length === 0)) return
    } catch (error) {
      process.stderr.write(`import: ${String(error)}\n`)
    }
    await new Promise((resolve) => setTimeout(resolve, 2000))
  }
}

const dir = process.argv[2]
if (dir === undefined) throw new Error('usage: node blog-server.ts <folder with blog.json>')
const server = createServer((request, response) => {
  answer(dir, request, response).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    response.writeHead(500).end()
  })
})
server.listen(readBlog(dir).port, '127.0.0.1', () => {
  process.stdout.write('ready\n')
  void importUntilDone()
})
