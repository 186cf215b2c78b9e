import { toHex, utf8 } from '../../bytes.ts'
import { placementId } from '../../membership.ts'
import type { Time } from '../../objects.ts'
import type { VectorFile } from '../world.ts'
import { dayMs, type Forge, hourMs, Sheet, t0 } from './forge.ts'
import { address, blogRoot, found, memberRecord, nextRoot } from './scene.ts'

/** Proof of addresses. Twelve members; of the ten asked six must have seen the marker. */
export async function addressCases(forge: Forge): Promise<VectorFile> {
  const shared: Record<string, unknown> = {}
  const sheet = new Sheet(forge, {
    rule: 'proven',
    about:
      'Which addresses a blog has proven, and since when. "owner": to which of several blogs an address belongs. "asked" in names: by rank among the members placed for the address.',
    shared,
  })
  shared.network = await found(sheet)
  await blogRoot(sheet, 'root1')
  const asked = rank(sheet, address)
  await proofs(sheet, asked)
  await ages(sheet, asked)
  await paths(sheet)
  await owners(sheet, asked)
  await small(sheet)
  return sheet.file()
}

/** Members in the order in which they are asked about an address: highest SHA-256(SHA-256(address) ‖ placement ‖ 00) first. */
function rank(sheet: Sheet, of: string, count = 12): string[] {
  const { sha256 } = sheet.forge
  const score = (name: string) => {
    const placement = placementId(sheet.key(name), [], sheet.network, sha256)
    const bytes = `${toHex(sha256(utf8(of)))}${placement}00`.match(/../g)!.map((pair) => Number.parseInt(pair, 16))
    return toHex(sha256(Uint8Array.from(bytes)))
  }
  const names = Array.from({ length: count }, (_, i) => `member ${i + 1}`)
  return names.sort((a, b) => (score(a) > score(b) ? -1 : 1))
}

type Given = { readonly root1?: string; readonly of?: string; readonly marker?: 'tag' | 'file' | 'dns' }

async function attest(sheet: Sheet, alias: string, by: string, time: Time, given: Given = {}): Promise<string> {
  const { root1 = 'root1', of = address, marker = 'tag' } = given
  await sheet.object(alias, 'attestation', by, { blog: sheet.id(root1), time, address: of, marker })
  return alias
}

function say(
  sheet: Sheet,
  name: string,
  why: string,
  objects: readonly string[],
  nowMs: Time,
  proven: Readonly<Record<string, Time>>,
): void {
  const expected = Object.entries(proven).map(([of, provenAt]) => ({ address: of, provenAt }))
  sheet.case(name, why, { blog: 'root1', objects: ['root1', ...objects], nowMs }, expected)
}

async function proofs(sheet: Sheet, asked: readonly string[]): Promise<void> {
  for (const [i, name] of asked.entries()) await attest(sheet, `asked ${i + 1}`, name, t0 + (i + 1) * hourMs)
  const seen = (count: number) => Array.from({ length: count }, (_, i) => `asked ${i + 1}`)
  const now = t0 + dayMs
  say(sheet, 'nobody has seen the marker', 'Claimed, not proven.', [], now, {})
  say(sheet, 'five of ten', 'Six are needed.', seen(5), now, {})
  say(sheet, 'six of ten', 'Proven since the sixth saw it.', seen(6), now, { [address]: t0 + 6 * hourMs })
  say(sheet, 'ten of ten', 'Proven since the sixth saw it.', seen(10), now, { [address]: t0 + 6 * hourMs })
  say(
    sheet,
    'six, two of them not asked',
    'Ranks eleven and twelve are not asked about this address.',
    [...seen(4), 'asked 11', 'asked 12'],
    now,
    {},
  )
  await attest(sheet, '1 again', asked[0]!, t0 + 8 * hourMs)
  say(sheet, 'five of ten, one twice', 'One word a member.', [...seen(5), '1 again'], now, {})
  for (let i = 1; i <= 6; i++)
    await attest(sheet, `elsewhere ${i}`, asked[i - 1]!, t0 + i * hourMs, { of: 'https://elsewhere.example.org/' })
  const elsewhere = [1, 2, 3, 4, 5, 6].map((i) => `elsewhere ${i}`)
  say(sheet, 'an address that the root does not name', 'Seen, but not claimed.', elsewhere, now, {})
  say(sheet, 'attestations of another address', 'They prove nothing here.', [...seen(5), ...elsewhere], now, {})
  await nextRoot(sheet, 'moved', 'root1', { addresses: ['https://new.example.org/'] }, 'recovery 1')
  say(sheet, 'an address of an older root', 'The current root decides.', ['moved', ...seen(6)], now, {})
  await nextRoot(sheet, 'closed', 'root1', { closed: true }, 'recovery 1')
  say(sheet, 'a closed blog', 'It has no addresses.', ['closed', ...seen(6)], now, {})
  await attest(sheet, 'ahead', asked[5]!, now + 11 * 60_000)
  say(sheet, 'an attestation of the future', 'Held: more than ten minutes ahead.', [...seen(5), 'ahead'], now, {})
}

