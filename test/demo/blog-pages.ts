/** The pages of a demonstration blog: front page, posts, feed, style sheet. Ordinary HTML as small engines write it. */

export type BlogPost = {
  readonly id: string
  readonly slug: string
  readonly title: string
  readonly html: string
  readonly published: number
  /** Set on posts that came from the mirrors. */
  readonly emergency?: boolean
  /** Of those, the id of the text that was imported. */
  readonly text?: string
}

export type BlogFacts = {
  readonly address: string
  readonly title: string
  readonly tagline: string
  /** The marker, once the blog is enrolled. */
  readonly blog: string | null
  /** Markup for the end of the body: the beacon's tag on blogs that carry one. */
  readonly tail: string
}

export const style = `@font-face{font-family:none;src:url(/missing.woff2)}
body{margin:0;font:18px/1.6 Georgia,serif;color:#233;background:#faf8f4 url(/paper.png)}
main,header{max-width:42rem;margin:0 auto;padding:1rem}
header{border-bottom:3px double #b98}
h1 a,h2 a{color:#723;text-decoration:none}
img{max-width:100%;border-radius:6px}
.note{background:#fe9;padding:.2rem .6rem;font:14px sans-serif}
`

export function frontPage(blog: BlogFacts, posts: readonly BlogPost[]): string {
  const entries = posts.map((post) => entry(blog, post)).join('\n')
  return page(blog, blog.title, `<img src="hero.png" alt="Hills in the morning" width="640" height="240">\n${entries}`)
}

export function postPage(blog: BlogFacts, post: BlogPost): string {
  return page(blog, `${post.title} – ${blog.title}`, entry(blog, post))
}

function entry(blog: BlogFacts, post: BlogPost): string {
  const note = post.emergency === true ? '<p class="note">Posted during an outage.</p>' : ''
  const day = new Date(post.published).toISOString()
  return `<article><h2><a href="${blog.address}${post.slug}/">${escaped(post.title)}</a></h2>${note}
<p><time datetime="${day}">${day.slice(0, 10)}</time></p>
${post.html}
</article>`
}

function page(blog: BlogFacts, title: string, body: string): string {
  const marker = blog.blog === null ? '' : `<meta name="dgos" content="${blog.blog}">`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>
<meta name="viewport" content="width=device-width">${marker}
<link rel="stylesheet" href="/style.css"><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head>
<body><header><h1><a href="/">${escaped(blog.title)}</a></h1><p>${escaped(blog.tagline)}</p></header>
<main>
${body}
</main>
<script>document.title = document.title + ' (live)'</script>${blog.tail}</body></html>`
}

export function feed(blog: BlogFacts, posts: readonly BlogPost[]): string {
  const items = posts.map(
    (post) => `<item><guid isPermaLink="false">${escaped(post.id)}</guid><link>${blog.address}${post.slug}/</link>
<title>${escaped(post.title)}</title><pubDate>${new Date(post.published).toUTCString()}</pubDate><description>${escaped(post.html)}</description></item>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>${escaped(blog.title)}</title><link>${blog.address}</link><description>${escaped(blog.tagline)}</description>
${items.join('\n')}</channel></rss>`
}

export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
