import { encodeBase64 } from '../../base64.ts'
import { fromHex, toHex, utf8 } from '../../bytes.ts'
import type { Envelope, Hash } from '../../objects.ts'
import { outageListMsMax, outagesType } from '../../outage-list.ts'
import type { VectorFile } from '../world.ts'
import * as curve from './curve.ts'
import { type Forge, minuteMs, Sheet, t0, typeOf } from './forge.ts'

type Line = {
  readonly host: string
  readonly blog: Hash
  readonly declaration: Hash
  readonly letter: string
  readonly mirrors: string
}

/** Outage lists, written here by hand from the description of the format. */
export async function outageCases(forge: Forge): Promise<VectorFile> {
  const sheet = new Sheet(forge, {
    rule: 'outages',
    about: 'Outage lists as beacons read them. Expected: bucket and entries, or the code of the refusal.',
  })
  const list = new ListWriter(forge)
  names(sheet)
  await trusted(sheet, list)
  await malformed(sheet, list)
  await pins(sheet, list)
  await agreements(sheet, list)
  return sheet.file()
}

class ListWriter {
  readonly forge: Forge
  readonly network: Hash

  constructor(forge: Forge) {
    this.forge = forge
    this.network = forge.hash('network')
  }

  short(hex: string): string {
    return encodeBase64(fromHex(hex)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
  }

  address(host: string): string {
    return this.short(toHex(this.forge.sha256(utf8(host))).slice(0, 32))
  }

  line(fields: Partial<Line> = {}): string {
    const { host, blog, declaration, letter, mirrors } = { ...this.down, ...fields }
    return `${this.address(host)} ${this.short(blog)} ${this.short(declaration.slice(0, 32))} ${letter} ${mirrors}`
  }

  get down(): Line {
    const { forge } = this
    return {
      host: 'blog.example.org',
      blog: forge.hash('blog'),
      declaration: forge.hash('declaration'),
      letter: 'd',
      mirrors: '0 1',
    }
  }

  members() {
    return [1, 2].map((n) => ({ key: this.forge.key(`member ${n}`), url: `https://member-${n}.example.org/` }))
  }

  payload(fields: Record<string, unknown> = {}, by = 'member 1') {
    const rest = { time: t0, bucket: 'all', members: this.members(), entries: [this.line()] }
    return { network: this.network, key: this.forge.key(by), ...rest, ...fields }
  }

  async sealed(fields: Record<string, unknown> = {}, by = 'member 1'): Promise<Envelope> {
    return this.forge.sign(outagesType, JSON.stringify(this.payload(fields, by)), this.forge.signer(by))
  }

  trust(fields: Record<string, unknown> = {}) {
    return {
      network: this.network,
      keys: [this.forge.key('member 1'), this.forge.key('member 2')],
      nowMs: t0 + minuteMs,
      ...fields,
    }
  }

  entry(fields: Record<string, unknown> = {}) {
    const { host, blog, declaration } = this.down
    return {
      address: this.address(host),
      blog,
      declaration: declaration.slice(0, 32),
      state: 'down',
      mirrors: this.members(),
      ...fields,
    }
  }
}

function names(sheet: Sheet): void {
  const { forge } = sheet
  const writer = new ListWriter(forge)
  for (const hostPath of ['example.org', 'example.org/~ana', '127.0.0.1:8101', 'xn--bcher-kva.example']) {
    const host = hostPath.split('/')[0]!
    const expected = { address: writer.address(hostPath), bucket: toHex(forge.sha256(utf8(host))).slice(0, 2) }
    sheet.case(
      `names of ${hostPath}`,
      'The address is named by its host path, the bucket by its host alone.',
      { hostPath },
      expected,
      'outage-names',
    )
  }
}

async function trusted(sheet: Sheet, list: ListWriter): Promise<void> {
  const good = (name: string, why: string, envelope: unknown, expected: unknown, trust = list.trust()) =>
    sheet.case(name, why, { list: envelope, trust }, expected)
  const bad = (name: string, why: string, envelope: unknown, code: string, trust = list.trust()) =>
    sheet.case(name, why, { list: envelope, trust }, { code })
  const sealed = await list.sealed()
  const opened = { bucket: 'all', entries: [list.entry()] }
  good('one outage', 'Signed by a pinned member, a minute old.', sealed, opened)
  good('nobody pinned', 'Any member will do where the caller pins none.', sealed, opened, list.trust({ keys: null }))
  good('no outage', 'The usual list.', await list.sealed({ members: [], entries: [] }), { bucket: 'all', entries: [] })
  good(
    'split',
    'Too many for one list: ask for buckets.',
    await list.sealed({ bucket: 'split', members: [], entries: [] }),
    { bucket: 'split', entries: [] },
  )
  good('one bucket', 'Two hex digits.', await list.sealed({ bucket: 'a7' }), { ...opened, bucket: 'a7' })
  good('unknown field', 'Ignored.', await list.sealed({ later: 1 }), opened)
  good('as old as allowed', 'Fifteen minutes.', sealed, opened, list.trust({ nowMs: t0 + outageListMsMax }))
  for (const [letter, state] of [
    ['q', 'disputed'],
    ['r', 'returning'],
    ['x', 'exercise'],
  ] as const)
    good(`state ${state}`, `Letter ${letter}.`, await list.sealed({ entries: [list.line({ letter })] }), {
      bucket: 'all',
      entries: [list.entry({ state })],
    })
  good('one mirror', 'A dash for none.', await list.sealed({ entries: [list.line({ mirrors: '1 -' })] }), {
    bucket: 'all',
    entries: [list.entry({ mirrors: [list.members()[1]] })],
  })
  good('no mirror', 'The evidence names them all.', await list.sealed({ entries: [list.line({ mirrors: '- -' })] }), {
    bucket: 'all',
    entries: [list.entry({ mirrors: [] })],
  })
  bad(
    'too old',
    'A minute of caching and fourteen of mercy.',
    sealed,
    'EXPIRED',
    list.trust({ nowMs: t0 + outageListMsMax + 1 }),
  )
  bad(
    'ahead of time',
    'Fifteen minutes of mercy for clocks.',
    sealed,
    'AHEAD_OF_TIME',
    list.trust({ nowMs: t0 - outageListMsMax - 1 }),
  )
  bad(
    'other network',
    'Of a network that the reader does not follow.',
    sealed,
    'OTHER_NETWORK',
    list.trust({ network: list.forge.hash('other') }),
  )
  bad('member not pinned', 'Refused before anything is verified.', await list.sealed({}, 'member 3'), 'NOT_ALLOWED')
  bad(
    'signed by another',
    'The payload names another key.',
    await list.forge.sign(outagesType, JSON.stringify(list.payload({}, 'member 1')), list.forge.signer('member 2')),
    'BAD_SIGNATURE',
  )
  bad(
    'altered',
    'One sign of the payload.',
    { ...sealed, payload: sealed.payload.replace(/^eyJ/, 'eyK') },
    'BAD_SIGNATURE',
  )
  const sig = toHex(Uint8Array.from(atob(sealed.signatures[0]!.sig), (sign) => sign.charCodeAt(0)))
  const shifted = sig.slice(0, 64) + curve.littleEndian(curve.fromLittleEndian(sig.slice(64)) + curve.order)
  bad(
    'S + L',
    'The strict rules hold for lists too.',
    { ...sealed, signatures: [{ ...sealed.signatures[0], sig: encodeBase64(fromHex(shifted)) }] },
    'BAD_SIGNATURE',
  )
  bad(
    'object of another kind',
    'A list has its own type.',
    await list.forge.sign(typeOf('receipt'), JSON.stringify(list.payload()), list.forge.signer('member 1')),
    'BAD_ENVELOPE',
  )
  bad(
    'two signatures',
    'Exactly one.',
    { ...sealed, signatures: [...sealed.signatures, ...sealed.signatures] },
    'BAD_ENVELOPE',
  )
  bad('not base64', 'Canonical base64.', { ...sealed, payload: `${sealed.payload}\n` }, 'BAD_BASE64')
  bad('null', 'Not an envelope.', null, 'BAD_ENVELOPE')
}

async function pins(sheet: Sheet, list: ListWriter): Promise<void> {
  const row = (n: number) => ({
    ...list.members()[0],
    key: list.forge.key(`member ${n}`),
    operator: list.forge.key('o'),
  })
  const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i))
  const check = async (name: string, why: string, fields: Record<string, unknown>, expected: unknown) => {
    const sealed = await list.sealed({ bucket: 'pins', entries: [], ...fields })
    sheet.case(`pins: ${name}`, why, { list: sealed, trust: list.trust() }, expected)
  }
  const code = 'BAD_FIELDS'
  const opened = (members: unknown) => ({ bucket: 'pins', entries: [], members })
  await check('two', 'Whom the signer would pin.', { members: rows(2) }, opened(rows(2)))
  await check('sixteen', 'As many as a tag may name.', { members: rows(16) }, opened(rows(16)))
  await check('seventeen', 'One more.', { members: rows(17) }, { code })
  await check('nobody', 'A member alone.', { members: [] }, opened([]))
  await check(
    'an entry',
    'Outages stand in other lists.',
    { members: list.members(), entries: [list.line()] },
    { code },
  )
  await check('no place', 'A row needs an address.', { members: [{ ...row(1), url: 'member-1' }] }, { code })
  await check('in another list', 'Rows without entries.', { bucket: 'all', members: rows(1) }, { code })
}

