/** One member's HTTP server with one blog on it, or a bare node:http server with the same answers: a process of its own for `serve.ts`. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { systemClock } from '../lib/clock.ts'
import { silentLog } from '../lib/log.ts'
import { seededRandom } from '../lib/random.ts'
import type { PageAnswer } from '../mirror/pages/answers.ts'
import type { PageServer } from '../mirror/pages/page-server.ts'
import { Api } from '../server/http/api.ts'
import { Rates } from '../server/http/rates.ts'
import { HttpServer } from '../server/http/server.ts'
import { PageWorld } from '../test/mirror/pages-world.ts'

const [tree, kind] = process.argv.slice(2) as [string, 'node' | 'bare']

/** Words enough that the page packs like prose and not like a pattern. */
const random = seededRandom('serve')
const syllables = [
  'ba',
  'co',
  'di',
  'fen',
  'gar',
  'hul',
  'in',
  'jor',
  'ka',
  'lim',
  'mo',
  'nes',
  'or',
  'pa',
  'ri',
  'sto',
  'tu',
  'ver',
]
const vocabulary = Array.from({ length: 1500 }, () =>
  Array.from({ length: 1 + random.below(3) }, () => syllables[random.below(syllables.length)]).join(''),
)
const prose = (words: number) =>
  Array.from({ length: words }, () => vocabulary[random.below(vocabulary.length)]).join(' ')

/** About what the front page of a blog with ten whole posts is. */
function frontPage(): string {
  const articles = Array.from(
    { length: 10 },
    (_, i) =>
      `<article class="post type-post hentry" id="post-${i}"><header><h2 class="entry-title"><a href="/post-${i}/" rel="bookmark">${prose(6)}</a></h2><time datetime="2026-11-${10 + i}">${10 + i} November</time></header><div class="entry-content"><p>${prose(120)}</p><p>${prose(140)}</p><p>${prose(90)}</p><p><a href="/post-${i}/">Read on</a></p></div></article>`,
  )
  const rules = Array.from(
    { length: 60 },
    (_, i) => `.${vocabulary[i]}-${i}{margin:${i}px;color:#${(i * 4001).toString(16).padStart(6, '0')}}`,
  )
  return `<!doctype html><html lang="en"><head><title>Garden</title><style>${rules.join('')}</style></head><body><header><h1>Garden</h1></header><main>${articles.join('')}</main></body></html>`
}

async function main(): Promise<void> {
  const world = await PageWorld.create()
  await world.capture([{ path: '/', html: frontPage() }])
  for (let i = 0; i < 3; i++) {
    const post = await world.post(`<p>${prose(150)}</p><p>${prose(90)}</p>`, {
      title: `Day ${i}`,
    })
    await world.receipts(post.id, 10)
  }
  await world.fall()
  await world.checkpoints(7)
  const pages = world.server()
  await pages.render(world.blog)
  for (const place of ['', 'copy/']) {
    for (const [coding, suffix] of [
      ['identity', ''],
      ['gzip', '.gz'],
    ] as const) {
      const answer = pages.lookup(`/m/ana.example/${place}`, coding === 'identity' ? '' : coding, '')!
      const file = join(tree, 'm/ana.example', place, `index.html${suffix}`)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, answer.body)
      const headers = answer.headers.flatMap((name, i) => (i % 2 === 0 ? [[name, answer.headers[i + 1]]] : []))
      writeFileSync(`${file}.headers.json`, JSON.stringify(headers))
    }
  }
  const port = kind === 'bare' ? await listenBare(pages) : await listenMember(pages)
  console.log(JSON.stringify({ port, node: process.version }))
}

async function listenMember(pages: PageServer): Promise<number> {
  const rates = new Rates({ clock: systemClock }, { perMinute: 1e9 })
  const api = new Api({ clock: systemClock, log: silentLog, rates }, { routes: [] })
  const options = { host: '127.0.0.1', port: 0, trustProxy: false, connectionsMax: 4096 }
  return new HttpServer({ api, front: pages, clock: systemClock, log: silentLog }, options).listen()
}

/** The least that node:http can do: the same status, headers and body for every request of a place and coding. */
async function listenBare(pages: PageServer): Promise<number> {
  const answers = new Map<string, { identity: PageAnswer; gzip: PageAnswer }>()
  for (const target of ['/m/ana.example/', '/m/ana.example/copy/']) {
    const of = (coding: string) => pages.lookup(target, coding, '')!
    answers.set(target, { identity: of(''), gzip: of('gzip') })
  }
  const server = createServer((request, response) => {
    const { identity, gzip } = answers.get(request.url!)!
    const answer = request.headers['accept-encoding'] === 'gzip' ? gzip : identity
    response.writeHead(answer.status, answer.headers as string[])
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as { port: number }).port
}

await main()
