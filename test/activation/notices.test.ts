import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { type Mail, type Mailer, smtpMailer } from '../../activation/mailer.ts'
import { SqlNoticeStore } from '../../activation/notice-store.ts'
import { noticeOf, utcText } from '../../activation/notice-text.ts'
import { Notices } from '../../activation/notices.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { Web, WebAnswer, WebRequest } from '../../lib/web.ts'
import { textOf, utf8 } from '../../protocol/bytes.ts'
import type { Contact } from '../../protocol/objects.ts'
import type { TestBlog } from '../support/test-web.ts'
import { type WatchingMember, type WatchNetwork, watchNetwork } from './watching-members.ts'

const minuteMs = 60_000
type Ways = Contact['notify']

/** Takes every mail and keeps it; refuses while `broken`. */
class KeepingMailer implements Mailer {
  readonly taken: Mail[] = []
  broken = false

  async send(mail: Mail): Promise<void> {
    if (this.broken) throw new Error('451 try later')
    this.taken.push(mail)
  }
}

class KeepingWeb implements Web {
  readonly taken: { url: string; body: Record<string, unknown> }[] = []
  status = 200

  async fetch({ url, body }: WebRequest): Promise<WebAnswer> {
    this.taken.push({ url, body: JSON.parse(textOf(body!)!) })
    return { ok: true, status: this.status, headers: {}, body: utf8(''), url }
  }
}

async function setUp(t: TestContext) {
  const net = await watchNetwork(t)
  const blog = await net.enrol()
  const mirrors = await net.mirrorsOf(blog)
  const mailer = new KeepingMailer()
  const web = new KeepingWeb()
  const notices: Notices[] = []
  for (const member of net.members) {
    const own = await noticesOf(net, member, { mailer, web })
    member.answerOther = (path) => {
      const asked = /^dgos\/v1\/notices\/([0-9a-f]{64})(\?about=wall)?$/.exec(path)
      return asked === null ? null : own.answer(asked[1]!, asked[2] === undefined ? 'down' : 'wall')
    }
    notices.push(own)
  }
  await net.start()
  for (const notice of notices) await notice.start()
  await net.clock.advance(6 * minuteMs)
  const fall = async (minutes = 3) => {
    blog.site = 'silent'
    await net.clock.advance(minutes * minuteMs)
  }
  return { net, blog, mirrors, mailer, web, notices, fall }
}

/** All addresses have agreed. */
const everybody = { agreed: async () => true }

async function noticesOf(net: WatchNetwork, member: WatchingMember, over: { mailer: Mailer | null; web: Web }) {
  const store = await SqlNoticeStore.open(openDatabase({ path: ':memory:' }))
  const { ledger, peers } = member
  return new Notices(
    { ledger, peers, store, consents: everybody, clock: net.clock, platform: nodePlatform, log: silentLog, ...over },
    { self: member.signer.key, url: member.url, turnMs: 10 * minuteMs, retryMs: [minuteMs, 5 * minuteMs] },
  )
}

async function giveContact(net: WatchNetwork, blog: TestBlog, member: WatchingMember, notify: Ways) {
  const object = await net.seal('contact', { blog: blog.id, member: member.signer.key, notify }, blog.posting)
  const [answer] = await member.ledger.accept([object.envelope], 'author')
  return answer!
}

const byMail: Ways = [{ how: 'mail', to: 'ana@example.org' }]

test('the author is told of a verdict within seconds, once, with a link to the door of the member that tells', async (t) => {
  const { net, blog, mirrors, mailer, fall } = await setUp(t)
  await giveContact(net, blog, mirrors[4]!, byMail)
  await fall()
  assert.equal(mailer.taken.length, 1)
  assert.match(mailer.taken[0]!.text, new RegExp(`${mirrors[4]!.url}post\\?blog=${blog.id}`))
  assert.equal(mailer.taken[0]!.to, 'ana@example.org')
  await net.clock.advance(60 * minuteMs)
  assert.equal(mailer.taken.length, 1, 'renewals are no news')
})

