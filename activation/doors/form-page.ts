/**
 * `/post`: the page by which an author posts from any browser. With script it unlocks the outage key, signs and sends on
 * the device; without script it takes signed files. The page itself is the same for everyone and holds no secret.
 */
import { html, type Markup } from '../../mirror/pages/markup.ts'
import { type Code, codes } from '../../protocol/codes.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { ReplicaStatus } from '../posts/replica-status.ts'
import { editorFields } from './editor-fields.ts'
import { replicaText } from './replica-text.ts'

export type FormAssets = {
  /** Paths on this member. */
  readonly script: string
  readonly style: string
  /** `sha384-…` of the script: what the member vouches for. */
  readonly integrity: string
}
export type PostPageModel = {
  readonly memberName: string
  /** "example.org", where the address of the page names a blog. */
  readonly host: string | null
  /** Blogs that are down now: links to their form. */
  readonly down: readonly { readonly host: string; readonly title: string }[]
  readonly assets: FormAssets
}

/** Headers of every page here. Scripts only from this member; nothing may frame the page and lie over its buttons. */
export const postPageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
}

export function postPage(model: PostPageModel): string {
  return document(model.assets, model.memberName, 'Post while your blog is down', postSteps(model), true)
}

/** What stands between the head and the foot of the page: the script needs these parts and no others. */
export function postSteps(model: Pick<PostPageModel, 'host' | 'down'>): Markup {
  return html`
    <header class="intro">
      <h1>Post while your blog is down</h1>
      <p class="soft">You write and sign here, on your own device. Members of the network can show what you signed; they
      cannot write or alter it.</p>
    </header>
    <div class="notice warn" id="no-script"><p><strong>This page needs its script to write and sign a post.</strong> Without
    it you can still hand in a signed file, below, or post with <code>dgos post</code> on your own machine.</p></div>
    ${blogStep(model)}
    ${writeStep()}
    ${sendStep()}
    <section class="card" id="sent" hidden aria-labelledby="sent-title">
      <h2 id="sent-title">Posts from here</h2>
      <ul class="bare posts" id="sent-list"></ul>
    </section>
    ${fileStep()}`
}

function blogStep({ host, down }: Pick<PostPageModel, 'host' | 'down'>): Markup {
  const links = down.map(
    (blog) => html`<li><a href="/post/${blog.host}">${blog.title}</a> <span class="soft">${blog.host}</span></li>`,
  )
  return html`<section class="card" id="blog-card" aria-labelledby="blog-title">
      <h2 id="blog-title">Your blog</h2>
      <form id="blog-form" class="row" action="/post" method="get" autocomplete="off">
        <div class="grow"><label for="blog">Address of the blog</label>
        <input id="blog" name="blog" value="${host ?? ''}" placeholder="example.org" inputmode="url" autocapitalize="none" spellcheck="false" required></div>
        <button class="quiet" type="submit">Find</button>
      </form>
      <div id="blog-found" aria-live="polite"></div>
      ${links.length === 0 || host !== null ? '' : html`<p>Down now, as far as this member knows:</p><ul>${links}</ul>`}
    </section>`
}

function writeStep(): Markup {
  return html`<section class="card script-only" id="write" aria-labelledby="write-title" hidden>
      <h2 id="write-title">Write</h2>
      ${editorFields()}
    </section>`
}

