/**
 * `dgos agent`: the doors for blogging apps on the author's own computer. Apps talk to it on loopback; it signs with the
 * author's own key and hands the signed posts to the author's members. No member is trusted with a key.
 */
import type { Apps } from '../../activation/doors/apps/session.ts'
import { DoorReader } from '../../activation/doors/door-reader.ts'
import { type PostTarget, PostWriter } from '../../activation/doors/gateway/post-writer.ts'
import { MemoryImageStore, UploadedImages } from '../../activation/doors/gateway/uploaded-images.ts'
import { KeyedMutex } from '../../ledger/keyed-mutex.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import { toHex } from '../../protocol/bytes.ts'
import { codes, ok, refuse } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import { Api } from '../http/api.ts'
import { Rates } from '../http/rates.ts'
import { micropubRoutes } from '../http/routes/micropub.ts'
import { xmlrpcRoutes } from '../http/routes/xmlrpc.ts'
import { HttpServer } from '../http/server.ts'
import { blogOf } from './author-blog.ts'
import { type AuthorFile, authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Call, type Command, CommandFailed, numberValue, UsageError } from './command.ts'
import { postingKey } from './declare.ts'

const { sha256 } = nodePlatform
const perMinute = 600

export const agent: Command = {
  name: 'agent',
  summary: 'Lets blogging apps on this computer post with your own key',
  args: [],
  options: { ...authorOptions, port: { type: 'string', value: '<port>', help: 'on loopback (default 8421)' } },
  notes: [
    'Give your app the address and the password that are printed; any user name will do. The password is new at each start.',
    'The blog must be down, or declared down (dgos declare), when you post.',
  ],
  async run(call) {
    const file = await readAuthorFile(call)
    const port = numberValue(call.values, 'port', 8421)
    if (!Number.isInteger(port) || port > 65_535) throw new UsageError('--port must be a port')
    const token = toHex(call.io.random.bytes(16))
    const running = await startAgent(call, file, { port, token })
    const { endpoints } = running
    call.print({ token, ...endpoints }, [
      `XML-RPC (MetaWeblog, WordPress): ${endpoints.xmlrpc}`,
      `Micropub: ${endpoints.micropub}`,
      `password or token: ${token}`,
    ])
    await call.io.ended
    await running.stop()
    return 0
  },
}

async function startAgent(call: Call, file: AuthorFile, { port, token }: { port: number; token: string }) {
  const { clock } = call.io
  const target = remoteTarget(call, file)
  const writer = new PostWriter(
    { target, signer: postingKey(file), clock, sha256, mutex: new KeyedMutex() },
    { network: file.network, blog: file.blog, through: 'by app' },
  )
  const reader = new DoorReader()
  const uploads = new UploadedImages({ store: new MemoryImageStore(), clock, sha256, reader }, { door: file.blog })
  const [member] = file.members as [string]
  const endpoints = { xmlrpc: '', micropub: '', media: '', home: member }
  const apps: Apps = {
    endpoints,
    reader,
    session: async (shown) =>
      sameHash(shown, token)
        ? ok({
            writer,
            uploads,
            blog: file.blog,
            reader,
            postUrl: (post: Hash) => `${member}m/${file.blog}/p/${post}`,
            mediaUrl: (blob: Hash) => `${member}dgos/v1/blobs/${blob}`,
          })
        : refuse('NOT_ALLOWED', 'wrong password'),
  }
  const api = new Api(
    { clock, log: silentLog, rates: new Rates({ clock }, { perMinute }) },
    { routes: [...xmlrpcRoutes({ apps }), ...micropubRoutes({ apps })] },
  )
  const http = new HttpServer(
    { api, front: { handle: () => false }, clock, log: silentLog },
    { host: '127.0.0.1', port, trustProxy: false, connectionsMax: 32 },
  )
  const own = `http://127.0.0.1:${await http.listen()}/`
  Object.assign(endpoints, { xmlrpc: `${own}xmlrpc`, micropub: `${own}micropub`, media: `${own}micropub/media` })
  return { endpoints, stop: () => http.close() }
}

/** Takes as long for a wrong word as for the right one. */
function sameHash(a: string, b: string): boolean {
  const bytes = (text: string) => sha256(new TextEncoder().encode(text))
  const [entry, other] = [bytes(a), bytes(b)]
  return entry.every((byte, i) => byte === other[i])
}

/** The first of the author's members that answers takes the post; all mirrors have it from there. */
function remoteTarget(call: Call, file: AuthorFile): PostTarget {
  const member = () => memberFor(call, file)
  let known = blogObjects(file.blog, [])
  return {
    /** While no member answers, what was known before: handing in says so then. */
    async blog() {
      try {
        known = blogObjects(file.blog, await blogOf(await member(), file.blog))
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error
        call.tell(error.message)
      }
      return known
    },
    async handIn(objects, blobs) {
      try {
        const taker = await member()
        const refused = (await taker.hand(objects)).find((answer) => answer.result === 'refused')
        if (refused !== undefined) return refuse(codeOf(refused.code), refused.detail)
        for (const [hash, bytes] of blobs) await taker.putBlob(hash, bytes)
        return ok(null)
      } catch (error) {
        if (error instanceof CommandFailed) return refuse('OVERLOADED', error.message)
        throw error
      }
    },
  }
}

function codeOf(code: string | undefined): keyof typeof codes {
  return code !== undefined && Object.hasOwn(codes, code) ? (code as keyof typeof codes) : 'BAD_REQUEST'
}
