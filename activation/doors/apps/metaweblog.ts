/**
 * MetaWeblog and the WordPress calls that apps of the MarsEdit kind make, over XML-RPC. The password is the app token; the
 * user's name is not looked at. There is no system.multicall (one request, one guess) and no pingback.
 */
import { type Code, ok, type Result, refuse, wordsOf } from '../../../protocol/codes.ts'
import type { ShownPost } from '../../../protocol/posts.ts'
import { type AppText, htmlForApp } from './app-text.ts'
import { type AppSession, type Apps, writtenBy } from './session.ts'
import { writeAnswer, writeFault, type XmlValue } from './xml-rpc.ts'
import { callBeginning } from './xml-rpc-scan.ts'

type Struct = Readonly<Record<string, XmlValue>>
type Method = {
  /** Where the password stands among the parameters. */
  readonly password: number
  run(session: AppSession, params: readonly XmlValue[], apps: Apps): Promise<Result<XmlValue>>
}

const recentMax = 50

const methods: Readonly<Record<string, Method>> = {
  'blogger.getUsersBlogs': { password: 2, run: usersBlogs },
  'wp.getUsersBlogs': { password: 1, run: usersBlogs },
  'metaWeblog.newPost': { password: 2, run: (session, [, , , content, publish]) => newPost(session, content, publish) },
  'metaWeblog.editPost': {
    password: 2,
    run: (session, [id, , , content, publish]) => editPost(session, id, content, publish),
  },
  'metaWeblog.getPost': { password: 2, run: (session, [id]) => getPost(session, id) },
  'metaWeblog.getRecentPosts': { password: 2, run: (session, [, , , count]) => recentPosts(session, count) },
  'metaWeblog.getCategories': { password: 2, run: async () => ok([]) },
  'metaWeblog.newMediaObject': { password: 2, run: (session, [, , , file]) => newMedia(session, file) },
  'metaWeblog.deletePost': { password: 3, run: (session, [, id]) => deletePost(session, id) },
  'blogger.deletePost': { password: 3, run: (session, [, id]) => deletePost(session, id) },
  'mt.getCategoryList': { password: 2, run: async () => ok([]) },
  'mt.getPostCategories': { password: 2, run: async () => ok([]) },
  'mt.setPostCategories': { password: 2, run: async () => ok(true) },
  'wp.newPost': { password: 2, run: (session, [, , , content]) => newPost(session, content, true) },
  'wp.editPost': { password: 2, run: (session, [, , , id, content]) => editPost(session, id, content, true) },
  'wp.deletePost': { password: 2, run: (session, [, , , id]) => deletePost(session, id) },
  'wp.getPost': { password: 2, run: (session, [, , , id]) => getPost(session, id) },
  'wp.getPosts': { password: 2, run: (session, [, , , filter]) => recentPosts(session, structOf(filter).number) },
  'wp.getCategories': { password: 2, run: async () => ok([]) },
  'wp.getTags': { password: 2, run: async () => ok([]) },
  'wp.uploadFile': { password: 2, run: (session, [, , , file]) => newMedia(session, file) },
}

const faults: Readonly<Record<string, number>> = {
  NOT_ALLOWED: 403,
  KEY_REVOKED: 403,
  EXPIRED: 403,
  NOT_FOUND: 404,
  TOO_LARGE: 413,
  RATE: 429,
}

const tokenGrammar = /(?<![a-z0-9])[a-z2-9]{26}(?![a-z0-9])/

/** Whose call it is, seen from its beginning, before anything is parsed; or the answer that refuses it. */
export async function callerOf(
  apps: Apps,
  beginning: Uint8Array,
): Promise<{ readonly blog: AppSession['blog'] | null } | { readonly refused: string }> {
  const call = callBeginning(beginning)
  if (call === null) return { refused: writeFault(-32700, 'BAD_REQUEST: not XML-RPC') }
  if (call.method === 'system.listMethods' || call.method === 'mt.supportedMethods') return { blog: null }
  const method = Object.hasOwn(methods, call.method) ? methods[call.method]! : null
  if (method === null) return { refused: writeFault(-32601, 'There is no such method here.') }
  const token = tokenGrammar.exec((call.params[method.password] ?? '').slice(0, 1000))?.[0] ?? ''
  const session = await apps.session(token)
  return session.ok ? { blog: session.value.blog } : { refused: fault(session.code, session.detail) }
}

/** The answer is XML whatever happens. `blog` is that of the caller (`callerOf`), whose work it is. */
export async function answerCall(apps: Apps, body: Uint8Array, blog: AppSession['blog'] | null): Promise<string> {
  const call = await apps.reader.call(body, blog)
  if (!call.ok) return writeFault(-32700, `${call.code}: ${call.detail}`)
  const { method: name, params } = call.value
  if (name === 'system.listMethods' || name === 'mt.supportedMethods') return writeAnswer(Object.keys(methods))
  const method = Object.hasOwn(methods, name) ? methods[name]! : null
  if (method === null) return writeFault(-32601, 'There is no such method here.')
  const token = params[method.password]
  const session = await apps.session(typeof token === 'string' ? token.trim() : '')
  if (!session.ok) return fault(session.code, session.detail)
  const answer = await method.run(session.value, params, apps)
  return answer.ok ? writeAnswer(answer.value) : fault(answer.code, answer.detail)
}

