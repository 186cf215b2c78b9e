import type { Time } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, hourMs, minuteMs, Sheet, t0 } from './forge.ts'
import { address, blogRoot, found, head, memberRecord, nextOf, nextRoot } from './scene.ts'

const at = t0 + dayMs

/** What still counts: only live objects are reconciled, others are answered "superseded". */
export async function liveCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'live',
    about: 'Whether an object still counts at a moment, among everything that is known of its blog and network.',
    shared,
  })
  shared.network = await found(sheet)
  await blogRoot(sheet, 'root1')
  await ofNetwork(sheet)
  await heads(sheet)
  await words(sheet)
  await lasting(sheet)
  await closed(sheet)
  return sheet.file()
}

function say(
  sheet: Sheet,
  object: string,
  when: string,
  why: string,
  objects: readonly string[],
  expected: boolean,
  nowMs: Time = at,
  network?: readonly string[],
): void {
  const input = {
    object,
    blog: 'root1',
    objects: ['root1', ...objects],
    nowMs,
    ...(network === undefined ? {} : { network }),
  }
  sheet.case(`${object}${when === '' ? '' : `: ${when}`}`, why, input, expected)
}

async function ofNetwork(sheet: Sheet): Promise<void> {
  const network = sheet.file().shared!.network as readonly string[]
  say(sheet, 'network', '', 'The network always.', [], true)
  say(sheet, 'm1', '', 'The newest record of a member.', [], true)
  say(sheet, 'm1', 'expired', 'Records run out.', [], false, t0 + 30 * dayMs)
  await memberRecord(sheet, 'm1 newer', { name: 'member 1', operator: 'operator 1', time: t0 + hourMs })
  say(sheet, 'm1', 'a newer one is known', 'Superseded.', [], false, at, [...network, 'm1 newer'])
  await memberRecord(sheet, 'm1 new key', {
    name: 'member 1',
    operator: 'operator 1',
    by: 'member 1, next key',
    time: t0 + 2 * hourMs,
    fields: { previous: sheet.key('member 1'), next: nextOf(sheet, 'x') },
  })
  say(sheet, 'm1', 'followed by a new key', 'It proves which key came after it.', [], true, at, [
    ...network,
    'm1 new key',
  ])
  say(sheet, 'm1', 'followed by a new key, and expired', 'Still the proof.', [], true, t0 + 30 * dayMs, [
    ...network,
    'm1 new key',
  ])
  await sheet.object('voucher', 'voucher', 'operator 1', {
    time: t0,
    invited: sheet.key('newcomer'),
    operator: sheet.key('operator new'),
    region: 'eu',
    block: '198.51',
    nonce: sheet.forge.hash('nonce'),
  })
  say(sheet, 'voucher', 'years later', 'Vouchers do not age.', [], true, t0 + 2000 * dayMs, [...network, 'voucher'])
  const refuse = (alias: string, time: Time, fields = {}) =>
    sheet.object(alias, 'refusal', 'member 1', { blog: sheet.id('root1'), time, reason: 'law', ...fields })
  await refuse('refusal', t0)
  await refuse('refusal lifted', t0 + hourMs, { lifted: true })
  await refuse('refusal of a post', t0 + hourMs, { post: sheet.forge.hash('post') })
  say(sheet, 'refusal', '', 'The newest word about its target.', ['refusal'], true)
  say(sheet, 'refusal', 'lifted', 'Superseded by the newer word.', ['refusal', 'refusal lifted'], false)
  say(sheet, 'refusal', 'another target', 'A word about something else.', ['refusal', 'refusal of a post'], true)
}

