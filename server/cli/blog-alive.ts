/**
 * `dgos blog alive`: a blog's own server tells its mirrors that it is alive, from inside, where a wall keeps guards out
 * (protocol/lives.ts). For cron or a systemd timer, every five minutes; it needs the online key alone.
 */
import { dirname } from 'node:path'
import { nodePlatform } from '../../lib/platform.ts'
import { seal } from '../../protocol/envelope.ts'
import { nextSince } from '../../protocol/lives.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { textOfFile, writeWhole } from '../machine/folder.ts'
import { type AuthorFile, authorOptions, readAuthorFile, writeAuthorFile } from './author-file.ts'
import { type Call, type Command, CommandFailed, flagValue, textValue, UsageError } from './command.ts'
import { MemberClient } from './member-client.ts'

type Sent = { readonly time: number; readonly since: number }

export const blogAlive: Command = {
  name: 'blog alive',
  summary: 'Tells the mirrors that the blog is alive; for cron on its server, every five minutes',
  args: [],
  options: {
    ...authorOptions,
    'key-file': {
      type: 'string',
      value: '<file>',
      help: 'sends nothing: writes a key file for the server, with the online key alone',
    },
    end: { type: 'boolean', help: 'the last one: silence means nothing from now on' },
  },
  async run(call) {
    const file = await readAuthorFile(call)
    const online = file.keys.get('online')
    if (online === undefined)
      throw new UsageError(`${file.path} holds no online key: "dgos blog add --online", or "dgos blog keys online"`)
    const out = textValue(call.values, 'key-file')
    if (out !== null) {
      await writeAuthorFile(call, { ...file, keys: new Map([['online', online]]) }, out)
      call.print({ file: out }, [
        `written: ${out}, for the blog's server. It can sign heads, copies and lives, no posts`,
      ])
      return 0
    }
    const time = call.io.clock.nowMs()
    const before = await sentBefore(file)
    const since = flagValue(call.values, 'end') ? time : nextSince(before, time)
    const [address] = file.addresses
    const fields = { network: file.network, blog: file.blog, time, address: address!, since }
    const life = await seal('life', fields, online.signer, nodePlatform.sha256)
    await writeWhole(memoryOf(file), `${JSON.stringify({ time, since })}\n`, 0o600)
    const mirrors = await mirrorsOf(call, file)
    const sent = (await Promise.all(mirrors.map((url) => isTaken(call, url, life)))).filter(Boolean).length
    if (sent === 0) throw new CommandFailed('no mirror has taken it')
    call.print({ sent, of: mirrors.length, since }, [`told ${sent} of ${mirrors.length} mirrors`])
    return 0
  },
}

/** What was said last, beside the key file: the next one goes on from there. */
function memoryOf({ path, blog }: AuthorFile): string {
  return `${dirname(path)}/${blog}.alive`
}

async function sentBefore(file: AuthorFile): Promise<Sent | null> {
  try {
    const { time, since } = JSON.parse((await textOfFile(memoryOf(file))) ?? '') as Partial<Sent>
    return Number.isSafeInteger(time) && Number.isSafeInteger(since) ? { time: time!, since: since! } : null
  } catch {
    return null // never said, or not by this program: a row begins
  }
}

/** Those on the blog's list, as the first member that answers tells; else the members of the key file. */
async function mirrorsOf(call: Call, file: AuthorFile): Promise<readonly string[]> {
  const named = textValue(call.values, 'member')
  for (const url of named === null ? file.members : [named]) {
    const client = new MemberClient({ wire: call.io.wire }, { url })
    const found = await client.get(`dgos/v1/blogs/${file.blog}`).catch(() => null)
    const mirrors = (found as { mirrors?: readonly { readonly url: string }[] } | null)?.mirrors ?? []
    if (mirrors.length > 0) return mirrors.map((mirror) => mirror.url)
  }
  return file.members
}

async function isTaken(call: Call, url: string, life: SignedObject): Promise<boolean> {
  const [answer] = await new MemberClient({ wire: call.io.wire }, { url }).hand([life]).catch(() => [])
  return answer !== undefined && answer.result !== 'refused'
}
