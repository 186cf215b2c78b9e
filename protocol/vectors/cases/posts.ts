import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, Sheet, t0 } from './forge.ts'
import { delegatedKeys, imports, revocations } from './post-keys.ts'
import { newestFirst, prevs, say, tipsInOrder, write } from './post-words.ts'
import { blogRoot } from './scene.ts'

/** Posts: a set that merges. Expected: what is shown, newest first; what is withheld; what the next post will name. */
export async function postCases(forge: Forge): Promise<VectorFile> {
  const sheet = new Sheet(forge, {
    rule: 'posts',
    about:
      'The posts of a blog. Expected: "shown" (public id, every text oldest first), "withheld" (ids that posts name but that are not here, in order of id), "tips" (the prevs of the next post, latest first).',
  })
  sheet.network = forge.hash('network')
  await blogRoot(sheet, 'root1')
  await plain(sheet)
  await devices(sheet)
  await edits(sheet)
  await drafts(sheet)
  await takenDrafts(sheet)
  await mails(sheet)
  await delegatedKeys(sheet)
  await revocations(sheet)
  await imports(sheet)
  return sheet.file()
}

async function plain(sheet: Sheet): Promise<void> {
  await write(sheet, 'a', 1)
  await write(sheet, 'b', 2, prevs(sheet, 'a'))
  await write(sheet, 'c', 3, prevs(sheet, 'b'))
  say(sheet, 'no posts', 'Nothing to show.', [], { shown: [], tips: [] })
  say(sheet, 'three posts', 'Newest first.', ['b', 'c', 'a'], { shown: ['c', 'b', 'a'], tips: ['c'] })
  say(sheet, 'an ancestor withheld', 'Post b names a, which is not here: something is withheld.', ['b', 'c'], {
    shown: ['c', 'b'],
    withheld: ['a'],
    tips: ['c'],
  })
  say(sheet, 'the middle withheld', 'The chain shows the gap.', ['a', 'c'], {
    shown: ['c', 'a'],
    withheld: ['b'],
    tips: ['c', 'a'],
  })
  say(sheet, 'the newest withheld', 'Nobody names it yet: checkpoints and other mirrors tell.', ['a', 'b'], {
    shown: ['b', 'a'],
    tips: ['b'],
  })
  await write(sheet, 'later', 4, { ...prevs(sheet, 'c'), showAt: t0 + dayMs })
  say(
    sheet,
    'a post for later',
    'Kept, not shown before its time.',
    ['a', 'b', 'c', 'later'],
    { shown: ['c', 'b', 'a'], tips: ['later'] },
    t0 + dayMs - 1,
  )
  say(
    sheet,
    'a post for later, later',
    'Shown from its time on.',
    ['a', 'b', 'c', 'later'],
    { shown: ['later', 'c', 'b', 'a'], tips: ['later'] },
    t0 + dayMs,
  )
  await write(sheet, 'backdated', 5, { ...prevs(sheet, 'c'), published: t0 - dayMs })
  say(sheet, 'a post dated back', 'Ordered by the date that the author gave it.', ['a', 'b', 'c', 'backdated'], {
    shown: ['c', 'b', 'a', 'backdated'],
    tips: ['backdated'],
  })
}

async function devices(sheet: Sheet): Promise<void> {
  await write(sheet, 'on the phone', 2, prevs(sheet, 'a'), 'phone')
  await write(sheet, 'joins both', 4, prevs(sheet, 'b', 'on the phone'))
  say(sheet, 'two devices', 'Two branches are normal: both are shown.', ['a', 'b', 'on the phone'], {
    shown: newestFirst(sheet, ['b', 'on the phone'], 'a'),
    tips: tipsInOrder(sheet, 'b', 'on the phone'),
  })
  say(sheet, 'two devices that met', 'The next post names both branches.', ['a', 'b', 'on the phone', 'joins both'], {
    shown: ['joins both', ...newestFirst(sheet, ['b', 'on the phone'], 'a')],
    tips: ['joins both'],
  })
  say(sheet, 'one branch withheld', 'The post that joins them shows which.', ['a', 'b', 'joins both'], {
    shown: ['joins both', 'b', 'a'],
    withheld: ['on the phone'],
    tips: ['joins both'],
  })
  const nine = Array.from({ length: 9 }, (_, i) => `island ${i + 1}`)
  for (const [i, alias] of nine.entries()) await write(sheet, alias, 10 + i)
  say(sheet, 'nine posts that know nothing of each other', 'The next post names the eight latest.', nine, {
    shown: nine.toReversed(),
    tips: nine.toReversed().slice(0, 8),
  })
}

