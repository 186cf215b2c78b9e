/**
 * The price list: what enters a member, and the dearest input that is known for it. A new input is a file in
 * test/hostile/inputs and a line here. Routes that have no line of their own get the general ones (routes.ts).
 */
import { blankLine } from '../../test/hostile/inputs/blank-line.ts'
import { crowdedDeclarations } from '../../test/hostile/inputs/crowded-declarations.ts'
import { crumbledSheet } from '../../test/hostile/inputs/crumbled-sheet.ts'
import { deepJson, longJson, wideJson } from '../../test/hostile/inputs/deep-json.ts'
import { deepPage } from '../../test/hostile/inputs/deep-page.ts'
import { endlessFeed, feedOf, laughingFeed, nestedFeed } from '../../test/hostile/inputs/feeds.ts'
import { flatPage } from '../../test/hostile/inputs/flat-page.ts'
import { fullBatch, wrongSignatures } from '../../test/hostile/inputs/full-batch.ts'
import { idleConnections } from '../../test/hostile/inputs/idle-connections.ts'
import { keyChain } from '../../test/hostile/inputs/key-chain.ts'
import { longTitlePath } from '../../test/hostile/inputs/long-title-path.ts'
import { manyFields, manyParts } from '../../test/hostile/inputs/many-parts.ts'
import { paddedDelegations, paddedObservations, strangersRoots } from '../../test/hostile/inputs/padded-objects.ts'
import { hostileRequest } from '../../test/hostile/inputs/request.ts'
import { strangerFile } from '../../test/hostile/inputs/stranger-file.ts'
import { syncFingerprints, syncIds } from '../../test/hostile/inputs/sync-ranges.ts'
import { unclosedDoctype } from '../../test/hostile/inputs/unclosed-doctype.ts'
import { unclosedFormatting } from '../../test/hostile/inputs/unclosed-formatting.ts'
import { uninvitedRoot } from '../../test/hostile/inputs/uninvited-root.ts'
import { unwantedBlob } from '../../test/hostile/inputs/unwanted-blob.ts'
import { wrappedBackground } from '../../test/hostile/inputs/wrapped-background.ts'
import { xmlNoise, xmlPicture, xmlTags } from '../../test/hostile/inputs/xml-rpc.ts'
import { drawing, front, sheet, withFeed } from './pages.ts'
import { says } from './smtp.ts'
import type { Target } from './target.ts'

export type Line = {
  /** How it gets in: a route, `capture`, `feed`, `smtp`, … */
  readonly entry: string
  readonly input: string
  /** Made before the clock counts; what it resolves with is what the input does. */
  prepare(target: Target): Promise<() => Promise<unknown>>
}

type Made<T> = (target: Target) => T | Promise<T>

const line = (entry: string, input: string, prepare: Line['prepare']): Line => ({ entry, input, prepare })
const asks = (input: string, make: Made<ReturnType<typeof hostileRequest>>): Line => ({
  entry: '',
  input,
  async prepare(target) {
    const request = await make(target)
    return () => target.send(request)
  },
})
/** An entry's inputs, one line each. */
const at = (entry: string, lines: readonly Line[]) => lines.map((of) => ({ ...of, entry }))
const objects = (input: string, make: Made<Parameters<Target['hand']>[0]>): Line =>
  line('POST /dgos/v1/objects', input, async (target) => {
    const made = await make(target)
    return () => target.hand(made)
  })
const serves = (entry: string, input: string, page: Parameters<Target['enrol']>[0]): Line =>
  line(entry, input, async (target) => () => target.enrol(page))

let fresh = 0
/** Objects of strangers must be new each time, or they are only known. */
const now = () => Date.now() - fresh++

