/** Posts as folders of plain files: Markdown with front matter (Jekyll, Hugo, Hexo), and HTML. Images lie beside them. */
import { html, trusted } from '../../../mirror/pages/markup.ts'
import { utf8 } from '../../../protocol/bytes.ts'
import {
  type ExportBlog,
  type ExportFile,
  type ExportPost,
  fileStem,
  htmlWithFiles,
  imageName,
  isoOf,
  publishedMs,
} from './export-post.ts'

/** `_posts/` and `images/`, as Jekyll has them; Hugo and Hexo take the same files in `content/` and `source/`. */
export function markdownFiles(posts: readonly ExportPost[]): readonly ExportFile[] {
  const names = uniqueStems(posts)
  const texts = posts.map((post, i) => ({ name: `_posts/${names[i]}.md`, bytes: utf8(markdownOf(post)) }))
  return [...texts, ...imageFiles(posts, 'images/')]
}

export function htmlFiles(blog: ExportBlog, posts: readonly ExportPost[]): readonly ExportFile[] {
  const names = uniqueStems(posts)
  const pages = posts.map((post, i) => {
    const { title, language, direction } = post.shown.current.payload
    const body = trusted(htmlWithFiles(post, 'images/')) // checked against the normal form just now
    const page = html`<!doctype html>
<html lang="${language ?? blog.language ?? ''}" dir="${direction ?? 'auto'}"><head><meta charset="utf-8"><title>${title}</title>
<meta name="dgos-post" content="${post.shown.id}"></head>
<body><article><h1>${title}</h1><p><time datetime="${isoOf(publishedMs(post))}">${isoOf(publishedMs(post)).slice(0, 10)}</time></p>
${body}
</article></body></html>
`
    return { name: `${names[i]}.html`, bytes: utf8(page.markup) }
  })
  const list = posts.map(
    (post, i) => html`<li><a href="${names[i]}.html">${post.shown.current.payload.title || names[i]!}</a></li>\n`,
  )
  const index = html`<!doctype html>
<html><head><meta charset="utf-8"><title>${blog.title}</title></head><body><h1>${blog.title}</h1><ul>
${list}</ul></body></html>
`
  return [{ name: 'index.html', bytes: utf8(index.markup) }, ...pages, ...imageFiles(posts, 'images/')]
}

/** JSON strings are YAML strings. A post without Markdown (by e-mail) goes as HTML, which all three take within Markdown. */
function markdownOf(exportPost: ExportPost): string {
  const { title, language, source } = exportPost.shown.current.payload
  const head = [
    `title: ${JSON.stringify(title)}`,
    `date: ${isoOf(publishedMs(exportPost))}`,
    `lastmod: ${isoOf(exportPost.shown.current.payload.published)}`,
    ...(language === undefined ? [] : [`lang: ${JSON.stringify(language)}`]),
    `dgos_post: ${exportPost.shown.id}`,
  ]
  const body = source === undefined ? htmlWithFiles(exportPost, '/images/') : sourceWithFiles(exportPost, source)
  return `---\n${head.join('\n')}\n---\n\n${body.trimEnd()}\n`
}

function sourceWithFiles({ images }: ExportPost, source: string): string {
  return images.reduce((text, image) => {
    const place = `](/images/${imageName(image)})`
    return text.replaceAll(`](blob:${image.blob})`, place).replaceAll(`](${image.name})`, place)
  }, source)
}

function uniqueStems(posts: readonly ExportPost[]): readonly string[] {
  const seen = new Set<string>()
  return posts.map((post) => {
    const stem = fileStem(post)
    const name = seen.has(stem) ? `${stem}-${post.shown.id.slice(0, 8)}` : stem
    seen.add(stem)
    return name
  })
}

function imageFiles(posts: readonly ExportPost[], folder: string): readonly ExportFile[] {
  const files = posts
    .flatMap((post) => post.images)
    .map((exportImage) => [folder + imageName(exportImage), exportImage.body] as const)
  return [...new Map(files)].map(([name, bytes]) => ({ name, bytes }))
}
