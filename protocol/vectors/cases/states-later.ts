/** What follows an outage, and what disputes one. */
import { dayMs, hourMs, minuteMs, type Sheet, secondMs } from './forge.ts'
import { address, nextRoot } from './scene.ts'
import { declare, fall, observe, say } from './states-words.ts'

export async function returns(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const time = fall + 10 * minuteMs
  const write = (alias: string, by: string, fields: Record<string, unknown> = {}) =>
    sheet.object(alias, 'post', by, {
      blog,
      time,
      draft: sheet.forge.hash(alias),
      prevs: [],
      title: alias,
      html: '',
      attachments: [],
      published: time,
      ...fields,
    } as never)
  await write('post 1', 'laptop')
  await write('post 2', 'laptop', { published: time + minuteMs })
  await write('post 1 withdrawn', 'laptop', {
    published: time + 2 * minuteMs,
    replaces: sheet.id('post 1'),
    withdrawn: true,
  })
  const confirm = (alias: string, ...posts: readonly string[]) =>
    sheet.object(alias, 'imported', 'online', {
      blog,
      time: fall + hourMs,
      posts: posts.map((post) => ({ post: sheet.id(post), url: `${address}${post.replace(' ', '-')}` })),
    })
  await confirm('imported 1', 'post 1')
  await confirm('imported both', 'post 1', 'post 2')
  const objects = ['verdict', 'verdict up', 'post 1', 'post 2']
  const ended = fall + 30 * minuteMs
  const back = (...unimported: readonly string[]) => ({
    state: 'returning',
    since: ended,
    by: 'quorum',
    declaration: 'verdict up',
    until: fall + 70 * minuteMs,
    unimported,
  })
  say(
    sheet,
    'posts while down',
    'Waiting for their import, newest first.',
    ['verdict', 'post 1', 'post 2'],
    fall + 20 * minuteMs,
    {
      state: 'down',
      since: fall - 4 * secondMs,
      by: 'quorum',
      declaration: 'verdict',
      until: ended,
      unimported: ['post 2', 'post 1'],
    },
  )
  say(sheet, 'returning', 'Up again, and two posts wait.', objects, fall + 50 * minuteMs, back('post 2', 'post 1'))
  say(
    sheet,
    'one post imported',
    'Still returning: one is left.',
    [...objects, 'imported 1'],
    fall + 70 * minuteMs,
    back('post 2'),
  )
  say(sheet, 'all posts imported', 'Up.', [...objects, 'imported both'], fall + 70 * minuteMs, { since: ended })
  say(
    sheet,
    'a withdrawn post',
    'Nothing to import.',
    ['verdict', 'verdict up', 'post 1', 'post 1 withdrawn'],
    fall + 50 * minuteMs,
    { since: ended },
  )
  say(
    sheet,
    'returning for 48 hours',
    'To the last moment.',
    objects,
    ended + 48 * hourMs - 1,
    back('post 2', 'post 1'),
  )
  say(sheet, 'returning no longer', 'Up; the posts are still offered.', objects, ended + 48 * hourMs, {
    since: ended,
    unimported: ['post 2', 'post 1'],
  })
  say(
    sheet,
    'a verdict that ran out, with posts',
    'The doors stay open: returning.',
    ['verdict', 'post 1'],
    ended + minuteMs,
    { ...back('post 1'), declaration: 'verdict', until: ended },
  )
  await declare(sheet, 'author ends it', fall + hourMs, { state: 'over' })
  say(
    sheet,
    'the author ends it',
    "The author's word ends it at once; the posts are still offered.",
    [...objects, 'author ends it'],
    fall + 2 * hourMs,
    { since: ended, unimported: ['post 2', 'post 1'] },
  )
  await nextRoot(sheet, 'without code', 'root1', { online: undefined as never }, 'recovery 1')
  say(
    sheet,
    'a blog without code of its own',
    'Nothing can import: the verdict alone ends it.',
    [...objects, 'without code'],
    fall + 50 * minuteMs,
    { since: ended, unimported: ['post 2', 'post 1'] },
  )
}