export const lines: readonly Line[] = [
  ...at('PUT /dgos/v1/blobs/:hash', [asks('unwanted blob', () => unwantedBlob())]),
  ...at('POST /post', [
    asks('file of a stranger, 32 MiB', () => strangerFile()),
    asks('form of boundaries', () => manyParts()),
    asks('form of fields', () => manyFields('/post')),
  ]),
  ...at('POST /xmlrpc', [
    asks('picture without a token', () => xmlPicture()),
    asks('million tags', () => xmlTags()),
    asks('noise', () => xmlNoise()),
  ]),
  ...at('POST /micropub', [
    asks('brackets', () => deepJson('/micropub', 1024 * 1024)),
    asks('fields', () => manyFields('/micropub')),
  ]),
  ...at('POST /micropub/media', [asks('form of boundaries', () => manyParts('/micropub/media'))]),
  ...at('POST /join', [asks('form of fields', () => manyFields('/join', 64 * 1024))]),
  ...at('POST /dgos/v1/join', [asks('brackets', () => deepJson('/dgos/v1/join', 64 * 1024))]),
  ...at('POST /dgos/v1/sync', [
    asks('fingerprints', ({ net }) => syncFingerprints(net.members[1]!.key)),
    asks('ids', ({ net }) => syncIds(net.members[1]!.key)),
    asks('brackets', () => deepJson('/dgos/v1/sync', 512 * 1024)),
  ]),
  ...at('POST /dgos/v1/objects', [
    asks('brackets', () => deepJson('/dgos/v1/objects')),
    asks('names', () => wideJson('/dgos/v1/objects')),
    asks('escapes', () => longJson('/dgos/v1/objects')),
    asks('64 wrong signatures', async ({ net }) => wrongSignatures(await strangersRoots(net.small, 64, 0, now()))),
    asks('64 roots of strangers', async ({ net }) => fullBatch(await strangersRoots(net.small, 64, 0, now()))),
  ]),
  objects('64 padded roots', ({ net }) => strangersRoots(net.small, 64, 30_000, now())),
  objects('64 padded delegations', ({ net, blog }) => paddedDelegations(net.small, blog.id, 'ana posting', 64, 40_000)),
  objects('stranger names a steward', async ({ net }) => [
    await uninvitedRoot(net.small.network.id, net.members[0]!.key, now()),
  ]),
  objects('chain of 64 keys', ({ net }) => keyChain(net.small, 'm2', 64, 1)),
  objects('64 declarations with ten votes each', ({ blog }) => crowdedDeclarations(blog, 'm1', 64, now())),
  objects('64 padded observations', ({ blog }) => paddedObservations(blog, 'm1', 64, 3_000)),
  ...at('POST /dgos/v1/mail/:local', [
    asks('mail of nobody', () => hostileRequest('POST', `/dgos/v1/mail/${'a'.repeat(30)}`, blankLine(4_000_000))),
  ]),
  line('smtp', 'twenty idle connections', async ({ smtpPort }) => async () => {
    const sockets = await idleConnections(smtpPort, 20)
    for (const socket of sockets) socket.destroy()
  }),
  line('smtp', 'endless line', ({ smtpPort }) => says(smtpPort, ['x'.repeat(8_000_000)])),
  line('smtp', 'thousand recipients', ({ smtpPort }) =>
    says(smtpPort, ['EHLO a', 'MAIL FROM:<a@b.example>', ...Array(1_000).fill('RCPT TO:<c@member.example>')]),
  ),
  line('http', 'two hundred idle connections', async ({ url }) => async () => {
    const sockets = await idleConnections(Number(new URL(url).port), 200)
    for (const socket of sockets) socket.destroy()
  }),
  serves('capture', 'path of a long title', (address) => front(address, longTitlePath())),
  serves('capture', 'unclosed formatting', () => front('', unclosedFormatting())),
  serves('capture', 'deep page', () => front('', deepPage(4_000_000))),
  serves('capture', 'flat page', () => front('', flatPage(4_000_000))),
  serves('capture', 'unclosed doctype', () => front('', unclosedDoctype())),
  serves('capture', 'wrapped background', () => front('', wrappedBackground())),
  serves('capture', 'blank line', () => front('', blankLine(4_000_000))),
  serves('stylesheet', 'crumbled sheet', () => sheet(crumbledSheet(4_000_000))),
  serves('drawing', 'deep drawing', () => drawing(deepPage(1_000_000))),
  serves('feed', 'endless feed', () => withFeed(endlessFeed())),
  serves('feed', 'nested feed', () => withFeed(nestedFeed())),
  serves('feed', 'laughing feed', () => withFeed(laughingFeed())),
  serves('feed', 'unclosed formatting in an article', () => withFeed(feedOf(unclosedFormatting()))),
]
