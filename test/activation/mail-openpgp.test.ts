/** Mails signed by Debian's gpg: what the signature covers becomes a post, and nothing else of the message does. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { successorFields } from '../../activation/doors/successor.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { shownPosts } from '../../protocol/posts.ts'
import { Author } from '../server/author.ts'
import { sha256 } from '../support/small-network.ts'
import { Gnupg, gpgTime } from './gnupg.ts'
import { mailDomain, type ProgramDoors, programDoors } from './program-doors.ts'

const ana = 'ana@plain.test'
const lines = (...all: readonly string[]) => all.join('\r\n')
const now = (shiftMs = 0) => new Date(Date.now() + shiftMs).toUTCString().replace('GMT', '+0000')
let count = 0

type OpenpgpWorld = {
  readonly gpg: Gnupg
  readonly world: ProgramDoors
  readonly fingerprint: string
  /** Root n+1 names these keys. */
  name(fingerprints: readonly string[]): Promise<void>
  take(head: Readonly<Record<string, string>>, body: string): ReturnType<ProgramDoors['mail']['take']>
  shown(): Promise<ReturnType<typeof shownPosts>>
}

async function openpgpWorld(t: TestContext, algorithm = 'ed25519'): Promise<OpenpgpWorld | null> {
  const gpg = await Gnupg.open(t)
  if (gpg === null) return null
  const world = await programDoors(t)
  const fingerprint = await gpg.key(ana, algorithm)
  const { small, blog, members } = world.net
  let root = blog.root
  const name = async (openpgp: readonly string[]) => {
    const fields = successorFields(root, blog.id, root.payload.time + 1, { openpgp })
    root = await small.sign('root', 'ana recovery', fields)
    for (const { ledger } of members) {
      const [answer] = await ledger.accept([root.envelope], 'author')
      assert.equal(answer?.result, 'stored', answer?.message)
    }
  }
  await name([fingerprint])
  const { secret } = await world.open('mail', undefined, await gpg.exported(ana))
  return {
    ...{ gpg, world, fingerprint, name },
    take: (head, body) => {
      const whole = {
        From: `Ana <${ana}>`,
        Subject: 'Not signed',
        Date: now(),
        'Message-ID': `<${++count}@plain.test>`,
        'MIME-Version': '1.0',
        ...head,
      }
      const text = Object.entries(whole).map(([key, value]) => `${key}: ${value}`)
      return world.mail.take(`${secret}@${mailDomain}`, utf8(lines(...text, '', body)))
    },
    shown: async () => shownPosts(await members[1]!.ledger.blog(blog.id), Date.now() + 3_600_000),
  }
}

const plainHead = { 'Content-Type': 'text/plain; charset=utf-8', 'Content-Transfer-Encoding': '8bit' }
const signedType = 'multipart/signed; micalg=pgp-sha512; protocol="application/pgp-signature"; boundary="b1"'
const mimeHead = { 'Content-Type': signedType }

function mime(part: string, signature: string): string {
  const wrapped = lines(
    'Content-Type: application/pgp-signature; name="s.asc"',
    '',
    signature.replace(/\r?\n/g, '\r\n'),
  )
  return lines('--b1', part, '--b1', wrapped, '--b1--', '')
}

const partOf = (words: string, ...headers: readonly string[]) =>
  lines('Content-Type: text/plain; charset=utf-8; protected-headers="v1"', ...headers, '', words, '')

for (const algorithm of ['ed25519', 'rsa3072']) {
  test(`PGP/MIME by gpg with ${algorithm}: the signed Subject is the title, and the Message-ID makes one post`, async (t) => {
    const open = await openpgpWorld(t, algorithm)
    if (open === null) return
    const { gpg, take, shown, fingerprint } = open
    const [id, date] = ['<signed@plain.test>', now()]
    const part = partOf('Grüße, we move.', 'Subject: Signed title', `Message-ID: ${id}`, `Date: ${date}`)
    const body = mime(part, await gpg.sign(ana, '--detach-sign', part, '--digest-algo', 'SHA512'))
    const taken = await take({ ...mimeHead, 'Message-ID': id, Date: date }, body)
    assert.ok(taken.ok, taken.ok ? '' : taken.detail)
    const [post] = await shown()
    const { title, html, mailProof, draft } = post!.current.payload
    assert.deepEqual(
      [title, html, mailProof],
      ['Signed title', '<p>Grüße, we move.</p>', `openpgp=pass ${fingerprint}`],
    )
    assert.equal(draft, toHex(sha256(utf8('signed@plain.test'))))
    const other = await take({ ...mimeHead, 'Message-ID': '<other@plain.test>', Date: date }, body)
    assert.equal(!other.ok && `${other.code} ${other.detail}`, 'NOT_ALLOWED another Message-ID is signed')
    const moved = await take({ ...mimeHead, 'Message-ID': id.replace('signed', 'x'), Date: now(-5000) }, body)
    assert.equal(moved.ok, false)
    assert.equal((await shown()).length, 1)
  })
}

