import type { VectorFile } from '../world.ts'
import { lives, posts, revoked } from './authority-posts.ts'
import { say } from './authority-say.ts'
import { declarations, delegations } from './authority-words.ts'
import { dayMs, type Forge, hourMs, Sheet, t0 } from './forge.ts'
import { address, blogRoot, found, memberRecord, mirrorList, nextOf, nextRoot } from './scene.ts'

/** Who may sign what: every kind by every role that is nearest to it. */
export async function authorityCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'authorise',
    about:
      'Who may sign what. "objects" is what is known of the blog without the object, "inner" what is embedded in it (opened). Expected: "accepted", or the code of the refusal. The network is that of "shared" unless the case names another.',
    shared,
  })
  shared.network = await found(sheet)
  await blogRoot(sheet, 'root1')
  await everyRole(sheet)
  await members(sheet)
  await keyChanges(sheet, shared.network as readonly string[])
  await delegations(sheet)
  await declarations(sheet)
  await posts(sheet)
  await revoked(sheet)
  await lives(sheet)
  await networks(sheet)
  return sheet.file()
}

const roles = ['recovery 1', 'laptop', 'online', 'member 11', 'member 1', 'stranger'] as const
type Role = (typeof roles)[number]
const roleNames: Readonly<Record<Role, string>> = {
  'recovery 1': 'recovery key',
  laptop: 'posting key',
  online: 'online key',
  'member 11': 'steward',
  'member 1': 'member',
  stranger: 'stranger',
}

/** kind → what it holds besides blog and time, and which roles may sign it. */
async function everyRole(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const time = t0 + hourMs
  const hash = sheet.forge.hash('something')
  const file = { url: address, blob: hash, type: 'text/html', bytes: 1 }
  const table: readonly (readonly [string, readonly Role[], string, Record<string, unknown>])[] = [
    [
      'head',
      ['online', 'member 11', 'laptop'],
      'Heads: online key, stewards, and posting keys for the mirror list.',
      { root: blog, rootVersion: 1, seq: 1, mirrors: mirrorList(sheet), expires: time + dayMs },
    ],
    [
      'snapshot',
      ['online', 'member 11'],
      'Snapshots: online key and stewards.',
      { address, title: 'a', pages: [{ ...file, path: '/' }], assets: [], alike: hash },
    ],
    [
      'archive',
      ['online', 'member 11'],
      'Archives: the online key and stewards.',
      { address, parts: [{ blob: hash, bytes: 0 }], files: 0, bytes: 0, leftOut: 0, complete: true },
    ],
    [
      'delegation',
      ['laptop', 'recovery 1'],
      'Delegations: posting and recovery keys.',
      { to: sheet.key('token'), may: ['post'], until: time + dayMs },
    ],
    [
      'declaration',
      ['laptop'],
      "The author's word: posting keys.",
      { state: 'down', by: 'author', until: time + dayMs },
    ],
    ['life', ['online'], 'A proof of life: the online key on the blog itself.', { address, nonce: hash }],
    [
      'post',
      ['laptop'],
      'Posts: posting keys.',
      { draft: hash, prevs: [], title: 'a', html: '', attachments: [], published: time },
    ],
    ['imported', ['online', 'laptop'], 'Confirmations of import: the blog or its author.', { posts: [] }],
    ['contact', ['laptop'], 'Where to tell the author: posting keys.', { member: sheet.key('member 1'), notify: [] }],
    ['attestation', ['member 1', 'member 11'], 'What members saw: members.', { address, marker: 'tag' }],
    [
      'observation',
      ['member 1', 'member 11'],
      'Votes: members.',
      { address, state: 'up', reason: 'ok', probes: 3, since: time, unreachable: [] },
    ],
    ['receipt', ['member 1', 'member 11'], 'Receipts: members.', { post: hash }],
    ['checkpoint', ['member 1', 'member 11'], 'Checkpoints: members.', { rootVersion: 1, seq: 0, posts: [] }],
    ['refusal', ['member 1', 'member 11'], 'Refusals: members.', { reason: 'operator' }],
  ]
  const members: readonly Role[] = ['member 1', 'member 11']
  for (const [kind, may, why, fields] of table) {
    for (const role of roles) {
      const alias = `${kind} by ${roleNames[role]}`
      await sheet.object(alias, kind as 'receipt', role, { blog, time, ...fields } as never)
      const isMemberWord = members.every((member) => may.includes(member)) && may.length === 2
      const expected = may.includes(role) ? 'accepted' : isMemberWord ? 'NOT_MEMBER' : 'NOT_ALLOWED'
      say(sheet, alias, why, expected)
    }
  }
  await sheet.object('post to an unknown blog', 'post', 'laptop', {
    blog,
    time,
    draft: hash,
    prevs: [],
    title: '',
    html: '',
    attachments: [],
    published: time,
  })
  say(sheet, 'post to an unknown blog', 'Without its roots nobody can be judged.', 'UNKNOWN_BLOG', {
    blog: null,
    objects: [],
  })
  await nextRoot(sheet, 'closed', 'root1', { closed: true }, 'recovery 1')
  await sheet.object('post to a closed blog', 'post', 'laptop', {
    blog,
    time,
    draft: sheet.forge.hash('closed'),
    prevs: [],
    title: '',
    html: '',
    attachments: [],
    published: time,
  })
  say(sheet, 'post to a closed blog', 'The blog has left.', 'BLOG_CLOSED', { objects: ['root1', 'closed'] })
  await sheet.object('checkpoint of a closed blog', 'checkpoint', 'member 1', {
    blog,
    time: time + 1,
    rootVersion: 1,
    seq: 0,
    posts: [],
  })
  say(sheet, 'checkpoint of a closed blog', 'Nothing is said of it any more.', 'BLOG_CLOSED', {
    objects: ['root1', 'closed'],
  })
  for (const [alias, by, expected, why] of [
    ['root 2 by recovery key', 'recovery 2', 'accepted', 'One recovery key signs the next root.'],
    ['root 2 by posting key', 'laptop', 'NOT_ALLOWED', 'A stolen posting key changes no keys.'],
    ['root 2 by online key', 'online', 'NOT_ALLOWED', 'A hacked host changes no keys.'],
    ['root 2 by member', 'member 1', 'NOT_ALLOWED', 'No vote of members changes a key.'],
  ] as const) {
    await nextRoot(sheet, alias, 'root1', {}, by)
    say(sheet, alias, why, expected)
  }
  await nextRoot(sheet, 'root 3 without root 2', 'root 2 by recovery key', { version: 3 }, 'recovery 1')
  say(sheet, 'root 3 without root 2', 'The step before it is not known here.', 'BROKEN_CHAIN')
  say(sheet, 'root1', 'Anyone may hand in the first root of a blog.', 'accepted', { objects: [] })
}

