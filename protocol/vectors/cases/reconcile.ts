import { toHex } from '../../bytes.ts'
import type { Hash } from '../../objects.ts'
import { rangeHaveMax, rangeIdsMax, rangesMax } from '../../reconcile.ts'
import type { VectorFile } from '../world.ts'
import { type Forge, Sheet } from './forge.ts'

/** Reconciliation: fingerprints worked out here with big integers, messages and answers by hand. */
export function reconcileCases(forge: Forge): VectorFile {
  const sheet = new Sheet(forge, {
    rule: 'reconcile',
    about:
      'Range-based set reconciliation. "ids" is what this side has, "message" what it is told; expected is its answer, or "refused" for what is no message. Without a message: the first one ("first").',
  })
  fingerprints(sheet)
  talks(sheet)
  noMessages(sheet)
  return sheet.file()
}

/** negentropy v1, a second time, straight from its text. */
function fingerprint(forge: Forge, ids: readonly Hash[]): string {
  const number = (id: Hash) => BigInt(`0x${id.match(/../g)!.reverse().join('')}`)
  const sum = ids.reduce((all, id) => (all + number(id)) % 2n ** 256n, 0n)
  const little = sum.toString(16).padStart(64, '0').match(/../g)!.reverse().join('')
  const count = ids.length < 128 ? [ids.length] : [(ids.length >> 7) | 128, ids.length & 127]
  const bytes = Uint8Array.from([...little.match(/../g)!.map((pair) => Number.parseInt(pair, 16)), ...count])
  return toHex(forge.sha256(bytes)).slice(0, 32)
}

function fingerprints(sheet: Sheet): void {
  const { forge } = sheet
  const sums = (name: string, why: string, ids: readonly Hash[]) =>
    sheet.case(`fingerprint of ${name}`, why, { ids }, fingerprint(forge, ids), 'fingerprint')
  sums('nothing', 'Sum 0, count 0.', [])
  sums('one id', 'The id itself, count 1.', forge.ids('f', 1))
  sums('zero', 'Sum 0 too, but count 1.', ['0'.repeat(64)])
  sums('three ids', 'Sum of three.', forge.ids('f', 3))
  sums('a sum beyond 2^256', 'The sum wraps.', [`${'f'.repeat(63)}e`, 'f'.repeat(64)])
  sums('127 ids', 'The largest count of one byte.', forge.ids('f', 127))
  sums('128 ids', 'The count takes two bytes: 81 00.', forge.ids('f', 128))
  sums('300 ids', 'The count is 82 2c.', forge.ids('f', 300))
}

function talks(sheet: Sheet): void {
  const { forge } = sheet
  const say = (name: string, why: string, ids: readonly Hash[], message: unknown, expected: unknown) =>
    sheet.case(name, why, { ids, ...(message === undefined ? {} : { message }) }, expected)
  const all = { from: '', to: '' }
  const silence = { reply: [], have: [], need: [] }
  const few = forge.ids('a', 4)
  const [a, b, c, d] = few as [Hash, Hash, Hash, Hash]
  say('first of nothing', 'A small set is listed.', [], undefined, { first: [{ ...all, ids: [] }] })
  say('first of four', 'A small set is listed.', few, undefined, { first: [{ ...all, ids: few }] })
  say('first of 32', 'The largest set that is listed.', forge.ids('b', 32), undefined, {
    first: [{ ...all, ids: forge.ids('b', 32) }],
  })
  say(
    'first of 64',
    'Sixteen fingerprints of four ids each, parted by the shortest prefixes.',
    forge.ids('b', 64),
    undefined,
    { first: parted(forge, '', '', forge.ids('b', 64)) },
  )
  say('alike by fingerprint', 'Nothing to say.', few, [{ ...all, fp: fingerprint(forge, few) }], silence)
  say('alike by list', 'Known to be alike: settled with nothing.', few, [{ ...all, ids: few }], {
    ...silence,
    reply: [{ ...all, need: [], have: [] }],
  })
  say('empty message', 'Nothing to say to nothing.', few, [], silence)
  say('another fingerprint of few', 'Few ids are listed.', few, [{ ...all, fp: '0'.repeat(32) }], {
    ...silence,
    reply: [{ ...all, ids: few }],
  })
  say(
    'another fingerprint of nothing',
    'An empty list says that all is missing.',
    [],
    [{ ...all, fp: '0'.repeat(32) }],
    { ...silence, reply: [{ ...all, ids: [] }] },
  )
  const many = forge.ids('c', 100)
  say('another fingerprint of many', 'Split into sixteen.', many, [{ ...all, fp: '0'.repeat(32) }], {
    ...silence,
    reply: parted(forge, '', '', many),
  })
  say('list settled', 'Both lacks are named, from this side.', [a, b, c], [{ ...all, ids: [b, c, d] }], {
    reply: [{ ...all, need: [d], have: [a] }],
    have: [a],
    need: [d],
  })
  say(
    'settlement read',
    'The other side needs a, which we have, and has d, which we lack.',
    [a, b, c],
    [{ ...all, need: [a], have: [d] }],
    { reply: [], have: [a], need: [d] },
  )
  say(
    'settlement with surprises',
    'An id we never had is not promised; one we have by now is not asked for.',
    [a],
    [{ ...all, need: [b], have: [a] }],
    silence,
  )
  const half = a.slice(0, 3)
  say(
    'part of the ids',
    'Only ids of the range are compared: from is inside, to is outside.',
    few,
    [{ from: half, to: b, ids: [] }],
    {
      reply: [{ from: half, to: b, need: [], have: [a] }],
      have: [a],
      need: [],
    },
  )
  say(
    'two ranges',
    'Each for itself.',
    few,
    [
      { from: '', to: b, ids: [a] },
      { from: c, to: '', fp: '0'.repeat(32) },
    ],
    {
      reply: [
        { from: '', to: b, need: [], have: [] },
        { from: c, to: '', ids: [c, d] },
      ],
      have: [],
      need: [],
    },
  )
  const large = forge.ids('d', rangeHaveMax + 1)
  say('more to offer than one range holds', 'Split instead of listed.', large, [{ ...all, ids: [] }], {
    ...silence,
    reply: parted(forge, '', '', large),
  })
}

