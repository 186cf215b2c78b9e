/** `/join`: where a blog without a server of its own enrols. Hands out the kit, takes back a signed root. No script. */
import { html, type Markup } from '../../mirror/pages/markup.ts'
import type { Hash } from '../../protocol/objects.ts'

export type JoinPageModel = {
  readonly memberName: string
  /** Base URL of this member. */
  readonly url: string
  readonly style: string
  readonly policy: 'closed' | 'invitation' | 'open'
  readonly kitHash: Hash
  readonly invitation: string
  /** What came of a file that was handed in. */
  readonly answer: { readonly blog: Hash } | { readonly refused: string } | null
}

const policies = {
  closed: 'This member takes no new blogs. Others of the network may.',
  invitation: 'This member takes blogs by invitation: ask its operator for a link.',
  open: 'This member takes any blog.',
}

export function joinPage(model: JoinPageModel): string {
  const { memberName, style, policy, url } = model
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Enrol a blog</title><meta name="robots" content="noindex"><link rel="stylesheet" href="${style}"></head>
<body><a class="skip" href="#main">Skip to content</a><main id="main">
<p class="top small soft">Member <a href="/">${memberName}</a></p>
<header class="intro"><h1>Enrol a blog</h1><p class="soft">Members of this network keep a copy of your blog, and let you post
while it is down. You need no server: a blog at a host like Blogspot will do, if you can put a line into its front page.</p></header>
${answerOf(model)}
${policyNote(model)}
${policy === 'closed' ? '' : steps(model)}
<section class="card" aria-labelledby="move-title"><h2 id="move-title">You may leave this member at any time</h2>
<p>It captures your blog and signs the list of its mirrors as your steward, because your root says so. A new root, signed with
your recovery words, names another member; no vote and no member can.</p></section>
<footer class="foot"><p>${url}</p></footer></main></body></html>
`.markup
}

/** Nothing to whom it does not concern: an author with an invitation, or one who has handed in. */
function policyNote({ policy, invitation, answer }: JoinPageModel): Markup | null {
  if (answer !== null || (policy === 'invitation' && invitation !== '')) return null
  return html`<div class="notice ${policy === 'closed' ? 'warn' : ''}"><p>${policies[policy]}</p></div>`
}

function answerOf({ answer }: JoinPageModel): Markup | null {
  if (answer === null) return null
  if ('refused' in answer) return html`<div class="notice alarm"><p>Not taken: ${answer.refused}</p></div>`
  return html`<div class="notice good"><p><strong>Enrolled.</strong> Put this line into the head of your front page:</p>
<pre class="marker"><code>${marker(answer.blog)}</code></pre><p>Or publish <code>{"blog":"${answer.blog}"}</code> at <code>/.well-known/dgos.json</code>, or the
DNS record <code>_dgos.&lt;your host&gt; TXT "dgos=${answer.blog}"</code>. <a href="/dgos/v1/blogs/${answer.blog}">Who has seen it</a>.</p></div>`
}

function marker(blog: Hash): string {
  return `<meta name="dgos" content="${blog}">`
}

function steps({ kitHash, invitation }: JoinPageModel): Markup {
  const query = invitation === '' ? '' : `?invitation=${encodeURIComponent(invitation)}`
  return html`<section class="card" aria-labelledby="kit-title"><h2 id="kit-title">1. Take the kit</h2>
<p>One file: it makes your keys, prints your recovery words, and later writes, signs and sends posts. Open it from your own
disk. It needs no network to write, and never shows a key to a member. As an app it installs from a web space of your own.</p>
<p class="row"><a class="button" href="/kit${query}" download="dgos-kit.html">Download the kit</a></p>
<p class="small soft">SHA-256 of its program: <code id="kit-hash">${kitHash}</code>. The same on every member of this release, and in
their signed records. To check a file: <code>sed "/author's data follows/q" dgos-kit.html | sha256sum</code></p></section>
<section class="card" aria-labelledby="open-title"><h2 id="open-title">2. Open it, and follow its steps</h2>
<p>It signs the root of your blog and hands it in here by itself. Without a network it saves a file instead:</p>
<form class="row" action="/join" method="post" enctype="multipart/form-data">
<div class="grow"><label for="file">Signed root</label><input id="file" name="file" type="file" accept=".dgos,application/json" required></div>
<div class="grow"><label for="invitation">Invitation</label><input id="invitation" name="invitation" value="${invitation}" autocapitalize="none" spellcheck="false"></div>
<button class="quiet" type="submit">Hand in</button></form></section>
<section class="card" aria-labelledby="tag-title"><h2 id="tag-title">3. Put one line into your front page</h2>
<p>Ten members look for it, each by itself. When enough of them have seen it, your blog is guarded. Nobody can enrol a blog
into whose front page they cannot write.</p></section>`
}
