import { toHex } from '../../bytes.ts'
import type { Hash, Payloads } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, minuteMs, Sheet, t0 } from './forge.ts'
import { beginnings } from './members-founders.ts'
import { guestOf, invited, type Member, say, vouch } from './members-say.ts'
import { memberRecord, nextOf } from './scene.ts'

/** Who is a member: founders, vouchers, guests, keys that change. */
export async function memberCases(forge: Forge): Promise<VectorFile> {
  const sheet = new Sheet(forge, {
    rule: 'roster',
    about:
      'The roster as everyone computes it. "network" is the set of objects that is known. Expected: unexpired members that are not leaving, in order of first key, and the operators of full standing.',
  })
  const founders = sheet.keys('member a', 'member b')
  await sheet.object('network', 'network', 'founder', {
    time: t0 - 90 * dayMs,
    name: 'Two friends',
    founders,
    nonce: forge.hash('two'),
  })
  placementIds(sheet)
  await founding(sheet)
  await guests(sheet)
  await ages(sheet)
  await keys(sheet)
  await refusals(sheet)
  await single(sheet)
  await beginnings(sheet)
  return sheet.file()
}

const a: Member = { member: 'member a', operator: 'operator a' }
const b: Member = { member: 'member b', operator: 'operator b' }
const both = ['network', 'ma', 'mb']

function placementIds(sheet: Sheet): void {
  const { forge } = sheet
  const key = forge.key('member a')
  const id = (...hex: readonly Hash[]) =>
    toHex(
      forge.sha256(
        Uint8Array.from(
          hex
            .join('')
            .match(/../g)!
            .map((pair) => Number.parseInt(pair, 16)),
        ),
      ),
    )
  const [n1, n2] = [forge.hash('nonce 1'), forge.hash('nonce 2')].sort() as [Hash, Hash]
  const network = sheet.network
  const chain = (name: string, why: string, nonces: readonly Hash[], expected: Hash) =>
    sheet.case(`placement id ${name}`, why, { key, nonces, network }, expected, 'placement-id')
  chain('of a founder', 'SHA-256 of key and network id.', [], id(key, network))
  chain('with one voucher', 'SHA-256 of key and nonce.', [n1], id(key, n1))
  chain('with two vouchers', 'Nonces in order.', [n1, n2], id(key, n1, n2))
  chain('with two vouchers in another order', 'Nonces are put in order first.', [n2, n1], id(key, n1, n2))
}

async function founding(sheet: Sheet): Promise<void> {
  await memberRecord(sheet, 'ma', { name: 'member a', operator: 'operator a' })
  await memberRecord(sheet, 'mb', { name: 'member b', operator: 'operator b' })
  say(sheet, 'founders', 'Full members at once.', both, [a, b])
  say(sheet, 'founders in another order', 'The order of arrival means nothing.', ['mb', 'ma', 'network'], [a, b])
  say(sheet, 'one founder yet', 'The other has not written its record.', ['network', 'ma'], [a])
  say(sheet, 'nobody', 'A network without records.', ['network'], [])
  say(sheet, 'expired', 'Records last 30 days.', both, [], t0 + 30 * dayMs)
  say(sheet, 'just before', 'To the last moment.', both, [a, b], t0 + 30 * dayMs - 1)
  await memberRecord(sheet, 'ma leaving', {
    name: 'member a',
    operator: 'operator a',
    time: t0 + dayMs,
    fields: { leaving: true },
  })
  say(sheet, 'leaving', 'No longer on the roster.', [...both, 'ma leaving'], [b])
  await memberRecord(sheet, 'ma newer', { name: 'member a', operator: 'operator a', time: t0 + 2 * dayMs })
  say(sheet, 'back again', 'The newest record counts.', [...both, 'ma leaving', 'ma newer'], [a, b])
}

