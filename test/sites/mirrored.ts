/** A real site on its way: captured by one member through the real fetcher, kept by another, served by that one's pages. */
import { createServer } from 'node:http'
import { join } from 'node:path'
import { FileBlobStore } from '../../lib/blob-store.ts'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { createSafeFetch } from '../../lib/safe-fetch.ts'
import type { RoundOutcome } from '../../mirror/capture-round.ts'
import { PageServer, pageDefaults } from '../../mirror/pages/page-server.ts'
import { hostPath } from '../../protocol/addresses.ts'
import { currentHead } from '../../protocol/heads.ts'
import type { Snapshot } from '../../protocol/objects.ts'
import { MirroringMembers } from '../mirror/mirroring-members.ts'
import { servePage } from '../support/served-pages.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { type Cleanup, temporaryFolder } from '../support/temporary-folder.ts'
import { close, listen } from './workshop.ts'

export type Mirrored = {
  readonly snapshot: Snapshot
  readonly missing: number
  /** Of the mirror's server: "http://127.0.0.1:<port>/" */
  readonly url: string
  /** "http://…/m/<host>/copy" and then the path of the page. */
  readonly copy: string
  /** "http://…/m/<host>/": posts, the copy in its frame, and who signed what. */
  readonly page: string
  /** The author says that the blog is down: from now on the mirror shows what it has. */
  fall(): Promise<void>
  /** Requests that the origin got in a second round an hour later, with what it answered. */
  again(): Promise<{
    readonly changed: boolean
    readonly asked: readonly { readonly url: string; readonly status: number }[]
  }>
}

const hoursMax = 3

function isUnfinished(outcome: RoundOutcome): boolean {
  return outcome.turn === 'ours' && outcome.capture?.ok === true && !outcome.capture.complete && !outcome.capture.cut
}

export async function mirrored(t: Cleanup, address: string): Promise<Mirrored> {
  const web = createSafeFetch({ clock: systemClock }, { loopback: true, userAgent: 'DGOS test (+http://127.0.0.1/)' })
  t.after(() => web.close())
  const asked: { url: string; status: number }[] = []
  const watched = {
    async fetch(request: Parameters<typeof web.fetch>[0]) {
      const answer = await web.fetch(request)
      asked.push({ url: request.url, status: answer.ok ? answer.status : 0 })
      return answer
    },
  }
  const net = await MirroringMembers.create(t, 3, { signers: ['m0'], real: { web: watched, address } })
  const [capturer, mirror] = [net.member('m0'), net.member('m1')]
  let outcome = await capturer.round.run(net.blog.id)
  // What the hour's budget had no room for comes in the next.
  for (let hour = 0; hour < hoursMax && isUnfinished(outcome); hour++) {
    await net.clock.advance(3_600_000)
    outcome = await capturer.round.run(net.blog.id)
  }
  if (outcome.turn !== 'ours' || outcome.capture?.ok !== true)
    throw new Error(`not captured: ${JSON.stringify(outcome)}`)
  await net.spread()
  const pull = await mirror.blobKeeper.pull(net.blog.id)
  const objects = await mirror.ledger.blog(net.blog.id)
  const head = currentHead(objects, net.clock.nowMs())!
  const snapshot = objects.snapshot.find((snapshot) => snapshot.id === head.payload.snapshot)!.payload
  const disk = new FileBlobStore({ log: silentLog }, { dir: join(await temporaryFolder(t, 'blobs')) })
  for await (const { hash } of mirror.blobs.list()) await disk.put((await mirror.blobs.get(hash))!)
  const server = createServer((request, response) => {
    servePage(pages, request, response)
  })
  const url = await listen(server)
  t.after(() => close(server))
  const pages = new PageServer(
    { facts: mirror.ledger, blob: (hash) => disk.get(hash), clock: net.clock, log: silentLog, sha256 },
    { self: mirror.signer.key, url, contentUrl: null, memberName: 'm1', contact: '', ...pageDefaults },
  )
  await pages.render(net.blog.id)
  const again = async () => {
    asked.length = 0
    await net.clock.advance(3_600_000)
    const second = await capturer.round.run(net.blog.id)
    const changed = second.turn === 'ours' && second.capture?.ok === true && second.capture.changed
    return { changed, asked: [...asked] }
  }
  const fall = async () => {
    const until = net.clock.nowMs() + 86_400_000
    const word = { blog: net.blog.id, state: 'down', by: 'author', until } as const
    await mirror.ledger.publish('declaration', word, signerOf('ana posting'))
    await pages.render(net.blog.id)
  }
  const page = `${url}m/${hostPath(address)}/`
  return { snapshot, missing: pull.missing.length, url, page, copy: `${page}copy`, fall, again }
}
