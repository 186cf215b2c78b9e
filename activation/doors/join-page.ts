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
  /** null before the one question is answered. */
  readonly kind: JoinKind | null
  /** What came of a file that was handed in. */
  readonly answer: { readonly blog: Hash } | { readonly refused: string } | null
}

/** What a blog is made with, as far as the steps differ. */
export const joinKinds = {
  wordpress: 'WordPress, on a server of my own',
  blogspot: 'Blogspot (Blogger)',
  ghost: 'Ghost',
  static: 'Hugo, Jekyll or files of my own',
  other: 'Something else',
} as const
export type JoinKind = keyof typeof joinKinds

export function readJoinKind(text: string | null): JoinKind | null {
  return text !== null && Object.hasOwn(joinKinds, text) ? (text as JoinKind) : null
}

const policies = {
  closed: 'This member takes no new blogs. Others of the network may.',
  invitation: 'This member takes blogs by invitation: ask its operator for a link.',
  open: 'This member takes any blog.',
}

/** Where the one line goes. */
const places: Readonly<Record<Exclude<JoinKind, 'wordpress'>, string>> = {
  blogspot: 'In Blogger: Theme, the arrow beside Customise, Edit HTML. Paste the line right below <head>, and save.',
  ghost: 'In Ghost: Settings, Code injection, Site header. Paste the line, and save.',
  static: 'Put the line into the <head> of your base template (in Hugo: layouts/partials/head.html), and publish.',
  other:
    'Put the line into the <head> of your front page. A file /.well-known/dgos.json or a DNS record will do as well.',
}

export function joinPage(model: JoinPageModel): string {
  const { memberName, style, policy, url, answer } = model
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Protect a blog</title><meta name="robots" content="noindex"><link rel="stylesheet" href="${style}"></head>
<body><a class="skip" href="#main">Skip to content</a><main id="main">
<p class="top small soft">Member <a href="/">${memberName}</a></p>
<header class="intro"><h1>Protect a blog</h1><p class="soft">Friends keep a copy of your blog, and let you post while it is down.</p></header>
${answerOf(model)}
${policyNote(model)}
${policy === 'closed' ? '' : model.kind === null && answer === null ? question(model) : steps(model)}
<footer class="foot"><p>${url}</p></footer></main></body></html>
`.markup
}

/** Nothing to whom it does not concern: an author with an invitation, or one who has handed in. */
function policyNote({ policy, invitation, answer }: JoinPageModel): Markup | null {
  if (answer !== null || (policy === 'invitation' && invitation !== '')) return null
  return html`<div class="notice ${policy === 'closed' ? 'warn' : ''}"><p>${policies[policy]}</p></div>`
}

function question({ invitation }: JoinPageModel): Markup {
  const given = invitation === '' ? '' : `&invitation=${encodeURIComponent(invitation)}`
  const choices = Object.entries(joinKinds).map(
    ([kind, name]) => html`<li><a class="button quiet" href="/join?kind=${kind}${given}">${name}</a></li>`,
  )
  return html`<section class="card" aria-labelledby="ask-title"><h2 id="ask-title">What is your blog made with?</h2>
<ul class="bare choices">${choices}</ul></section>`
}

function answerOf({ answer }: JoinPageModel): Markup | null {
  if (answer === null) return null
  if ('refused' in answer) return html`<div class="notice alarm"><p>Not taken: ${answer.refused}</p></div>`
  return html`<div class="notice good"><p><strong>Registered.</strong> Put this line into the head of your front page:</p>
<pre class="marker"><code>${marker(answer.blog)}</code></pre><p>Or publish <code>{"blog":"${answer.blog}"}</code> at <code>/.well-known/dgos.json</code>, or the
DNS record <code>_dgos.&lt;your host&gt; TXT "dgos=${answer.blog}"</code>. <a href="/dgos/v1/blogs/${answer.blog}">Who has seen it</a>.</p></div>`
}

function marker(blog: Hash): string {
  return `<meta name="dgos" content="${blog}">`
}

function steps(model: JoinPageModel): Markup {
  return model.kind === 'wordpress' ? wordpressSteps(model) : kitSteps(model, model.kind ?? 'other')
}

/** The plugin makes the keys in its own kit, and needs no steward: it joins as a member. */
function wordpressSteps({ url }: JoinPageModel): Markup {
  return html`<section class="card" aria-labelledby="plugin-title"><h2 id="plugin-title">1. Install the plugin</h2>
<p>In WordPress: Plugins, Add plugin, Upload plugin. Choose <code>dgos.zip</code> of the release, install and activate it.</p></section>
<section class="card" aria-labelledby="link-title"><h2 id="link-title">2. Paste the link of your friend</h2>
<p>Under DGOS, Set up: the link that begins with <code>${url}join#</code>, or this address:</p>
<pre class="marker"><code>${url}</code></pre></section>
<section class="card" aria-labelledby="list-title"><h2 id="list-title">3. Follow the list there</h2>
<p>Your papers, your kit, then the plugin does the rest by itself: copy, tag and mirrors.</p></section>
${leaving()}`
}

function kitSteps({ kitHash, invitation }: JoinPageModel, kind: Exclude<JoinKind, 'wordpress'>): Markup {
  const query = invitation === '' ? '' : `?invitation=${encodeURIComponent(invitation)}`
  return html`<section class="card" aria-labelledby="kit-title"><h2 id="kit-title">1. Take the kit, and open it</h2>
<p>One file, opened from your own disk. It prints your papers, registers your blog here, and later writes and sends posts.</p>
<p class="row"><a class="button" href="/kit${query}" download="dgos-kit.html">Download the kit</a></p>
<details><summary>For experts</summary><p class="small soft">SHA-256 of its program: <code id="kit-hash">${kitHash}</code>. The same on every member of this release, and in
their signed records. To check a file: <code>sed "/author's data follows/q" dgos-kit.html | sha256sum</code>. It never shows a key to a member.</p></details></section>
<section class="card" aria-labelledby="tag-title"><h2 id="tag-title">2. Put one line into your front page</h2>
<p>The kit shows you the line. ${places[kind]}</p>
<p class="small soft">Ten members look for it, each by itself. When enough of them have seen it, your blog is protected. Nobody can register a blog
into whose front page they cannot write.</p></section>
<details class="card"><summary>The kit had no network: you have a registration file</summary>
<form class="row" action="/join" method="post" enctype="multipart/form-data">
<div class="grow"><label for="file">Your registration file</label><input id="file" name="file" type="file" accept=".dgos,application/json" required></div>
<div class="grow"><label for="invitation">Invitation</label><input id="invitation" name="invitation" value="${invitation}" autocapitalize="none" spellcheck="false"></div>
<button class="quiet" type="submit">Register</button></form></details>
${leaving()}`
}

function leaving(): Markup {
  return html`<section class="card" aria-labelledby="move-title"><h2 id="move-title">You may leave this member at any time</h2>
<p>With the words of your recovery sheet you name another one. No vote and no member can.</p></section>`
}