test('of ten holders the first tells at once and the second ten minutes later; no third, no fourth', async (t) => {
  const { net, blog, mirrors, mailer, fall } = await setUp(t)
  for (const member of mirrors) await giveContact(net, blog, member, byMail)
  await fall()
  assert.equal(mailer.taken.length, 1)
  await net.clock.advance(3 * 60 * minuteMs)
  assert.equal(mailer.taken.length, 2)
  assert.equal(new Set(mailer.taken.map((mail) => mail.id)).size, 1, 'both bear one Message-ID')
})

test('an author whose wall keeps the guards out is told so once, with the rule, and that nobody else can tell', async (t) => {
  const { net, blog, mirrors, mailer } = await setUp(t)
  for (const member of mirrors.slice(0, 3)) await giveContact(net, blog, member, byMail)
  blog.wall = { status: 200, text: '<script id="anubis_version">"v1.20.0"</script>' }
  await net.clock.advance(30 * minuteMs)
  assert.equal(mailer.taken.length, 0, 'a wall that stands for some minutes is no news')
  await net.clock.advance(3 * 60 * minuteMs)
  assert.equal(mailer.taken.length, 1)
  const { subject, text } = mailer.taken[0]!
  assert.match(subject, /your wall keeps your guards out/)
  assert.match(text, /behind a wall \(Anubis\): 10 of its 10 guards/)
  assert.match(text, /only you can declare it down/)
  assert.match(text, /botPolicies\.yaml/)
  blog.wall = null
  await net.clock.advance(60 * minuteMs)
  blog.wall = { status: 403, headers: { 'cf-mitigated': 'challenge' } }
  await net.clock.advance(2 * 60 * minuteMs)
  assert.equal(mailer.taken.length, 1, 'raised again within a week')
})

test('an author is not told of a wall that few guards meet, nor of too many requests', async (t) => {
  const { net, blog, mirrors, mailer } = await setUp(t)
  for (const member of mirrors) await giveContact(net, blog, member, byMail)
  for (const mirror of mirrors.slice(0, 5)) mirror.limited = true
  await net.clock.advance(2 * 60 * minuteMs)
  assert.equal(mailer.taken.length, 0)
})

test('an author who has acted is not told again', async (t) => {
  const { net, blog, mirrors, mailer, fall } = await setUp(t)
  for (const member of mirrors) await giveContact(net, blog, member, byMail)
  await fall()
  const until = net.clock.nowMs() + 60 * minuteMs
  const word = await net.seal('declaration', { blog: blog.id, state: 'down', by: 'author', until }, blog.posting)
  for (const member of net.members) await member.ledger.accept([word.envelope], 'author')
  await net.clock.advance(90 * minuteMs)
  assert.equal(mailer.taken.length, 1)
})

test('where the first holder is dead the next tells at once', async (t) => {
  const { net, blog, mirrors, mailer, fall } = await setUp(t)
  await giveContact(net, blog, mirrors[0]!, byMail)
  await giveContact(net, blog, mirrors[7]!, byMail)
  await net.kill(mirrors[0]!)
  await fall(8)
  assert.equal(mailer.taken.length, 1)
  assert.match(mailer.taken[0]!.text, new RegExp(mirrors[7]!.url))
})

test('a refused mail is tried again, a few times and no more', async (t) => {
  const { net, blog, mirrors, mailer, fall } = await setUp(t)
  await giveContact(net, blog, mirrors[0]!, byMail)
  mailer.broken = true
  await fall()
  mailer.broken = false
  await net.clock.advance(10 * minuteMs)
  assert.equal(mailer.taken.length, 1)
})

