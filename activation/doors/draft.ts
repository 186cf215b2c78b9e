/** A draft in Markdown, as form, kit and command line keep it → the fields of a post. */
import type { Result } from '../../protocol/codes.ts'
import { markdownToHtml } from './markdown.ts'
import { assemblePost, type PostContent, type PostContext, type PostFields } from './post-assembler.ts'

export type Draft = Omit<PostContent, 'html'> & {
  /** What the author wrote, as Markdown. */
  readonly source: string
}
export type DraftContext = PostContext & {
  /** The blog's address, for links like `/about`. */
  readonly base?: string
}

/** The fields to seal as a `post`, or a refusal whose detail tells the author what to change. */
export function postFields(draft: Draft, context: DraftContext): Result<PostFields> {
  const { attachments, source } = withImages(draft)
  const html = markdownToHtml(source, { attachments, ...(context.base === undefined ? {} : { base: context.base }) })
  return assemblePost({ ...draft, attachments, source, html }, context)
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
