/**
 * The author's papers: one A4 sheet a place, each complete by itself. Whoever finds one in three years reads whose it is, what
 * it can do and what to do on the day.
 */
import encodeQR from 'qr'
import { hostPath } from '../../../protocol/addresses.ts'
import { make } from '../form/page-parts.ts'
import type { KitMirror } from './kit-data.ts'

export type PaperBlog = {
  readonly title: string
  readonly address: string
  /** Members of different operators that lead readers and take posts, best first. */
  readonly members: readonly KitMirror[]
}

export type Paper = {
  readonly id: 'phrase' | 'sheet-1' | 'sheet-2'
  readonly heading: string
  readonly can: string
  readonly words: readonly string[]
  /** How many of the words form a part of their own, at the beginning. */
  readonly firstPart?: number
  readonly note: string
  /** What its words are for on the day. */
  readonly onTheDay: string
}

export function phrasePaper(phrase: string): Paper {
  return {
    id: 'phrase',
    heading: 'Passphrase',
    can: 'It opens the kit of this blog, and lets its author post while the blog is down.',
    words: phrase.split(' '),
    firstPart: 6,
    note: 'All nine words open the kit. The first six alone open the form on the page of any member: never type more than six there.',
    onTheDay: 'Author: open the kit, or the form behind the code. The words above unlock it. Write, and send.',
  }
}

export function recoveryPaper(number: 1 | 2, words: readonly string[]): Paper {
  const other =
    number === 1
      ? 'Keep it away from the computer, and away from sheet 2.'
      : 'It serves where sheet 1 is lost. Keep it at another place than sheet 1.'
  return {
    id: `sheet-${number}`,
    heading: `Recovery sheet ${number}`,
    can: 'It brings back a lost or stolen kit: with these words its author makes a new one, and every key of before ends.',
    words,
    note: `Whoever has this sheet can take over the blog. ${other}`,
    onTheDay:
      'Author: open the kit or the form with its passphrase. Is the kit lost? Take a fresh one from a member (/kit), and type the words above.',
  }
}

const membersShown = 3

export function paperElement(blog: PaperBlog, paper: Paper, nowMs: number): HTMLElement {
  const date = new Date(nowMs).toISOString().slice(0, 10)
  const members = blog.members.slice(0, membersShown)
  const place = hostPath(blog.address)
  const form = members[0] === undefined ? null : `${members[0].url}post/${place}`
  const words = paper.words.map((word, i) =>
    make('li', i < (paper.firstPart ?? 0) ? { class: 'first-part' } : {}, word),
  )
  const day = [
    make('li', {}, 'Readers: open one of these addresses; it leads to a living copy of the blog.'),
    make('li', {}, paper.onTheDay),
    make('li', {}, 'Nothing answers? Write and sign in the kit all the same; send when there is a network.'),
  ]
  return make(
    'section',
    { class: 'paper', id: `paper-${paper.id}`, 'aria-label': paper.heading },
    make('h3', { class: 'paper-blog', dir: 'auto' }, blog.title),
    make('p', { class: 'paper-address' }, blog.address),
    make('p', {}, make('strong', {}, paper.heading), ` · ${date}`),
    make('p', {}, `What this sheet can do. ${paper.can}`),
    make('ol', { class: 'words', id: wordsId(paper) }, ...words),
    make('p', { class: 'small' }, paper.note),
    make('h4', {}, 'On the day the blog is down'),
    make('ol', { class: 'day' }, ...day),
    make(
      'ul',
      { class: 'bare go' },
      ...members.map(({ url }) => make('li', {}, make('code', {}, `${url}go/${place}`))),
    ),
    make('p', { class: 'small soft' }, `Members as of ${date}.`),
    ...(form === null ? [] : [make('figure', {}, codeOf(form), make('figcaption', { class: 'small' }, form))]),
  )
}

function wordsId({ id }: Paper): string {
  return id === 'phrase' ? 'phrase-words' : `words-${id.slice(-1)}`
}

/** Prints these papers and nothing else of the page, each on a page of its own. */
export function printPapers(papers: readonly HTMLElement[]): void {
  for (const paper of document.querySelectorAll('.paper'))
    paper.classList.toggle('printed', papers.includes(paper as HTMLElement))
  print()
}

const quiet = 2
const dotPixels = 6

function codeOf(text: string): HTMLElement {
  const code = encodeQR(text, 'raw', { border: quiet })
  const label = 'The address of the form, as a code for a telephone'
  const canvas = make('canvas', { class: 'code', role: 'img', 'aria-label': label }) as HTMLCanvasElement
  canvas.width = code.length * dotPixels
  canvas.height = canvas.width
  const context = canvas.getContext('2d')!
  for (const [y, row] of code.entries()) {
    for (const [x, dark] of row.entries()) {
      context.fillStyle = dark ? '#000' : '#fff'
      context.fillRect(x * dotPixels, y * dotPixels, dotPixels, dotPixels)
    }
  }
  return canvas
}