async function malformed(sheet: Sheet, list: ListWriter): Promise<void> {
  const bad = async (name: string, why: string, fields: Record<string, unknown>) =>
    sheet.case(
      `malformed: ${name}`,
      why,
      { list: await list.sealed(fields), trust: list.trust() },
      { code: 'BAD_FIELDS' },
    )
  const line = (fields: Partial<Line>) => ({ entries: [list.line(fields)] })
  await bad('no entries', 'Required.', { entries: undefined })
  await bad('entries a text', 'A list.', { entries: list.line() })
  await bad('entry an object', 'A line.', { entries: [list.entry()] })
  await bad('unknown state', 'Four letters.', line({ letter: 's' }))
  await bad('mirror beyond the table', 'Two members stand there.', line({ mirrors: '0 2' }))
  await bad('mirror with leading zero', 'One spelling.', line({ mirrors: '00 1' }))
  await bad('three mirrors', 'Two.', line({ mirrors: '0 1 1' }))
  await bad('two spaces', 'One.', { entries: [list.line().replace(' ', '  ')] })
  await bad('line break at the end', 'One spelling.', { entries: [`${list.line()}\n`] })
  await bad('address in hex', 'base64url.', { entries: [`${'0'.repeat(32)} ${list.line().slice(23)}`] })
  await bad('address with trailing bits', 'The last four bits are zero: one spelling.', {
    entries: [list.line().replace(/^(\S{21})\S/, '$1B')],
  })
  await bad('address twice', 'One outage an address.', { entries: [list.line(), list.line({ letter: 'r' })] })
  await bad('bucket of one digit', 'Two.', { bucket: 'a' })
  await bad('bucket in capitals', 'Lower-case.', { bucket: 'A7' })
  await bad('split with entries', 'Either.', { bucket: 'split' })
  await bad('network missing', 'Required.', { network: undefined })
  await bad('time negative', 'Milliseconds since 1970.', { time: -1 })
  await bad('time a fraction', 'Whole numbers.', { time: t0 + 0.5 })
  await bad('members missing', 'Required.', { members: undefined })
  await bad('member without key', 'Required.', {
    members: [{ url: 'https://member-1.example.org/' }, list.members()[1]],
  })
  await bad('member elsewhere', 'http and https only.', {
    members: [{ ...list.members()[0], url: 'javascript:alert(1)//' }, list.members()[1]],
  })
  await bad('member with user', 'No credentials in URLs.', {
    members: [{ ...list.members()[0], url: 'https://a@member-1.example.org/' }, list.members()[1]],
  })
  await bad('more members than mirrors', 'Two an entry.', {
    members: [...list.members(), { ...list.members()[0], key: '0'.repeat(64) }],
  })
}

