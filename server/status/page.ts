/** How the status page looks. It works without a script; with one it follows the network by itself. */
import { html, type Markup, spanText, timeElement, timeText, trusted } from '../../mirror/pages/markup.ts'
import { baseStyle } from '../../mirror/pages/style.ts'
import { liveScript } from './browser-live.ts'
import type { StatusBlog, StatusMember, StatusModel } from './model.ts'
import { ringPicture } from './ring.ts'
import { statusStyle } from './status-style.ts'
import { timelineMs } from './timeline.ts'

/** The whole document at `/`. Pure: the same model, the same bytes. */
export function statusPage(model: StatusModel): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${headline(model)} · ${model.network.name}</title><meta name="robots" content="noindex"><link rel="icon" href="/m/icon.svg">
<noscript><meta http-equiv="refresh" content="60"></noscript>
<style>${trusted(statusPageStyle)}</style></head>
<body><a class="skip" href="#main">Skip to content</a><main id="main">${statusBody(model)}</main>
<footer class="foot wrap"><p>${model.network.name} is a network of servers that keep each other’s blogs readable and writable. <a href="/post">Write to a blog that is down</a> · <a href="/dgos/v1/members">members as objects</a> · <a href="/dgos/v1/blogs">blogs as data</a></p></footer>
<script>${trusted(liveScript)}</script></body></html>
`.markup
}

export const statusPageStyle = baseStyle + statusStyle

/** What the script puts in place of `main` when something has changed. */
export function statusBody(model: StatusModel): Markup {
  return html`<header class="head"><p class="small soft">${model.self === null ? model.network.name : html`${model.self.name} · a member of ${model.network.name}`}</p>
<h1>${headline(model)}</h1>
<p class="soft">${counts(model)} <span class="asof">As of ${timeElement(model.nowMs)}<span class="live" hidden> · live</span></span></p></header>
${model.network.open ? html`<div class="notice warn"><p>A network for trying out: its members talk over loopback addresses.</p></div>` : null}
<div class="columns"><section aria-labelledby="blogs"><h2 id="blogs">Blogs <small>the last seven days</small></h2>${
    model.blogs.length === 0
      ? html`<p class="card soft">No blog has joined yet. <code>dgos blog add</code> brings in the first.</p>`
      : null
  }${model.blogs.map((blog) => blogCard(blog, model))}${
    model.blogsLeftOut === 0 ? null : html`<p class="soft">and ${model.blogsLeftOut} more that are up.</p>`
  }</section>
<section aria-labelledby="members"><h2 id="members">Members</h2><div class="card">${ringPicture(model)}${legend}</div>${memberList(model)}</section></div>`
}

function headline(model: StatusModel): string {
  const down = model.blogs.filter((blog) => blog.state === 'down' && !blog.exercise)
  const doubtful = model.blogs.filter((blog) => blog.state === 'suspected').length
  if (down.length === 1) return `${down[0]!.title} is unreachable`
  if (down.length > 1) return `${down.length} blogs are unreachable`
  if (doubtful > 0) return doubtful === 1 ? 'One blog is being looked at' : `${doubtful} blogs are being looked at`
  if (model.blogs.length === 0) return 'Ready to guard'
  return model.blogs.length === 1 ? 'The blog is up' : `All ${model.blogs.length} blogs are up`
}

function counts({ members, operators, blogs, blogsLeftOut }: StatusModel): string {
  const passive = members.filter((member) => member.kind === 'passive').length
  const guests = members.filter((member) => member.standing === 'guest').length
  const extra = [passive > 0 ? `${passive} passive` : '', guests > 0 ? plural(guests, 'guest') : ''].filter(Boolean)
  const servers = `${plural(members.length, 'member')}${extra.length > 0 ? ` (${extra.join(', ')})` : ''}`
  return `${plural(blogs.length + blogsLeftOut, 'blog')}, kept by ${servers} of ${plural(operators, 'operator')}.`
}

function blogCard(blog: StatusBlog, model: StatusModel): Markup {
  return html`<article class="card blog ${blog.state}" id="blog-${blog.blog.slice(0, 12)}">
