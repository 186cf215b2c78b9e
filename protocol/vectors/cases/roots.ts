import type { VectorFile } from '../world.ts'
import { type Forge, hourMs, Sheet, t0 } from './forge.ts'
import { blogRoot, nextRoot, postingKeys } from './scene.ts'

/** Ranked rotation: who may change the keys of a blog, and who wins. */
export async function rootCases(forge: Forge): Promise<VectorFile> {
  const sheet = new Sheet(forge, {
    rule: 'roots',
    about:
      'Chains of roots. "objects" is the set of roots that is known, in any order. Expected: the steps from root 1 to the current root, the rivals that freeze it, and every key revoked by a step; null where the blog has no valid root 1.',
  })
  sheet.network = forge.hash('network')
  await blogRoot(sheet, 'root1')
  await genesis(sheet)
  await rotation(sheet)
  await ranks(sheet)
  await rivals(sheet)
  await revocations(sheet)
  return sheet.file()
}

type Chain = {
  readonly steps: readonly string[]
  readonly rivals?: readonly string[]
  readonly revoked?: readonly unknown[]
}

function say(
  sheet: Sheet,
  name: string,
  why: string,
  objects: readonly string[],
  chain: Chain | null,
  blog = 'root1',
): void {
  const expected = chain === null ? null : { rivals: [], revoked: [], ...chain }
  sheet.case(name, why, { blog, objects, nowMs: t0 }, expected)
}

async function genesis(sheet: Sheet): Promise<void> {
  say(sheet, 'root 1 alone', 'The id of root 1 is the id of the blog.', ['root1'], { steps: ['root1'] })
  say(sheet, 'nothing known', 'Without root 1 nobody speaks for the blog.', [], null)
  await blogRoot(sheet, 'foreign signer', {}, 'stranger')
  say(
    sheet,
    'root 1 by a stranger',
    'Root 1 is signed by one of its own recovery keys.',
    ['foreign signer'],
    null,
    'foreign signer',
  )
  await blogRoot(sheet, 'by second', {}, 'recovery 2')
  say(sheet, 'root 1 by the second key', 'Any of them.', ['by second'], { steps: ['by second'] }, 'by second')
  await blogRoot(sheet, 'by posting', {}, 'laptop')
  say(sheet, 'root 1 by a posting key', 'Posting keys sign no roots.', ['by posting'], null, 'by posting')
  await blogRoot(sheet, 'key twice', { recovery: sheet.keys('recovery 1', 'recovery 1') })
  say(sheet, 'root 1 with a key twice', 'A key has one rank.', ['key twice'], null, 'key twice')
  await blogRoot(sheet, 'names a blog', { blog: sheet.forge.hash('other blog') })
  say(sheet, 'root 1 that names a blog', 'Its own id cannot stand in it.', ['names a blog'], null, 'names a blog')
  await blogRoot(sheet, 'names a previous', { previous: sheet.forge.hash('other root') })
  say(sheet, 'root 1 with a previous root', 'There is none before it.', ['names a previous'], null, 'names a previous')
}