async function ages(sheet: Sheet, asked: readonly string[]): Promise<void> {
  const seen = Array.from({ length: 6 }, (_, i) => `asked ${i + 1}`)
  // Members renew their own records: the same twelve, later.
  const network = [...(sheet.file().shared!.network as readonly string[])]
  for (let i = 1; i <= 12; i++) {
    network.push(
      await memberRecord(sheet, `m${i} later`, {
        name: `member ${i}`,
        operator: `operator ${i}`,
        time: t0 + 25 * dayMs,
      }),
    )
  }
  const at = (
    name: string,
    why: string,
    objects: readonly string[],
    nowMs: Time,
    proven: Readonly<Record<string, Time>>,
  ) => {
    const expected = Object.entries(proven).map(([of, provenAt]) => ({ address: of, provenAt }))
    sheet.case(name, why, { network, blog: 'root1', objects: ['root1', ...objects], nowMs }, expected)
  }
  const oldest = t0 + hourMs
  at('thirty days without renewal', 'To the last moment.', seen, oldest + 30 * dayMs - 1, {
    [address]: t0 + 6 * hourMs,
  })
  at('longer without renewal', 'The oldest of six is too old.', seen, oldest + 30 * dayMs, {})
  await attest(sheet, '1 renewed', asked[0]!, t0 + 20 * dayMs)
  at('renewed', 'Its first sight still says since when.', [...seen, '1 renewed'], oldest + 30 * dayMs, {
    [address]: t0 + 6 * hourMs,
  })
  await sheet.object('author: down', 'declaration', 'laptop', {
    blog: sheet.id('root1'),
    time: t0 + 29 * dayMs,
    state: 'down',
    by: 'author',
    until: t0 + 36 * dayMs,
  })
  at(
    'down for long',
    'While the blog is down nobody can see its marker: proofs do not age.',
    [...seen, 'author: down'],
    t0 + 35 * dayMs,
    { [address]: t0 + 6 * hourMs },
  )
  at('down for long, then up', 'They do again.', [...seen, 'author: down'], t0 + 36 * dayMs, {})
}

async function paths(sheet: Sheet): Promise<void> {
  const path = 'https://people.example.org/ana/'
  await blogRoot(sheet, 'path root', { addresses: [path] })
  const asked = rank(sheet, path)
  for (const marker of ['tag', 'file', 'dns'] as const) {
    const objects = ['path root']
    for (let i = 1; i <= 6; i++)
      objects.push(
        await attest(sheet, `path ${marker} ${i}`, asked[i - 1]!, t0 + i * hourMs, {
          root1: 'path root',
          of: path,
          marker,
        }),
      )
    const expected = marker === 'tag' ? [{ address: path, provenAt: t0 + 6 * hourMs }] : []
    const why =
      marker === 'tag'
        ? 'A blog below a path is marked by the tag in its own pages.'
        : 'File and name belong to the whole host, not to one of its blogs.'
    sheet.case(`path blog by ${marker}`, why, { blog: 'path root', objects, nowMs: t0 + dayMs }, expected)
  }
}

