/** Why to believe a mirror page: who signed what, when it was captured, and how many mirrors say the same. */
import type { Trust } from '../../protocol/heads.ts'
import { html, type Markup, timeElement } from './markup.ts'
import type { PageModel, PagePost } from './model.ts'

const trustText: Readonly<Record<Trust, { readonly label: string; readonly tone: string; readonly text: string }>> = {
  'signed-by-blog': {
    label: 'signed by the blog',
    tone: 'good',
    text: 'The blog’s own server made and signed this copy.',
  },
  'captured-alike': {
    label: 'captured alike',
    tone: 'good',
    text: 'Two members captured the blog on their own and found the same articles.',
  },
  'captured-by-one': {
    label: 'captured by one',
    tone: 'warn',
    text: 'One member captured this copy; no other has confirmed it yet.',
  },
}

export function trustSection(model: PageModel, base: string, post: PagePost | null = null): Markup {
  return html`<section class="card trust" lang="en" dir="ltr" aria-labelledby="trust"><h2 id="trust">How do I know this is real?</h2>
<dl class="facts">${agreement(model)}${postFacts(model, post)}${post === null ? copyFacts(model) : null}${evidence(model)}</dl>
${model.frozen ? html`<p class="notice alarm">One key has signed two different successors of this blog’s keys. Until a higher key decides, the keys before them count.</p>` : null}
<p class="no-print"><a class="button quiet" href="${base}verify">Verify in your browser</a></p>
<p class="small soft">Or by your own means: <a href="/dgos/v1/blogs/${model.blog}/evidence">all signed evidence</a> · <a href="/dgos/v1/blogs/${model.blog}">state of the blog</a></p></section>`
}

function agreement(model: PageModel): Markup {
  const label = model.fresh
    ? html`<span class="tag good">confirmed fresh</span>`
    : html`<span class="tag warn">may be old</span>`
  const text = model.fresh
    ? `${model.confirming} mirrors of different operators know nothing newer.`
    : `${model.confirming} of the ${model.needed} mirrors needed have confirmed it within a day.`
  return html`<dt>Newest state</dt><dd>${label} ${text}</dd>`
}

function postFacts(model: PageModel, post: PagePost | null): Markup | null {
  if (post !== null) {
    return html`<dt>This post</dt><dd>signed with “${post.signedBy}” <code dir="ltr">${shortKey(post.key)}</code><br>
<span class="small soft">id <code>${post.id}</code></span></dd>`
  }
  const keys = new Map(model.posts.map((post) => [post.key, post.signedBy]))
  if (keys.size === 0) return null
  const signers = [...keys].map(([key, name]) => html`<li>“${name}” <code dir="ltr">${shortKey(key)}</code></li>`)
  return html`<dt>Posts</dt><dd>signed on the author’s devices<ul class="bare small">${signers}</ul></dd>`
}

function copyFacts(model: PageModel): Markup | null {
  const { copy } = model
  if (copy === null) return null
  const trust = trustText[copy.trust]
  return html`<dt>Copy</dt><dd><span class="tag ${trust.tone}">${trust.label}</span> ${trust.text}<br>
<span class="small soft">${copy.files} file${copy.files === 1 ? '' : 's'}, captured ${timeElement(copy.capturedAt)} by ${copy.by}</span></dd>`
}

function evidence(model: PageModel): Markup {
  const { state, votes, head } = model
  const word =
    state.state !== 'down' || state.declaration === null
      ? null
      : html`<dt>Outage</dt><dd>${
          state.by === 'author' ? 'declared by the author' : `declared by ${votes.length} mirrors`
        }${state.until === null ? null : html`, good until ${timeElement(state.until)}`}${
          votes.length === 0 ? null : html`<br><span class="small soft">${votes.join(', ')}</span>`
        }</dd>`
  const list =
    head === null
      ? null
      : html`<dt>Mirror list</dt><dd>number ${head.rootVersion}.${head.seq}, signed ${timeElement(head.time)}, ${
          model.mirrors.length === 1 ? 'one mirror' : `${model.mirrors.length} mirrors`
        } of ${model.operators === 1 ? 'one operator' : `${model.operators} operators`}</dd>`
  return html`${word}${list}<dt>Blog</dt><dd><code class="id">${model.blog}</code></dd>`
}

/** Enough of a key to compare by eye. */
export function shortKey(key: string): string {
  return `${key.slice(0, 4)} ${key.slice(4, 8)} ${key.slice(8, 12)} ${key.slice(12, 16)}`
}