async function members(sheet: Sheet): Promise<void> {
  const record = (alias: string, by: string, fields: Record<string, unknown>) =>
    sheet.object(alias, 'member', by, { ...memberFields(sheet, by), ...fields } as never)
  await record('record of a founder', 'member 1', { time: t0 + hourMs, expires: t0 + hourMs + 30 * dayMs })
  say(sheet, 'record of a founder', 'Renewed.', 'accepted', { blog: null })
  await record('record for too long', 'member 1', { expires: t0 + 30 * dayMs + 1 })
  say(sheet, 'record for too long', 'At most 30 days.', 'BAD_FIELDS', { blog: null })
  await record('record expired at once', 'member 1', { expires: t0 })
  say(sheet, 'record expired at once', 'It lasts some time.', 'BAD_FIELDS', { blog: null })
  await record('record of a stranger', 'stranger', {})
  say(sheet, 'record of a stranger', 'Nobody vouched.', 'NOT_MEMBER', { blog: null })
  await record('record in the name of a member', 'stranger', { member: sheet.key('member 1') })
  say(sheet, 'record in the name of a member', 'Signed by the key it names.', 'NOT_ALLOWED', { blog: null })
  await record('key without commitment', 'stranger', {
    member: sheet.key('member 1'),
    previous: sheet.key('member 1'),
  })
  say(sheet, 'key without commitment', 'No record has committed to it.', 'BROKEN_CHAIN', { blog: null })
  const voucher = (alias: string, by: string) =>
    sheet.object(alias, 'voucher', by, {
      time: t0,
      invited: sheet.key('newcomer'),
      operator: sheet.key('operator new'),
      region: 'eu',
      block: '198.51',
      nonce: sheet.forge.hash('nonce'),
    })
  await voucher('voucher by operator', 'operator 1')
  say(sheet, 'voucher by operator', 'Operators vouch.', 'accepted', { blog: null })
  await voucher('voucher by member key', 'member 1')
  say(sheet, 'voucher by member key', 'A founding key is named in the network itself.', 'accepted', { blog: null })
  await voucher('voucher by stranger', 'stranger')
  say(sheet, 'voucher by stranger', 'Strangers do not.', 'NOT_MEMBER', { blog: null })
}

