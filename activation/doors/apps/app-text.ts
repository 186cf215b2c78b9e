/** What an app says, as a post: its html or Markdown, and the images that it names, from the shelf or from the text before. */
import type { Attachment, Hash, SignedObject } from '../../../protocol/objects.ts'
import type { Blobs, PenText } from '../gateway/post-writer.ts'
import { richText } from '../gateway/rich-text.ts'
import type { Shelved } from '../gateway/uploaded-images.ts'
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
  readonly shelf: readonly Shelved[]
  /** The text that this one replaces. */
  readonly before?: SignedObject<'post'>
  readonly base?: string
}

export function penText(text: AppText, { shelf, before, base }: AppTextContext): { text: PenText; blobs: Blobs } {
  const known = new Map<Hash, Attachment>()
  for (const one of before?.payload.attachments ?? []) known.set(one.blob, one)
  for (const one of shelf) known.set(one.attachment.blob, known.get(one.attachment.blob) ?? one.attachment)
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
  const loose = extra.filter((one) => !named.has(one)).map((one) => image(used.get(one)!))
  const attachments = [...used.values()]
  return {
    text: {
      title: text.title,
      html: html + loose.join(''),
      ...('markdown' in text.content ? { source: text.content.markdown } : {}),
      attachments,
      ...(text.language === undefined ? {} : { language: text.language }),
    },
    blobs: new Map(shelf.filter((one) => used.has(one.attachment.blob)).map((one) => [one.attachment.blob, one.bytes])),
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
    const own = source.replace(/\]\((\S*\/)?([0-9a-f]{64})(?:\.[a-z0-9]{1,5})?\)/g, (whole, _, hash) =>
      known.has(hash) ? `](blob:${hash})` : whole,
    )
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

function image(one: Attachment): string {
  return richText('<p><img></p>', {
    image: () => element('img', [], [['src', `blob:${one.blob}`], ['alt', one.alt], ...sizeOf(one)]),
  })
}

/** The html of a post as an app may edit it: images by their address. */
export function htmlForApp(html: string, mediaUrl: (blob: Hash) => string): string {
  return html.replace(/src="blob:([0-9a-f]{64})"/g, (_, hash: string) => `src="${mediaUrl(hash)}"`)
}
