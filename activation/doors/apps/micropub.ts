/**
 * Micropub (W3C Recommendation) with a media endpoint: create, update, delete, `q=config`, `q=source`. The bearer token is
 * the app token. Without an HTTP engine: a request value goes in, an answer comes out.
 */
import { utf8 } from '../../../protocol/bytes.ts'
import { type Code, ok, type Refused, type Result, refuse, wordsOf } from '../../../protocol/codes.ts'
import type { ShownPost } from '../../../protocol/posts.ts'
import { uploadedFile } from '../multipart.ts'
import { type AppText, htmlForApp } from './app-text.ts'
import { type AppSession, type Apps, writtenBy } from './session.ts'

export type MicropubRequest = {
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}
export type MicropubAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}
type Properties = Readonly<Record<string, readonly unknown[]>>
type Wish = {
  readonly action: string
  readonly url: string
  readonly properties: Properties
  readonly replace: Properties
  readonly add: Properties
  readonly remove: Properties | readonly string[]
  readonly token: string
}

export const micropubBytesMax = 2 * 1024 * 1024
const listedMax = 20

/** `GET /micropub` */
export async function micropubQuery(apps: Apps, request: MicropubRequest): Promise<MicropubAnswer> {
  const session = await apps.session(bearer(request.headers))
  if (!session.ok) return failed(session)
  const { query } = request
  switch (query.get('q')) {
    case 'config':
      return json({
        'media-endpoint': apps.endpoints.media,
        'syndicate-to': [],
        'post-types': [{ type: 'article', name: 'Post' }],
      })
    case 'syndicate-to':
      return json({ 'syndicate-to': [] })
    case 'source':
      return source(session.value, query)
    default:
      return failed(refuse('BAD_REQUEST', 'q is config, source or syndicate-to'))
  }
}

/** A form may bear its token inside; then it is no longer than this. */
const tokenlessBytesMax = 64 * 1024

/** Whose request it is, from its head; or the answer that refuses it before the body comes. */
export async function micropubCaller(
  apps: Apps,
  headers: MicropubRequest['headers'],
  mayBearTokenInside: boolean,
): Promise<{ readonly known: string | null; readonly bodyBytesMax?: number } | MicropubAnswer> {
  const token = bearer(headers)
  if (token === '' && mayBearTokenInside) return { known: null, bodyBytesMax: tokenlessBytesMax }
  const session = await apps.session(token)
  return session.ok ? { known: session.value.blog } : failed(session)
}

/** `POST /micropub` */
export async function micropubWrite(apps: Apps, request: MicropubRequest): Promise<MicropubAnswer> {
  const wish = wishOf(request)
  if (!wish.ok) return failed(wish)
  const session = await apps.session(bearer(request.headers) || wish.value.token)
  if (!session.ok) return failed(session)
  const { action, url } = wish.value
  if (action === 'create') return create(session.value, wish.value)
  const shown = await session.value.writer.post(idOf(url))
  if (shown === null) return failed(refuse('NOT_FOUND', 'no post of this app has that url'))
  if (action === 'update') return update(session.value, shown, wish.value)
  if (action !== 'delete') return failed(refuse('BAD_REQUEST', `no action ${action.slice(0, 20)}`))
  const gone = await session.value.writer.withdraw(shown.id)
  return gone.ok ? { status: 204, headers: {}, body: new Uint8Array(0) } : failed(gone)
}

/** `POST /micropub/media`: one file as multipart form data. */
export async function micropubMedia(apps: Apps, { headers, body }: MicropubRequest): Promise<MicropubAnswer> {
  const session = await apps.session(bearer(headers))
  if (!session.ok) return failed(session)
  const file = uploadedFile(headers['content-type'] ?? '', body, 'file')
  if (file === null) return failed(refuse('BAD_REQUEST', 'send one file in the field "file"'))
  const put = await session.value.uploads.put(file, 'image')
  if (!put.ok) return failed(put)
  return created(session.value.mediaUrl(put.value.blob))
}

async function create(session: AppSession, { properties }: Wish): Promise<MicropubAnswer> {
  const text = textOf(properties)
  if (!text.ok) return failed(text)
  const written = await writtenBy(session, text.value)
  if (!written.ok) return failed(written)
  const posted = await session.writer.write(written.value.text, written.value.blobs)
  return posted.ok ? created(session.postUrl(posted.value.id)) : failed(posted)
}

async function update(session: AppSession, shown: ShownPost, wish: Wish): Promise<MicropubAnswer> {
  const removed = Array.isArray(wish.remove) ? (wish.remove as string[]) : Object.keys(wish.remove)
  const before = propertiesOf(shown, session)
  const kept = Object.entries(before).filter(([name]) => !removed.includes(name))
  const added = Object.entries(wish.add).map(([name, values]) => [name, [...(before[name] ?? []), ...values]] as const)
  const text = textOf({ ...Object.fromEntries(kept), ...Object.fromEntries(added), ...wish.replace })
  if (!text.ok) return failed(text)
  const written = await writtenBy(session, text.value, shown.current)
  if (!written.ok) return failed(written)
  const posted = await session.writer.edit(shown.id, written.value.text, written.value.blobs)
  return posted.ok ? { status: 204, headers: {}, body: new Uint8Array(0) } : failed(posted)
}