export async function disputes(sheet: Sheet): Promise<void> {
  const live = async (alias: string, by: string, seconds: number, life: { nonce?: string; key?: string } = {}) => {
    const time = fall + seconds * secondMs
    const { nonce = `nonce of ${alias}`, key = 'online' } = life
    await sheet.object(`life of ${alias}`, 'life', key, {
      blog: sheet.id('root1'),
      time,
      address,
      nonce: sheet.forge.hash(nonce),
    })
    await observe(sheet, alias, by, {
      time,
      state: 'up',
      reason: 'life',
      probes: 1,
      life: sheet.envelope(`life of ${alias}`),
    })
  }
  await live('11 at 60', 'member 11', 60)
  await live('11 at 120', 'member 11', 120)
  await live('11 at 119', 'member 11', 119)
  await live('12 at 70', 'member 12', 70)
  await live('12 at 130', 'member 12', 130)
  await live('1 at 75', 'member 1', 75)
  await live('1 at 135', 'member 1', 135)
  await live('7 at 80', 'member 7', 80)
  await live('7 at 140', 'member 7', 140)
  await live('12 hands on 60', 'member 12', 65, { nonce: 'nonce of 11 at 60' })
  await live('12 hands on 120', 'member 12', 125, { nonce: 'nonce of 11 at 120' })
  await live('12 by laptop 1', 'member 12', 66, { key: 'laptop' })
  await live('12 by laptop 2', 'member 12', 126, { key: 'laptop' })
  const say2 = (
    name: string,
    why: string,
    objects: readonly string[],
    disputed: boolean,
    nowMs = fall + 5 * minuteMs,
  ) =>
    say(sheet, `disputed: ${name}`, why, ['verdict', ...objects], nowMs, {
      state: 'down',
      since: fall - 4 * secondMs,
      by: 'quorum',
      declaration: 'verdict',
      until: fall + 30 * minuteMs,
      disputed,
    })
  const eleven = ['11 at 60', '11 at 120']
  say2('by nobody', 'No lives.', [], false)
  say2(
    'by two outsiders',
    'Two operators outside the voters, each twice, 60 s apart.',
    [...eleven, '12 at 70', '12 at 130'],
    true,
  )
  say2(
    'by a mirror that did not vote',
    'Outside the voters, on the list or not.',
    [...eleven, '7 at 80', '7 at 140'],
    true,
  )
  say2('by one outsider', 'One alone may err.', eleven, false)
  say2('once each', 'Twice is needed: a dying server answers now and then.', ['11 at 60', '12 at 70'], false)
  say2('59 seconds apart', 'At least 60.', ['11 at 60', '11 at 119', '12 at 70', '12 at 130'], false)
  say2('by a voter', 'Who voted down does not dispute itself.', [...eleven, '1 at 75', '1 at 135'], false)
  say2(
    'with lives handed on',
    'The same nonce at two watchers counts for neither.',
    [...eleven, '12 hands on 60', '12 hands on 120'],
    false,
  )
  say2(
    'with lives of the author',
    'Only the key on the blog itself.',
    [...eleven, '12 by laptop 1', '12 by laptop 2'],
    false,
  )
  await declare(sheet, 'author says so', fall, { until: fall + hourMs })
  say(
    sheet,
    'disputed: the word of the author',
    "Lives never touch the author's word.",
    ['author says so', ...eleven, '12 at 70', '12 at 130'],
    fall + 5 * minuteMs,
    {
      state: 'down',
      since: fall,
      by: 'author',
      declaration: 'author says so',
      until: fall + hourMs,
    },
  )
}

export async function hacked(sheet: Sheet): Promise<void> {
  const time = fall + 20 * dayMs
  const show = sheet.forge.hash('a good snapshot')
  await declare(sheet, 'host is hacked', time, { distrustSince: time - dayMs, show })
  const down = { state: 'down', since: time, by: 'author', declaration: 'host is hacked', until: time + 12 * hourMs }
  say(sheet, 'a hacked host', 'The online key is set aside, a good copy is shown.', ['host is hacked'], time + hourMs, {
    ...down,
    distrustSince: time - dayMs,
    show,
  })
  say(
    sheet,
    'a hacked host, word run out',
    'Up, but still distrusted: only a new root ends that.',
    ['host is hacked'],
    time + 13 * hourMs,
    { since: time + 12 * hourMs, distrustSince: time - dayMs },
  )
  await nextRoot(sheet, 'cleaned', 'root1', { time: time + 14 * hourMs, online: sheet.key('online 2') }, 'recovery 1')
  say(sheet, 'a cleaned host', 'Root n+1 ends the distrust.', ['host is hacked', 'cleaned'], time + 15 * hourMs, {
    since: time + 12 * hourMs,
  })
}