<header><h3><a href="/m/${blog.name}/?copy">${blog.title}</a></h3>${stateTag(blog)}</header>
<p class="small soft address"><a href="${blog.home}" rel="noopener">${blog.home.replace(/^https?:\/\//, '').replace(/\/$/, '')}</a>${
    blog.proven ? null : html` <span class="tag warn">address not proven yet</span>`
  }</p>
${timeline(blog, model)}${sinceLine(blog)}
<ul class="bare figures small"><li>${copyAge(blog, model)}</li><li>${plural(blog.mirrors.length, 'mirror')}</li><li>${
    blog.fresh
      ? html`<span class="tag good">confirmed by ${blog.confirming}</span>`
      : blog.copyElsewhere
        ? html`<a href="/m/${blog.name}/?copy">its mirrors</a>`
        : html`<span class="tag warn">may be old</span>`
  }</li>${blog.posts > 0 ? html`<li>${plural(blog.posts, 'emergency post')}${blog.unimported > 0 && blog.state !== 'down' ? `, ${blog.unimported} on the way home` : ''}</li>` : null}
<li><a href="/dgos/v1/blogs/${blog.blog}">evidence</a></li></ul>${wallLine(blog)}${problemLine(blog)}${costlyLines(blog)}</article>`
}

/** A wall is no outage. Its owner is told how to let guards in, and what they cannot see until then. */
function wallLine({ wall }: StatusBlog): Markup | null {
  if (wall === null) return null
  const { title, watchers, of, since, letIn, blinds, speaks } = wall
  const alone = blinds && !speaks ? ' Until then only its author can declare it down.' : ''
  return html`<p class="small"><span class="tag warn">behind a wall: ${title}</span> ${watchers} of ${of} guards cannot see past it since ${timeElement(since)}. Its owner can let them in: ${letIn}${alone}</p>`
}

/** What is put aside is said with its reason, since when, and the mend. */
function problemLine({ problem, copyAt }: StatusBlog): Markup | null {
  if (problem === null) return null
  const since = problem.since === null ? timeElement(problem.last) : html`since ${timeElement(problem.since)}`
  return html`<p class="small"><span class="tag warn">${copyAt === null ? 'no copy' : 'copy not renewed'}: ${problem.reason}</span> ${since}. ${problem.mend}</p>`
}

/** Documents that ask for too much. One is told whole, of the others how many. */
function costlyLines({ costly }: StatusBlog): Markup | null {
  const [first, ...others] = costly
  if (first === undefined) return null
  const next = first.next === null ? 'soon' : timeElement(first.next)
  const more = others.length === 0 ? '' : ` And ${plural(others.length, 'document')} more.`
  return html`<p class="small"><span class="tag warn">too costly to read: ${first.document}</span> ${first.reason}, since ${timeElement(first.since)}; read again ${next}. ${first.mend}${more}</p>`
}

function stateTag(blog: StatusBlog): Markup {
  if (blog.state === 'down' && blog.exercise) return html`<span class="tag warn">exercise</span>`
  if (blog.state === 'down' && blog.disputed) return html`<span class="tag warn">disputed</span>`
  if (blog.state === 'down') return html`<span class="tag alarm">unreachable</span>`
  if (blog.state === 'suspected') return html`<span class="tag warn">being looked at</span>`
  return html`<span class="tag good">${blog.state === 'returning' ? 'coming back' : 'up'}</span>`
}

function sinceLine(blog: StatusBlog): Markup | null {
  if (blog.state === 'up' || blog.since === null) return null
  const since = html`since ${timeElement(blog.since)}`
  if (blog.state === 'suspected')
    return html`<p class="small">A watcher got no answer ${since}; the others are looking.</p>`
  if (blog.state === 'returning') return html`<p class="small">Answers again ${since}.</p>`
  if (blog.by === 'author') return html`<p class="small">Declared by its author ${since}.</p>`
  return html`<details class="small votes"><summary>${plural(blog.voters.length, 'watcher')} of different operators found it unreachable ${since}.</summary>
<ul class="bare">${blog.voters.map((vote) => html`<li><b>${vote.name}</b> ${vote.reason} <span class="soft">${timeElement(vote.time)}</span></li>`)}</ul></details>`
}

function copyAge(blog: StatusBlog, model: StatusModel): Markup {
  if (blog.copyAt === null) return blog.copyElsewhere ? html`copy kept by its mirrors` : html`no copy yet`
  return html`copy <time datetime="${new Date(blog.copyAt).toISOString()}" title="${timeText(blog.copyAt)}">${spanText(model.nowMs - blog.copyAt)}</time> old`
}

/** Seven days as one line: green where nothing is known against it, red where it was away; marks for copies and posts. */
function timeline(blog: StatusBlog, model: StatusModel): Markup {
  const { from, stretches, moments } = blog.timeline
  const x = (time: number) => (Math.max(0, Math.min(1, (time - from) / timelineMs)) * 700).toFixed(1)
  const wide = (a: number, b: number) => Math.max(3, Number(x(b)) - Number(x(a))).toFixed(1)
  const days = [1, 2, 3, 4, 5, 6].map((day) => html`<path class="day" d="M${day * 100} 4V20"/>`)
  return html`<svg class="timeline" viewBox="0 0 700 24" preserveAspectRatio="none" role="img" aria-label="${timelineWords(blog)}">
<rect class="well" x="0" y="8" width="700" height="8" rx="4"/>${stretches.map((stretch) => html`<rect class="${stretch.state}" x="${x(stretch.from)}" y="8" width="${wide(stretch.from, stretch.to)}" height="8" rx="2"><title>${stretch.state} ${timeText(stretch.from)} – ${stretch.to >= model.nowMs ? 'now' : timeText(stretch.to)}</title></rect>`)}
${days}${moments.map((moment) => html`<path class="${moment.what}" d="${moment.what === 'post' ? `M${x(moment.time)} 1v8` : `M${x(moment.time)} 17v5`}"><title>${moment.what === 'post' ? 'emergency post' : 'copy'} ${timeText(moment.time)}</title></path>`)}</svg>`
}

function timelineWords(blog: StatusBlog): string {
  const away = blog.timeline.stretches.filter((stretch) => stretch.state === 'down')
  return away.length === 0
    ? 'Up for the last seven days'
    : `Last seven days: unreachable from ${away.map((stretch) => `${timeText(stretch.from)} to ${timeText(stretch.to)}`).join('; ')}`
}

const legend = html`<ul class="bare legend small soft"><li><i class="dot active"></i>active</li><li><i class="dot passive"></i>passive</li><li><i class="dot guest"></i>guest</li><li><i class="dot self"></i>this member</li></ul>`

function memberList(model: StatusModel): Markup {
  const members = [...model.members].sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1))
  return html`<details class="card members"><summary>${plural(members.length, 'member')} by name</summary><ul class="bare">${members.map((member) => memberRow(member, model))}</ul></details>`
}

function memberRow(member: StatusMember, model: StatusModel): Markup {
  const soon = member.expires - model.nowMs < 3 * 86_400_000
  return html`<li><a href="${member.url}" rel="noopener">${member.name}</a>${member.self ? html` <span class="tag">this one</span>` : null}${
    member.standing === 'guest' ? html` <span class="tag warn">guest</span>` : null
  }${soon ? html` <span class="tag warn">record ends soon</span>` : null}<br><span class="small soft">${member.kind}, ${member.region}, mirrors ${plural(member.blogs, 'blog')}, operator <code>${member.operator.slice(0, 8)}</code>, since ${timeText(member.since).split(',', 1)[0]!}</span></li>`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
