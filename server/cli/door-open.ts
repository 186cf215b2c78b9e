/** `dgos door open` and `dgos door close`: a secret mail address or an app token at one member, and the end of it. */

import { nodePlatform } from '../../lib/platform.ts'
import { isHash } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import { delegatedPostsPerDay, delegationMsMax } from '../../protocol/limits.ts'
import { byTime, type SignedObject } from '../../protocol/objects.ts'
import { blogOf } from './author-blog.ts'
import { authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import {
  type Call,
  type Command,
  CommandFailed,
  flagValue,
  listValue,
  numberValue,
  required,
  textValue,
  UsageError,
} from './command.ts'
import { postingKey } from './declare.ts'
import { openpgpKeyIn } from './openpgp-file.ts'

const { sha256 } = nodePlatform
const dayMs = 86_400_000
const daysDefault = 180

type Opened = {
  readonly key: string
  readonly address?: string
  readonly codes?: readonly string[]
  readonly token?: string
  readonly xmlrpc?: string
  readonly micropub?: string
}

export const doorOpen: Command = {
  name: 'door open',
  summary: 'Opens a door for e-mail or a blogging app at a member',
  args: ['<mail|app>'],
  options: {
    ...authorOptions,
    name: { type: 'string', value: '<text>', help: 'what readers and you call it (default "e-mail" or "app")' },
    notice: { type: 'string', value: '<address>', help: 'mail: where you are told; not under the domain of the blog' },
    sender: {
      type: 'string',
      multiple: true,
      value: '<address>',
      help: 'mail: an address that you write from (may be repeated)',
    },
    openpgp: {
      type: 'string',
      value: '<file>',
      help: 'mail: your public OpenPGP key, named before by "dgos blog keys openpgp"',
    },
    days: { type: 'string', value: '<n>', help: `how long it stays open (default ${daysDefault}, at most 400)` },
    'may-declare': { type: 'boolean', help: 'mail: "[down]" in the subject says that the blog is down, for six hours' },
  },
  async run(call) {
    const [how] = call.args
    if (how !== 'mail' && how !== 'app') throw new UsageError('say "mail" or "app"')
    const file = await readAuthorFile(call)
    const member = await memberFor(call, file)
    const name = textValue(call.values, 'name') ?? (how === 'mail' ? 'e-mail' : 'app')
    const mail =
      how === 'mail'
        ? {
            notice: required(call.values, 'notice'),
            senders: listValue(call.values, 'sender'),
            ...(await openpgpOf(call)),
          }
        : {}
    const opened = (await member.post('dgos/v1/doors', { blog: file.blog, how, name, ...mail })) as Opened
    const time = call.io.clock.nowMs()
    const days = numberValue(call.values, 'days', daysDefault)
    const declares = how === 'mail' && flagValue(call.values, 'may-declare')
    const delegation = await seal(
      'delegation',
      {
        network: file.network,
        time,
        blog: file.blog,
        to: opened.key,
        may: declares ? ['post', 'declaration'] : ['post'],
        until: time + Math.min(days * dayMs, delegationMsMax),
        postsPerDay: delegatedPostsPerDay,
        name,
      },
      postingKey(file),
      sha256,
    )
    await member.handAll([delegation])
    const notice = how === 'mail' ? required(call.values, 'notice') : null
    call.print({ ...opened, member: member.url }, linesOf(opened, days, notice))
    return 0
  },
}

async function openpgpOf({ values }: Call): Promise<{ readonly openpgp?: string }> {
  const path = textValue(values, 'openpgp')
  return path === null ? {} : { openpgp: (await openpgpKeyIn(path)).armored }
}

function linesOf(opened: Opened, days: number, notice: string | null): readonly string[] {
  const close = `close it with: dgos door close ${opened.key}`
  if (opened.token !== undefined)
    return [
      `XML-RPC: ${opened.xmlrpc}`,
      `Micropub: ${opened.micropub}`,
      `password or token: ${opened.token}`,
      `open for ${days} days; ${close}`,
    ]
  return [
    `secret address: ${opened.address}`,
    'one-time codes, for the subject, where your mail has no DKIM signature. Print them:',
    `  ${opened.codes?.join(' ')}`,
    `a mail with a link goes to ${notice}: press its button, or you are told of no post and cannot call one back`,
    `open for ${days} days; ${close}`,
  ]
}

export const doorClose: Command = {
  name: 'door close',
  summary: 'Closes a door for good; its posts so far stay',
  args: ['<key>'],
  options: authorOptions,
  async run(call) {
    const [to] = call.args as [string]
    if (!isHash(to)) throw new UsageError('<key> is the one that "dgos door open" printed')
    const file = await readAuthorFile(call)
    const member = await memberFor(call, file)
    const lastGood = lastPosts(await blogOf(member, file.blog), to)
    const time = call.io.clock.nowMs()
    const fields = { network: file.network, time, blog: file.blog, to, may: [], until: time, lastGood }
    const answers = await member.handAll([await seal('delegation', fields, postingKey(file), sha256)])
    if (answers.length === 0) throw new CommandFailed('nothing was answered')
    return done(call, to)
  },
}

/** A revocation keeps these and what they follow: the newest eight of the key, which follow the others. */
function lastPosts(objects: readonly SignedObject[], key: string): readonly string[] {
  const own = objects.filter((object) => object.kind === 'post' && object.payload.key === key)
  return own
    .sort((a, b) => byTime(b, a))
    .slice(0, 8)
    .map((object) => object.id)
}

function done(call: Call, key: string): number {
  call.print({ closed: key }, ['closed: its key can sign nothing any more'])
  return 0
}
