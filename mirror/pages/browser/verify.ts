/** *Verify in your browser*: asks other operators' members for the signed evidence and compares it with the page. */
import { sha256 } from '@noble/hashes/sha2.js'
import { browserVerifier } from '../../../protocol/browser-verifier.ts'
import { isHash } from '../../../protocol/bytes.ts'
import type { Platform } from '../../../protocol/platform.ts'
import { verifyPortable } from '../../../protocol/signature.ts'
import type { VerifyQuestion } from '../verify-page.ts'
import { judge, type PagePostSeen, type Proven, verdicts } from './judge.ts'

/** Evidence of one blog with the network's vouchers. More is refused. */
const evidenceBytesMax = 16 * 1024 * 1024
const answerMs = 15_000
/** Once another member has answered, the rest have this long: one that is silent holds nobody up. */
const restMs = 3_000

const place = document.getElementById('verify')!
const question = JSON.parse(place.dataset.question!) as VerifyQuestion
const button = element('button', 'Verify in your browser')
button.addEventListener('click', () => {
  button.disabled = true
  run().catch((error: unknown) => tell(false, `The check could not be done: ${String(error)}`))
})
place.append(button)

async function run(): Promise<void> {
  const results = element('ul', '')
  results.className = 'bare'
  place.replaceChildren(results)
  const platform: Platform = { sha256, verify: browserVerifier(async () => verifyPortable) }
  const nowMs = Date.now()
  const own = await evidence('/')
  const asked = await answers()
  const others: { name: string; proven: Proven }[] = []
  for (const { name, objects, why } of asked) {
    const proven = objects === null ? null : await judge([objects], { ...question, nowMs }, platform)
    if (proven !== null) others.push({ name, proven })
    else tell(false, `${name} did not answer with evidence${why === undefined ? '' : ` (${why})`}.`)
  }
  const all = await judge([own, ...asked.map((asked) => asked.objects ?? [])], { ...question, nowMs }, platform)
  if (all === null) return tell(false, 'No valid key speaks for this blog: do not believe this page.')
  const found = verdicts(await postsOfPage(), all, others, plainOf)
  for (const { good, text } of found) tell(good, text)
  const fine = found.every((verdict) => verdict.good)
  if (others.length === 0)
    summary(
      false,
      'No other member could be asked. What is signed holds; whether it is the newest, nobody has confirmed.',
    )
  else if (fine)
    summary(
      true,
      `All is as it should be, says the author’s signature, and so ${others.length === 1 ? 'says another operator' : 'say two other operators'}.`,
    )
  else summary(false, 'Something differs. Read on at another mirror.')
}

type Asked = { readonly name: string; readonly objects: readonly unknown[] | null; readonly why?: string }

/** What the other members gave, in their order: all of them, or those that had answered some seconds after the first. */
async function answers(): Promise<readonly Asked[]> {
  const found: Asked[] = question.members.map(({ name }) => ({ name, objects: null, why: 'silent' }))
  let rest: (value: unknown) => void = () => {}
  const late = new Promise((resolve) => {
    rest = resolve
  })
  const all = question.members.map(async ({ name, url }, i) => {
    try {
      found[i] = { name, objects: await evidence(url) }
      setTimeout(rest, restMs)
    } catch (error) {
      found[i] = { name, objects: null, why: String(error) }
    }
  })
  await Promise.race([Promise.all(all), late])
  return [...found]
}

async function evidence(url: string): Promise<readonly unknown[]> {
  const answer = await fetch(`${url}dgos/v1/blogs/${question.blog}/evidence`, {
    credentials: 'omit',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    redirect: 'error',
    signal: AbortSignal.timeout(answerMs),
  })
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  const text = await answer.text()
  if (text.length > evidenceBytesMax) throw new Error('too much')
  return ((JSON.parse(text) as { objects?: unknown[] }).objects ?? []).slice(0, 20_000)
}

/** The page as this mirror serves it now. Parsed, never run. */
async function postsOfPage(): Promise<readonly PagePostSeen[]> {
  const answer = await fetch(question.page, { credentials: 'omit', cache: 'no-store' })
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  return [...page.querySelectorAll<HTMLElement>('article[data-post]')].map((article) => {
    const title = article.querySelector('h1, header h3')?.textContent ?? ''
    return { id: article.dataset.post!, title, ...seenIn(article.querySelector('.prose')!) }
  })
}

function plainOf(html: string) {
  return seenIn(new DOMParser().parseFromString(html, 'text/html').body)
}

function seenIn(part: Element): { text: string; blobs: string[] } {
  const pictures = [...part.querySelectorAll('img')].map((image) => image.getAttribute('src') ?? '')
  const links = [...part.querySelectorAll('a[href]')].map((element) => element.getAttribute('href')!)
  const outward = links.filter((href) => !href.startsWith('#'))
  const blobs = pictures.map((src) => (isHash(src.slice(-64)) ? src.slice(-64) : src))
  return { text: (part.textContent ?? '').replace(/\s+/g, ' ').trim(), blobs: [...blobs, ...outward] }
}

function tell(good: boolean, text: string): void {
  const line = element('li', '')
  const mark = element('span', good ? 'yes' : 'no')
  mark.className = `tag ${good ? 'good' : 'alarm'}`
  line.append(mark, ` ${text}`)
  place.querySelector('ul')!.append(line)
}

function summary(good: boolean, text: string): void {
  const line = element('p', text)
  line.className = `notice ${good ? 'good' : 'alarm'}`
  line.id = 'verdict'
  place.prepend(line)
}

function element<K extends keyof HTMLElementTagNameMap>(name: K, text: string): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  made.textContent = text
  return made
}
