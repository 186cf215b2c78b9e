/** What an attacker's blog serves: an ordinary page with one hostile part. */
import { utf8 } from '../../protocol/bytes.ts'
import type { Page } from './target.ts'

type Pages = Readonly<Record<string, Page>>

const words = Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ')
const html = 'text/html; charset=utf-8'
const page = (head: string, body: string): string =>
  `<!doctype html><title>x</title>${head}<h1>x</h1><p>${words}</p>${body}`

/** A front page that goes on with these bytes; with an address, they are the path of a link and of a picture. */
export function front(address: string, bytes: Uint8Array): Pages {
  if (address === '') return { '': { type: html, body: Buffer.concat([utf8(page('', '')), bytes]) } }
  const path = Buffer.from(bytes).toString('utf8').slice(1)
  return { '': { type: html, body: page('', `<a href="${address}${path}">x</a><img src="${address}${path}">`) } }
}

export function sheet(bytes: Uint8Array): Pages {
  return {
    '': { type: html, body: page('<link rel="stylesheet" href="s.css">', '') },
    's.css': { type: 'text/css', body: bytes },
  }
}

export function drawing(bytes: Uint8Array): Pages {
  const open = utf8('<svg xmlns="http://www.w3.org/2000/svg">')
  return {
    '': { type: html, body: page('', '<img src="a.svg">') },
    'a.svg': { type: 'image/svg+xml', body: Buffer.concat([open, bytes]) },
  }
}

export function withFeed(bytes: Uint8Array): Pages {
  return {
    '': { type: html, body: page('<link rel="alternate" type="application/rss+xml" href="feed.xml">', '') },
    'feed.xml': { type: 'application/rss+xml', body: bytes },
  }
}
