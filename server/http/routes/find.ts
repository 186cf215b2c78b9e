/** `/find?q=`: where is blog X now? By its address, or by words of its title. */
import type { Clock } from '../../../lib/clock.ts'
import { type FactsSource, factsNow } from '../../../mirror/pages/facts.ts'
import { html, type Markup } from '../../../mirror/pages/markup.ts'
import { type PageModel, pageModel } from '../../../mirror/pages/model.ts'
import { hostText, statusSentence } from '../../../mirror/pages/status-sentence.ts'
import type { Hash, Key } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { rootChain } from '../../../protocol/roots.ts'
import { blogOfPath } from '../../readers/blog-of-path.ts'
import { readerPage } from '../../readers/reader-page.ts'
import type { Route } from '../api.ts'

export type FindRoutesDeps = {
  readonly facts: FactsSource
  readonly blogs: () => readonly Hash[]
  readonly clock: Clock
  readonly sha256: Sha256
  readonly self: Key
  readonly url: string
}

const wordsMax = 200
const resultsMax = 20
/** Blogs whose titles are looked through for one question. */
const blogsMax = 5_000

export function findRoutes(deps: FindRoutesDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/find',
      cost: 5,
      handle: async ({ query }) => {
        const words = (query.get('q') ?? '').trim().slice(0, wordsMax)
        const found = words === '' ? [] : await find(deps, words)
        return readerPage('Where is the blog now?', findPage(words, found), deps.sha256)
      },
    },
  ]
}

async function find(deps: FindRoutesDeps, words: string): Promise<readonly PageModel[]> {
  const { facts, clock, sha256 } = deps
  const place = words.replace(/^https?:\/\//i, '').split(/[?#]/, 1)[0]!
  const exact = /^[^\s/]+\.[^\s/]+|^[^\s/]+:\d+/.test(place)
    ? await blogOfPath(facts, place, clock.nowMs(), sha256)
    : null
  const ids = exact === null ? await byTitle(deps, words) : [exact.facts.blog.blog]
  const models: PageModel[] = []
  for (const id of ids) {
    const known = await factsNow(facts, id, clock.nowMs(), sha256)
    if (known !== null) models.push(pageModel(known, { self: deps.self, url: deps.url, contentUrl: null }))
  }
  return models
}

/** Every word must stand in the title or an address. */
async function byTitle({ facts, blogs }: FindRoutesDeps, title: string): Promise<readonly Hash[]> {
  const words = fold(title).split(/\s+/)
  const found: Hash[] = []
  for (const id of blogs().slice(0, blogsMax)) {
    const root = rootChain(id, (await facts.blog(id)).root)?.current.payload
    if (root === undefined || root.closed === true) continue
    const said = fold([root.title, ...root.addresses].join(' '))
    if (words.every((word) => said.includes(word))) found.push(id)
    if (found.length === resultsMax) break
  }
  return found
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function findPage(words: string, found: readonly PageModel[]): Markup {
  const none = html`<p class="notice">No blog of this network is known here by “${words}”. Try its address, as in example.org.</p>`
  return html`<h1>Where is the blog now?</h1>
<form class="search" action="/find" method="get" role="search"><input name="q" type="search" value="${words}" aria-label="Address or title of the blog" placeholder="example.org" maxlength="${wordsMax}"><button>Find</button></form>
${words !== '' && found.length === 0 ? none : null}${found.map(result)}`
}

function result(model: PageModel): Markup {
  const { tone, tag, text } = statusSentence(model)
  const mirrors = model.mirrors.slice(0, 4)
  return html`<article class="card found"><h2><a href="/m/${model.name}/" dir="auto">${model.title}</a> <span class="tag ${tone}">${tag}</span></h2>
<p>${text}</p><p class="small soft">${hostText(model.home)}${
    mirrors.length === 0
      ? null
      : html` · mirrors: ${mirrors.map((mirror, i) => html`${i === 0 ? '' : ', '}<a href="${mirror.url}" rel="noopener">${mirror.name}</a>`)}`
  }</p></article>`
}
