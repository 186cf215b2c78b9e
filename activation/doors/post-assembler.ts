/**
 * The one place where a post is put together, whichever door it comes through: what an author wrote → the fields to sign.
 * Pure. Limits are told before anything is signed or sent, in words that say what to change.
 */
import { byteLength } from '../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../protocol/codes.ts'
import { blobBytesMax, postPayloadBytesMax } from '../../protocol/limits.ts'
import type { Attachment, Hash, Key, Payloads, SignedObject, Time } from '../../protocol/objects.ts'

/** What was written, as the door has read it. */
export type PostContent = {
  /** The random mark by which posts of one draft are known as one: sending twice never shows twice. */
  readonly mark: Hash
  readonly title: string
  /** In the normal form, with every attachment that it names. */
  readonly html: string
  /** Markdown, where the author wrote that. */
  readonly source?: string
  readonly attachments: readonly Attachment[]
  readonly language?: string
  /** Default: as the first letter runs. */
  readonly direction?: 'ltr' | 'rtl'
  /** The post that this one replaces, where it is an edit. */
  readonly replaces?: SignedObject<'post'>
  /** Takes `replaces` back: nothing of the text is sent. */
  readonly withdrawn?: boolean
}

/** Where it is going, and what the door adds. */
export type PostContext = {
  readonly network: Hash
  readonly blog: Hash
  /** The newest posts known: `tips` of the blog. */
  readonly prevs: readonly Hash[]
  readonly nowMs: Time
  /** Which door: shown to readers where it speaks for the author. At most 60 bytes count. */
  readonly through?: string
  /** How long after its signing readers do not see it. */
  readonly heldMs?: number
  readonly cancel?: Key
  readonly mail?: Hash
  readonly mailProof?: string
}

export type PostFields = Omit<Payloads['post'], 'key'>

/** From the limits of kinds.json. A test holds them together. */
export const draftLimits = {
  titleBytesMax: 300,
  sourceBytesMax: 262_144,
  htmlBytesMax: 524_288,
  attachmentsMax: 20,
  altBytesMax: 1000,
  nameBytesMax: 200,
} as const
const prevsMax = 8
const throughBytesMax = 60
/** The signer's key and its name. */
const keyBytes = 100

/** As in kinds.json. A test holds them together. */
const languageGrammar = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/
const languageBytesMax = 35

/** The fields to seal as a `post`, or a refusal whose detail tells the author what to change. */
export function assemblePost(content: PostContent, context: PostContext): Result<PostFields> {
  const { replaces, withdrawn = false, language = '' } = content
  const { title, html, source = '', attachments } = withdrawn ? nothing : content
  const problem = withdrawn ? null : draftProblem({ title, source: source || html, attachments }, html)
  if (problem !== null) return refuse('TOO_LARGE', problem)
  if (!isLanguage(language)) return refuse('BAD_REQUEST', languageProblem)
  const direction = content.direction ?? directionOf(`${title} ${textOfHtml(html)}`)
  const { network, blog, nowMs, through, heldMs, cancel, mail, mailProof } = context
  const fields: PostFields = {
    network,
    time: nowMs,
    blog,
    draft: content.mark,
    prevs: context.prevs.slice(0, prevsMax),
    title: title.trim(),
    html,
    ...(source === '' ? {} : { source }),
    ...(language === '' ? {} : { language }),
    ...(direction === null ? {} : { direction }),
    attachments,
    ...(replaces === undefined ? {} : { replaces: replaces.id }),
    ...(withdrawn ? { withdrawn } : {}),
    published: Math.max(nowMs, (replaces?.payload.published ?? 0) + 1),
    ...(heldMs === undefined ? {} : { showAt: nowMs + heldMs }),
    ...(cancel === undefined ? {} : { cancel }),
    ...(through === undefined ? {} : { through: cutTo(through, throughBytesMax) }),
    ...(mail === undefined ? {} : { mail }),
    ...(mailProof === undefined ? {} : { mailProof }),
  }
  const bytes = byteLength(JSON.stringify(fields)) + keyBytes
  return bytes <= postPayloadBytesMax ? ok(fields) : refuse('TOO_LARGE', 'The post is too long: send it as two posts.')
}

const nothing: Pick<PostContent, 'title' | 'html' | 'source' | 'attachments'> = { title: '', html: '', attachments: [] }

export const languageProblem = 'No language is called so. Type its name or its short code, like Portuguese or pt-BR.'

/** A language tag as posts carry it; empty for none. The grammar of the wire takes names too: no language has so long a code. */
export function isLanguage(code: string): boolean {
  const [primary = ''] = code.split('-')
  const isTag = code.length <= languageBytesMax && languageGrammar.test(code)
  return code === '' || (isTag && primary.length <= 3)
}

type Measured = Pick<PostContent, 'title' | 'attachments'> & { readonly source: string }

/** null where the draft may be sent, else what the author should change. */
export function draftProblem({ title, source, attachments }: Measured, html: string): string | null {
  const { titleBytesMax, sourceBytesMax, htmlBytesMax, attachmentsMax } = draftLimits
  if (title.trim() === '' && source.trim() === '') return 'There is nothing to send yet: write something.'
  if (byteLength(title.trim()) > titleBytesMax) return `The title is too long: at most ${titleBytesMax} bytes.`
  if (byteLength(source) > sourceBytesMax || byteLength(html) > htmlBytesMax)
    return 'The text is too long: send it as two posts.'
  if (attachments.length > attachmentsMax) return `Too many images: at most ${attachmentsMax} in one post.`
  const large = attachments.find((attachment) => attachment.bytes > blobBytesMax)
  if (large !== undefined) return `The image "${large.name}" is too large: at most 10 MB.`
  return null
}

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u
const letter = /\p{L}/u

/** By the first letter, as browsers do for `dir="auto"`. null without one: such a post runs as its blog does. */
function directionOf(text: string): 'ltr' | 'rtl' | null {
  const first = letter.exec(text)?.[0]
  if (first === undefined) return null
  return rightToLeft.test(first) ? 'rtl' : 'ltr'
}

/** The words of html in the normal form, as far as their letters matter: tags and character references have none. */
function textOfHtml(html: string): string {
  return html.replace(/<[^<>]*>|&[a-z0-9#]*;/g, ' ')
}

/** At most `bytesMax` bytes of UTF-8, never half a character. */
export function cutTo(text: string, bytesMax: number): string {
  let out = text.toWellFormed()
  while (byteLength(out) > bytesMax)
    out = [...out]
      .slice(0, Math.max(0, [...out].length - Math.max(1, Math.ceil((byteLength(out) - bytesMax) / 4))))
      .join('')
  return out
}
