/** Walls without a name, floods, and the pauses that hosts ask for. */
import { type Sheet, secondMs, t0 } from './forge.ts'

export type Answer = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  readonly hex?: string
}

export function say(sheet: Sheet, name: string, why: string, answer: Answer, expected: string | null): void {
  const { status, headers = {}, text = '', hex } = answer
  sheet.case(name, why, { status, headers, page: hex === undefined ? { text } : { hex } }, expected)
}

export function pages(sheet: Sheet): void {
  const own = (name: string, why: string, answer: Answer, reason: string | null) =>
    say(sheet, name, why, answer, reason)
  const widget =
    '<script src="https://js.hcaptcha.com/1/api.js" async defer></script><div class="h-captcha" data-sitekey="10000000"></div>'
  own(
    'hCaptcha on a page of its own',
    'A page that is nothing but a question.',
    { status: 200, text: `<title>One step</title><form>${widget}<button>Continue</button></form>` },
    'wall-captcha',
  )
  own('hCaptcha with 403', 'The same.', { status: 403, text: `<form>${widget}</form>` }, 'wall-captcha')
  own(
    'hCaptcha beside a contact form',
    'A page with words of its own may have one.',
    { status: 200, text: `<h1>Write to me</h1><p>${'I answer every letter, in time. '.repeat(20)}</p>${widget}` },
    null,
  )
  own(
    'Turnstile on a page of its own',
    'Another such.',
    {
      status: 200,
      text: '<div class="cf-turnstile" data-sitekey="x"></div><script src="https://challenges.cloudflare.com/turnstile/v0/api.js"></script>',
    },
    'wall-captcha',
  )
  own(
    'words alone',
    'Walls that nobody has a name for.',
    { status: 403, text: '<h1>Please verify you are human</h1>' },
    'wall-captcha',
  )
  own(
    'the same words in a long page',
    'An article.',
    { status: 200, text: `<h1>Verify you are human?</h1>${'<p>A word about captchas. </p>'.repeat(100)}` },
    null,
  )
  own(
    'words in another case',
    'Letters of ASCII are compared in lower case.',
    { status: 503, text: 'CHECKING YOUR BROWSER' },
    'wall-captcha',
  )
  own(
    'words in a script',
    'They count: challenges are written by scripts.',
    { status: 200, text: '<script>document.write("Verifying you are human")</script>' },
    'wall-captcha',
  )
  own(
    'bytes that are no text',
    'Compared byte by byte.',
    { status: 403, hex: 'fffe00c3285665726966792074686174c0' },
    null,
  )
  own(
    'a host says forbidden',
    'No mark of a wall: it may be suspended.',
    { status: 403, text: '<h1>Access denied</h1>' },
    null,
  )
  own('nothing', 'An empty answer is none of a wall.', { status: 200 }, null)
  own(
    'an unclosed tag',
    'What is cut off counts not.',
    { status: 403, text: '<h1>Verify you are human <p' },
    'wall-captcha',
  )
  own('an unclosed script', 'It runs to the end.', { status: 403, text: `<script>${'x'.repeat(4000)}` }, null)
}

export function floods(sheet: Sheet): void {
  const own = (name: string, why: string, answer: Answer, reason: string | null) =>
    say(sheet, name, why, answer, reason)
  own(
    'too many requests',
    'The host, not a wall: under a flood it says so to everybody.',
    { status: 429, text: '<h1>429 Too Many Requests</h1>nginx' },
    'status-429',
  )
  own('too many requests, with a pause', 'The same.', { status: 429, headers: { 'retry-after': '120' } }, 'status-429')
  own(
    'too many requests by a wall',
    'Its marks tell.',
    { status: 429, headers: { 'cf-mitigated': 'challenge' } },
    'wall-cloudflare',
  )
  own(
    'overloaded',
    'The host fails: that is what watchers look for.',
    { status: 503, headers: { 'retry-after': '120' } },
    null,
  )
  own('bandwidth exceeded', 'The host has turned the blog off.', { status: 509 }, null)
}

export function retries(sheet: Sheet): void {
  const nowMs = t0
  const own = (name: string, why: string, value: string, expected: number | null) =>
    sheet.case(`Retry-After: ${name}`, why, { value, nowMs }, expected, 'retry-after')
  own('seconds', 'RFC 9110, 10.2.3.', '120', 120 * secondMs)
  own('a date', 'The same moment.', 'Thu, 01 Jan 2026 00:02:00 GMT', 120 * secondMs)
  own('blanks around', 'They mean nothing.', ' 120 ', 120 * secondMs)
  own('an hour', 'The most that is kept.', '3600', 3600 * secondMs)
  own('a day', 'An hour is the most: it would else keep watchers away.', '86400', 3600 * secondMs)
  own('a date of the past', 'At once.', 'Wed, 31 Dec 2025 23:59:59 GMT', null)
  own('nothing', 'At once.', '0', null)
  own('words', 'No time.', 'tomorrow', null)
  own('less than nothing', 'No time.', '-5', null)
  own('a fraction', 'Whole seconds only.', '1.5', null)
  own('an empty text', 'No time.', '', null)
}
