/** What an app says, as a post: its html or Markdown, and the images that it names, uploaded before or found in the text that it replaces. */
import type { Attachment, Hash, SignedObject } from '../../../protocol/objects.ts'
import type { WrittenText } from '../gateway/post-writer.ts'
import { richText } from '../gateway/rich-text.ts'
import { element } from '../html-tree.ts'
import { markdownToHtml } from '../markdown.ts'

export type AppText = {
  readonly title: string
  readonly content: { readonly html: string } | { readonly markdown: string }
  /** Images beside the text, with their alternative words. */
  readonly photos?: readonly { readonly url: string; readonly alt: string }[]
  readonly language?: string
}
export type AppTextContext = {
  /** Images that the app sent before. */
  readonly uploads: readonly Attachment[]
  /** The text that this one replaces. */
  readonly before?: SignedObject<'post'>
  readonly base?: string
}

/** Throws TooCostly. */
export function writtenText(text: AppText, { uploads, before, base }: AppTextContext): WrittenText {
  const known = new Map<Hash, Attachment>()
  for (const attachment of before?.payload.attachments ?? []) known.set(attachment.blob, attachment)
  for (const upload of uploads) known.set(upload.blob, known.get(upload.blob) ?? upload)
  const used = new Map<Hash, Attachment>()
  const use = (src: string, alt: string): Attachment | null => {
    const hash = /(?:^|[/:])([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?$/.exec(src)?.[1]
    const found = hash === undefined ? undefined : known.get(hash)
    if (found === undefined) return null
    const named = { ...found, alt: found.alt === '' ? alt : found.alt }
    used.set(found.blob, named)
    return named
  }
  for (const { url, alt } of text.photos ?? []) use(url, alt)
  const extra = [...used.keys()]
  const html = 'html' in text.content ? fromHtml(text.content.html) : fromMarkdown(text.content.markdown)
  const named = new Set(html.match(/(?<=<img src="blob:)[0-9a-f]{64}/g))
  const loose = extra.filter((name) => !named.has(name)).map((name) => image(used.get(name)!))
  const attachments = [...used.values()]
  return {
    title: text.title,
    html: html + loose.join(''),
    ...('markdown' in text.content ? { source: text.content.markdown } : {}),
    attachments,
    ...(text.language === undefined ? {} : { language: text.language }),
  }

  function fromHtml(source: string): string {
    return richText(source, {
      ...(base === undefined ? {} : { base }),
      image: (src, alt) => {
        const found = use(src, alt)
        return found === null
          ? null
          : element('img', [], [['src', `blob:${found.blob}`], ['alt', alt || found.alt], ...sizeOf(found)])
      },
    })
  }

  function fromMarkdown(source: string): string {
    const own = source.replace(/\]\(([^\s()]*)\)/g, (whole, target: string) => {
      const hash = /^([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?$/.exec(target.slice(target.lastIndexOf('/') + 1))?.[1]
      return hash !== undefined && known.has(hash) ? `](blob:${hash})` : whole
    })
    for (const hash of own.match(/(?<=\]\(blob:)[0-9a-f]{64}/g) ?? []) use(`blob:${hash}`, '')
    return markdownToHtml(own, { attachments: [...used.values()], ...(base === undefined ? {} : { base }) })
  }
}

function sizeOf({ width, height }: Attachment): (readonly [string, string])[] {
  return width === undefined || height === undefined
    ? []
    : [
        ['width', String(width)],
        ['height', String(height)],
      ]
}

function image(attachment: Attachment): string {
  return richText('<p><img></p>', {
    image: () =>
      element('img', [], [['src', `blob:${attachment.blob}`], ['alt', attachment.alt], ...sizeOf(attachment)]),
  })
}

/** The html of a post as an app may edit it: images by their address. */
export function htmlForApp(html: string, mediaUrl: (blob: Hash) => string): string {
  return html.replace(/src="blob:([0-9a-f]{64})"/g, (_, hash: string) => `src="${mediaUrl(hash)}"`)
}