async function rotation(sheet: Sheet): Promise<void> {
  const after = (alias: string, previous: string, version: number, by: string, fields = {}) =>
    nextRoot(sheet, alias, previous, { version, ...fields }, by)
  await after('root2', 'root1', 2, 'recovery 1', { title: 'A new title' })
  await after('root3', 'root2', 3, 'recovery 2', { posting: postingKeys(sheet, 'laptop') })
  say(sheet, 'two steps', 'One signature by one recovery key of the root before.', ['root1', 'root2', 'root3'], {
    steps: ['root1', 'root2', 'root3'],
  })
  say(sheet, 'two steps in another order', 'The order of arrival means nothing.', ['root3', 'root1', 'root2'], {
    steps: ['root1', 'root2', 'root3'],
  })
  say(sheet, 'a step withheld', 'Every step is walked; root 3 waits for root 2.', ['root1', 'root3'], {
    steps: ['root1'],
  })
  say(sheet, 'root 1 withheld', 'Nothing stands without root 1.', ['root2', 'root3'], null)
  await after('skips', 'root1', 3, 'recovery 1')
  say(sheet, 'a version skipped', 'The version is one more than the last.', ['root1', 'skips'], { steps: ['root1'] })
  await after('huge', 'root1', 1_000_000, 'recovery 1')
  say(sheet, 'fast-forward', 'A huge version is no successor either.', ['root1', 'huge'], { steps: ['root1'] })
  await after('same version', 'root1', 1, 'recovery 1')
  say(sheet, 'the same version', 'Root 1 has no second.', ['root1', 'same version'], { steps: ['root1'] })
  await after('old previous', 'root1', 3, 'recovery 1', { title: 'From root 1' })
  say(
    sheet,
    'follows a root that is not the last',
    'Names root 1 where root 2 is due.',
    ['root1', 'root2', 'old previous'],
    { steps: ['root1', 'root2'] },
  )
  await after('other blog', 'root1', 2, 'recovery 1', { blog: sheet.forge.hash('other blog') })
  say(sheet, 'names another blog', 'A root belongs to one blog.', ['root1', 'other blog'], { steps: ['root1'] })
  await after('other network', 'root1', 2, 'recovery 1', { network: sheet.forge.hash('other network') })
  say(sheet, 'names another network', 'A chain stays in its network.', ['root1', 'other network'], { steps: ['root1'] })
  await after('by stranger', 'root1', 2, 'stranger')
  say(sheet, 'by a stranger', 'Only recovery keys of the root before.', ['root1', 'by stranger'], { steps: ['root1'] })
  await after('by laptop', 'root1', 2, 'laptop')
  say(sheet, 'by a posting key', 'Only recovery keys.', ['root1', 'by laptop'], { steps: ['root1'] })
  await after('by online', 'root1', 2, 'online')
  say(sheet, 'by the online key', 'A hacked host changes no keys.', ['root1', 'by online'], { steps: ['root1'] })
  await after('by own key', 'root1', 2, 'newcomer', { recovery: sheet.keys('newcomer', 'recovery 1') })
  say(sheet, 'by a key that only the new root names', 'The old root decides.', ['root1', 'by own key'], {
    steps: ['root1'],
  })
  await after('older time', 'root1', 2, 'recovery 1', { time: t0 - hourMs })
  say(sheet, 'an earlier time', 'Versions are ordered by number, not by clock.', ['root1', 'older time'], {
    steps: ['root1', 'older time'],
  })
  await after('closed', 'root1', 2, 'recovery 1', { closed: true })
  await after('after closed', 'closed', 3, 'recovery 1')
  say(sheet, 'a closed blog', 'Closed is the end of the chain.', ['root1', 'closed', 'after closed'], {
    steps: ['root1', 'closed'],
  })
}

async function ranks(sheet: Sheet): Promise<void> {
  const change = async (alias: string, by: string, ...recovery: readonly string[]) =>
    nextRoot(sheet, alias, 'root1', { recovery: sheet.keys(...recovery) }, by)
  const holds = (name: string, why: string, alias: string) =>
    say(sheet, name, why, ['root1', alias], { steps: ['root1', alias] })
  const fails = (name: string, why: string, alias: string) =>
    say(sheet, name, why, ['root1', alias], { steps: ['root1'] })
  await change('1 removes 2', 'recovery 1', 'recovery 1', 'recovery 3')
  holds('the first key removes the second', 'A higher key removes a lower one.', '1 removes 2')
  await change('1 removes itself', 'recovery 1', 'recovery 2', 'recovery 3')
  holds('the first key removes itself', 'A key may leave.', '1 removes itself')
  await change('1 replaces all', 'recovery 1', 'newcomer')
  holds('the first key replaces all', 'Nothing ranks above it.', '1 replaces all')
  await change('2 removes 3', 'recovery 2', 'recovery 1', 'recovery 2')
  holds('the second key removes the third', 'A higher key removes a lower one.', '2 removes 3')
  await change('2 replaces itself', 'recovery 2', 'recovery 1', 'newcomer', 'recovery 3')
  holds('the second key replaces itself', 'What ranks above it stays.', '2 replaces itself')
  await change('2 removes 1', 'recovery 2', 'recovery 2', 'recovery 3')
  fails('the second key removes the first', 'A stolen lower key cannot remove a higher one.', '2 removes 1')
  await change('2 outranks 1', 'recovery 2', 'recovery 2', 'recovery 1', 'recovery 3')
  fails('the second key moves above the first', 'Ranks above the signer stay as they are.', '2 outranks 1')
  await change('3 inserts above', 'recovery 3', 'recovery 1', 'newcomer', 'recovery 2', 'recovery 3')
  fails('the third key inserts one above itself', 'Ranks above the signer stay as they are.', '3 inserts above')
  await change('3 adds below', 'recovery 3', 'recovery 1', 'recovery 2', 'recovery 3', 'newcomer')
  holds('the third key adds one below itself', 'Below it it may do as it likes.', '3 adds below')
  await change('key twice later', 'recovery 1', 'recovery 1', 'recovery 2', 'recovery 2')
  fails('a key twice', 'A key has one rank.', 'key twice later')
}

