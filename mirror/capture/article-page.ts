/**
 * Pages made of a feed's articles, for blogs whose own pages show nothing without scripts. Plain documents, the same on
 * every capturer; they say what they are. Pure: the page builder makes them inert like any other page.
 */

import type { FeedItem } from '../../protocol/objects.ts'
import { escapeMarkup } from '../../protocol/post-html.ts'
import type { Feed } from './feed.ts'

/** What such a page says first, by the reason for it. */
export const madeOfFeed = {
  blank: 'This page shows nothing without scripts. What follows is what the blog’s feed carries.',
  'too-costly':
    'This page asks for more than a mirror spends on reading one. What follows is what the blog’s feed carries.',
} as const
export type MadeBecause = keyof typeof madeOfFeed

export function frontOfFeed(feed: Feed, why: MadeBecause): string {
  const entries = feed.items.map((item) => {
    const title = item.title === '' ? (item.url ?? item.id) : item.title
    const heading =
      item.url === undefined ? escapeMarkup(title) : `<a href="${escapeMarkup(item.url)}">${escapeMarkup(title)}</a>`
    return `<article><h2>${heading}</h2>${bodyOf(item, feed)}</article>`
  })
  return page(
    feed.title,
    `<h1>${escapeMarkup(feed.title)}</h1><p><small>${madeOfFeed[why]}</small></p>${entries.join('')}`,
  )
}

/** null where the feed carries no body of the entry. */
export function pageOfItem(item: FeedItem, feed: Feed, why: MadeBecause): string | null {
  const body = bodyOf(item, feed)
  if (body === '') return null
  return page(
    item.title,
    `<article><h1>${escapeMarkup(item.title)}</h1><p><small>${madeOfFeed[why]}</small></p>${body}</article>`,
  )
}

/** Whether the feed carries anything to read beside titles. */
export function hasArticles(feed: Feed): boolean {
  return feed.items.some((item) => bodyOf(item, feed) !== '')
}

function bodyOf({ id, published }: FeedItem, { articles }: Feed): string {
  const body = articles.get(id)?.trim() ?? ''
  if (body === '') return ''
  const time = published === undefined ? '' : new Date(published).toISOString()
  return `${time === '' ? '' : `<p><time datetime="${time}">${time.slice(0, 10)}</time></p>`}<div class="entry-content">${body}</div>`
}

function page(title: string, body: string): string {
  const style = 'body{max-width:42em;margin:2em auto;padding:0 1em;font:1.1em/1.6 serif}img{max-width:100%;height:auto}'
  return `<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeMarkup(title)}</title><style>${style}</style></head><body>${body}</body></html>`
}