async function heads(sheet: Sheet): Promise<void> {
  await head(sheet, 'seq 1')
  await head(sheet, 'seq 2', { seq: 2, previous: sheet.id('seq 1') })
  await head(sheet, 'seq 2 of steward', { seq: 2, previous: sheet.id('seq 1') }, 'member 11')
  say(sheet, 'seq 1', '', 'The newest.', ['seq 1'], true)
  say(sheet, 'seq 1', 'a newer one is known', 'Superseded: nothing returns from the dead.', ['seq 1', 'seq 2'], false)
  say(
    sheet,
    'seq 2',
    'another of its number',
    'Both: whoever has one must learn of the other.',
    ['seq 2', 'seq 2 of steward'],
    true,
  )
  say(
    sheet,
    'seq 2 of steward',
    'another of its number',
    'Both: whoever has one must learn of the other.',
    ['seq 2', 'seq 2 of steward'],
    true,
  )
  await head(sheet, 'far ahead', { seq: 900, previous: sheet.forge.hash('withheld') })
  await head(sheet, 'seq 2 of author', { seq: 2, previous: sheet.id('seq 1') }, 'laptop')
  await head(sheet, 'seq 3', { seq: 3, previous: sheet.id('seq 2 of author') })
  const three = ['seq 1', 'seq 2 of author', 'seq 3']
  const why = 'Who missed it could not tell that the author changed the mirrors.'
  say(sheet, 'seq 2 of author', 'a newer one is known', why, three, true)
  say(sheet, 'seq 1', 'an author’s head stands on it', 'Shows that only the mirrors changed.', three, true)
  await nextRoot(
    sheet,
    'revokes online',
    'root1',
    { online: sheet.key('online 2'), revoked: [{ key: sheet.key('online'), lastGood: [] }] },
    'recovery 1',
  )
  say(
    sheet,
    'seq 2 of steward',
    'a revoked key ran ahead',
    'A head that does not count supersedes nothing.',
    ['seq 2 of steward', 'far ahead', 'revokes online'],
    true,
  )
  say(sheet, 'root1', 'a later root is known', 'Every step is needed for ever.', ['revokes online'], true)
  await sheet.object('seen by 1', 'attestation', 'member 1', {
    blog: sheet.id('root1'),
    time: t0 + 1,
    address,
    marker: 'tag',
  })
  const week = t0 + 7 * dayMs
  say(sheet, 'root1', 'six days alone', 'Somebody will look for its marker.', [], true, week - dayMs)
  say(sheet, 'root1', 'a week alone', 'Anybody can sign a root: nobody has seen this blog.', [], false, week)
  say(sheet, 'root1', 'a week, and attested', 'A member has seen its marker.', ['seen by 1'], true, week)
  const blog = sheet.id('root1')
  const page = { path: '/', url: address, blob: sheet.forge.hash('page'), type: 'text/html', bytes: 100 }
  for (const [alias, by, time] of [
    ['snapshot 1', 'online', t0],
    ['snapshot 2', 'online', t0 + hourMs],
    ['snapshot of 12', 'member 12', t0],
  ] as const)
    await sheet.object(alias, 'snapshot', by, {
      blog,
      time,
      address,
      title: alias,
      pages: [page],
      assets: [],
      alike: sheet.forge.hash('alike'),
    })
  await head(sheet, 'names 1', { snapshot: sheet.id('snapshot 1') })
  const snapshots = ['snapshot 1', 'snapshot 2', 'snapshot of 12']
  say(sheet, 'snapshot 2', '', 'The newest of its signer.', snapshots, true)
  say(sheet, 'snapshot of 12', '', 'The newest of its signer.', snapshots, true)
  say(sheet, 'snapshot 1', '', 'Neither newest nor named.', snapshots, false)
  say(sheet, 'snapshot 1', 'named by the newest head', 'The copy that is shown.', [...snapshots, 'names 1'], true)
  for (const [alias, by, time] of [
    ['archive 1', 'online', t0],
    ['archive 2', 'online', t0 + hourMs],
    ['archive of 12', 'member 12', t0],
  ] as const)
    await sheet.object(alias, 'archive', by, {
      blog,
      time,
      address,
      parts: [{ blob: sheet.forge.hash('part'), bytes: 0 }],
      files: 0,
      bytes: 0,
      leftOut: 0,
      complete: true,
    })
  const archives = ['archive 1', 'archive 2', 'archive of 12']
  say(sheet, 'archive 2', '', 'The newest of its signer.', archives, true)
  say(sheet, 'archive of 12', '', 'The newest of its signer.', archives, true)
  say(sheet, 'archive 1', '', 'A newer list stands in its place.', archives, false)
  await sheet.object('shows 1', 'declaration', 'laptop', {
    blog,
    time: t0,
    state: 'down',
    by: 'author',
    until: t0 + 2 * dayMs,
    show: sheet.id('snapshot 1'),
  })
  say(
    sheet,
    'snapshot 1',
    'chosen by the author',
    'The copy that the author wants shown.',
    [...snapshots, 'shows 1'],
    true,
  )
  say(
    sheet,
    'snapshot 1',
    'no longer chosen',
    'The word has run out.',
    [...snapshots, 'shows 1'],
    false,
    t0 + 2 * dayMs,
  )
}

