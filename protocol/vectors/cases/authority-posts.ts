/** Who may post, what a revocation leaves, what a proof of life must be. */

import { nowMs, say } from './authority-say.ts'
import { dayMs, hourMs, minuteMs, type Sheet, t0 } from './forge.ts'
import { address, head, nextRoot, postingKeys } from './scene.ts'

export async function posts(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const time = t0 + hourMs
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
  const given = { objects: ['root1', 'declarer', 'poster', 'first by laptop', 'first by app', 'first by gateway'] }
  await write('first by laptop', 'laptop')
  await write('first by app', 'app')
  await write('first by gateway', 'gateway')
  say(sheet, 'first by app', 'A delegated key posts as its delegation says.', 'accepted', {
    objects: ['root1', 'poster'],
  })
  await write('by a key of nothing', 'token')
  say(sheet, 'by a key of nothing', 'No delegation, no post.', 'NOT_ALLOWED', given)
  await write('after the delegation', 'app', { time: t0 + dayMs + 1 })
  say(sheet, 'after the delegation', 'Run out at the time of the post.', 'NOT_ALLOWED', {
    ...given,
    at: t0 + 2 * dayMs,
  })
  await write('at the end of the delegation', 'app', { time: t0 + dayMs })
  say(sheet, 'at the end of the delegation', 'Until and with the last moment.', 'accepted', {
    ...given,
    at: t0 + 2 * dayMs,
  })
  await write('replaces its own', 'app', { replaces: sheet.id('first by app') })
  say(sheet, 'replaces its own', 'Delegated keys replace their own.', 'accepted', given)
  await write("replaces the author's", 'app', { replaces: sheet.id('first by laptop') })
  say(sheet, "replaces the author's", 'And no others.', 'NOT_ALLOWED', given)
  await write("replaces another token's", 'app', { replaces: sheet.id('first by gateway') })
  say(sheet, "replaces another token's", 'And no others.', 'NOT_ALLOWED', given)
  await write('author replaces a delegated post', 'phone', { replaces: sheet.id('first by app') })
  say(sheet, 'author replaces a delegated post', 'Posting keys replace any.', 'accepted', given)
  await write('replaces an unknown post', 'app', { replaces: sheet.forge.hash('unknown post') })
  say(
    sheet,
    'replaces an unknown post',
    'It may still arrive; whether it is replaced is judged when posts are shown.',
    'accepted',
    given,
  )
  await write('with a cancel key', 'gateway', { cancel: sheet.key('token'), showAt: time + hourMs })
  const cancellable = { objects: [...given.objects, 'with a cancel key'] }
  const back = { replaces: sheet.id('with a cancel key'), withdrawn: true, title: '' }
  await write('called back', 'token', back)
  say(
    sheet,
    'called back',
    'The key that the post names as its cancel key needs no delegation.',
    'accepted',
    cancellable,
  )
  await write('called back, post unknown', 'token', { ...back, draft: sheet.forge.hash('early') })
  say(sheet, 'called back, post unknown', 'Without the post it is a key of nothing.', 'NOT_ALLOWED', given)
  await write('called back with a title', 'token', { ...back, title: 'words' })
  say(sheet, 'called back with a title', 'It can say nothing.', 'NOT_ALLOWED', cancellable)
  await write('replaced by the cancel key', 'token', { ...back, withdrawn: false })
  say(sheet, 'replaced by the cancel key', 'It can only withdraw.', 'NOT_ALLOWED', cancellable)
  await write('another called back', 'token', { ...back, replaces: sheet.id('first by gateway') })
  say(sheet, 'another called back', 'And only that one post.', 'NOT_ALLOWED', cancellable)
  await write('ten minutes ahead', 'laptop', { time: nowMs + 10 * minuteMs })
  say(sheet, 'ten minutes ahead', 'Clocks differ.', 'accepted', given)
  await write('more than ten minutes ahead', 'laptop', { time: nowMs + 10 * minuteMs + 1 })
  say(sheet, 'more than ten minutes ahead', 'Held until then.', 'AHEAD_OF_TIME', given)
  await write('years old', 'laptop', { time: 0 })
  say(sheet, 'years old', 'Signed offline, or with a dead clock: still the author.', 'accepted', given)
}