/** The keys of member 2: first, second, third. */
async function keyChanges(sheet: Sheet, network: readonly string[]): Promise<void> {
  const keys = ['member 2', 'member 2, next key', 'member 2, third key', 'member 2, fourth key'] as const
  const change = (alias: string, i: 1 | 2, time: number) =>
    memberRecord(sheet, alias, {
      ...{ name: 'member 2', operator: 'operator 2', by: keys[i]!, time },
      fields: { previous: sheet.key(keys[i - 1]!), next: nextOf(sheet, keys[i + 1]!) },
    })
  const at = t0 + 3 * dayMs
  await change('second key', 1, t0 + hourMs)
  say(sheet, 'second key', 'The first change may come at any time.', 'accepted', { blog: null, network })
  const known = [...network, 'second key']
  await change('third key within a day', 2, t0 + hourMs + dayMs - 1)
  const soon = { blog: null, network: known, at }
  say(sheet, 'third key within a day', 'A member changes its key once a day at most.', 'RATE', soon)
  await change('third key after a day', 2, t0 + hourMs + dayMs)
  say(sheet, 'third key after a day', 'The next day.', 'accepted', soon)
  await change('second key renewed', 1, t0 + 2 * hourMs)
  say(sheet, 'second key renewed', 'It is no new key.', 'accepted', soon)
  const renewed = [...known, 'second key renewed']
  const name = 'third key within a day of the renewal of the second'
  say(sheet, 'third key after a day', 'The first word of a key counts.', 'accepted', {
    ...soon,
    network: renewed,
    name,
  })
  const told = [...renewed, 'third key after a day']
  await change('third key renewed', 2, t0 + hourMs + dayMs + 1)
  say(sheet, 'third key renewed', 'A key that spoke goes on.', 'accepted', { ...soon, network: told })
  await memberRecord(sheet, 'record before the network', {
    ...{ name: 'member 2', operator: 'operator 2', time: t0 - 91 * dayMs },
  })
  say(sheet, 'record before the network', 'So no chain is longer than its days.', 'RATE', soon)
}

function memberFields(sheet: Sheet, name: string) {
  const key = sheet.key(name)
  const hash = sheet.forge.hash('x')
  return {
    time: t0,
    member: key,
    name,
    url: 'https://a.example/',
    operator: key,
    contact: '',
    passive: false,
    weight: 1,
    next: hash,
    vouchers: [],
    placement: hash,
    expires: t0 + dayMs,
  }
}

async function networks(sheet: Sheet): Promise<void> {
  const time = t0 + hourMs
  say(sheet, 'network', 'The network itself.', 'accepted', { blog: null })
  await sheet.object('foreign post', 'post', 'laptop', {
    network: sheet.forge.hash('other network'),
    blog: sheet.id('root1'),
    time,
    draft: sheet.forge.hash('f'),
    prevs: [],
    title: '',
    html: '',
    attachments: [],
    published: time,
  })
  say(sheet, 'foreign post', 'Signed for another network: it cannot be carried over.', 'OTHER_NETWORK')
  await sheet.object('foreign receipt', 'receipt', 'member 1', {
    network: sheet.forge.hash('other network'),
    blog: sheet.id('root1'),
    time,
    post: sheet.forge.hash('f'),
  })
  say(sheet, 'foreign receipt', 'The same for members.', 'OTHER_NETWORK')
  const late = { at: t0 + 31 * dayMs }
  await sheet.object('receipt of an expired member', 'receipt', 'member 1', {
    blog: sheet.id('root1'),
    time: t0 + 31 * dayMs,
    post: sheet.forge.hash('f'),
  })
  say(sheet, 'receipt of an expired member', 'Its record has run out.', 'NOT_MEMBER', late)
}
