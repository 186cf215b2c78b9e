/** `dgos revive`: the whole blog from its mirrors alone, as a site that any web server serves or as a file to import. */
import { join } from 'node:path'
import { isHash } from '../../protocol/bytes.ts'
import { keyRolesOf } from '../../protocol/key-roles.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Call, type Command, listValue, textValue, UsageError } from './command.ts'
import { MemberClient } from './member-client.ts'
import { findArchive, Revival } from './revival.ts'
import { type RevivedForm, revivedForms } from './revived-exports.ts'
import { writeImport, writeSite } from './revived-folder.ts'
import { serveRevived } from './revived-server.ts'

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
    as: { type: 'string', value: '<form>', help: `${revivedForms.join(', ')} (site by default)` },
    serve: { type: 'string', value: '<port>', help: 'show the site at this port of this machine when it is written' },
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
    const form = formOf(textValue(call.values, 'as') ?? 'site')
    const base = baseOf(textValue(call.values, 'base') ?? '/')
    const { members, blog } = await sourceOf(call)
    const clientOf = (url: string) => new MemberClient({ wire: io.wire }, { url })
    const { archive, blog: known, holders, silent } = await findArchive(members, blog, io.clock.nowMs(), clientOf)
    for (const line of silent) call.tell(`no answer: ${line}`)
    const revival = new Revival({ holders }, { dir: join(out, '.fetched') })
    const files = await revival.list(archive)
    const missing = await revival.fetchAll(files, (done, of) => {
      if (done % 100 === 0 || done === of) call.tell(`${done} of ${of} files`)
    })
    const { address } = archive.payload
    const { title, language } = keyRolesOf(known)!.chain.current.payload
    const about = { title, language: language ?? null, address, base, files, revival }
    const written = form === 'site' ? await writeSite(out, about) : await writeImport(out, form, about)
    const leftOut = files.filter((file) => file.blob === null).map((file) => file.path)
    const { fetched, bytes, liars } = revival
    call.print(
      {
        to: out,
        blog,
        address,
        as: form,
        files: written.files,
        fetched,
        bytes,
        missing,
        leftOut,
        liars,
        archive: archive.id,
      },
      [
        ...written.lines,
        ...liars.map((url) => `gave wrong bytes, which were refused: ${url}`),
        ...leftOut.map((path) => `too large for mirrors, never kept: ${path}`),
        ...missing.map((path) => `no mirror has it now: ${path}`),
        ...(missing.length === 0
          ? []
          : ['Call the same again later, or with --member for other mirrors: what is here stays.']),
      ],
    )
    const port = textValue(call.values, 'serve')
    if (port !== null && form === 'site') await serveSite(call, join(out, 'site'), base, Number(port))
    return missing.length === 0 ? 0 : 1
  },
}

function formOf(text: string): RevivedForm {
  const form = revivedForms.find((name) => name === text)
  if (form === undefined) throw new UsageError(`--as: ${revivedForms.join(', ')}`)
  return form
}

/** Until the user ends it. */
async function serveSite(call: Call, dir: string, base: string, port: number): Promise<void> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError('--serve is a port')
  const server = await serveRevived({ dir, base: URL.canParse(base) ? new URL(base).pathname : base, port })
  call.tell(`shown at ${server.url}`)
  await call.io.ended
  await server.close()
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