test('who was told that the blog is down is told that it is back, and that its posts are home', async (t) => {
  const { net, blog, mirrors, mailer, web, fall } = await setUp(t)
  await giveContact(net, blog, mirrors[0]!, [...byMail, { how: 'webhook', to: 'https://hooks.example/x' }])
  await fall()
  const draft = '1'.repeat(64)
  const text = { title: 'Meanwhile', html: '<p>x</p>', direction: 'ltr' as const, attachments: [], prevs: [] }
  const fields = { blog: blog.id, draft, published: net.clock.nowMs(), ...text }
  const post = await net.seal('post', fields, blog.posting)
  for (const member of net.members) await member.ledger.accept([post.envelope], 'author')
  blog.site = 'up'
  await net.clock.advance(30 * minuteMs)
  assert.deepEqual(
    mailer.taken.map(({ subject }) => subject.replace(/^.* is /, '')),
    ['down', 'back'],
  )
  assert.match(mailer.taken[1]!.text, /One post that you wrote meanwhile waits to come home/)
  const home = { blog: blog.id, posts: [{ post: post.id, url: `${blog.address}2026/meanwhile` }] }
  const imported = await net.seal('imported', home, blog.posting)
  for (const member of net.members) await member.ledger.accept([imported.envelope], 'author')
  await net.clock.advance(30 * minuteMs)
  assert.equal(mailer.taken.length, 3)
  assert.match(mailer.taken[2]!.subject, /your posts are home$/)
  assert.deepEqual(
    web.taken.map(({ body }) => body.event),
    ['blog-down', 'blog-back', 'posts-home'],
  )
})

test('ntfy gets its topic and a link to follow, a webhook gets the facts', async (t) => {
  const { net, blog, mirrors, web, fall } = await setUp(t)
  const ways: Ways = [
    { how: 'ntfy', to: 'https://ntfy.example/ana-blog' },
    { how: 'webhook', to: 'https://hooks.example/x?y=1' },
  ]
  await giveContact(net, blog, mirrors[2]!, ways)
  await fall()
  const [ntfy, hook] = ['https://ntfy.example/', 'https://hooks.example/x?y=1'].map((url) =>
    web.taken.filter((taken) => taken.url === url),
  )
  assert.equal(ntfy!.length, 1)
  assert.equal(hook!.length, 1)
  assert.equal(ntfy![0]!.body.topic, 'ana-blog')
  assert.equal(ntfy![0]!.body.click, `${mirrors[2]!.url}post?blog=${blog.id}`)
  assert.deepEqual([hook![0]!.body.event, hook![0]!.body.blog], ['blog-down', blog.id])
})

test('the author is not told of their own word, nor of a drill', async (t) => {
  const { net, blog, mirrors, mailer } = await setUp(t)
  for (const member of mirrors) await giveContact(net, blog, member, byMail)
  const until = net.clock.nowMs() + 60 * minuteMs
  for (const exercise of [true, false]) {
    const fields = { blog: blog.id, state: 'down', by: 'author', until, exercise } as const
    const word = await net.seal('declaration', fields, blog.posting)
    for (const member of net.members) await member.ledger.accept([word.envelope], 'author')
    await net.clock.advance(20 * minuteMs)
  }
  assert.equal(mailer.taken.length, 0)
})

test('a contact stays with the member that it names, and unservable ones are refused at once', async (t) => {
  const { net, blog, mirrors } = await setUp(t)
  const foreign = await net.seal(
    'contact',
    { blog: blog.id, member: mirrors[0]!.signer.key, notify: byMail },
    blog.posting,
  )
  const [answer] = await mirrors[1]!.ledger.accept([foreign.envelope], 'author')
  assert.equal(answer!.result, 'refused')
  const bad: Ways[] = [
    [{ how: 'mail', to: 'a@b.example, c@d.example' }],
    [{ how: 'mail', to: 'a@b.example\r\nBcc: c@d.example' }],
    [{ how: 'mail', to: 'no address' }],
    [{ how: 'ntfy', to: 'ftp://x.example/y' }],
    [{ how: 'webhook', to: 'javascript:alert(1)' }],
  ]
  for (const ways of bad) assert.equal((await giveContact(net, blog, mirrors[0]!, ways)).code, 'BAD_FIELDS')
  const mute = await watchNetwork(t, { seed: 9 })
  const other = await mute.enrol()
  await noticesOf(mute, mute.members[0]!, { mailer: null, web: new KeepingWeb() })
  assert.equal((await giveContact(mute, other, mute.members[0]!, byMail)).code, 'REFUSED')
})