export async function revoked(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const time = t0 + hourMs
  const write = (alias: string, prevs: readonly string[]) =>
    sheet.object(alias, 'post', 'phone', {
      blog,
      time,
      draft: sheet.forge.hash(alias),
      prevs: prevs.map((prev) => sheet.id(prev)),
      title: alias,
      html: '',
      attachments: [],
      published: time,
    })
  await write('phone: first', [])
  await write('phone: second', ['phone: first'])
  await write('phone: third', ['phone: second'])
  await nextRoot(
    sheet,
    'revokes phone',
    'root1',
    {
      posting: postingKeys(sheet, 'laptop'),
      revoked: [{ key: sheet.key('phone'), lastGood: [sheet.id('phone: second')] }],
    },
    'recovery 1',
  )
  const objects = ['root1', 'revokes phone', 'phone: second']
  say(sheet, 'phone: second', 'Named as the last good post: it stays.', 'accepted', { objects })
  say(sheet, 'phone: first', 'An ancestor of the last good post stays.', 'accepted', { objects })
  say(sheet, 'phone: third', 'Signed after it, whatever its time says.', 'KEY_REVOKED', { objects })
  await sheet.object('declaration by a revoked key', 'declaration', 'phone', {
    blog,
    time: t0,
    state: 'down',
    by: 'author',
    until: t0 + dayMs,
  })
  say(sheet, 'declaration by a revoked key', 'A revoked key says nothing, not even in the past.', 'KEY_REVOKED', {
    objects,
  })
  await sheet.object('delegation by a revoked key', 'delegation', 'phone', {
    blog,
    time: t0,
    to: sheet.key('token 3'),
    may: ['post'],
    until: t0 + dayMs,
  })
  say(sheet, 'delegation by a revoked key', 'A revoked key delegates nothing.', 'KEY_REVOKED', { objects })
  await nextRoot(
    sheet,
    'revokes online',
    'root1',
    { online: sheet.key('online 2'), revoked: [{ key: sheet.key('online'), lastGood: [] }] },
    'recovery 1',
  )
  await sheet.object('life by a revoked key', 'life', 'online', {
    blog,
    time,
    address,
    nonce: sheet.forge.hash('nonce'),
  })
  say(sheet, 'life by a revoked key', 'Stolen with the host.', 'KEY_REVOKED', { objects: ['root1', 'revokes online'] })
  await head(sheet, 'head by a revoked key', {}, 'online')
  say(sheet, 'head by a revoked key', 'Stolen with the host.', 'KEY_REVOKED', { objects: ['root1', 'revokes online'] })
}

export async function lives(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const time = t0 + hourMs
  const seen = async (
    alias: string,
    life: string,
    why: string,
    expected: string,
    fields: Record<string, unknown> = {},
  ) => {
    await sheet.object(alias, 'observation', 'member 11', {
      blog,
      time,
      address,
      state: 'up',
      reason: 'life',
      probes: 1,
      since: time,
      unreachable: [],
      life: sheet.envelope(life),
      ...fields,
    } as never)
    say(sheet, alias, why, expected, { inner: [life] })
  }
  await sheet.object('life', 'life', 'online', { blog, time, address, nonce: sheet.forge.hash('nonce of 11') })
  await seen('observation with a life', 'life', 'Fetched from the public address, just now.', 'accepted')
  await seen('observation with a life of elsewhere', 'life', 'Fetched from the address that was watched.', 'EXPIRED', {
    address: 'https://elsewhere.example.org/',
  })
  await sheet.object('old life', 'life', 'online', {
    blog,
    time: time - 10 * minuteMs - 1,
    address,
    nonce: sheet.forge.hash('nonce of 11'),
  })
  await seen('observation with an old life', 'old life', 'Kept, not fetched.', 'EXPIRED')
  await sheet.object('life sent', 'life', 'online', { blog, time, address, since: time - hourMs })
  await seen(
    'observation with a life that was sent',
    'life sent',
    'Nobody has fetched it from the public address.',
    'NOT_ALLOWED',
  )
  say(sheet, 'life sent', 'The blog says of itself that it is there.', 'accepted')
  await sheet.object('life of the future', 'life', 'online', { blog, time, address, since: time + 1 })
  say(sheet, 'life of the future', 'A row that begins after it.', 'BAD_FIELDS')
  await sheet.object('life by laptop', 'life', 'laptop', {
    blog,
    time,
    address,
    nonce: sheet.forge.hash('nonce of 11'),
  })
  await seen(
    'observation with a life by the author',
    'life by laptop',
    'Only the key on the blog itself shows that the blog is there.',
    'NOT_ALLOWED',
  )
  await sheet.object('life of another blog', 'life', 'online', {
    blog: sheet.forge.hash('other blog'),
    time,
    address,
    nonce: sheet.forge.hash('nonce of 11'),
  })
  await seen('observation with the life of another blog', 'life of another blog', 'Of this blog.', 'NOT_ALLOWED')
  await seen('observation with something else for a life', 'root1', 'An object of another kind.', 'NOT_ALLOWED')
}