async function rivals(sheet: Sheet): Promise<void> {
  const second = (alias: string, by: string, title: string) => nextRoot(sheet, alias, 'root1', { title }, by)
  await second('by 1', 'recovery 1', 'Of the first')
  await second('by 1 again', 'recovery 1', 'Of the first, again')
  await second('by 2', 'recovery 2', 'Of the second')
  await second('by 2 again', 'recovery 2', 'Of the second, again')
  await nextRoot(sheet, 'after 2', 'by 2', { version: 3 }, 'recovery 2')
  await nextRoot(sheet, 'after 2, by 1', 'by 2', { version: 3 }, 'recovery 1')
  await nextRoot(sheet, 'after 1', 'by 1', { version: 3 }, 'recovery 1')
  say(sheet, 'two of one version', 'The higher-ranked signer wins.', ['root1', 'by 2', 'by 1'], {
    steps: ['root1', 'by 1'],
  })
  say(
    sheet,
    'the higher one comes late',
    'It wins whenever it arrives: what the lower key built falls.',
    ['root1', 'by 2', 'after 2', 'by 1'],
    { steps: ['root1', 'by 1'] },
  )
  say(
    sheet,
    'the higher key joins the lower branch',
    'It signed both branches; at root 2 its own counts.',
    ['root1', 'by 2', 'after 2, by 1', 'by 1'],
    { steps: ['root1', 'by 1'] },
  )
  say(
    sheet,
    'two of one version by one key',
    'Frozen: neither counts, both are shown.',
    ['root1', 'by 2', 'by 2 again'],
    { steps: ['root1'], rivals: sorted(sheet, 'by 2', 'by 2 again') },
  )
  say(
    sheet,
    'frozen whatever follows',
    'A third root upon one of the rivals thaws nothing.',
    ['root1', 'by 2', 'by 2 again', 'after 2'],
    { steps: ['root1'], rivals: sorted(sheet, 'by 2', 'by 2 again') },
  )
  say(
    sheet,
    'thawed by a higher key',
    'Only a higher key decides between rivals.',
    ['root1', 'by 2', 'by 2 again', 'by 1'],
    { steps: ['root1', 'by 1'] },
  )
  say(sheet, 'frozen by the first key', 'Nobody ranks above it.', ['root1', 'by 1', 'by 1 again', 'after 1'], {
    steps: ['root1'],
    rivals: sorted(sheet, 'by 1', 'by 1 again'),
  })
  say(
    sheet,
    'a lower key beside rivals of a higher one',
    'A lower key does not decide between rivals.',
    ['root1', 'by 1', 'by 1 again', 'by 2'],
    { steps: ['root1'], rivals: sorted(sheet, 'by 1', 'by 1 again') },
  )
}

/** Rivals are shown in the order of their ids. */
function sorted(sheet: Sheet, ...aliases: readonly string[]): string[] {
  return [...aliases].sort((a, b) => (sheet.id(a) < sheet.id(b) ? -1 : 1))
}

async function revocations(sheet: Sheet): Promise<void> {
  const good = sheet.forge.hash('a good post')
  const later = sheet.forge.hash('a later post')
  const revoke = (key: string, ...lastGood: readonly string[]) => ({ key: sheet.key(key), lastGood })
  await nextRoot(
    sheet,
    'revokes',
    'root1',
    { posting: postingKeys(sheet, 'laptop'), revoked: [revoke('phone', good)] },
    'recovery 3',
  )
  await nextRoot(
    sheet,
    'takes back',
    'revokes',
    { version: 3, posting: postingKeys(sheet, 'laptop', 'phone') },
    'recovery 1',
  )
  await nextRoot(
    sheet,
    'widens',
    'revokes',
    { version: 3, revoked: [revoke('phone', good, later), revoke('online')] },
    'recovery 1',
  )
  const phone = { key: 'phone', lastGood: [good] }
  say(sheet, 'a key revoked', 'Any recovery key may revoke; the posts that it names stay good.', ['root1', 'revokes'], {
    steps: ['root1', 'revokes'],
    revoked: [phone],
  })
  say(
    sheet,
    'a revocation left out later',
    'A later root cannot take a revocation back.',
    ['root1', 'revokes', 'takes back'],
    { steps: ['root1', 'revokes', 'takes back'], revoked: [phone] },
  )
  say(
    sheet,
    'a revocation widened later',
    'The first one decides what stays good; others are added.',
    ['root1', 'revokes', 'widens'],
    { steps: ['root1', 'revokes', 'widens'], revoked: [phone, { key: 'online', lastGood: [] }] },
  )
  say(
    sheet,
    'a revocation by a root that lost',
    'Roots that are no step revoke nothing.',
    ['root1', 'revokes', 'by 1'],
    { steps: ['root1', 'by 1'] },
  )
}