function fault(code: Code, detail: string): string {
  return writeFault(faults[code] ?? 400, `${code}: ${wordsOf(code, detail).message}`)
}

async function usersBlogs(
  { writer, blog }: AppSession,
  _: readonly XmlValue[],
  { endpoints }: Apps,
): Promise<Result<XmlValue>> {
  const root = await writer.root()
  if (root === null) return refuse('UNKNOWN_BLOG')
  const [url] = root.addresses as [string]
  return ok([{ blogid: blog, blogName: root.title, url, isAdmin: false, xmlrpc: endpoints.xmlrpc }])
}

async function newPost(session: AppSession, content: XmlValue | undefined, publish: XmlValue | undefined) {
  const text = textOfStruct(structOf(content), publish)
  if (!text.ok) return text
  const written = await writtenBy(session, text.value)
  if (!written.ok) return written
  const posted = await session.writer.write(written.value.text, written.value.blobs)
  return posted.ok ? ok(posted.value.id) : posted
}

async function editPost(
  session: AppSession,
  id: XmlValue | undefined,
  content: XmlValue | undefined,
  publish: XmlValue | undefined,
) {
  const shown = await session.writer.post(String(id))
  if (shown === null) return refuse('NOT_FOUND')
  const struct = structOf(content)
  const before = shown.current.payload
  // wp.editPost sends only what changes.
  const whole = {
    title: before.title,
    post_title: before.title,
    ...('description' in struct ? {} : { post_content: htmlForApp(before.html, session.mediaUrl) }),
    ...struct,
  }
  const title = struct.title ?? struct.post_title ?? before.title
  const text = textOfStruct({ ...whole, title, post_title: title }, publish)
  if (!text.ok) return text
  const written = await writtenBy(session, text.value, shown.current)
  if (!written.ok) return written
  const posted = await session.writer.edit(shown.id, written.value.text, written.value.blobs)
  return posted.ok ? ok(true) : posted
}

async function deletePost(session: AppSession, id: XmlValue | undefined) {
  const gone = await session.writer.withdraw(String(id))
  return gone.ok ? ok(true) : gone
}

async function getPost(session: AppSession, id: XmlValue | undefined): Promise<Result<XmlValue>> {
  const shown = await session.writer.post(String(id))
  return shown === null ? refuse('NOT_FOUND') : ok(structOfPost(shown, session))
}

async function recentPosts(session: AppSession, count: XmlValue | undefined): Promise<Result<XmlValue>> {
  const most = Math.min(recentMax, Math.max(1, Number(count ?? 10) || 10))
  return ok((await session.writer.posts()).slice(0, most).map((post) => structOfPost(post, session)))
}

async function newMedia({ uploads, mediaUrl }: AppSession, file: XmlValue | undefined): Promise<Result<XmlValue>> {
  const { bits, name } = structOf(file)
  if (!(bits instanceof Uint8Array)) return refuse('BAD_FIELDS', 'bits must be base64')
  const put = await uploads.put(bits, typeof name === 'string' ? name : 'image')
  if (!put.ok) return put
  const { blob, type, name: kept } = put.value
  return ok({ id: blob, attachment_id: blob, file: kept, url: mediaUrl(blob), link: mediaUrl(blob), type })
}

function textOfStruct(struct: Struct, publish: XmlValue | undefined): Result<AppText> {
  const status = struct.post_status
  const isDraft =
    publish === false || publish === 0 || status === 'draft' || status === 'pending' || status === 'private'
  if (isDraft) return refuse('BAD_REQUEST', 'drafts stay in your app: publish when it is done')
  const textField = (...names: readonly string[]) =>
    names.map((name) => struct[name]).find((field): field is string => typeof field === 'string') ?? ''
  const html = [textField('description', 'post_content'), textField('mt_text_more')]
    .filter((part) => part !== '')
    .join('\n\n')
  return ok({ title: textField('title', 'post_title'), content: { html } })
}

function structOf(value: XmlValue | undefined): Struct {
  const isStruct =
    typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array)
  return isStruct ? (value as Struct) : {}
}

/** Under the names of both families of calls. */
function structOfPost({ id, current, history }: ShownPost, { postUrl, mediaUrl }: AppSession): XmlValue {
  const { title, html } = current.payload
  const content = htmlForApp(html, mediaUrl)
  const published = new Date(history[0]!.payload.published)
  const link = postUrl(id)
  return {
    postid: id,
    title,
    description: content,
    link,
    permaLink: link,
    dateCreated: published,
    date_created_gmt: published,
    categories: [],
    mt_excerpt: '',
    mt_text_more: '',
    mt_keywords: '',
    post_status: 'publish',
    post_id: id,
    post_title: title,
    post_content: content,
    post_date: published,
    post_date_gmt: published,
    post_modified: new Date(current.payload.published),
    post_type: 'post',
  }
}
