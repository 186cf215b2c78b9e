/** What must not come in, at each door: the hostile corpus, and the code that `docs/doors.md` and `docs/protocol.md` promise for it. */
import { nodeSigner } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { encodeBase64 } from '../../protocol/base64.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { signedBytes, typeOf } from '../../protocol/envelope.ts'
import type { Envelope, Payloads } from '../../protocol/objects.ts'
import type { Signer } from '../../protocol/platform.ts'
import { gpgTime } from '../activation/gnupg.ts'
import { hostile } from '../activation/mail-corpus/hostile.ts'
import { conversation, freshHeaders, signedMail } from '../activation/mail-senders.ts'
import { until } from '../support/until.ts'
import { type Opened, plainMail } from './ways-in.ts'
import type { DoorsWorld, OpenedDoor } from './world.ts'

export type Refusal = {
  readonly door: string
  readonly what: string
  readonly code: string
  attempt(): Promise<string>
}

/** Twenty refused mails close an address for an hour, so that the corpus is spread over several. */
const mailsOfOneDoor = 15

export async function refusals(world: DoorsWorld, opened: Opened): Promise<readonly Refusal[]> {
  const doors: OpenedDoor[] = []
  for (let n = 0; n * mailsOfOneDoor < hostile.length + 4; n++)
    doors.push(await world.openMail('--openpgp', opened.key))
  return [
    ...hostile.map((hostile, i): Refusal => {
      const { address } = doors[Math.floor(i / mailsOfOneDoor)]!
      const attempt = async () => {
        const raw = hostile.raw(freshHeaders())
        return overSmtp(world, address, hostile.sign === null ? utf8(raw) : await signedMail(raw, hostile.sign))
      }
      return { door: 'e-mail', what: hostile.name, code: hostile.code, attempt }
    }),
    ...(await openpgpRefusals(world, opened, doors.at(-1)!)),
    ...smtpRefusals(world, doors[0]!),
    ...objectRefusals(world),
    ...appRefusals(world),
  ]
}

/** The word of the refusal in the session. */
async function overSmtp(world: DoorsWorld, address: string, raw: Uint8Array): Promise<string> {
  const data = Buffer.from(raw).toString('latin1').replaceAll('\r\n.', '\r\n..')
  const whole = data.endsWith('\r\n') ? data : `${data}\r\n`
  return codeIn(await conversation(world.smtpPort, 'MAIL FROM:<a@b.test>', `RCPT TO:<${address}>`, 'DATA', `${whole}.`))
}

/** "550 5.7.1 NOT_ALLOWED: why" → "NOT_ALLOWED"; anything else as it came. */
function codeIn(answer: string): string {
  return /\b([A-Z]+(?:_[A-Z]+)+|RATE|EXPIRED|REFUSED)\b|-32601/.exec(answer)?.[0] ?? answer.slice(0, 80)
}

async function openpgpRefusals(world: DoorsWorld, { gpg, author }: Opened, door: OpenedDoor) {
  const text = 'Subject: Hello\n\nWords of somebody.\n'
  await gpg.key('eve@evil.test')
  const good = await gpg.sign(author, '--clear-sign', text)
  const mails: readonly (readonly [string, string, string])[] = [
    ['OpenPGP words changed after signing', 'NOT_ALLOWED', good.replace('somebody', 'anybody')],
    [
      'an OpenPGP key that the root does not name',
      'NOT_ALLOWED',
      await gpg.sign('eve@evil.test', '--clear-sign', text),
    ],
    ['two OpenPGP texts in one mail', 'BAD_REQUEST', `${good}\n${good}`],
    [
      'an OpenPGP signature of two hours ago',
      'EXPIRED',
      await gpg.sign(author, '--clear-sign', text, ...gpgTime(Date.now() - 7_200_000)),
    ],
  ]
  return mails.map(([what, code, words]): Refusal => {
    const attempt = () => overSmtp(world, door.address, utf8(plainMail(author, words)))
    return { door: 'e-mail', what, code, attempt }
  })
}

function smtpRefusals(world: DoorsWorld, door: OpenedDoor): readonly Refusal[] {
  const say = async (...lines: readonly string[]) => codeIn(await conversation(world.smtpPort, ...lines))
  const from = 'MAIL FROM:<a@b.test>'
  return [
    {
      door: 'e-mail',
      what: 'a mail to be passed on',
      code: 'NOT_ALLOWED',
      attempt: () => say(from, 'RCPT TO:<b@c.test>'),
    },
    {
      door: 'e-mail',
      what: 'a secret address that is none',
      code: 'NOT_ALLOWED',
      attempt: () => say(from, `RCPT TO:<${'a'.repeat(26)}@mail.test>`),
    },
    {
      door: 'e-mail',
      what: 'over 10 MiB',
      code: 'TOO_LARGE',
      attempt: () => say(from, `RCPT TO:<${door.address}>`, 'DATA', `${`${'x'.repeat(998)}\r\n`.repeat(11_000)}.`),
    },
  ]
}

/** Signed as a hostile program would: without looking at what it signs. */
async function signedPost(world: DoorsWorld, changes: Partial<Payloads['post']>, signer: Signer): Promise<Envelope> {
  const time = Date.now()
  const draft = toHex(systemRandom.bytes(32))
  const words = { title: 'Hello', html: '<p>Hello</p>', prevs: [], attachments: [], draft }
  const mark = { network: world.demo.network.id, blog: world.blog.id, time, published: time, key: signer.key }
  const payload = utf8(JSON.stringify({ ...mark, ...words, ...changes }))
  const payloadType = typeOf('post')
  const sig = encodeBase64(await signer.sign(signedBytes(payloadType, payload)))
  return { payload: encodeBase64(payload), payloadType, signatures: [{ keyid: signer.key, sig }] }
}

