import { dayMs, hourMs, minuteMs, type Sheet, t0 } from './forge.ts'
import { prevs, say, write } from './post-words.ts'
import { nextRoot, postingKeys } from './scene.ts'

export async function delegatedKeys(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  await sheet.object('token', 'delegation', 'laptop', {
    blog,
    time: t0,
    to: sheet.key('app'),
    may: ['post'],
    until: t0 + 10 * dayMs,
    postsPerDay: 3,
  })
  await sheet.object('token without posts', 'delegation', 'laptop', {
    blog,
    time: t0,
    to: sheet.key('gateway'),
    may: ['declaration'],
    until: t0 + 10 * dayMs,
  })
  for (let i = 1; i <= 5; i++) await write(sheet, `app ${i}`, 100 + i, {}, 'app')
  await write(sheet, 'app, next day', 100 + 24 * 60, {}, 'app')
  const five = [1, 2, 3, 4, 5].map((i) => `app ${i}`)
  say(sheet, 'posts of a token', 'As many a day as the delegation says: the first ones.', ['token', ...five], {
    shown: ['app 3', 'app 2', 'app 1'],
    tips: five.toReversed(),
  })
  say(
    sheet,
    'posts of a token in another order',
    'Counted by their own time, not by arrival.',
    ['token', ...five.toReversed()],
    { shown: ['app 3', 'app 2', 'app 1'], tips: five.toReversed() },
  )
  say(
    sheet,
    'posts of a token on two days',
    'Each UTC day has its own.',
    ['token', ...five.slice(0, 3), 'app, next day'],
    { shown: ['app, next day', 'app 3', 'app 2', 'app 1'], tips: ['app, next day', 'app 3', 'app 2', 'app 1'] },
  )
  say(sheet, 'posts without delegation', 'A key of nothing: not shown.', ['app 1'], { shown: [], tips: ['app 1'] })
  await write(sheet, 'by gateway', 110, {}, 'gateway')
  say(sheet, 'posts of a token that may not post', 'Not shown.', ['token without posts', 'by gateway'], {
    shown: [],
    tips: ['by gateway'],
  })
  await write(sheet, 'too late', 11 * 24 * 60, {}, 'app')
  say(sheet, 'posts after the token ran out', 'Not shown.', ['token', 'too late'], { shown: [], tips: ['too late'] })
  await write(sheet, 'token edits author', 120, { replaces: sheet.id('a') }, 'app')
  say(
    sheet,
    "a token edits the author's post",
    'Shown as a post of its own: the author’s text stays.',
    ['token', 'a', 'token edits author'],
    {
      shown: ['token edits author', 'a'],
      tips: ['token edits author', 'a'],
    },
  )
  await write(sheet, 'author edits token', 130, { replaces: sheet.id('app 1') })
  say(
    sheet,
    "the author edits a token's post",
    'Posting keys may replace any post.',
    ['token', 'app 1', 'author edits token'],
    {
      shown: [{ id: 'app 1', history: ['app 1', 'author edits token'] }],
      tips: ['author edits token', 'app 1'],
    },
  )
}

export async function revocations(sheet: Sheet): Promise<void> {
  await write(sheet, 'phone 1', 200, {}, 'phone')
  await write(sheet, 'phone 2', 201, prevs(sheet, 'phone 1'), 'phone')
  await write(sheet, 'thief', 150, prevs(sheet, 'phone 1'), 'phone')
  await write(sheet, 'laptop after', 202, prevs(sheet, 'phone 2'))
  const revoke = (alias: string, ...lastGood: readonly string[]) =>
    nextRoot(
      sheet,
      alias,
      'root1',
      {
        posting: postingKeys(sheet, 'laptop'),
        revoked: [{ key: sheet.key('phone'), lastGood: lastGood.map((alias) => sheet.id(alias)) }],
      },
      'recovery 1',
    )
  await revoke('lost phone', 'phone 2')
  await revoke('stolen phone')
  await revoke('seen from laptop', 'laptop after')
  const posts = ['phone 1', 'phone 2', 'thief']
  say(
    sheet,
    'a lost phone',
    'The last good post and what it follows stay; the thief dated back in vain.',
    ['lost phone', ...posts],
    { shown: ['phone 2', 'phone 1'], tips: ['phone 2', 'thief'] },
  )
  say(sheet, 'a phone stolen from the beginning', 'Nothing of it stays.', ['stolen phone', ...posts], {
    shown: [],
    tips: ['phone 2', 'thief'],
  })
  say(
    sheet,
    'good posts named through another key',
    'The ancestors of a post by the laptop.',
    ['seen from laptop', ...posts, 'laptop after'],
    { shown: ['laptop after', 'phone 2', 'phone 1'], tips: ['laptop after', 'thief'] },
  )
  const blog = sheet.id('root1')
  await sheet.object('token revoked', 'delegation', 'laptop', {
    blog,
    time: t0 + hourMs,
    to: sheet.key('app'),
    may: [],
    until: t0 + hourMs,
    lastGood: [sheet.id('app 1')],
  })
  say(sheet, 'a token revoked', 'Its last good post stays.', ['token', 'token revoked', 'app 1', 'app 2'], {
    shown: ['app 1'],
    tips: ['app 2', 'app 1'],
  })
  await sheet.object('token again', 'delegation', 'laptop', {
    blog,
    time: t0 + 2 * hourMs,
    to: sheet.key('app'),
    may: ['post'],
    until: t0 + 10 * dayMs,
  })
  say(
    sheet,
    'a token delegated again',
    'Revoked for good: the same key does not come back.',
    ['token', 'token revoked', 'token again', 'app 1', 'app 2'],
    { shown: ['app 1'], tips: ['app 2', 'app 1'] },
  )
}

export async function imports(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const url = (name: string) => `https://ana.example.org/${name}`
  const confirm = (alias: string, minutes: number, posts: Readonly<Record<string, string>>) =>
    sheet.object(alias, 'imported', 'online', {
      blog,
      time: t0 + minutes * minuteMs,
      posts: Object.entries(posts).map(([post, name]) => ({ post: sheet.id(post), url: url(name) })),
    })
  await confirm('imported a', 300, { a: 'a' })
  await confirm('imported a elsewhere', 310, { a: 'new-place' })
  await confirm('imported the edit', 320, { 'a, second text': 'edited' })
  say(sheet, 'a post imported', 'It has its permalink on the blog.', ['a', 'b', 'imported a'], {
    shown: ['b', { id: 'a', importedAt: url('a') }],
    tips: ['b'],
  })
  say(sheet, 'a post imported again', 'The latest confirmation counts.', ['a', 'imported a elsewhere', 'imported a'], {
    shown: [{ id: 'a', importedAt: url('new-place') }],
    tips: ['a'],
  })
  say(sheet, 'an edit imported', 'Any text of the post stands for it.', ['a', 'a, second text', 'imported the edit'], {
    shown: [{ id: 'a', history: ['a', 'a, second text'], importedAt: url('edited') }],
    tips: ['a, second text'],
  })
}
