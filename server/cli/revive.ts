/** `dgos revive`: the whole blog from its mirrors alone, as a site that any web server serves or as a file to import. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { nodePlatform } from '../../lib/platform.ts'
import { urlOf } from '../../mirror/archive/archive-keeper.ts'
import { revivedNames } from '../../mirror/archive/revived-names.ts'
import { revivedPage, revivedSheet } from '../../mirror/archive/revived-pages.ts'
import type { ArchivedFile } from '../../protocol/archive.ts'
import { isHash } from '../../protocol/bytes.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Call, type Command, CommandFailed, listValue, textValue, UsageError } from './command.ts'
import { MemberClient } from './member-client.ts'
import { findArchive, Revival } from './revival.ts'

export const revive: Command = {
  name: 'revive',
  summary: 'Makes the whole blog anew from its mirrors, when its old server is gone',
  args: ['[blog]'],
  options: {
    ...authorOptions,
    member: {
      type: 'string',
      multiple: true,
      value: '<url>',
      help: 'members to ask first; the mirrors they name are asked too',
    },
    out: { type: 'string', value: '<folder>', help: 'where the site is written' },
    base: { type: 'string', value: '<address or path>', help: 'where the site will stand ("/" by default)' },
  },
  notes: [
    'The list of files is checked by its signature, every file by its hash. A second call goes on where the first ended.',
    'raw/ holds the bytes as they were; site/ is what a web server serves.',
  ],
  async run(call) {
    const { io } = call
    const out = textValue(call.values, 'out')
    if (out === null || out === '') throw new UsageError('--out is missing: where shall the site be written?')
    const base = baseOf(textValue(call.values, 'base') ?? '/')
    const { members, blog } = await sourceOf(call)
    const clientOf = (url: string) => new MemberClient({ wire: io.wire }, { url })
    const { archive, holders, silent } = await findArchive(members, blog, io.clock.nowMs(), clientOf)
    for (const line of silent) call.tell(`no answer: ${line}`)
    const revival = new Revival({ holders }, { dir: join(out, '.fetched') })
    const files = await revival.list(archive)
    const missing = await revival.fetchAll(files, (done, of) => {
      if (done % 100 === 0 || done === of) call.tell(`${done} of ${of} files`)
    })
    const { address } = archive.payload
    const written = await writeSite(out, { address, base, files, revival })
    const leftOut = files.filter((file) => file.blob === null).map((file) => file.path)
    const { fetched, bytes, liars } = revival
    call.print(
      { to: out, blog, address, files: written, fetched, bytes, missing, leftOut, liars, archive: archive.id },
      [
        `${written} files of ${address} in ${join(out, 'site')}; as they were in ${join(out, 'raw')}`,
        ...liars.map((url) => `gave wrong bytes, which were refused: ${url}`),
        ...leftOut.map((path) => `too large for mirrors, never kept: ${path}`),
        ...missing.map((path) => `no mirror has it now: ${path}`),
        ...(missing.length === 0
          ? []
          : ['Call the same again later, or with --member for other mirrors: what is here stays.']),
      ],
    )
    return missing.length === 0 ? 0 : 1
  },
}

/** "/", "/blog/", "https://new.example/": with its final slash. */
function baseOf(text: string): string {
  const base = text.endsWith('/') ? text : `${text}/`
  if (/^\/([A-Za-z0-9._~-]{1,100}\/){0,5}$/.test(base)) return base
  if (/^https?:\/\//.test(base) && URL.canParse(base)) return new URL(base).href
  throw new UsageError('--base is a path ("/blog/") or an address ("https://new.example/")')
}

async function sourceOf(call: Call) {
  const named = listValue(call.values, 'member')
  const [id] = call.args
  const clients = named.map((url) => new MemberClient({ wire: call.io.wire }, { url }))
  if (id !== undefined) {
    if (!isHash(id)) throw new UsageError('the blog is named by its id: 64 digits and letters a to f')
    if (clients.length === 0) throw new UsageError('--member is missing: a member that mirrors the blog')
    return { members: clients, blog: id }
  }
  const file = await readAuthorFile(call)
  return { members: clients.length > 0 ? clients : [await memberFor(call, file)], blog: file.blog }
}

type Site = {
  readonly address: string
  readonly base: string
  readonly files: readonly ArchivedFile[]
  readonly revival: Revival
}

/** Both trees: `raw/` byte for byte, `site/` with its links led to where the files lie now. */
async function writeSite(out: string, { address, base, files, revival }: Site): Promise<number> {
  const names = revivedNames(files, nodePlatform.sha256)
  const site = { address, base, names }
  let written = 0
  for (const { path, blob, bytes, type } of files) {
    const name = names.get(path)
    const body = blob === null || name === undefined ? null : await revival.blob(blob, bytes)
    if (body === null) continue
    await write(join(out, 'raw', name!), body)
    await write(join(out, 'site', name!), revived(body, type, urlOf(path, address), site))
    written++
  }
  const list = files.map(({ path, blob, type }) =>
    [names.get(path) ?? '-', blob ?? '-', type, urlOf(path, address)].join('\t'),
  )
  await write(join(out, 'raw.tsv'), `name\tsha256\ttype\taddress\n${list.join('\n')}\n`)
  return written
}

function revived(
  body: Uint8Array,
  type: string,
  url: string,
  site: Parameters<typeof revivedPage>[3],
): Uint8Array | string {
  if (/^text\/html(;|$)/.test(type)) return revivedPage(body, type, url, site)
  return /^text\/css(;|$)/.test(type) ? revivedSheet(body, type, url, site) : body
}

async function write(place: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(place), { recursive: true })
  await writeFile(place, content).catch((error: unknown) => {
    throw new CommandFailed(`${place} cannot be written: ${(error as Error).message}`)
  })
}
