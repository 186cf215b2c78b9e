/** E-mail from the wire to a safe post, with real senders (swaks, Exim) and a name server of the test's own. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { main } from '../../server/cli/main.ts'
import { folderAt } from '../../server/machine/folder.ts'
import { createPeerWire } from '../../server/machine/peer-wire.ts'
import { startMember } from '../../server/start.ts'
import { freePort } from '../support/ports.ts'
import { sha256 } from '../support/small-network.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'
import { message } from './mail-corpus/honest.ts'
import { hostile } from './mail-corpus/hostile.ts'
import { conversation, dkimPem, dkimRecord, freshHeaders, signedMail } from './mail-senders.ts'
import { later, mailWorld, postsOf } from './mail-world.ts'
import { mailDomain, sender } from './program-doors.ts'

const run = promisify(execFile)
let names = 0

test('a signed mail becomes one post that three operators hold; readers see it after fifteen minutes, through the gateway', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  const raw = await signedMail(message(freshHeaders(), 'We move.\n\n-- \nAna'))
  const taken = await world.mail.take(`${secret}@${mailDomain}`, raw)
  assert.ok(taken.ok, taken.ok ? '' : taken.detail)
  assert.deepEqual(await postsOf(world), [], 'held back')
  const [post] = await postsOf(world, later())
  const { title, html, through, mail, mailProof, showAt, time, draft } = post!.current.payload
  assert.deepEqual(
    [title, html, through, mailProof],
    ['Hello', '<p>We move.</p>', 'by e-mail through Mirror One', 'dkim=pass d=author.test'],
  )
  assert.equal(mail, toHex(sha256(raw)))
  assert.equal(showAt! - time, 15 * 60_000)
  assert.equal(draft, toHex(sha256(utf8(/Message-ID: <(.*)>/.exec(Buffer.from(raw).toString())![1]!))))
  assert.deepEqual(await world.store.mailOf(post!.id), Buffer.from(raw), 'the message stays at the gateway')
  const again = await world.mail.take(`${secret}@${mailDomain}`, raw)
  assert.deepEqual(again, taken, 'sent again, it is the same post')
  assert.equal((await postsOf(world, later())).length, 1)
})

test('a Hebrew mail runs from right to left, and an English one does not', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  for (const words of ['שלום', 'Hello']) {
    const subject = `=?utf-8?b?${Buffer.from(words).toString('base64')}?=`
    const raw = await signedMail(message(freshHeaders({ Subject: subject }), `${words}, we move.`))
    assert.ok((await world.mail.take(`${secret}@${mailDomain}`, raw)).ok)
  }
  const payloads = (await postsOf(world, later())).map((post) => post.current.payload)
  assert.deepEqual(
    new Map(payloads.map(({ title, direction }) => [title, direction])),
    new Map([
      ['Hello', 'ltr'],
      ['שלום', 'rtl'],
    ]),
  )
})

test('the same mail sent to two doors, each with a key of its own, shows as one post', async (t) => {
  const world = await mailWorld(t)
  const [entry, other] = [await world.open('mail'), await world.open('mail')]
  const raw = await signedMail(message(freshHeaders(), 'Sent twice.'))
  const ids = []
  for (const { secret } of [entry, other]) {
    const taken = await world.mail.take(`${secret}@${mailDomain}`, raw)
    assert.ok(taken.ok, taken.ok ? '' : taken.detail)
    ids.push(taken.value.post)
  }
  assert.notEqual(ids[0], ids[1])
  assert.notEqual(entry.key, other.key)
  assert.equal((await postsOf(world, later())).length, 1)
})

test('the author is told how to call it back, and then who holds it and what was dropped', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  const mixed =
    '--b\nContent-Type: text/plain\n\nWords\n--b\nContent-Type: application/pdf; name="a.pdf"\nContent-Disposition: attachment; filename="a.pdf"\n\nx\n--b--'
  const raw = await signedMail(message(freshHeaders({ 'Content-Type': 'multipart/mixed; boundary=b' }), mixed))
  assert.ok((await world.mail.take(`${secret}@${mailDomain}`, raw)).ok)
  await until(() => world.told.length >= 1, 'the author is told how to call it back')
  const id = /cancel\/([0-9a-f]+)\?/.exec(world.told[0]!.text)![1]!
  const { replication } = world.net.members[0]!
  await until(async () => (await replication.holders(id))?.held === 3, 'three hold it')
  world.report()
  await until(() => world.told.length >= 2, 'the author is told who holds it')
  const [cancel, report] = world.told as [(typeof world.told)[0], (typeof world.told)[0]]
  assert.equal(cancel.to, 'ana@elsewhere.test')
  assert.match(report.text, /^3 of 3 hold it\.\nKept: text\.\nDropped:\n {2}a\.pdf: only images are published/)
  const link = /http:\S+\/post\/cancel\/\S+/.exec(cancel.text)![0]
  assert.equal((await postsOf(world, later())).length, 1)
  assert.match(await (await fetch(link)).text(), /<button>/, 'looking at the link calls nothing back')
  assert.equal((await postsOf(world, later())).length, 1)
  const [, , word] = /cancel\/([0-9a-f]+)\?secret=([0-9a-f]+)/.exec(link)!
  const wrong = await fetch(`${world.url}dgos/v1/posts/${id}/cancel`, {
    method: 'POST',
    body: JSON.stringify({ secret: 'ab'.repeat(32) }),
  })
  assert.equal(wrong.status, 403)
  const done = await fetch(link, { method: 'POST', body: new URLSearchParams({ secret: word! }) })
  assert.match(await done.text(), /Called back/)
  await until(async () => (await postsOf(world, later())).length === 0, 'another mirror stops showing it too')
  assert.deepEqual(await postsOf(world, later()), [])
})

test('every message of the hostile corpus is refused with its code', async (t) => {
  const world = await mailWorld(t)
  let secret = ''
  assert.ok(hostile.length >= 20)
  for (const [i, entry] of hostile.entries()) {
    if (i % 15 === 0) secret = (await world.open('mail')).secret
    const raw = entry.raw(freshHeaders())
    const bytes = entry.sign === null ? utf8(raw) : await signedMail(raw, entry.sign)
    const taken = await world.mail.take(`${secret}@${mailDomain}`, bytes)
    assert.ok(!taken.ok, entry.name)
    assert.equal(taken.code, entry.code, `${entry.name}: ${taken.detail}`)
    assert.match(taken.detail, entry.why, entry.name)
  }
  assert.deepEqual(await postsOf(world, later()), [])
})

test('swaks: STARTTLS, a one-time code once; strangers, relaying and a second recipient are refused in the session', async (t) => {
  const world = await mailWorld(t)
  const { secret, codes } = await world.open('mail')
  const folder = await temporaryFolder(t, 'swaks')
  const swaks = async (to: string, headers: Record<string, string>, ...more: string[]) => {
    const file = join(folder, `${names++}.eml`)
    await writeFile(file, message(freshHeaders(headers), 'By code.'))
    return run('swaks', [
      '--server',
      '127.0.0.1',
      '--port',
      String(world.smtpPort),
      '--from',
      'ana@plain.test',
      '--to',
      to,
      '--data',
      `@${file}`,
      '--timeout',
      '20',
      ...more,
    ]).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout,
    )
  }
  const to = `${secret}@${mailDomain}`
  assert.match(
    await swaks(to, { Subject: `News ${codes[0]}`, From: 'ana@plain.test' }, '--tls'),
    /=== TLS started[\s\S]*<~ {2}250 2\.0\.0 safe as [0-9a-f]{64}/,
  )
  const [post] = await postsOf(world, later())
  assert.deepEqual([post!.current.payload.title, post!.current.payload.mailProof], ['News', 'code'])
  assert.match(
    await swaks(to, { Subject: `Again ${codes[0]}`, From: 'ana@plain.test' }),
    /<\*\* 550 5\.7\.1 NOT_ALLOWED/,
  )
  assert.match(await swaks('someone@elsewhere.test', {}), /<\*\* 550 5\.7\.1 NOT_ALLOWED: mail is not passed on here/)
  assert.match(await swaks(`${'a'.repeat(26)}@${mailDomain}`, {}), /<\*\* 550 5\.7\.1 NOT_ALLOWED: unknown/)
  assert.match(await swaks(`${to},${to.replace('@', '2@')}`, { Subject: `Two ${codes[1]}` }), /452 4\.5\.3/)
})

test('Exim signs with DKIM and hands in over STARTTLS', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  world.txt.set('exim._domainkey.author.test', dkimRecord)
  const folder = await temporaryFolder(t, 'exim')
  const key = join(folder, 'key.pem')
  await mkdir(join(folder, 'spool'))
  await writeFile(key, dkimPem('pkcs1'))
  const [user, group] = [
    (await run('id', ['-u', 'Debian-exim'])).stdout,
    (await run('id', ['-g', 'Debian-exim'])).stdout,
  ].map(Number) as [number, number]
  for (const path of [folder, join(folder, 'spool'), key]) await chown(path, user, group)
  await chmod(folder, 0o755)
  const config = join(folder, 'exim.conf')
  await writeFile(
    config,
    `primary_hostname = author.test
spool_directory = ${folder}/spool
log_file_path = ${folder}/log-%s
keep_environment =
tls_advertise_hosts =
begin routers
all:
  driver = manualroute
  route_list = * 127.0.0.1 byname
  self = send
  transport = out
begin transports
out:
  driver = smtp
  port = ${world.smtpPort}
  allow_localhost = true
  dkim_domain = author.test
  dkim_selector = exim
  dkim_private_key = ${key}
  dkim_canon = relaxed
begin retry
* * F,1h,1m
`,
  )
  const sending = run('exim4', ['-C', config, '-odi', '-f', sender, `${secret}@${mailDomain}`])
  sending.child.stdin!.end(`From: Ana <${sender}>\nTo: door\nSubject: From Exim\n\nWords by Exim.\n`)
  await sending
  const log = await readFile(join(folder, 'log-main'), 'utf8').catch(() => 'no log')
  const [post] = await postsOf(world, later())
  assert.equal(post?.current.payload.title, 'From Exim', log)
  assert.equal(post?.current.payload.mailProof, 'dkim=pass d=author.test')
  assert.match(log, /250 2\.0\.0 safe as/)
})

test('a webhook hands in the raw message; a closed door and a full mail are refused', async (t) => {
  const world = await mailWorld(t)
  const { secret, key } = await world.open('mail')
  const hook = (body: Uint8Array) =>
    fetch(`${world.url}dgos/v1/mail/${secret}`, {
      method: 'POST',
      headers: { 'content-type': 'message/rfc822' },
      body: Buffer.from(body),
    })
  const done = await hook(await signedMail(message(freshHeaders(), 'By webhook.')))
  assert.equal(done.status, 200, await done.clone().text())
  assert.equal(((await done.json()) as { safe: boolean }).safe, true)
  const { smtpPort } = world
  assert.match(await conversation(smtpPort, `MAIL FROM:<a@b.test> SIZE=20000000`), /^552/)
  assert.match(await conversation(smtpPort, 'AUTH PLAIN AGEAYg=='), /^5\d\d/)
  const gone = await world.net.blog.add('delegation', 'posting', {
    to: key,
    may: [],
    until: Date.now(),
    time: Date.now(),
  })
  await world.net.members[0]!.ledger.accept([gone.envelope], 'author')
  assert.equal((await hook(await signedMail(message(freshHeaders(), 'Too late.')))).status, 400)
})

test('only CRLF.CRLF ends a message: what is smuggled behind another end stays inside, and is refused', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  for (const end of ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r']) {
    const smuggled = `${message(freshHeaders(), 'one').trimEnd()}${end}MAIL FROM:<eve@evil.test>\r\nRCPT TO:<${secret}@${mailDomain}>\r\nDATA\r\n`
    const answer = await conversation(
      world.smtpPort,
      'MAIL FROM:<a@b.test>',
      `RCPT TO:<${secret}@${mailDomain}>`,
      'DATA',
      `${smuggled}\r\n.`,
    )
    assert.match(answer, /^550 5\.7\.1 BAD_REQUEST: a bare/, JSON.stringify(end))
  }
})

test('a notice address under the domain of the blog is refused when the door is opened', async (t) => {
  const world = await mailWorld(t)
  for (const notice of ['ana@ana.example', 'ana@mail.ana.example', 'ana@example', 'nobody']) {
    const opened = await world.doors.doorKeys.open({ how: 'mail', blog: world.net.blog.id, name: 'mail', notice })
    assert.equal(!opened.ok && opened.code, 'BAD_FIELDS', notice)
  }
})

test('a message over 10 MiB is refused while it comes, and the connection goes on', async (t) => {
  const world = await mailWorld(t)
  const { secret } = await world.open('mail')
  const long = `${message(freshHeaders(), '')}${`${'x'.repeat(998)}\r\n`.repeat(11_000)}.`
  const start = ['MAIL FROM:<a@b.test>', `RCPT TO:<${secret}@${mailDomain}>`, 'DATA', long]
  assert.match(await conversation(world.smtpPort, ...start), /^552 5\.3\.4 TOO_LARGE/)
  assert.match(await conversation(world.smtpPort, ...start, 'RSET'), /^250/)
})

test('twenty refused messages within an hour close the address for a while', async (t) => {
  const world = await mailWorld(t)
  const address = `${(await world.open('mail')).secret}@${mailDomain}`
  for (let i = 0; i < 20; i++)
    assert.equal((await world.mail.take(address, utf8(message(freshHeaders(), 'x')))).ok, false)
  const closed = await world.mail.knows(address)
  assert.equal(!closed.ok && closed.code, 'RATE')
})

test('a member with smtpPort greets, and refuses to start without a way to tell authors', async (t) => {
  const data = join(await temporaryFolder(t, 'smtp'), 'data')
  const [url, smtpPort] = [`http://127.0.0.1:${await freePort()}/`, await freePort()]
  const io = {
    env: {},
    home: data,
    clock: systemClock,
    random: systemRandom,
    wire: createPeerWire({ loopback: true }),
    out: () => {},
    err: () => {},
    exchange: async () => null,
    resolvers: () => [],
    input: async () => new Uint8Array(0),
    ended: Promise.resolve(),
  }
  t.after(() => io.wire.close())
  assert.equal(await main(['init', '--data', data, '--name', 'A', '--url', url, '--found', 'T', '--loopback'], io), 0)
  const env = {
    DGOS_LISTEN: new URL(url).host,
    DGOS_LOG: 'silent',
    DGOS_SMTP_PORT: String(smtpPort),
    DGOS_SMTP_HOST: '127.0.0.1',
  }
  await assert.rejects(startMember(folderAt(data), env), /needed with smtpPort/)
  const running = await startMember(folderAt(data), {
    ...env,
    DGOS_MAIL: 'smtp://127.0.0.1:9',
    DGOS_MAIL_FROM: 'd@m.test',
  })
  t.after(() => running.stop())
  assert.match(
    await conversation(smtpPort, 'MAIL FROM:<a@b.test>', 'RCPT TO:<x@127.0.0.1>'),
    /^550 5\.7\.1 NOT_ALLOWED/,
  )
})