async function words(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const observe = (alias: string, time: Time, fields = {}) =>
    sheet.object(alias, 'observation', 'member 1', {
      blog,
      time,
      address,
      state: 'down',
      reason: 'connect',
      probes: 3,
      since: time,
      unreachable: [],
      ...fields,
    })
  await observe('observation', t0)
  await observe('observation later', t0 + minuteMs)
  say(sheet, 'observation', '', 'For ten minutes.', ['observation'], true, t0 + 10 * minuteMs - 1)
  say(sheet, 'observation', 'ten minutes old', 'No longer.', ['observation'], false, t0 + 10 * minuteMs)
  say(
    sheet,
    'observation',
    'a newer one of the same watcher',
    'Superseded.',
    ['observation', 'observation later'],
    false,
    t0 + minuteMs,
  )
  await sheet.object('life', 'life', 'online', { blog, time: t0, address, nonce: sheet.forge.hash('nonce') })
  say(sheet, 'life', '', 'An answer to a watcher travels in its observation, never alone.', ['life'], false, t0)
  await sheet.object('life sent', 'life', 'online', { blog, time: t0, address, since: t0 })
  await sheet.object('life sent later', 'life', 'online', { blog, time: t0 + 5 * minuteMs, address, since: t0 })
  const week = t0 + 7 * dayMs
  say(sheet, 'life sent', '', 'The newest, for a week.', ['life sent', 'life'], true, week - 1)
  say(sheet, 'life sent', 'a week old', 'No longer.', ['life sent'], false, week)
  say(sheet, 'life sent', 'a newer one', 'Superseded.', ['life sent', 'life sent later'], false, t0 + 5 * minuteMs)
  await observe('observation with life', t0, { state: 'up', life: sheet.envelope('life') })
  say(
    sheet,
    'observation with life',
    '',
    'Two of them dispute a verdict, so each counts: for half an hour.',
    ['observation with life', 'observation later'],
    true,
    t0 + 30 * minuteMs - 1,
  )
  say(
    sheet,
    'observation with life',
    'half an hour old',
    'No longer.',
    ['observation with life'],
    false,
    t0 + 30 * minuteMs,
  )
  const declare = (alias: string, time: Time, fields = {}) =>
    sheet.object(alias, 'declaration', 'laptop', {
      blog,
      time,
      state: 'down',
      by: 'author',
      until: time + hourMs,
      ...fields,
    })
  await declare('word', t0)
  await declare('word later', t0 + 2 * hourMs)
  await declare('word over', t0 + 3 * hourMs, { state: 'over' })
  say(sheet, 'word', 'while it lasts', 'Unexpired words count.', ['word'], true, t0 + hourMs - 1)
  say(
    sheet,
    'word',
    'run out',
    'The newest of its kind stays for 14 days: it says when the outage was.',
    ['word'],
    true,
    t0 + 14 * dayMs - 1,
  )
  say(sheet, 'word', 'run out long ago', 'No longer.', ['word'], false, t0 + 14 * dayMs)
  say(sheet, 'word', 'run out, and a newer one is known', 'Superseded.', ['word', 'word later'], false)
  say(
    sheet,
    'word later',
    'run out, and it is over',
    'The word that ended it stands beside it.',
    ['word later', 'word over'],
    true,
  )
}