async function agreements(sheet: Sheet, list: ListWriter): Promise<void> {
  const address = list.address(list.down.host)
  const say = (name: string, why: string, lists: readonly unknown[], expected: unknown, trust = list.trust()) =>
    sheet.case(`agreed: ${name}`, why, { lists, trust, address }, expected, 'outages-agreed')
  const first = await list.sealed()
  const second = await list.sealed(
    { members: [list.members()[1]], entries: [list.line({ mirrors: '0 -' })] },
    'member 2',
  )
  const other = (fields: Partial<Line>) => list.sealed({ entries: [list.line(fields)] }, 'member 2')
  say('by two members', 'Same blog, state and declaration; the mirrors of both.', [first, second], list.entry())
  say('by one member', 'One member alone moves no reader.', [first], 'nothing')
  say(
    'by one member twice',
    'Two lists of one key are one word.',
    [first, await list.sealed({ time: t0 + 1 })],
    'nothing',
  )
  say(
    'in nothing',
    'The other list does not name the address.',
    [first, await list.sealed({ members: [], entries: [] }, 'member 2')],
    'nothing',
  )
  say(
    'with another blog',
    'Two blogs for one address.',
    [first, await other({ blog: list.forge.hash('evil') })],
    'nothing',
  )
  say('with another state', 'Down is not disputed.', [first, await other({ letter: 'q' })], 'nothing')
  say(
    'with another declaration',
    'Perhaps renewed in between: ask again.',
    [first, await other({ declaration: list.forge.hash('newer') })],
    'nothing',
  )
  say(
    'with a list that is too old',
    'It is not opened, so it says nothing.',
    [first, await list.sealed({ time: t0 - outageListMsMax }, 'member 2')],
    'nothing',
  )
  const third = await list.sealed({ entries: [list.line({ letter: 'q' })] }, 'member 3')
  say('by two of three', 'The third disagrees alone.', [first, third, second], list.entry(), list.trust({ keys: null }))
}