async function guests(sheet: Sheet): Promise<void> {
  await vouch(sheet, 'a for c', 'operator a', { of: 'c' })
  await vouch(sheet, 'b for c', 'operator b', { of: 'c', time: t0 + dayMs + minuteMs })
  await invited(sheet, 'mc guest', 'c', ['a for c'])
  await invited(sheet, 'mc', 'c', ['a for c', 'b for c'], { time: t0 + 3 * dayMs })
  const guest: Member = { member: 'member c', operator: 'operator c', standing: 'guest', inviters: ['operator a'] }
  const full: Member = { ...guest, standing: 'full', inviters: ['operator a', 'operator b'] }
  say(
    sheet,
    'one voucher of two',
    'A guest: protected, but a mirror only for its voucher.',
    [...both, 'a for c', 'mc guest'],
    [a, b, guest],
  )
  say(
    sheet,
    'two vouchers',
    'Full; the first to vouch is its inviter.',
    [...both, 'a for c', 'b for c', 'mc'],
    [a, b, full],
  )
  say(
    sheet,
    'two vouchers, record of the guest',
    'Standing comes from vouchers; the first placement stays good.',
    [...both, 'a for c', 'b for c', 'mc guest'],
    [a, b, full],
  )
  say(sheet, 'voucher without record', 'Nobody there yet.', [...both, 'a for c', 'b for c'], [a, b])
  say(sheet, 'record without voucher', 'Nobody vouched.', [...both, 'mc'], [a, b])
  await vouch(sheet, 'a for c again', 'operator a', { of: 'c', time: t0 + 2 * dayMs })
  say(
    sheet,
    'two vouchers of one operator',
    'One operator, one word.',
    [...both, 'a for c', 'a for c again', 'mc guest'],
    [a, b, guest],
  )
  await vouch(sheet, 'stranger for c', 'operator x', { of: 'c' })
  say(
    sheet,
    'voucher of a stranger',
    'Does not count.',
    [...both, 'a for c', 'stranger for c', 'mc guest'],
    [a, b, guest],
  )
  await vouch(sheet, 'a member key for c', 'member a', { of: 'c' })
  say(
    sheet,
    'voucher by the key of a member',
    'Operators vouch, not their machines.',
    [...both, 'a member key for c', 'mc guest'],
    [a, b],
  )
  say(
    sheet,
    'one founder not heard of',
    'The network names two founders, and both could vouch: two are needed, whoever is online.',
    ['network', 'ma', 'a for c', 'mc guest'],
    [a, guest],
  )
  await vouch(sheet, 'a for a2', 'operator a', { of: 'a2' }, 'operator a')
  await invited(sheet, 'ma2', 'a2', ['a for a2'], { operator: 'operator a' })
  say(
    sheet,
    'second machine of an operator',
    'Its own full operator suffices.',
    [...both, 'a for a2', 'ma2'],
    [a, b, { member: 'member a2', operator: 'operator a' }],
  )
}

async function ages(sheet: Sheet): Promise<void> {
  const c = ['a for c', 'b for c', 'mc']
  const since = t0 + dayMs + minuteMs
  const full: Member = { member: 'member c', operator: 'operator c', inviters: ['operator a', 'operator b'] }
  await invited(sheet, 'mc later', 'c', ['a for c', 'b for c'], { time: t0 + 31 * dayMs })
  await memberRecord(sheet, 'ma later', { name: 'member a', operator: 'operator a', time: t0 + 29 * dayMs })
  await memberRecord(sheet, 'mb later', { name: 'member b', operator: 'operator b', time: t0 + 29 * dayMs })
  const later = [...both, 'ma later', 'mb later', ...c, 'mc later']
  await vouch(sheet, 'a for d', 'operator a', { of: 'd', time: since + 29 * dayMs })
  await vouch(sheet, 'c for d, early', 'operator c', { of: 'd', time: since + 30 * dayMs - 1 })
  await vouch(sheet, 'c for d', 'operator c', { of: 'd', time: since + 30 * dayMs })
  await invited(sheet, 'md', 'd', ['a for d'], { time: since + 30 * dayMs })
  const d: Member = { member: 'member d', operator: 'operator d', standing: 'guest', inviters: ['operator a'] }
  const at = t0 + 40 * dayMs
  say(
    sheet,
    'voucher of a young operator',
    'An operator vouches after 30 days.',
    [...later, 'a for d', 'c for d, early', 'md'],
    [a, b, full, d],
    at,
  )
  say(
    sheet,
    'voucher of an operator of 30 days',
    'From then on.',
    [...later, 'a for d', 'c for d', 'md'],
    [a, b, full, { ...d, standing: 'full', inviters: ['operator a', 'operator c'] }],
    at,
  )
  const month = since + 30 * dayMs
  const names = ['e', 'f', 'g', 'h']
  for (const [i, of] of names.entries()) {
    await vouch(sheet, `c for ${of}`, 'operator c', { of, time: month + (i + 1) * minuteMs })
    await invited(sheet, `m${of}`, of, [`c for ${of}`], { time: month + dayMs })
  }
  const all = names.flatMap((of) => [`c for ${of}`, `m${of}`])
  const guests = names.map((of) => guestOf(of, 'c'))
  say(
    sheet,
    'four vouchers in a month',
    'Three a month of an operator that is no founder: the earliest count.',
    [...later, ...all],
    [a, b, full, ...guests.slice(0, 3)],
    at,
  )
  await vouch(sheet, 'c for h, next month', 'operator c', { of: 'h', time: month + 31 * dayMs })
  await invited(sheet, 'mh later', 'h', ['c for h, next month'], { time: month + 31 * dayMs })
  say(
    sheet,
    'a voucher of the next month',
    'The fourth waits for the next 30 days.',
    [...both, ...c, ...all, 'c for h, next month', 'mh later'],
    [guests[3]!],
    month + 35 * dayMs,
  )
}