/** Sixteen parts of floor(n·i/16) ids, bounds as short as they can be. */
function parted(forge: Forge, from: string, to: string, ids: readonly Hash[]) {
  const cuts = Array.from({ length: 17 }, (_, i) => Math.floor((ids.length * i) / 16))
  const bound = (at: number) => {
    let length = 1
    while (ids[at]!.slice(0, length) === ids[at - 1]!.slice(0, length)) length++
    return ids[at]!.slice(0, length)
  }
  return Array.from({ length: 16 }, (_, i) => ({
    from: i === 0 ? from : bound(cuts[i]!),
    to: i === 15 ? to : bound(cuts[i + 1]!),
    fp: fingerprint(forge, ids.slice(cuts[i], cuts[i + 1])),
  }))
}

function noMessages(sheet: Sheet): void {
  const { forge } = sheet
  const bad = (name: string, why: string, message: unknown) =>
    sheet.case(`no message: ${name}`, why, { ids: [], message }, 'refused')
  const [a, b] = forge.ids('e', 2) as [Hash, Hash]
  const range = { from: '', to: '', ids: [] as Hash[] }
  bad('null', 'A list.', null)
  bad('object', 'A list.', { ranges: [] })
  bad('range null', 'An object.', [null])
  bad('range empty', 'A range says something.', [{ from: '', to: '' }])
  bad('bound in capitals', 'Lower-case hex.', [{ ...range, to: 'F' }])
  bad('bound too long', 'At most 64 digits.', [{ ...range, to: `${a}0` }])
  bad('no bounds', 'Required.', [{ ids: [] }])
  bad('range backwards', 'from lies before to.', [{ ...range, from: '8', to: '4' }])
  bad('range of nothing', 'from lies before to.', [{ ...range, from: '8', to: '8' }])
  bad('ranges out of order', 'Ascending.', [
    { ...range, from: '8' },
    { ...range, to: '8' },
  ])
  bad('ranges overlap', 'Apart.', [
    { ...range, to: '9' },
    { ...range, from: '8' },
  ])
  bad('range after the end', 'Nothing lies beyond the end.', [range, { ...range, from: 'f' }])
  bad('short fingerprint', '16 bytes.', [{ from: '', to: '', fp: '00' }])
  bad('fingerprint in capitals', 'Lower-case hex.', [{ from: '', to: '', fp: 'F'.repeat(32) }])
  bad('ids unsorted', 'Ascending.', [{ ...range, ids: [b, a] }])
  bad('id twice', 'Ascending without repetition.', [{ ...range, ids: [a, a] }])
  bad('id outside the range', 'Only ids of the range.', [{ from: '', to: a, ids: [b] }])
  bad('short id', '32 bytes.', [{ ...range, ids: ['00'] }])
  bad('need without have', 'A settlement has both.', [{ from: '', to: '', need: [] }])
  bad('too many ids in a range', `At most ${rangeIdsMax}.`, [{ ...range, ids: forge.ids('e', rangeIdsMax + 1) }])
  const digits = (n: number) => n.toString(16).padStart(3, '0')
  const ranges = Array.from({ length: rangesMax + 1 }, (_, i) => ({
    from: digits(i),
    to: digits(i + 1),
    fp: '0'.repeat(32),
  }))
  bad('too many ranges', `At most ${rangesMax}.`, ranges)
}
