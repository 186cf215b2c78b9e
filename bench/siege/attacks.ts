/** All known attacks over HTTP, as a list: a new one is a line. Paces are an attacker's who wants to stay unblocked. */
import { deepJson, wideJson } from '../../test/hostile/inputs/deep-json.ts'
import { fullBatch, wrongSignatures } from '../../test/hostile/inputs/full-batch.ts'
import { longWords, manyWords } from '../../test/hostile/inputs/long-words.ts'
import { manyParts } from '../../test/hostile/inputs/many-parts.ts'
import { paddedObservations, strangersRoots } from '../../test/hostile/inputs/padded-objects.ts'
import { type HostileRequest, hostileRequest } from '../../test/hostile/inputs/request.ts'
import { strangerFile } from '../../test/hostile/inputs/stranger-file.ts'
import { syncFingerprints, syncIds } from '../../test/hostile/inputs/sync-ranges.ts'
import { unwantedBlob } from '../../test/hostile/inputs/unwanted-blob.ts'
import { xmlNoise, xmlPicture, xmlTags } from '../../test/hostile/inputs/xml-rpc.ts'
import { SmallBlog, type SmallNetwork, signerOf } from '../../test/support/small-network.ts'

export type Attack = {
  readonly name: string
  readonly sideBySide: number
  readonly pauseMs: number
  make(): HostileRequest | Promise<HostileRequest>
}

export type Attacked = {
  readonly small: SmallNetwork
  readonly blog: string
  readonly members: readonly string[]
  /** A page that is dear to parse. */
  readonly pageUrl: string
}

export function attacksOn({ small, blog, members, pageUrl }: Attacked): readonly Attack[] {
  const kept = {
    blob: unwantedBlob(),
    file: strangerFile(),
    picture: xmlPicture(),
    tags: xmlTags(),
    noise: xmlNoise(),
    deep: deepJson('/dgos/v1/objects'),
    wide: wideJson('/dgos/v1/objects'),
    parts: manyParts(),
    fingerprints: syncFingerprints(members[1]!),
    ids: syncIds(members[1]!),
    words: longWords('/m/:rest'),
    many: manyWords('/go/:place*'),
  }
  let fresh = 0
  const roots = (count: number, bytes: number) => strangersRoots(small, count, bytes, Date.now() - fresh++)
  const attack = (name: string, pauseMs: number, make: Attack['make'], sideBySide = 1): Attack => ({
    name,
    pauseMs,
    make,
    sideBySide,
  })
  return [
    attack('unwanted blobs', 50, () => kept.blob, 8),
    attack('files of a stranger', 200, () => kept.file, 4),
    attack('pictures without a token', 200, () => kept.picture, 2),
    attack('million tags', 200, () => kept.tags),
    attack('noise for apps', 200, () => kept.noise),
    attack('brackets', 200, () => kept.deep, 2),
    attack('names', 500, () => kept.wide, 2),
    attack('forms of boundaries', 200, () => kept.parts, 2),
    attack('fingerprints', 50, () => kept.fingerprints, 2),
    attack('ids', 50, () => kept.ids, 2),
    attack('long words', 20, () => kept.words, 2),
    attack('many words', 20, () => kept.many, 2),
    attack('wrong signatures', 200, async () => wrongSignatures(await roots(64, 0))),
    attack('roots of strangers', 500, async () => fullBatch(await roots(16, 0))),
    attack('padded roots', 500, async () => fullBatch(await roots(16, 30_000))),
    attack('padded observations', 500, () => paddedWords(small, blog)),
    attack('dear pages', 2_000, () => dearPage(small, members[0]!, `${pageUrl}${fresh++}/`)),
    attack('lists', 20, () => hostileRequest('GET', '/dgos/v1/blogs'), 2),
    attack('members', 20, () => hostileRequest('GET', '/dgos/v1/members'), 2),
    attack('copies of everybody', 10, () => hostileRequest('GET', `/m/a${fresh++}.example/`), 4),
  ]
}

/** Of a member that turned. */
async function paddedWords(small: SmallNetwork, id: string): Promise<HostileRequest> {
  const root = { id } as ConstructorParameters<typeof SmallBlog>[3]
  const turned = new SmallBlog(small, 'ana', 'https://ana.example/', root)
  return fullBatch(await paddedObservations(turned, 'm1', 16, 3_000))
}

async function dearPage(small: SmallNetwork, member: string, address: string): Promise<HostileRequest> {
  const name = `dear ${address}`
  const keys = { recovery: [signerOf(name).key], posting: [{ key: signerOf(name).key, name: 'k' }], revoked: [] }
  const fields = { version: 1, ...keys, signers: [member], addresses: [address], title: 'x' }
  return fullBatch([await small.sign('root', name, fields)])
}