function objectRefusals(world: DoorsWorld): readonly Refusal[] {
  const { posting } = world
  const post = (changes: Partial<Payloads['post']>, signer: Signer) => signedPost(world, changes, signer)
  const hand = async (envelope: unknown) => {
    const body = JSON.stringify({ objects: [envelope] })
    const answer = await fetch(`${world.mirrors[1]!}dgos/v1/objects`, { method: 'POST', body })
    const { answers } = (await answer.json()) as { answers: { code?: string; result: string }[] }
    return answers[0]?.code ?? answers[0]?.result ?? ''
  }
  const made = (what: string, code: string, changes: Partial<Payloads['post']>, signer = posting): Refusal => ({
    door: 'signed file',
    what,
    code,
    attempt: async () => hand(await post(changes, signer)),
  })
  const forged = async () => {
    const envelope = await post({}, posting)
    const payload = Buffer.from(envelope.payload, 'base64').toString().replace('Hello', 'Howdy')
    return hand({ ...envelope, payload: Buffer.from(payload).toString('base64') })
  }
  const up = world.demo.blogs[1]!.id
  const blob = (hash: string) => fetch(`${world.mirrors[1]!}dgos/v1/blobs/${hash}`, { method: 'PUT', body: 'bytes' })
  return [
    { door: 'signed file', what: 'words changed after signing', code: 'BAD_SIGNATURE', attempt: forged },
    made('a key that the blog never named', 'NOT_ALLOWED', {}, nodeSigner(systemRandom.bytes(32))),
    made('html outside of the normal form', 'BAD_HTML', { html: '<p onclick="x()">Hello</p>' }),
    made('another network', 'OTHER_NETWORK', { network: '11'.repeat(32) }),
    made('a blog that nobody knows', 'UNKNOWN_BLOG', { blog: '22'.repeat(32) }),
    made('a blog that is up, in the name of its neighbour', 'NOT_ALLOWED', { blog: up }),
    {
      door: 'signed file',
      what: 'no signed file at all',
      code: 'BAD_REQUEST',
      attempt: async () => {
        const form = new FormData()
        form.append('file', new Blob(['no']), 'a.dgos')
        const answer = await fetch(`${world.mirrors[4]!}post`, { method: 'POST', body: form })
        return answer.status === 400 ? codeIn(await answer.text()) : String(answer.status)
      },
    },
    {
      door: 'blobs',
      what: 'bytes that no post names',
      code: 'NOT_WANTED',
      attempt: async () => codeIn(await (await blob('33'.repeat(32))).text()),
    },
  ]
}

const xmlrpc = (url: string, body: string) =>
  fetch(`${url}xmlrpc`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body })

function appRefusals(world: DoorsWorld): readonly Refusal[] {
  const call = (method: string, token: string, head = '') =>
    `<?xml version="1.0"?>${head}<methodCall><methodName>${method}</methodName><params>${['1', 'ana', token].map((argument) => `<param><value><string>${argument}</string></value></param>`).join('')}</params></methodCall>`
  const fault = async (body: string) => codeIn(await (await xmlrpc(world.gateway, body)).text())
  const token = 'a'.repeat(26)
  const micropub = async (bearer: string) => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ type: ['h-entry'], properties: { content: ['x'] } })
    return (await fetch(`${world.gateway}micropub`, { method: 'POST', headers, body })).text()
  }
  return [
    {
      door: 'XML-RPC',
      what: 'a token that is none',
      code: 'NOT_ALLOWED',
      attempt: () => fault(call('metaWeblog.getPost', token)),
    },
    {
      door: 'XML-RPC',
      what: 'system.multicall',
      code: '-32601',
      attempt: () => fault(call('system.multicall', token)),
    },
    { door: 'XML-RPC', what: 'pingback.ping', code: '-32601', attempt: () => fault(call('pingback.ping', token)) },
    {
      door: 'XML-RPC',
      // without a token it is not even parsed; with one, test/activation/apps.test.ts
      what: 'XML with an entity and no token',
      code: 'NOT_ALLOWED',
      attempt: () => fault(call('metaWeblog.getPost', '&x;', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
    },
    {
      door: 'Micropub',
      what: 'a token that is none',
      code: 'unauthorized',
      attempt: async () => /"error":"([a-z_]+)"/.exec(await micropub(token))?.[1] ?? 'taken',
    },
    {
      door: 'Micropub',
      what: 'a token whose door is closed',
      code: 'KEY_REVOKED',
      attempt: async () => {
        const app = await world.openApp('closed')
        await world.author('door', 'close', app.key)
        return codeIn(await micropub(app.token))
      },
    },
    {
      door: 'every mirror',
      what: 'a stolen posting key, from its revocation on',
      code: 'KEY_REVOKED',
      attempt: () => stolenKey(world),
    },
  ]
}

/** The author replaces the key; whoever has the old one is refused by all ten mirrors within seconds. */
async function stolenKey(world: DoorsWorld): Promise<string> {
  const old = world.posting
  await world.author('blog', 'keys', 'rotate')
  const answerOf = async (url: string) => {
    const body = JSON.stringify({ objects: [await signedPost(world, { title: 'Stolen' }, old)] })
    return codeIn(await (await fetch(`${url}dgos/v1/objects`, { method: 'POST', body })).text())
  }
  return until(
    async () => {
      const codes = new Set(await Promise.all(world.mirrors.map(answerOf)))
      return codes.size === 1 && codes.has('KEY_REVOKED') ? 'KEY_REVOKED' : null
    },
    'ten mirrors refuse the old key',
    { withinMs: 60_000 },
  )
}