async function owners(sheet: Sheet, asked: readonly string[]): Promise<void> {
  await blogRoot(
    sheet,
    'rival root',
    {
      title: 'Another blog',
      recovery: sheet.keys('rival'),
      posting: [{ key: sheet.key('rival laptop'), name: 'r' }],
      online: sheet.key('rival online'),
    },
    'rival',
  )
  const ana = ['root1', ...Array.from({ length: 6 }, (_, i) => `asked ${i + 1}`)]
  const rival = ['rival root']
  for (let i = 1; i <= 6; i++)
    rival.push(await attest(sheet, `rival ${i}`, asked[i - 1]!, t0 + dayMs + i * hourMs, { root1: 'rival root' }))
  const owner = (
    name: string,
    why: string,
    blogs: Record<string, readonly string[]>,
    nowMs: Time,
    expected: string | null,
  ) => sheet.case(`owner: ${name}`, why, { address, blogs, nowMs }, expected, 'owner')
  const soon = t0 + 2 * dayMs
  owner('nobody', 'Nobody has proven it.', { root1: ['root1'] }, soon, null)
  owner('one', 'Who has proven it.', { root1: ana }, soon, 'root1')
  owner(
    'only the rival',
    'A claim without proof is nothing.',
    { root1: ['root1'], 'rival root': rival },
    soon,
    'rival root',
  )
  owner('the first', 'The id proven first.', { 'rival root': rival, root1: ana }, soon, 'root1')
  const proven = t0 + dayMs + 6 * hourMs
  owner(
    'the first, to the last moment',
    'Until the rival has stood for 14 days.',
    { root1: ana, 'rival root': rival },
    proven + 14 * dayMs - 1,
    'root1',
  )
  owner(
    'the rival after 14 days',
    'The former marker was not seen in all that time.',
    { root1: ana, 'rival root': rival },
    proven + 14 * dayMs,
    'rival root',
  )
  await attest(sheet, 'still there', asked[2]!, t0 + 10 * dayMs)
  owner(
    'the first, still seen',
    'One attester saw the former marker in between.',
    { root1: [...ana, 'still there'], 'rival root': rival },
    proven + 14 * dayMs,
    'root1',
  )
  await sheet.object('author holds on', 'declaration', 'laptop', {
    blog: sheet.id('root1'),
    time: t0 + 14 * dayMs,
    state: 'down',
    by: 'author',
    until: t0 + 21 * dayMs,
  })
  owner(
    'the first, declared down by its author',
    'Nobody wins a blog by attacking it.',
    { root1: [...ana, 'author holds on'], 'rival root': rival },
    proven + 14 * dayMs,
    'root1',
  )
}

async function small(sheet: Sheet): Promise<void> {
  for (const [count, needed] of [
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 3],
  ] as const) {
    const network = ['network', ...Array.from({ length: count }, (_, i) => `m${i + 1}`)]
    const asked = rank(sheet, address, count)
    const objects = ['root1']
    for (let i = 1; i <= needed; i++)
      objects.push(await attest(sheet, `of ${count}, ${i}`, asked[i - 1]!, t0 + i * 60_000 + count))
    const proven = [{ address, provenAt: t0 + needed * 60_000 + count }]
    const why = count <= 2 ? 'Among two friends one is enough.' : '60 %, and two operators at least.'
    sheet.case(`${needed} of ${count}`, why, { network, blog: 'root1', objects, nowMs: t0 + dayMs }, proven)
    if (needed > 1)
      sheet.case(
        `${needed - 1} of ${count}`,
        'One too few.',
        { network, blog: 'root1', objects: objects.slice(0, -1), nowMs: t0 + dayMs },
        [],
      )
  }
}
