/** Everything that reads bytes of strangers, and what it is fed. A new reader is one entry. */
import fc from 'fast-check'
import { readCall } from '../../activation/doors/apps/xml-rpc.ts'
import { cleanImage } from '../../activation/doors/gateway/clean-image.ts'
import { plainText } from '../../activation/doors/gateway/plain-text.ts'
import { richText } from '../../activation/doors/gateway/rich-text.ts'
import { mailContent } from '../../activation/doors/mail/content.ts'
import { readHead } from '../../activation/doors/mail/headers.ts'
import { uploadedFile } from '../../activation/doors/multipart.ts'
import { checkEvidence } from '../../embed-beacon/evidence.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { decodeHtml } from '../../mirror/capture/charset.ts'
import { cssResources } from '../../mirror/capture/css-resources.ts'
import { readFeed } from '../../mirror/capture/feed.ts'
import { markersIn, readTokens, visibleText } from '../../mirror/capture/html-tokens.ts'
import { inertArticle, inertPage } from '../../mirror/pages/inert.ts'
import { textOf } from '../../protocol/bytes.ts'
import { open } from '../../protocol/envelope.ts'
import { addressHash, parseOutageList } from '../../protocol/outage-list.ts'
import { answer } from '../../protocol/reconcile.ts'
import { parseBatch, parseSync } from '../../protocol/request.ts'
import { envelopes, idsOf, lists, rangeMessages } from './objects.ts'
import { bytesOf, feedText, mailText, markup, pictures, rpcText, sheetText, uploads } from './texts.ts'

export type Reader<T> = {
  readonly inputs: fc.Arbitrary<T>
  /** What it gives back is no fault, unless it is a text: that says what is wrong with the answer. */
  readonly read: (input: T) => unknown
}

export const batchInputs = 250

const { sha256 } = nodePlatform
const hash = 'ab'.repeat(32)
const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const place = { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: { markup: '' } }
const question = { network: hash, blog: hash, address: addressHash('ana.example', sha256), nowMs: 0, seen: null }
const noImage = { image: () => null }

const runningTags = new Set(['script', 'iframe', 'object', 'embed', 'base'])
/** A browser forgives blanks and control characters before a scheme. */
const runningUrl = /^[\0-\x20]*(?:javascript|vbscript|data:text\/html)/i

/** Nothing that runs may leave the rebuilding of a page. */
function running(html: string): string | null {
  const found: string[] = []
  readTokens(html, {
    start(tag, attributes) {
      if (runningTags.has(tag)) found.push(`<${tag}>`)
      for (const [name, value] of attributes)
        if (/^on/i.test(name) || (/(?:href|src|action|data)$/i.test(name) && runningUrl.test(value)))
          found.push(`<${tag} ${name}="${value}">`)
    },
  })
  return found[0] === undefined ? null : `leaves ${found[0].slice(0, 80)}`
}

export const readers: Readonly<Record<string, Reader<unknown>>> = {
  envelope: of(envelopes, (input) => open(input, nodePlatform)),
  batch: of(bytesOf(fc.json({ maxDepth: 10 })), (bytes) => parseBatch(bytes)),
  sync: of(rangeMessages, (bytes) => {
    const asked = parseSync(bytes)
    if (asked.ok) answer(idsOf(600), asked.value.ranges, sha256)
  }),
  html: of(markup, (text) => running(inertPage(text, links, place))),
  article: of(markup, (text) => running(inertArticle(text, links, place) ?? '')),
  tokens: of(markup, (text) => [markersIn(text), visibleText(text)].length),
  decoding: of(bytesOf(markup), (bytes) => decodeHtml(bytes, 'text/html').length),
  sheet: of(sheetText, (text) => cssResources(text, 'https://ana.example/s.css').length),
  feed: of(bytesOf(feedText), (bytes) => readFeed(bytes, 'application/rss+xml', 'https://ana.example/feed.xml')),
  mime: of(bytesOf(mailText), async (raw) => [readHead(raw), await mailContent(raw, sha256)].length),
  richText: of(markup, (text) => running(richText(text, noImage))),
  plainText: of(markup, (text) => running(plainText(text))),
  xmlRpc: of(bytesOf(rpcText), (bytes) => readCall(bytes)),
  upload: of(uploads, (bytes) => uploadedFile('multipart/form-data; boundary=x', bytes, 'file')?.length),
  picture: of(pictures, (bytes) => cleanImage(bytes).ok),
  list: of(lists, (bytes) => [parseOutageList(bytes), textOf(bytes)].length),
  evidence: of(fc.array(envelopes, { maxLength: 40 }), (source) =>
    checkEvidence([source, [], source], question, nodePlatform),
  ),
}

export const readerNames: readonly string[] = Object.keys(readers)

function of<T>(inputs: fc.Arbitrary<T>, read: (input: T) => unknown): Reader<unknown> {
  return { inputs, read: read as Reader<unknown>['read'] }
}