async function source(session: AppSession, query: URLSearchParams): Promise<MicropubAnswer> {
  const url = query.get('url')
  if (url === null) {
    const posts = (await session.writer.posts()).slice(0, listedMax)
    return json({ items: posts.map((post) => ({ type: ['h-entry'], properties: propertiesOf(post, session) })) })
  }
  const shown = await session.writer.post(idOf(url))
  if (shown === null) return failed(refuse('NOT_FOUND', 'no post of this app has that url'))
  const properties = propertiesOf(shown, session)
  const wanted = [...query.getAll('properties[]'), ...query.getAll('properties')]
  if (wanted.length === 0) return json({ type: ['h-entry'], properties })
  return json({ properties: Object.fromEntries(Object.entries(properties).filter(([name]) => wanted.includes(name))) })
}

/** Content as the app wrote it: Markdown where it sent words, html where it sent html. */
function propertiesOf({ id, current, history }: ShownPost, { postUrl, mediaUrl }: AppSession): Properties {
  const { title, html, source: markdown, published } = current.payload
  return {
    ...(title === '' ? {} : { name: [title] }),
    content: [markdown ?? { html: htmlForApp(html, mediaUrl) }],
    published: [new Date(history[0]!.payload.published).toISOString()],
    ...(history.length > 1 ? { updated: [new Date(published).toISOString()] } : {}),
    url: [postUrl(id)],
  }
}

function textOf(properties: Properties): Result<AppText> {
  const written = (name: string) => properties[name]?.find((value): value is string => typeof value === 'string') ?? ''
  if (written('post-status') === 'draft')
    return refuse('BAD_REQUEST', 'drafts stay in your app: publish when it is done')
  const [content] = properties.content ?? []
  const html = (content as { html?: unknown } | undefined)?.html
  return ok({
    title: written('name'),
    content:
      typeof html === 'string' ? { html } : { markdown: typeof content === 'string' ? content : written('summary') },
    photos: (properties.photo ?? []).flatMap((photo) => {
      if (typeof photo === 'string') return [{ url: photo, alt: '' }]
      const { value, alt } = (photo ?? {}) as { value?: unknown; alt?: unknown }
      return typeof value === 'string' ? [{ url: value, alt: typeof alt === 'string' ? alt : '' }] : []
    }),
  })
}

function wishOf({ headers, body }: MicropubRequest): Result<Wish> {
  const type = headers['content-type'] ?? ''
  const text = decoded(body)
  if (text === null) return refuse('BAD_REQUEST', 'not UTF-8')
  if (/^application\/json\b/.test(type)) return fromJson(text)
  if (/^application\/x-www-form-urlencoded\b/.test(type)) return ok(fromForm(new URLSearchParams(text)))
  return refuse('BAD_REQUEST', 'send JSON or a form; files go to the media endpoint')
}

function fromForm(form: URLSearchParams): Wish {
  const properties: Record<string, unknown[]> = Object.create(null)
  for (const [name, value] of form) {
    const bare = name.replace(/\[\]$/, '')
    if (['h', 'action', 'url', 'access_token'].includes(bare)) continue
    const html = bare === 'content[html]'
    properties[html ? 'content' : bare] = [
      ...(properties[html ? 'content' : bare] ?? []),
      html ? { html: value } : value,
    ]
  }
  const none = { replace: {}, add: {}, remove: [] }
  const [action, url, token] = ['action', 'url', 'access_token'].map((name) => form.get(name) ?? '') as [
    string,
    string,
    string,
  ]
  return { action: action || 'create', url, properties, ...none, token }
}

function fromJson(text: string): Result<Wish> {
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    const textField = (name: string) => (typeof value[name] === 'string' ? (value[name] as string) : '')
    const lists = (name: string): Properties =>
      Object.fromEntries(
        Object.entries(objectOf(value[name])).filter((property): property is [string, unknown[]] =>
          Array.isArray(property[1]),
        ),
      )
    const remove = Array.isArray(value.delete)
      ? value.delete.filter((name) => typeof name === 'string')
      : lists('delete')
    return ok({
      action: textField('action') || 'create',
      url: textField('url'),
      properties: lists('properties'),
      replace: lists('replace'),
      add: lists('add'),
      remove,
      token: '',
    })
  } catch {
    return refuse('BAD_REQUEST', 'not JSON')
  }
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function idOf(url: string): string {
  return /\/p\/([0-9a-f]{64})\/?$/.exec(url)?.[1] ?? ''
}

function bearer(headers: Readonly<Record<string, string>>): string {
  return /^Bearer +([!-~]+) *$/i.exec(headers.authorization ?? '')?.[1] ?? ''
}

function decoded(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null // broken UTF-8
  }
}

function created(location: string): MicropubAnswer {
  return { status: 201, headers: { location, 'cache-control': 'no-store' }, body: new Uint8Array(0) }
}

function json(value: unknown, status = 200): MicropubAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { status, headers, body: utf8(JSON.stringify(value)) }
}

const errors: { readonly [C in Code]?: readonly [number, string] } = {
  NOT_ALLOWED: [401, 'unauthorized'],
  KEY_REVOKED: [403, 'forbidden'],
  EXPIRED: [403, 'forbidden'],
  NOT_FOUND: [404, 'invalid_request'],
  TOO_LARGE: [413, 'invalid_request'],
  RATE: [429, 'invalid_request'],
  QUOTA: [507, 'invalid_request'],
  BLOG_NOT_DOWN: [409, 'invalid_request'],
}

/** The form of errors that the Recommendation asks for, with the code of this network in the description. */
function failed({ code, detail }: Refused): MicropubAnswer {
  const [status, error] = errors[code] ?? [400, 'invalid_request']
  return json({ error, error_description: `${code}: ${wordsOf(code, detail).message}` }, status)
}
