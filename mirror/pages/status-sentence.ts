/** The one honest sentence at the head of a mirror page: what is known, who says so, and what the reader sees below. */
import { html, type Markup, timeElement } from './markup.ts'
import type { PageModel } from './model.ts'

export type StatusSentence = {
  readonly tone: 'good' | 'warn' | 'alarm' | ''
  readonly tag: string
  readonly text: Markup
}

export function statusSentence(model: PageModel): StatusSentence {
  if (model.closed)
    return { tone: '', tag: 'closed', text: html`This blog has left the network. Nothing of it is kept here.` }
  const { state } = model
  if (state.exercise && state.state === 'down') return exercise(model)
  if (state.state === 'down' && state.disputed) return disputed(model)
  if (state.state === 'down') return down(model)
  if (state.state === 'returning') return returning(model)
  const link = home(model)
  if (state.state === 'suspected')
    return {
      tone: 'warn',
      tag: 'not answering',
      text: html`${link} does not answer some of its mirrors right now. ${below(model)}`,
    }
  return { tone: 'good', tag: 'up', text: html`${link} is up: read it there. ${below(model)}` }
}

function down(model: PageModel): StatusSentence {
  const { state, votes, operators } = model
  const since = state.since === null ? null : html` since ${timeElement(state.since)}`
  const source =
    state.by === 'author'
      ? 'as its author says'
      : `as ${votes.length} of its ${Math.max(operators, votes.length)} mirrors found`
  const distrust =
    state.distrustSince === null
      ? null
      : html` What its server says since ${timeElement(state.distrustSince)} is not to be trusted.`
  return {
    tone: 'alarm',
    tag: 'unreachable',
    text: html`${home(model)} has been unreachable${since}, ${source}.${distrust} ${below(model)}`,
  }
}

function exercise(model: PageModel): StatusSentence {
  return {
    tone: 'warn',
    tag: 'exercise',
    text: html`This is an exercise: ${home(model)} is fine. Its author is trying out what readers would see. ${below(model)}`,
  }
}

function disputed(model: PageModel): StatusSentence {
  return {
    tone: 'warn',
    tag: 'disputed',
    text: html`${model.votes.length} mirrors cannot reach ${home(model)}${
      model.state.since === null ? '' : html` since ${timeElement(model.state.since)}`
    }, but others can. Try it first; if it does not open for you, read on here. ${below(model)}`,
  }
}

function returning(model: PageModel): StatusSentence {
  const left = model.state.unimported.length
  const posts = left === 1 ? 'One post written meanwhile is' : `${left} posts written meanwhile are`
  return {
    tone: 'good',
    tag: 'back',
    text: html`${home(model)} answers again${
      model.state.since === null ? '' : html` since ${timeElement(model.state.since)}`
    }. ${posts} still on the way home and can be read here.`,
  }
}

/** Whose copy this is, how old, and whether its author still speaks. */
function below(model: PageModel): Markup {
  const since = postedSince(model)
  const posted = since === 0 ? 'the author has not posted since' : `the author has posted ${times(since)} since`
  if (model.copy === null) return since === 0 ? html`` : html`Kept here by friends: ${posted}.`
  const copy = html`This is a copy kept by friends, as it was on ${timeElement(model.copy.capturedAt)}`
  const away = model.state.state === 'down' || model.state.state === 'suspected'
  return away || since > 0 ? html`${copy}; ${posted}.` : html`${copy}.`
}

/** Posts that came home are the blog's own by now. */
function postedSince({ posts }: PageModel): number {
  return posts.filter((post) => !post.withdrawn && post.importedAt === null).length
}

function times(count: number): string {
  return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`
}

function home({ home: url }: PageModel): Markup {
  return html`<a href="${url}" rel="noopener">${hostText(url)}</a>`
}

/** The address as people write it: without scheme and final slash. */
export function hostText(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '')
}
