import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, hourMs, Sheet, t0 } from './forge.ts'
import { copies, freshness } from './heads-copies.ts'
import { mirrorChanges } from './heads-mirrors.ts'
import { blogRoot, found, head, mirrorList, nextRoot } from './scene.ts'

const nowMs = t0 + 10 * dayMs

/** Heads and copies: which one is the newest that counts, whose turn it is, and which copy readers see. */
export async function headCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'head',
    about:
      'Rule "head": the newest head that counts, or null. "head-signer": whose turn it is to sign the next. "copy": the snapshot to show and how far it is to be trusted. "authorise": whether a head is accepted. "fresh": whether mirrors confirm that nothing newer is known.',
    shared,
  })
  shared.network = await found(sheet)
  await blogRoot(sheet, 'root1')
  await order(sheet)
  await signers(sheet)
  await turns(sheet)
  await mirrorChanges(sheet)
  await copies(sheet)
  await freshness(sheet)
  return sheet.file()
}

function newest(sheet: Sheet, name: string, why: string, objects: readonly string[], expected: string | null): void {
  sheet.case(name, why, { blog: 'root1', objects: ['root1', ...objects], nowMs }, expected)
}

async function order(sheet: Sheet): Promise<void> {
  await head(sheet, 'seq 1')
  await head(sheet, 'seq 2', { seq: 2, previous: sheet.id('seq 1'), time: t0 + 2 * hourMs })
  await head(sheet, 'seq 3', { seq: 3, previous: sheet.id('seq 2'), time: t0 + 3 * hourMs })
  newest(sheet, 'no head', 'Nothing was signed.', [], null)
  newest(sheet, 'one head', 'The only one.', ['seq 1'], 'seq 1')
  newest(sheet, 'three heads', 'The highest number.', ['seq 1', 'seq 3', 'seq 2'], 'seq 3')
  newest(
    sheet,
    'forerunners unknown',
    'Members keep only the newest: its forerunners need not be known.',
    ['seq 3'],
    'seq 3',
  )
  await head(sheet, 'late seq 1', { time: t0 + 9 * dayMs })
  newest(sheet, 'rollback', 'A low number signed late is still a low number.', ['seq 3', 'late seq 1'], 'seq 3')
  await head(sheet, 'jump', { seq: 900, previous: sheet.id('seq 2') })
  newest(sheet, 'fast-forward', 'Number 900 does not follow number 2.', ['seq 1', 'seq 2', 'jump'], 'seq 2')
  await head(sheet, 'jump without forerunner', { seq: 900 })
  newest(
    sheet,
    'fast-forward without forerunner',
    'Only number 1 has none.',
    ['seq 1', 'jump without forerunner'],
    'seq 1',
  )
  await head(sheet, 'backwards', { seq: 2, previous: sheet.id('seq 3') })
  newest(sheet, 'number that falls', 'Number 2 does not follow number 3.', ['seq 1', 'backwards'], 'backwards')
  newest(
    sheet,
    'number that falls, seen',
    'The same, where number 3 is known.',
    ['seq 1', 'seq 3', 'backwards'],
    'seq 3',
  )
  await head(sheet, 'expired', { seq: 4, previous: sheet.id('seq 3'), expires: t0 + dayMs })
  newest(sheet, 'expired head', 'Expiry changes only the label, never what is shown.', ['seq 3', 'expired'], 'expired')
  await nextRoot(sheet, 'root2', 'root1', {}, 'recovery 1')
  await head(sheet, 'root2 seq 1', { rootVersion: 2, previous: sheet.id('seq 3') }, 'online', 'root2')
  await head(sheet, 'far ahead', { seq: 9_007_199_254_740_991, previous: sheet.forge.hash('withheld head') })
  newest(
    sheet,
    'a new root begins anew',
    'A stolen key that ran ahead is overtaken by the next root.',
    ['root2', 'far ahead', 'root2 seq 1'],
    'root2 seq 1',
  )
  newest(
    sheet,
    'a new root without head',
    'Until then the last head of the old root stands.',
    ['root2', 'seq 2'],
    'seq 2',
  )
  newest(
    sheet,
    'head of an unknown root',
    'Its root has not arrived: it does not count yet.',
    ['seq 2', 'root2 seq 1'],
    'seq 2',
  )
  await head(sheet, 'wrong version', { rootVersion: 2, seq: 1 })
  newest(
    sheet,
    'root and version differ',
    'Names root 1 and says version 2.',
    ['root2', 'seq 1', 'wrong version'],
    'seq 1',
  )
  await nextRoot(sheet, 'lost root2', 'root1', { title: 'Lost' }, 'recovery 2')
  await head(sheet, 'head of lost root', { rootVersion: 2 }, 'online', 'lost root2')
  newest(
    sheet,
    'head of a root that lost',
    'A root that is no step has no heads.',
    ['root2', 'lost root2', 'head of lost root', 'seq 1'],
    'seq 1',
  )
}