function sendStep(): Markup {
  return html`<section class="card script-only" id="send" aria-labelledby="send-title" hidden>
      <h2 id="send-title">Send</h2>
      <form id="send-form" autocomplete="off">
        <div id="unlock">
          <input class="hide" id="account" name="username" type="text" autocomplete="username" tabindex="-1" aria-hidden="true">
          <label for="passphrase">Your passphrase</label>
          <input id="passphrase" type="password" autocomplete="current-password" autocapitalize="none" spellcheck="false" aria-describedby="passphrase-hint">
          <p class="small soft" id="passphrase-hint">The first six of your nine words. <label class="inline"><input type="checkbox" id="show"> Show it</label>
          It stays on this device: only the signed post is sent.</p>
        </div>
        <p id="unlocked" hidden><span class="tag good">Unlocked</span> until this page is closed. <button type="button" class="quiet small" id="lock">Lock now</button></p>
        <div id="declare" class="notice warn" hidden>
          <p><strong>The network sees your blog as up.</strong> Posts are taken only while it is down.</p>
          <p id="declare-offer"><label class="inline"><input type="checkbox" id="declare-down"> My blog is down: say so in my name for the next 6 hours</label></p>
          <p id="declare-not" hidden>The outage key of this blog may not declare it down. Declare it with <code>dgos declare</code>, or wait for the watchers: they look every few seconds.</p>
        </div>
        <p class="row"><button type="submit" id="send-button">Sign and send</button>
        <button type="button" class="quiet" id="save-file">Save as a signed file</button></p>
        <progress id="progress" max="1" value="0" hidden aria-label="Unlocking"></progress>
        <div id="answer" role="status" aria-live="polite"></div>
      </form>
    </section>`
}

function fileStep(): Markup {
  return html`<section class="card" aria-labelledby="file-title">
      <h2 id="file-title">Send a file that was signed elsewhere</h2>
      <p>A <code>.dgos</code> file was signed in a kit, perhaps offline. Anyone may send it; no passphrase is needed.</p>
      <form id="file-form" class="row" action="/post" method="post" enctype="multipart/form-data">
        <div class="grow"><label for="file">Signed file</label>
        <input id="file" name="file" type="file" accept=".dgos,application/json" required></div>
        <button class="quiet" type="submit">Hand in</button>
      </form>
      <div id="file-answer" role="status" aria-live="polite"></div>
    </section>`
}

export type StatusPageModel = {
  readonly memberName: string
  readonly assets: FormAssets
  readonly posts: readonly { readonly id: Hash; readonly title: string; readonly holders: ReplicaStatus | null }[]
  /** Set where something was refused. */
  readonly refused?: { readonly code: Code; readonly detail: string }
  readonly images?: readonly { readonly blob: Hash; readonly reason: string }[]
}

/** Who holds these posts, as far as this member knows. The same page again on reload: no script is needed. */
export function statusPage(model: StatusPageModel): string {
  const { refused, posts, images } = model
  const ids = posts.map((post) => post.id).join(',')
  const main = html`<header class="intro"><h1>${refused === undefined ? 'Handed in' : 'Not taken'}</h1></header>
    ${refused === undefined ? '' : html`<div class="notice alarm"><p><strong>${refused.code}</strong>: ${codes[refused.code]} ${refused.detail}</p></div>`}
    ${(images ?? []).map((image) => html`<div class="notice warn"><p>The image <code>${image.blob.slice(0, 12)}…</code> was not taken: ${image.reason}</p></div>`)}
    ${posts.map(
      ({ id, title, holders }) => html`<section class="card"><h2>${title === '' ? 'A post' : title}</h2>
      <p>${holders === null ? 'This member does not know the post.' : replicaText(holders)}</p><p class="small soft"><code>${id}</code></p></section>`,
    )}
    <p>${posts.length === 0 ? '' : html`<a class="button" href="/post/status?posts=${ids}">Look again</a> `}<a class="button quiet" href="/post">Back to the form</a></p>`
  return document(model.assets, model.memberName, 'Handed in', main, false)
}

function document(assets: FormAssets, memberName: string, title: string, main: Markup, script: boolean): string {
  const tag = html`<script type="module" src="${assets.script}" integrity="${assets.integrity}"></script>`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title><meta name="robots" content="noindex"><link rel="stylesheet" href="${assets.style}">${script ? tag : ''}</head>
<body><a class="skip" href="#main">Skip to content</a>
<main id="main"><p class="top small soft">Member <a href="/">${memberName}</a></p>${main}
<footer class="foot"><p>The script of this page: <code>${assets.integrity}</code>. It is the same on every member.</p></footer></main></body></html>
`.markup
}
