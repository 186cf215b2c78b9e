/**
 * `/m/<host>/verify`: how a reader can know that the mirror page is real. Complete without a script; with one it asks two
 * other operators' members, named on it, and judges by the author's signatures. The script lives on this page alone, so
 * that mirror pages run none.
 */
import { html, type Markup, trusted } from './markup.ts'
import type { PageLook, PageMirror, PageModel } from './model.ts'
import { pageStyle } from './page-style.ts'
import { hostText } from './status-sentence.ts'
import { shortKey } from './trust.ts'

/** The check as a file of this member, the same at every member of one release. */
export type VerifyScript = {
  /** "/dgos/files/verify-0123456789abcdef.js" */
  readonly path: string
  /** "sha384-…" */
  readonly integrity: string
}

/** What the script is told: names of things, which it then proves; nothing that it believes. */
export type VerifyQuestion = {
  readonly network: string
  readonly blog: string
  /** Path of the mirror page. */
  readonly page: string
  readonly members: readonly { readonly name: string; readonly url: string }[]
}

/** Members of two other operators. Fewer in a small network. */
export function otherMembers(model: PageModel): readonly PageMirror[] {
  const operators = new Set(model.mirrors.filter((mirror) => mirror.self).map((mirror) => mirror.operator))
  return model.mirrors.filter((mirror) => !operators.has(mirror.operator) && operators.add(mirror.operator)).slice(0, 2)
}

export function verifyPage(model: PageModel, look: PageLook, script: VerifyScript | null): string {
  const members = otherMembers(model)
  const question: VerifyQuestion = {
    network: model.network,
    blog: model.blog,
    page: `${look.base}?copy`,
    members: members.map(({ name, member }) => ({ name, url: member })),
  }
  const element =
    script === null || members.length === 0
      ? null
      : html`<script src="${look.url}${script.path.slice(1)}" integrity="${script.integrity}" crossorigin="anonymous" defer></script>`
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Verify: ${model.title}</title><meta name="robots" content="noindex"><meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,"><style>${trusted(pageStyle)}</style>${element}</head>
<body><a class="skip" href="#main">Skip to content</a>
<header class="top wrap"><span>Mirror kept by <a href="/">${look.memberName}</a></span><a href="${look.base}?copy">Back to the page</a></header>
<main id="main"><div class="masthead"><p class="host" dir="ltr">${hostText(model.home)}</p><h1 dir="auto">${model.title}</h1></div>
<section class="card" aria-labelledby="check"><h2 id="check">How do I know this is real?</h2>
<p>The posts are signed on their author’s own device with ${model.posting.length === 1 ? 'this key' : 'one of these keys'}, which no mirror has:</p>
<ul>${model.posting.map((posting) => html`<li>“${posting.name}” <code dir="ltr">${shortKey(posting.key)}</code></li>`)}</ul>
${asked(members)}
<div id="verify" data-question="${JSON.stringify(question)}" aria-live="polite"></div></section>
${byHand(model, members, script)}</main></body></html>
`.markup
}

function asked(members: readonly PageMirror[]): Markup {
  if (members.length === 0) return html`<p>No other operator mirrors this blog yet, so nobody else can be asked.</p>`
  const names = members.map(
    (member, i) =>
      html`${i === 0 ? '' : ' and '}<a href="${member.url}" rel="noopener">${member.name}</a> <span class="soft small">(${hostText(new URL(member.member).origin)})</span>`,
  )
  return html`<p>Your browser can ask ${names}, run by ${members.length === 1 ? 'another operator' : 'two other operators'}, for everything that was signed, check each signature, and compare it with the page you read.</p>`
}

function byHand(model: PageModel, members: readonly PageMirror[], script: VerifyScript | null): Markup {
  const rows = members.map(
    (member) =>
      html`<li>${member.name}: <a href="${member.member}dgos/v1/blogs/${model.blog}/evidence">signed evidence</a>, <a href="${member.url}?copy">its page</a></li>`,
  )
  const program =
    script === null
      ? null
      : html`<p class="small soft">The check is a program that this mirror hands you, so a dishonest one could hand you another. The true one has the same hash at every member: <code class="id">${script.integrity}</code>. To trust nothing here, start the check at one of the members above.</p>`
  return html`<section class="card trust" aria-labelledby="hand"><h2 id="hand">Without a script, or without trusting this one</h2>
<ul>${rows}<li>This mirror: <a href="/dgos/v1/blogs/${model.blog}/evidence">signed evidence</a></li></ul>
<p>The blog’s id is the hash of its first keys: <code class="id">${model.blog}</code>. It is the same at every honest member, and in every post.</p>${program}</section>`
}