async function signers(sheet: Sheet): Promise<void> {
  const by = async (alias: string, who: string) =>
    head(sheet, alias, { time: t0 + 5 * hourMs, mirrors: mirrorList(sheet, 9) }, who)
  await by('by steward 11', 'member 11')
  await by('by steward 12', 'member 12')
  await by('by mirror', 'member 1')
  await by('by author', 'laptop')
  await by('by recovery', 'recovery 1')
  newest(
    sheet,
    'two of one number',
    'The earlier signer in order wins: the blog before its stewards.',
    ['by steward 11', 'seq 1'],
    'seq 1',
  )
  newest(
    sheet,
    'two stewards of one number',
    'In the order of the root.',
    ['by steward 12', 'by steward 11'],
    'by steward 11',
  )
  await head(sheet, 'seq 1 again', { time: t0 + 4 * hourMs })
  const lower = sheet.id('seq 1') < sheet.id('seq 1 again') ? 'seq 1' : 'seq 1 again'
  newest(
    sheet,
    'two of one number by one signer',
    'The lower id: everyone must choose alike.',
    ['seq 1', 'seq 1 again'],
    lower,
  )
  newest(sheet, 'by a mirror', 'Mirrors sign no heads.', ['by mirror'], null)
  newest(sheet, 'by the author', 'Posting keys may change the mirrors.', ['by author'], 'by author')
  newest(sheet, 'by a recovery key', 'Recovery keys sign no heads.', ['by recovery'], null)
  const blog = sheet.id('root1')
  await sheet.object('delegated steward', 'delegation', 'recovery 1', {
    blog,
    time: t0,
    to: sheet.key('steward'),
    may: ['head', 'snapshot'],
    until: t0 + dayMs,
  })
  await head(sheet, 'by delegated steward', {}, 'steward')
  await head(sheet, 'by steward too late', { time: t0 + dayMs + 1 }, 'steward')
  newest(
    sheet,
    'by a delegated steward',
    'Named by a recovery key.',
    ['delegated steward', 'by delegated steward'],
    'by delegated steward',
  )
  newest(
    sheet,
    'by a steward too late',
    'Its delegation had run out.',
    ['delegated steward', 'by steward too late'],
    null,
  )
  await nextRoot(sheet, 'exchanges online', 'root1', { online: sheet.key('online 2') }, 'recovery 1')
  newest(
    sheet,
    'an online key exchanged',
    'Not revoked: what it signed under root 1 stands until the new key signs.',
    ['exchanges online', 'seq 2'],
    'seq 2',
  )
  await nextRoot(
    sheet,
    'revokes online',
    'root1',
    { online: sheet.key('online 2'), revoked: [{ key: sheet.key('online'), lastGood: [] }] },
    'recovery 1',
  )
  newest(sheet, 'an online key revoked', 'Nothing that it signed counts.', ['revokes online', 'seq 2'], null)
  newest(
    sheet,
    'a revoked key and a steward',
    'The newest by a good key.',
    ['revokes online', 'seq 2', 'by steward 11'],
    'by steward 11',
  )
  await sheet.object('distrust', 'declaration', 'laptop', {
    blog,
    time: t0 + dayMs,
    state: 'down',
    by: 'author',
    until: t0 + 8 * dayMs,
    distrustSince: t0 + 2 * hourMs,
  })
  newest(
    sheet,
    'a distrusted host',
    'Heads of the online key from that moment on are set aside.',
    ['seq 1', 'seq 2', 'seq 3', 'distrust'],
    'seq 1',
  )
  await nextRoot(sheet, 'after the hack', 'root1', { time: t0 + 2 * dayMs }, 'recovery 1')
  newest(
    sheet,
    'distrust until the next root',
    'A later root ends it.',
    ['seq 1', 'seq 2', 'seq 3', 'distrust', 'after the hack'],
    'seq 3',
  )
}

async function turns(sheet: Sheet): Promise<void> {
  const turn = (
    name: string,
    why: string,
    objects: readonly string[],
    fields: Record<string, unknown>,
    expected: string | null,
  ) =>
    sheet.case(
      `turn: ${name}`,
      why,
      { blog: 'root1', objects: ['root1', ...objects], ...fields },
      expected,
      'head-signer',
    )
  const at = t0 + hourMs
  turn('first head', 'The first steward; the blog itself has shown no sign of signing.', [], { nowMs: at }, 'member 11')
  turn('blog signs', 'The blog signed the newest head.', ['seq 1'], { nowMs: at + hourMs }, 'online')
  turn('blog silent for 24 hours', 'Still the blog.', ['seq 1'], { nowMs: at + dayMs }, 'online')
  turn('blog silent for longer', 'The next one in order.', ['seq 1'], { nowMs: at + dayMs + 1 }, 'member 11')
  turn('blog down', 'The blog itself cannot.', ['seq 1'], { nowMs: at + hourMs, down: true }, 'member 11')
  turn(
    'blog down, first steward gone',
    'The next one alive.',
    ['seq 1'],
    { nowMs: at + hourMs, down: true, silent: ['member 11'] },
    'member 12',
  )
  turn(
    'nobody left',
    'The mirrors keep what they have.',
    ['seq 1'],
    { nowMs: at + hourMs, down: true, silent: ['member 11', 'member 12'] },
    null,
  )
  turn('steward signs', 'It goes on.', ['by steward 11'], { nowMs: t0 + 6 * hourMs }, 'member 11')
  turn(
    'first steward silent',
    'The second one.',
    ['by steward 11'],
    { nowMs: t0 + 5 * hourMs + dayMs + 1 },
    'member 12',
  )
  turn('second steward silent', 'Round again.', ['by steward 12'], { nowMs: t0 + 5 * hourMs + dayMs + 1 }, 'member 11')
  await nextRoot(sheet, 'online first', 'root1', { signers: sheet.keys('online', 'member 11') }, 'recovery 1')
  turn('blog listed first', 'The root says that the blog signs heads.', ['online first'], { nowMs: at }, 'online')
}