test('a clearsigned text: its first line is the title, words around it are left out, and played again it is one post', async (t) => {
  const open = await openpgpWorld(t)
  if (open === null) return
  const { gpg, take, shown } = open
  const text = await gpg.sign(ana, '--clear-sign', 'Subject: By hand\n\nDear readers,\n- we are here.\n')
  const body = (around: string) => `${around}${text}${around}`.replace(/\r?\n/g, '\r\n')
  const first = await take(plainHead, body('Unsigned words.\n'))
  assert.ok(first.ok, first.ok ? '' : first.detail)
  const again = await take(plainHead, body('Other words.  \n'))
  assert.deepEqual(again, first, 'another Message-ID, Date and Subject: the same post')
  const spaced = await take(plainHead, body('').replace('we are here.', 'we are here.   '))
  assert.deepEqual(spaced, first, 'blanks at the end of a line are not signed, and make no second post')
  const [post, ...more] = await shown()
  assert.deepEqual([post!.current.payload.title, more], ['By hand', []])
  assert.equal(post!.current.payload.html, '<p>Dear readers,<br>- we are here.</p>')
})

test('without a signed Subject the post has no title; quoted-printable and base64 change nothing', async (t) => {
  const open = await openpgpWorld(t)
  if (open === null) return
  const { gpg, take, shown } = open
  const bare = lines('Content-Type: text/plain; charset=utf-8', '', 'Only this is signed.', '')
  assert.ok((await take(mimeHead, mime(bare, await gpg.sign(ana, '--detach-sign', bare)))).ok)
  const text = Buffer.from(await gpg.sign(ana, '--clear-sign', 'Grüße\n'))
  const base64 = text.toString('base64').replace(/.{70}/g, '$&\r\n')
  assert.ok((await take({ ...plainHead, 'Content-Transfer-Encoding': 'base64' }, base64)).ok)
  const second = Buffer.from(await gpg.sign(ana, '--clear-sign', 'Größe = 1\n')).toString('latin1')
  const quoted = second
    .replace(/[=\x80-\xff]/g, (mark) => `=${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/\n/g, '\r\n')
  assert.ok((await take({ ...plainHead, 'Content-Transfer-Encoding': 'quoted-printable' }, quoted)).ok)
  const texts = (await shown()).map(({ current }) => [current.payload.title, current.payload.html])
  assert.deepEqual(texts.sort(), [
    ['', '<p>Größe = 1</p>'],
    ['', '<p>Grüße</p>'],
    ['', '<p>Only this is signed.</p>'],
  ])
})

test('the nearest mails that are not the author’s are refused, each with its code', async (t) => {
  const open = await openpgpWorld(t)
  if (open === null) return
  const { gpg, take, shown, name, fingerprint } = open
  await gpg.key('eve@evil.test')
  const part = partOf('Words of somebody.', 'Subject: Hello')
  const good = await gpg.sign(ana, '--detach-sign', part)
  const clear = (await gpg.sign(ana, '--clear-sign', 'Words of somebody.\n')).replace(/\r?\n/g, '\r\n')
  const old = await gpg.sign(ana, '--detach-sign', part, ...gpgTime(Date.now() - 7_200_000))
  const weak = await gpg.sign(ana, '--detach-sign', part, '--digest-algo', 'SHA1')
  const eve = await gpg.sign('eve@evil.test', '--detach-sign', part)
  const dated = partOf('Words.', 'Subject: Hello', `Date: ${now(-600_000)}`)
  const mixed = { 'Content-Type': 'multipart/mixed; boundary=m' }
  const listed = lines(
    '--m',
    `Content-Type: ${signedType}`,
    '',
    mime(part, good),
    '--m',
    '',
    'list footer',
    '--m--',
    '',
  )
  const changed = (text: string) => text.replace('somebody', 'anybody')
  const two = mime(part, good).replace('--b1\r\nContent-Type: app', '--b1\r\n\r\nmore\r\n--b1\r\nContent-Type: app')
  const refused: readonly (readonly [string, Readonly<Record<string, string>>, string, string, RegExp])[] = [
    ['a key of somebody else', mimeHead, mime(part, eve), 'NOT_ALLOWED', /key/i],
    ['a body changed after signing', mimeHead, changed(mime(part, good)), 'NOT_ALLOWED', /OpenPGP/],
    ['a signed Subject changed', mimeHead, mime(part, good).replace('Hello', 'Other'), 'NOT_ALLOWED', /OpenPGP/],
    ['a signature of two hours ago under a new Date', mimeHead, mime(part, old), 'EXPIRED', /hour/],
    ['a Date of two hours ago', { ...mimeHead, Date: now(-7_200_000) }, mime(part, good), 'EXPIRED', /hour/],
    ['a signature over SHA-1', mimeHead, mime(part, weak), 'NOT_ALLOWED', /too weak/],
    [
      'another Date than the signed one',
      mimeHead,
      mime(dated, await gpg.sign(ana, '--detach-sign', dated)),
      'NOT_ALLOWED',
      /another Date/,
    ],
    ['a part slipped in', mimeHead, two, 'BAD_REQUEST', /two parts/],
    ['no signature in the second part', mimeHead, mime(part, 'nothing'), 'BAD_REQUEST', /holds no OpenPGP/],
    [
      'no OpenPGP in the armor',
      mimeHead,
      mime(part, good.replace(/\n[A-Za-z0-9+/]{60}/, '\nAAAA')),
      'BAD_REQUEST',
      /cannot be read/,
    ],
    ['a signed part inside of a list’s message', mixed, listed, 'NOT_ALLOWED', /not an address|DKIM/],
    ['a changed clear text', plainHead, changed(clear), 'NOT_ALLOWED', /OpenPGP/],
    ['two clear texts', plainHead, `${clear}${clear}`, 'BAD_REQUEST', /more than one/],
    ['no signature at all', plainHead, 'Words.', 'NOT_ALLOWED', /not an address|DKIM/],
  ]
  for (const [what, head, body, code, why] of refused) {
    const taken = await take(head, body)
    assert.ok(!taken.ok, what)
    assert.equal(taken.code, code, `${what}: ${taken.detail}`)
    assert.match(taken.detail, why, what)
  }
  await name([])
  const gone = await take(mimeHead, mime(part, good))
  assert.match(!gone.ok ? gone.detail : '', /root does not name/)
  assert.deepEqual(await shown(), [])
  await name([fingerprint])
  assert.ok((await take(mimeHead, mime(part, good))).ok, 'and the same mail counts once the key is named again')
})

test('a door takes one public key that the root names, and says so otherwise', async (t) => {
  const open = await openpgpWorld(t)
  if (open === null) return
  const { gpg, world } = open
  await gpg.key('eve@evil.test')
  const ask = async (openpgp: string) => {
    const fields = { blog: world.net.blog.id, how: 'mail', name: 'm', notice: 'a@elsewhere.test', openpgp }
    const answer = await fetch(`${world.url}dgos/v1/doors`, { method: 'POST', body: JSON.stringify(fields) })
    return `${answer.status} ${await answer.text()}`
  }
  assert.match(await ask(await gpg.exported(ana)), /^200 /)
  assert.match(await ask(await gpg.exported('eve@evil.test')), /^400 .*root does not name/)
  assert.match(await ask(await gpg.exported(ana, 'export-secret-keys')), /^400 .*private key/)
  assert.match(await ask('no key'), /^400 .*not a public key/)
  assert.match(await ask('x'.repeat(17_000)), /^400 .*BAD_FIELDS/)
})

test('the command line names an OpenPGP key in the root, and takes it back', async (t) => {
  const gpg = await Gnupg.open(t)
  if (gpg === null) return
  const fingerprint = await gpg.key(ana)
  const author = await Author.at(t)
  const blog = await author.enrol()
  const path = await author.file('ana.asc', await gpg.exported(ana))
  const named = async () => {
    const { root } = await author.net.member(2).ledger.blog(blog)
    return root.toSorted((a, b) => b.payload.version - a.payload.version)[0]!.payload.openpgp
  }
  assert.equal((await author.run(['blog', 'keys', 'openpgp', path])).code, 0)
  assert.deepEqual(await named(), [fingerprint])
  assert.equal((await author.run(['blog', 'keys', 'unopenpgp', fingerprint.toUpperCase()])).code, 0)
  assert.deepEqual(await named(), [])
  const typo = await author.run(['blog', 'keys', 'opnpgp', path])
  assert.match(typo.err, /did you mean "openpgp"/)
  const secret = await author.file('secret.asc', await gpg.exported(ana, 'export-secret-keys'))
  assert.match((await author.run(['blog', 'keys', 'openpgp', secret])).err, /private key/)
  assert.equal((await author.run(['blog', 'keys', 'openpgp', join(author.home, 'none')])).code, 2)
})