/** Of posts published in the same minute the higher id stands first. */
async function edits(sheet: Sheet): Promise<void> {
  const edit = (alias: string, minutes: number, of: string, fields: Record<string, unknown> = {}, by = 'laptop') =>
    write(sheet, alias, minutes, { ...prevs(sheet, of), replaces: sheet.id(of), ...fields }, by)
  await edit('a, second text', 20, 'a')
  await edit('a, third text', 30, 'a, second text')
  await edit('a, by phone', 25, 'a', {}, 'phone')
  await edit('a, withdrawn', 40, 'a', { withdrawn: true })
  const texts = ['a', 'a, second text', 'a, third text']
  say(sheet, 'an edit', 'The public id is the first one; the newest text is shown.', ['a', 'a, second text'], {
    shown: [{ id: 'a', history: texts.slice(0, 2) }],
    tips: ['a, second text'],
  })
  say(sheet, 'an edit of an edit', 'One chain, one public id.', texts, {
    shown: [{ id: 'a', history: texts }],
    tips: ['a, third text'],
  })
  say(
    sheet,
    'edits on two devices',
    'The latest publication is shown; the others are its history.',
    [...texts, 'a, by phone'],
    {
      shown: [{ id: 'a', history: ['a', 'a, second text', 'a, by phone', 'a, third text'] }],
      tips: ['a, third text', 'a, by phone'],
    },
  )
  say(sheet, 'a post withdrawn', 'Marked, its text is no longer shown.', ['a', 'a, withdrawn'], {
    shown: [{ id: 'a', history: ['a', 'a, withdrawn'], withdrawn: true }],
    tips: ['a, withdrawn'],
  })
  await edit('a, back again', 50, 'a, withdrawn')
  say(sheet, 'a post that comes back', 'The latest word counts.', ['a', 'a, withdrawn', 'a, back again'], {
    shown: [{ id: 'a', history: ['a', 'a, withdrawn', 'a, back again'] }],
    tips: ['a, back again'],
  })
  say(
    sheet,
    'an edit whose first text is withheld',
    'Shown by what is here; what it replaces is missing.',
    ['a, second text'],
    { shown: ['a, second text'], withheld: ['a'], tips: ['a, second text'] },
  )
  await edit('same minute, one', 60, 'a')
  await edit('same minute, two', 60, 'a')
  const pair = ['same minute, one', 'same minute, two'].sort((x, y) => (sheet.id(x) < sheet.id(y) ? -1 : 1))
  say(sheet, 'edits of the same moment', 'The highest id wins: everyone chooses alike.', ['a', ...pair], {
    shown: [{ id: 'a', history: ['a', ...pair] }],
    tips: pair.toReversed(),
  })
}

async function drafts(sheet: Sheet): Promise<void> {
  const draft = sheet.forge.hash('one draft')
  await write(sheet, 'through member 1', 70, { draft })
  await write(sheet, 'through member 2', 71, { draft })
  const [first] = ['through member 1', 'through member 2'].sort((a, b) => (sheet.id(a) < sheet.id(b) ? -1 : 1))
  say(
    sheet,
    'one draft, two posts',
    'Handed in twice by an anxious author: shown as one, under the lower id.',
    ['through member 1', 'through member 2'],
    {
      shown: [{ id: first!, history: ['through member 1', 'through member 2'] }],
      tips: ['through member 2', 'through member 1'],
    },
  )
}

/** A delegated key names the draft of somebody else's post. */
async function takenDrafts(sheet: Sheet): Promise<void> {
  const blog = sheet.id('root1')
  const draft = sheet.forge.hash('a draft to take')
  const until = t0 + 10 * dayMs
  for (const to of ['app', 'gateway'])
    await sheet.object(`${to} may post`, 'delegation', 'laptop', {
      blog,
      time: t0,
      to: sheet.key(to),
      may: ['post'],
      until,
    })
  await write(sheet, 'own text', 80, { draft })
  await write(sheet, 'app names its draft', 81, { draft, withdrawn: true }, 'app')
  await write(sheet, 'gateway names its draft', 82, { draft }, 'gateway')
  const tokens = ['app may post', 'gateway may post']
  say(
    sheet,
    "a token names the author's draft",
    'One post, and what the author signed is shown: a stolen token takes no post over.',
    [...tokens, 'own text', 'app names its draft'],
    {
      shown: [{ id: 'own text', history: ['app names its draft', 'own text'] }],
      tips: ['app names its draft', 'own text'],
    },
  )
  say(
    sheet,
    "a token names another token's draft",
    'Two posts.',
    [...tokens, 'app names its draft', 'gateway names its draft'],
    {
      shown: [
        'gateway names its draft',
        { id: 'app names its draft', history: ['app names its draft'], withdrawn: true },
      ],
      tips: ['gateway names its draft', 'app names its draft'],
    },
  )
}

/** Posts by e-mail: called back by their own key, or sent to two gateways. */
async function mails(sheet: Sheet): Promise<void> {
  const tokens = ['app may post', 'gateway may post']
  await write(sheet, 'by mail', 90, { cancel: sheet.key('token') }, 'gateway')
  const back = { replaces: sheet.id('by mail'), withdrawn: true, title: '', ...prevs(sheet, 'by mail') }
  await write(sheet, 'called back', 91, back, 'token')
  await write(sheet, 'called back by another', 92, back, 'phone stolen')
  say(sheet, 'called back', 'Neither the post nor the word is shown.', [...tokens, 'by mail', 'called back'], {
    shown: [],
    tips: ['called back'],
  })
  say(
    sheet,
    'called back by another key',
    'Only the key that the post names.',
    [...tokens, 'by mail', 'called back by another'],
    { shown: ['by mail'], tips: ['called back by another'] },
  )
  const post = { draft: sheet.forge.hash('one mail'), title: 'One mail', html: '<p>Words</p>' }
  await write(sheet, 'mail through app', 93, post, 'app')
  await write(sheet, 'mail through gateway', 94, post, 'gateway')
  await write(sheet, 'mail altered by app', 95, { ...post, html: '<p>Other</p>' }, 'app')
  const both = ['mail through app', 'mail through gateway']
  const [first] = [...both].sort((a, b) => (sheet.id(a) < sheet.id(b) ? -1 : 1))
  say(sheet, 'one mail through two gateways', 'Alike word for word: one is shown.', [...tokens, ...both], {
    shown: [first!],
    tips: both.toReversed(),
  })
  say(
    sheet,
    'one mail, altered by one gateway',
    'Not alike: both are shown.',
    [...tokens, 'mail through gateway', 'mail altered by app'],
    {
      shown: ['mail altered by app', 'mail through gateway'],
      tips: ['mail altered by app', 'mail through gateway'],
    },
  )
}
