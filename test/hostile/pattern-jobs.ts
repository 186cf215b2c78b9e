/** The functions that once hung on an input of a few bytes, to be called in a thread that can be ended. */

import { plainText } from '../../activation/doors/gateway/plain-text.ts'
import { richText } from '../../activation/doors/gateway/rich-text.ts'
import { signedHeaders } from '../../activation/doors/mail/signed-part.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { type Job, performer } from '../../lib/workers.ts'
import { decodeHtml } from '../../mirror/capture/charset.ts'
import { wantedCandidate } from '../../mirror/capture/html-resources.ts'
import { markersIn, visibleText } from '../../mirror/capture/html-tokens.ts'
import { copyPlace } from '../../mirror/pages/copy.ts'
import { inertPage } from '../../mirror/pages/inert.ts'

const links = { file: () => null, sheet: () => null, page: () => null, drawing: () => null }
const place = { url: 'https://ana.example/', canonical: 'https://ana.example/', bar: { markup: '' } }
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8')

const functions: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  'place of a copy': (bytes) => copyPlace(text(bytes), nodePlatform.sha256),
  'inert page': (bytes) => inertPage(text(bytes), links, place).length,
  'plain text': (bytes) => plainText(text(bytes)).length,
  'rich text': (bytes) => richText(text(bytes), { image: () => null }).length,
  'hidden text': (bytes) => richText(`<p style="opacity:0${text(bytes)}">x</p>`, { image: () => null }).length,
  'set of pictures': (bytes) => wantedCandidate(text(bytes)),
  'signed headers': (bytes) => signedHeaders(bytes, { messageId: '', dateMs: 0 } as never).ok,
  markers: (bytes) => markersIn(text(bytes)).length,
  'visible words': (bytes) => visibleText(text(bytes)).length,
  decoding: (bytes) => decodeHtml(bytes, 'text/html').length,
}

export type FunctionName = keyof typeof functions

export const functionNames = Object.keys(functions)

export function jobOf(name: string): Job<Uint8Array, unknown> {
  return { name, act: functions[name]! }
}

export const perform = performer(Object.fromEntries(functionNames.map((name) => [name, async () => jobOf(name)])))
