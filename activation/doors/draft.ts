/**
 * A draft → the fields of a post. Every door walks this road, so limits are told to the author before anything is
 * signed or sent, in words that say what to do.
 */
import { byteLength } from '../../protocol/bytes.ts'
import { ok, type Result, refuse } from '../../protocol/codes.ts'
import { blobBytesMax, postPayloadBytesMax } from '../../protocol/limits.ts'
import type { Attachment, Hash, Payloads, SignedObject, Time } from '../../protocol/objects.ts'
import { markdownToHtml } from './markdown.ts'

export type Draft = {
  /** The random mark by which posts of one draft are known as one: sending twice never shows twice. */
  readonly mark: Hash
  readonly title: string
  /** Markdown. */
  readonly source: string
  readonly attachments: readonly Attachment[]
  readonly language?: string
  /** Default: as the first letter runs. */
  readonly direction?: 'ltr' | 'rtl'
  /** The post that this text replaces, where it is an edit. */
  readonly replaces?: SignedObject<'post'>
  readonly withdrawn?: boolean
}

export type DraftContext = {
  readonly network: Hash
  readonly blog: Hash
  /** The newest posts known: `tips` of the blog. */
  readonly prevs: readonly Hash[]
  readonly nowMs: Time
  /** The blog's address, for links like `/about`. */
  readonly base?: string
  /** Which door: shown to nobody, kept for the author. */
  readonly through?: string
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

/** As in kinds.json. A test holds them together. */
const languageGrammar = /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/
const languageBytesMax = 35

const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u
const letter = /\p{L}/u

/** The fields to seal as a `post`, or a refusal whose detail tells the author what to change. */
export function postFields(draft: Draft, context: DraftContext): Result<PostFields> {
  const withdrawn = draft.withdrawn === true
  const { attachments, source } = withdrawn ? { attachments: [], source: '' } : withImages(draft)
  const html = markdownToHtml(source, { attachments, ...(context.base === undefined ? {} : { base: context.base }) })
  const problem = withdrawn ? null : draftProblem({ ...draft, attachments, source }, html)
  if (problem !== null) return refuse('TOO_LARGE', problem)
  if (!isLanguage(draft.language ?? '')) return refuse('BAD_REQUEST', languageProblem)
  const fields: PostFields = {
    network: context.network,
    time: context.nowMs,
    blog: context.blog,
    draft: draft.mark,
    prevs: context.prevs.slice(0, 8),
    title: withdrawn ? '' : draft.title.trim(),
    html,
    ...(source === '' ? {} : { source }),
    ...(draft.language === undefined || draft.language === '' ? {} : { language: draft.language }),
    direction: draft.direction ?? directionOf(`${draft.title} ${source}`),
    attachments,
    ...(draft.replaces === undefined ? {} : { replaces: draft.replaces.id }),
    ...(withdrawn ? { withdrawn } : {}),
    published: context.nowMs,
    ...(context.through === undefined ? {} : { through: context.through }),
  }
  const bytes = byteLength(JSON.stringify(fields)) + 100
  return bytes <= postPayloadBytesMax ? ok(fields) : refuse('TOO_LARGE', 'The post is too long: send it as two posts.')
}

export const languageProblem = 'The language is a short code, like en or pt-BR.'

/** A language tag as posts carry it; empty for none. */
export function isLanguage(code: string): boolean {
  return code === '' || (code.length <= languageBytesMax && languageGrammar.test(code))
}

/** null where the draft may be sent, else what the author should change. */
export function draftProblem(draft: Pick<Draft, 'title' | 'source' | 'attachments'>, html: string): string | null {
  const { titleBytesMax, sourceBytesMax, htmlBytesMax, attachmentsMax } = draftLimits
  if (draft.title.trim() === '' && draft.source.trim() === '') return 'There is nothing to send yet: write something.'
  if (byteLength(draft.title.trim()) > titleBytesMax) return `The title is too long: at most ${titleBytesMax} bytes.`
  if (byteLength(draft.source) > sourceBytesMax || byteLength(html) > htmlBytesMax)
    return 'The text is too long: send it as two posts.'
  if (draft.attachments.length > attachmentsMax) return `Too many images: at most ${attachmentsMax} in one post.`
  const large = draft.attachments.find((attachment) => attachment.bytes > blobBytesMax)
  if (large !== undefined) return `The image "${large.name}" is too large: at most 10 MB.`
  return null
}

/** An image that the text does not mention is put at its end: what an author attached is never lost silently. */
function withImages({ source, attachments }: Draft): Pick<Draft, 'source' | 'attachments'> {
  const used = new Set(markdownToHtml(source, { attachments }).match(/(?<=<img src="blob:)[0-9a-f]{64}/g))
  const rest = attachments
    .filter((attachment) => !used.has(attachment.blob))
    .map((attachment) => `![${bare(attachment.alt)}](blob:${attachment.blob})`)
  return { attachments, source: rest.length === 0 ? source : `${source.trimEnd()}\n\n${rest.join('\n\n')}\n` }
}

function bare(alt: string): string {
  return alt.replace(/[[\]\\\n]/g, ' ')
}

/** By the first letter, as browsers do for `dir="auto"`. */
function directionOf(text: string): 'ltr' | 'rtl' {
  const first = letter.exec(text)?.[0] ?? ''
  return rightToLeft.test(first) ? 'rtl' : 'ltr'
}
