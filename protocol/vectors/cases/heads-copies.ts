/** Which copy is shown, how far it is trusted, and whether mirrors confirm that nothing newer is known. */
import { dayMs, hourMs, minuteMs, type Sheet, t0 } from './forge.ts'
import { address, head, mirrorList } from './scene.ts'

const nowMs = t0 + 10 * dayMs

export async function copies(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const page = { path: '/', url: address, blob: sheet.forge.hash('page'), type: 'text/html', bytes: 100 }
  const snapshot = (alias: string, by: string, time: number, alike = 'a') =>
    sheet.object(alias, 'snapshot', by, {
      blog,
      time,
      address,
      title: alias,
      pages: [page],
      assets: [],
      alike: sheet.forge.hash(alike),
    })
  await snapshot('by blog', 'online', t0 + 20 * minuteMs)
  await snapshot('by 11', 'member 11', t0 + 30 * minuteMs)
  await snapshot('by 12, alike', 'member 12', t0 + 40 * minuteMs)
  await snapshot('by 12, other', 'member 12', t0 + 40 * minuteMs, 'b')
  await head(sheet, 'names by blog', { snapshot: sheet.id('by blog') })
  await head(sheet, 'names by 11', { snapshot: sheet.id('by 11') }, 'member 11')
  const copy = (name: string, why: string, objects: readonly string[], expected: unknown, at = nowMs) =>
    sheet.case(`copy: ${name}`, why, { blog: 'root1', objects: ['root1', ...objects], nowMs: at }, expected, 'copy')
  copy('by the blog', 'Signed on the blog itself.', ['names by blog', 'by blog'], {
    snapshot: 'by blog',
    trust: 'signed-by-blog',
  })
  copy('by one steward', 'One capturer.', ['names by 11', 'by 11'], { snapshot: 'by 11', trust: 'captured-by-one' })
  copy('by two stewards', 'Another found the same texts.', ['names by 11', 'by 11', 'by 12, alike'], {
    snapshot: 'by 11',
    trust: 'captured-alike',
  })
  copy('another found something else', 'Not the same texts.', ['names by 11', 'by 11', 'by 12, other'], {
    snapshot: 'by 11',
    trust: 'captured-by-one',
  })
  copy('no head', 'A snapshot that no head names is not shown.', ['by blog'], null)
  copy('not arrived', 'The newest one that is older than the head.', ['names by blog', 'by 11'], {
    snapshot: 'by 11',
    trust: 'captured-by-one',
  })
  copy('nothing arrived', 'Nothing to show yet.', ['names by blog'], null)
  await sheet.object('show 11', 'declaration', 'laptop', {
    blog,
    time: t0 + dayMs,
    state: 'down',
    by: 'author',
    until: t0 + 8 * dayMs,
    show: sheet.id('by 11'),
  })
  copy(
    'chosen by the author',
    'The author shows another one; two signers found the same texts.',
    ['names by blog', 'by blog', 'by 11', 'show 11'],
    { snapshot: 'by 11', trust: 'captured-alike' },
    t0 + 2 * dayMs,
  )
  copy(
    'chosen until the word ran out',
    'Then the head counts again.',
    ['names by blog', 'by blog', 'by 11', 'show 11'],
    { snapshot: 'by blog', trust: 'signed-by-blog' },
    t0 + 8 * dayMs,
  )
  await sheet.object('distrust early', 'declaration', 'laptop', {
    blog,
    time: t0 + dayMs,
    state: 'down',
    by: 'author',
    until: t0 + 8 * dayMs,
    distrustSince: t0 + 10 * minuteMs,
  })
  copy(
    'distrusted',
    'What the online key signed from then on is set aside, also as a witness.',
    ['names by 11', 'by blog', 'by 11', 'distrust early'],
    { snapshot: 'by 11', trust: 'captured-by-one' },
  )
}

export async function freshness(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const now = t0 + 6 * hourMs
  const seen = (alias: string, by: string, fields: Record<string, unknown>) =>
    sheet.object(alias, 'checkpoint', by, {
      blog,
      time: now - hourMs,
      rootVersion: 1,
      seq: 2,
      head: sheet.id('seq 2'),
      posts: [],
      ...fields,
    } as never)
  for (let i = 1; i <= 6; i++) await seen(`checkpoint ${i}`, `member ${i}`, {})
  const five = [1, 2, 3, 4, 5].map((i) => `checkpoint ${i}`)
  const fresh = (name: string, why: string, objects: readonly string[], confirming: number, at = now, needed = 5) =>
    sheet.case(
      `fresh: ${name}`,
      why,
      { blog: 'root1', objects: ['root1', ...objects], nowMs: at },
      { fresh: confirming >= needed, confirming, needed },
      'fresh',
    )
  fresh('five of ten', 'min(5, ⌈10/2⌉) operators.', ['seq 2', ...five], 5)
  fresh('four of ten', 'One is missing.', ['seq 2', ...five.slice(1)], 4)
  fresh('no head', 'Nothing to confirm.', five, 0, now, 1)
  fresh('a day old', 'Within 24 hours, and no longer.', ['seq 2', ...five], 5, now - hourMs + dayMs)
  fresh('older than a day', 'Too old to say anything.', ['seq 2', ...five], 0, now - hourMs + dayMs + 1)
  fresh('we show something newer', 'They had seen nothing newer than what is shown: confirmed.', ['seq 3', ...five], 5)
  fresh('we show something older', 'They have seen a newer head: withheld here.', ['seq 1', ...five], 0)
  await seen('outsider', 'member 11', {})
  fresh('by a member that is no mirror', 'Mirrors only.', ['seq 2', ...five.slice(1), 'outsider'], 4)
  await seen('6 has seen more', 'member 6', { time: now, seq: 3, head: sheet.id('seq 3') })
  fresh(
    'newer word of the same member',
    'Its newest checkpoint counts, not its best.',
    ['seq 2', ...five.slice(1), 'checkpoint 6', '6 has seen more'],
    4,
  )
  await seen('6 has seen another', 'member 6', { time: now, head: sheet.id('seq 1 again') })
  fresh(
    'another head of that number',
    'A fork is no confirmation.',
    ['seq 2', ...five.slice(1), '6 has seen another'],
    4,
  )
  await seen('6 knows a post', 'member 6', { time: now, posts: [sheet.forge.hash('a post')] })
  fresh('a post that we lack', 'Something is withheld here.', ['seq 2', ...five.slice(1), '6 knows a post'], 4)
  await head(sheet, 'three mirrors', { mirrors: mirrorList(sheet, 3) })
  fresh('two of three', '⌈3/2⌉ operators.', ['three mirrors', ...['1', '2'].map((i) => `checkpoint ${i}`)], 0, now, 2)
  await seen('1 of three', 'member 1', { time: now, seq: 1, head: sheet.id('three mirrors') })
  await seen('2 of three', 'member 2', { time: now, seq: 1, head: sheet.id('three mirrors') })
  fresh('two of three, this head', '⌈3/2⌉ operators.', ['three mirrors', '1 of three', '2 of three'], 2, now, 2)
}