async function keys(sheet: Sheet): Promise<void> {
  const change = (
    alias: string,
    by: string,
    previous: string,
    fields: Partial<Payloads['member']> = {},
    time = t0 + 4 * dayMs,
  ) =>
    memberRecord(sheet, alias, {
      name: 'member a',
      operator: 'operator a',
      by,
      time,
      fields: { previous: sheet.key(previous), next: nextOf(sheet, `${by}, next`), ...fields },
    })
  const next = 'member a, next key'
  await change('new key', next, 'member a')
  say(
    sheet,
    'the promised key',
    'Its hash stood in the record before; the name stays the first key.',
    [...both, 'new key'],
    [{ ...a, key: next }, b],
  )
  await memberRecord(sheet, 'old key later', { name: 'member a', operator: 'operator a', time: t0 + 5 * dayMs })
  say(
    sheet,
    'the old key after the change',
    'A key that was left says nothing more.',
    [...both, 'new key', 'old key later'],
    [{ ...a, key: next }, b],
  )
  await change('other key', 'thief', 'member a')
  say(sheet, 'a key that was not promised', 'Ignored.', [...both, 'other key'], [a, b])
  await memberRecord(sheet, 'no previous', { name: 'member a', operator: 'operator a', by: next, time: t0 + 4 * dayMs })
  say(
    sheet,
    'the promised key without its forerunner',
    'A new key names the one before it.',
    [...both, 'no previous'],
    [a, b],
  )
  say(
    sheet,
    'the promise is not known here',
    'Without the record that promised it nobody knows the key.',
    ['network', 'mb', 'new key'],
    [b],
  )
  await change('third key', `${next}, next`, next, {}, t0 + 6 * dayMs)
  say(
    sheet,
    'a second change',
    'Every step is walked.',
    [...both, 'new key', 'third key'],
    [{ ...a, key: `${next}, next` }, b],
  )
  say(sheet, 'a second change, the first withheld', 'Steps are not skipped.', [...both, 'third key'], [a, b])
}

async function refusals(sheet: Sheet): Promise<void> {
  await memberRecord(sheet, 'ground placement', {
    name: 'member a',
    operator: 'operator a',
    time: t0 + dayMs,
    fields: { placement: sheet.forge.hash('chosen') },
  })
  say(
    sheet,
    'a placement of its own choice',
    'The newest record is no record: placement follows from key and vouchers.',
    [...both, 'ground placement'],
    [b],
  )
  await memberRecord(sheet, 'too long', {
    name: 'member a',
    operator: 'operator a',
    time: t0 + dayMs,
    expires: t0 + 31 * dayMs + 1,
  })
  say(sheet, 'a record for more than 30 days', 'Ignored; the one before stays.', [...both, 'too long'], [a, b])
  await memberRecord(sheet, 'ahead', {
    name: 'member a',
    operator: 'operator a',
    time: t0 + 21 * dayMs,
    fields: { leaving: true },
  })
  say(sheet, 'a record from the future', 'Held: more than ten minutes ahead.', [...both, 'ahead'], [a, b])
  await invited(sheet, 'wrong operator', 'c', ['a for c', 'b for c'], { operator: 'operator x' })
  say(
    sheet,
    'a record under another operator',
    'Vouchers name the operator.',
    [...both, 'a for c', 'b for c', 'wrong operator'],
    [a, b],
  )
  await memberRecord(sheet, 'other network', {
    name: 'member a',
    operator: 'operator a',
    time: t0 + dayMs,
    fields: { network: sheet.forge.hash('other'), leaving: true },
  })
  say(sheet, 'a record of another network', 'Ignored.', [...both, 'other network'], [a, b])
}

async function single(sheet: Sheet): Promise<void> {
  await sheet.object('network of one', 'network', 'founder', {
    time: t0 - 90 * dayMs,
    name: 'One friend',
    founders: sheet.keys('member s'),
    nonce: sheet.forge.hash('one'),
  })
  await memberRecord(sheet, 'ms', { name: 'member s', operator: 'operator s' })
  await vouch(sheet, 's for t', 'operator s', { of: 't' })
  await invited(sheet, 'mt', 't', ['s for t'])
  const members = [
    { member: 'member s', operator: 'operator s' },
    { member: 'member t', operator: 'operator t', inviters: ['operator s'] },
  ]
  say(
    sheet,
    'the friend of a single founder',
    'min(2, operators before you) is one: full at once.',
    ['network of one', 'ms', 's for t', 'mt'],
    members,
  )
}