test('the answer to other holders names no contact', async (t) => {
  const { net, blog, mirrors, notices, fall } = await setUp(t)
  await giveContact(net, blog, mirrors[4]!, byMail)
  const holder = notices[net.members.indexOf(mirrors[4]!)]!
  assert.deepEqual(await holder.answer(blog.id), { holds: true, toldAt: null })
  await fall()
  const after = await holder.answer(blog.id)
  assert.ok(after.toldAt! > net.clock.nowMs() - 3 * minuteMs)
  assert.deepEqual(Object.keys(after).sort(), ['holds', 'toldAt'])
})

test('a mail arrives over real SMTP as it was written', async (t: TestContext) => {
  const { url, mails } = await smtpServer(t)
  const mailer = smtpMailer({ url, from: 'DGOS <dgos@member.example>' })
  const notice = noticeOf({
    blog: 'ab'.repeat(32),
    title: 'Anas Gärten',
    address: 'https://ana.example/',
    since: Date.UTC(2026, 10, 20, 22, 35),
    votes: 7,
    declaration: 'cd'.repeat(32),
    memberUrl: 'https://member.example/',
  })
  await mailer.send({ to: 'ana@example.org', subject: notice.subject, text: notice.text, id: 'once' })
  const [mail] = mails
  assert.deepEqual(mail!.to, ['ana@example.org'])
  assert.match(mail!.raw, /^Message-ID: <once@dgos\.invalid>\r$/m)
  assert.match(mail!.raw, /^Auto-Submitted: auto-generated\r$/m)
  assert.match(mail!.raw, /^Subject: =\?UTF-8\?/m)
  assert.match(decoded(mail!.raw), /https:\/\/member\.example\/post\?blog=abab/)
})

test('a mail server that refuses or is not there is a failure, not a hang', async (t: TestContext) => {
  const { url } = await smtpServer(t, { refuses: true })
  const mail = { to: 'ana@example.org', subject: 's', text: 't', id: 'x' }
  await assert.rejects(smtpMailer({ url, from: 'a@b.example' }).send(mail), /550/)
  await assert.rejects(smtpMailer({ url: 'smtp://127.0.0.1:9', from: 'a@b.example' }).send(mail))
})

test('a webhook arrives over real HTTP', async (t: TestContext) => {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      bodies.push(text)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  const net = await watchNetwork(t, { seed: 5 })
  const blog = await net.enrol()
  const [first] = await net.mirrorsOf(blog)
  const sent: Promise<WebAnswer>[] = []
  const web: Web = {
    fetch({ url, method, headers, body }) {
      const answer = fetch(url, { method: method!, headers: headers!, body: body! as Uint8Array<ArrayBuffer> }).then(
        async (response): Promise<WebAnswer> => {
          await response.arrayBuffer()
          return { ok: true, status: response.status, headers: {}, body: utf8(''), url }
        },
      )
      sent.push(answer)
      return answer
    },
  }
  const notices = await noticesOf(net, first!, { mailer: null, web })
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  assert.equal((await giveContact(net, blog, first!, [{ how: 'webhook', to }])).result, 'stored')
  await net.start()
  await notices.start()
  await net.clock.advance(6 * minuteMs)
  blog.site = 'silent'
  await net.clock.advance(3 * minuteMs)
  await Promise.all(sent)
  assert.equal(bodies.length, 1)
  assert.equal(JSON.parse(bodies[0]!).address, blog.address)
})

test('times are told in words and in UTC', () => {
  assert.equal(utcText(Date.UTC(2026, 0, 3, 4, 5)), '03 Jan 2026, 04:05 UTC')
})

async function smtpServer(t: TestContext, options: { refuses?: boolean } = {}) {
  const mails: { to: string[]; raw: string }[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_, _session, done) => done(options.refuses ? new Error('550 no such user') : null),
    onData(stream, session, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map((rcptTo) => rcptTo.address),
          raw: Buffer.concat(parts).toString(),
        })
        done()
      })
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`, mails }
}

/** The body of a quoted-printable or base64 mail as text. */
function decoded(raw: string): string {
  const [head, body] = [raw.slice(0, raw.indexOf('\r\n\r\n')), raw.slice(raw.indexOf('\r\n\r\n') + 4)]
  if (/^Content-Transfer-Encoding: base64/im.test(head)) return Buffer.from(body, 'base64').toString()
  return body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
}
