/**
 * `/before/<host>`: what a living blog puts on its pages before the day, ready to copy: a badge for its footer, a link for
 * its feed, a line for its about page, and a text for social networks with three mirrors.
 */
import type { Clock } from '../../../lib/clock.ts'
import { type FactsSource, factsNow } from '../../../mirror/pages/facts.ts'
import { html, type Markup } from '../../../mirror/pages/markup.ts'
import { type PageMirror, type PageModel, pageModel } from '../../../mirror/pages/model.ts'
import { hostText } from '../../../mirror/pages/status-sentence.ts'
import type { Key } from '../../../protocol/objects.ts'
import type { Sha256 } from '../../../protocol/platform.ts'
import { readerPage } from '../../readers/reader-page.ts'
import { decodedRest, type Route, refused } from '../api.ts'

export type BeforeRoutesDeps = {
  readonly facts: FactsSource
  readonly clock: Clock
  readonly sha256: Sha256
  readonly self: Key
  readonly url: string
}

/** Mirrors that a text names: enough to outlive two, few enough to read. */
const mirrorsNamed = 3

export function beforeRoutes(deps: BeforeRoutesDeps): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/before/:name*',
      cost: 2,
      handle: async (_, { name }) => {
        const { facts: source, clock, sha256, self, url } = deps
        const blog = await source.byHost((decodedRest(name!) ?? '').replace(/\/$/, ''))
        const facts = blog === null ? null : await factsNow(source, blog, clock.nowMs(), sha256)
        if (facts === null) return refused(404, 'UNKNOWN_BLOG')
        const model = pageModel(facts, { self, url, contentUrl: null })
        return readerPage(`Before the day: ${model.title}`, adviceOf(model), sha256)
      },
    },
  ]
}

/** Texts for the author to paste. Values are escaped where the place of use is HTML or XML. */
export function pasteTexts(model: PageModel) {
  const named = namedMirrors(model)
  const [first] = named
  const host = hostText(model.home)
  const others = named
    .slice(1)
    .map((pageMirror) => html`, <a href="${pageMirror.url}" rel="noopener">${pageMirror.name}</a>`)
  return {
    badge:
      first === undefined
        ? ''
        : html`<p class="dgos-mirrors">Not reachable one day? Then read on at <a href="${first.url}" rel="noopener">${first.name}</a>${others}.</p>`
            .markup,
    feed: named
      .map(
        (pageMirror) =>
          html`<atom:link rel="alternate" type="application/atom+xml" href="${pageMirror.url}feed.xml"/>`.markup,
      )
      .join('\n'),
    about:
      first === undefined
        ? ''
        : `If ${host} is down, its newest posts and a copy of it are at ${named.map((pageMirror) => pageMirror.url).join(' and ')}`,
    share: `${model.title} (${host}) also lives here when it is down:\n${named.map((pageMirror) => pageMirror.url).join('\n')}`,
  }
}

/** Of different operators, so that they do not fail together. */
function namedMirrors({ mirrors }: PageModel): readonly PageMirror[] {
  const operators = new Set<Key>()
  return mirrors
    .filter((mirror) => !operators.has(mirror.operator) && operators.add(mirror.operator))
    .slice(0, mirrorsNamed)
}

function adviceOf(model: PageModel): Markup {
  const texts = pasteTexts(model)
  const box = (label: string, advice: string, value: string) =>
    html`<section class="card"><h2>${label}</h2><p>${advice}</p><textarea class="paste" readonly rows="${Math.max(3, value.split('\n').length + 1)}" aria-label="${label}">${value}</textarea></section>`
  if (texts.badge === '')
    return html`<h1>Before the day</h1><p>“${model.title}” has no mirrors yet. Come back when its first list is signed.</p>`
  return html`<h1>Before the day</h1>
<p>Readers who know the emergency address of <span dir="auto">“${model.title}”</span> find it when the blog is gone. Four small things, done once, while all is well:</p>
${box('A line in the footer', 'Plain HTML; no script, no picture, nothing that is loaded from elsewhere.', texts.badge)}
${box('A link in the feed', 'Within the channel of an RSS feed; in an Atom feed leave out “atom:”. Feed readers keep it.', texts.feed)}
${box('A line on the about page', 'Search engines and archives keep it when your server does not answer.', texts.about)}
${box('A short text for social networks', 'For the day itself, or pinned before it.', texts.share)}`
}