async function lasting(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const hash = sheet.forge.hash('x')
  await sheet.object('post', 'post', 'laptop', {
    blog,
    time: t0,
    draft: hash,
    prevs: [],
    title: '',
    html: '',
    attachments: [],
    published: t0,
  })
  await sheet.object('receipt', 'receipt', 'member 1', { blog, time: t0, post: sheet.id('post') })
  await sheet.object('imported', 'imported', 'online', { blog, time: t0, posts: [] })
  for (const alias of ['post', 'receipt', 'imported'])
    say(sheet, alias, 'years later', 'Posts and what became of them are kept.', [alias], true, t0 + 2000 * dayMs)
  const check = (alias: string, time: Time) =>
    sheet.object(alias, 'checkpoint', 'member 1', { blog, time, rootVersion: 1, seq: 0, posts: [] })
  await check('checkpoint', t0)
  await check('checkpoint later', t0 + hourMs)
  say(sheet, 'checkpoint', '', 'For seven days.', ['checkpoint'], true, t0 + 7 * dayMs - 1)
  say(sheet, 'checkpoint', 'seven days old', 'No longer.', ['checkpoint'], false, t0 + 7 * dayMs)
  say(sheet, 'checkpoint', 'a newer one of the same member', 'Superseded.', ['checkpoint', 'checkpoint later'], false)
  const attest = (alias: string, time: Time) =>
    sheet.object(alias, 'attestation', 'member 1', { blog, time, address, marker: 'tag' })
  await attest('first sight', t0)
  await attest('second sight', t0 + 7 * dayMs)
  await attest('third sight', t0 + 14 * dayMs)
  const sights = ['first sight', 'second sight', 'third sight']
  say(sheet, 'first sight', '', 'Says since when the marker stands.', sights, true, t0 + 15 * dayMs)
  say(sheet, 'second sight', '', 'Neither the first nor the newest.', sights, false, t0 + 15 * dayMs)
  say(sheet, 'third sight', '', 'Says that the marker still stands.', sights, true, t0 + 15 * dayMs)
  const give = (alias: string, time: Time, may: readonly ('post' | 'declaration')[]) =>
    sheet.object(alias, 'delegation', 'laptop', { blog, time, to: sheet.key('token'), may, until: t0 + 20 * dayMs })
  await give('delegation', t0, ['post'])
  await give('delegation wider', t0 + hourMs, ['post', 'declaration'])
  await give('delegation revoked', t0 + 2 * hourMs, [])
  await give('delegation after', t0 + 3 * hourMs, ['post'])
  say(sheet, 'delegation', '', 'The newest to this key.', ['delegation'], true)
  say(sheet, 'delegation', 'a newer one', 'Superseded.', ['delegation', 'delegation wider'], false)
  say(
    sheet,
    'delegation revoked',
    'a newer one',
    'A revocation counts for ever.',
    ['delegation revoked', 'delegation after'],
    true,
  )
}

async function closed(sheet: Sheet): Promise<void> {
  await nextRoot(sheet, 'closed', 'root1', { closed: true }, 'recovery 1')
  say(sheet, 'closed', '', 'The last root of a blog that left.', ['closed'], true)
  say(sheet, 'root1', 'closed', 'The way to the last root.', ['closed'], true)
  say(sheet, 'post', 'closed', 'The blog has left with everything.', ['closed', 'post'], false)
  say(sheet, 'seq 1', 'closed', 'The blog has left with everything.', ['closed', 'seq 1'], false)
}
