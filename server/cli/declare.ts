/** `dgos declare`: the author's word that the blog is down. Doors open, mirrors show the copy, beacons lead readers there. */

import { nodePlatform } from '../../lib/platform.ts'
import { seal } from '../../protocol/envelope.ts'
import { authorUntilMsMax } from '../../protocol/limits.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { type AuthorFile, authorOptions, readAuthorFile } from './author-file.ts'
import { memberFor } from './author-member.ts'
import { type Call, type Command, flagValue, numberValue, textValue, UsageError } from './command.ts'
import { dateOf } from './format.ts'
import type { Author } from './member-client.ts'

const hourMs = 3_600_000

export const declare: Command = {
  name: 'declare',
  summary: 'Says that a blog is down; readers are led to its mirrors',
  args: [],
  options: {
    ...authorOptions,
    hours: { type: 'string', value: '<n>', help: 'how long the word holds (default 24, at most 168)' },
    'distrust-since': {
      type: 'string',
      value: '<time>',
      help: 'the host was broken into: set aside what it signed since',
    },
    show: { type: 'string', value: '<snapshot id>', help: 'show this copy' },
    exercise: { type: 'boolean', help: 'a rehearsal: says so to readers' },
  },
  async run(call) {
    const file = await readAuthorFile(call)
    const member = await memberFor(call, file)
    const declaration = await declarationOf(call, file)
    await member.handAll([declaration], authorAt(call, file))
    const { until } = declaration.payload
    call.print({ declaration: declaration.id, blog: file.blog, until }, [
      `declared down until ${dateOf(until)}; "dgos declare over" ends it`,
    ])
    return 0
  },
}

export async function declarationOf(call: Call, file: AuthorFile): Promise<SignedObject<'declaration'>> {
  const { values, io } = call
  const time = io.clock.nowMs()
  const until = time + numberValue(values, 'hours', 24) * hourMs
  if (until - time > authorUntilMsMax || until === time)
    throw new UsageError(`--hours: more than 0, at most ${authorUntilMsMax / hourMs}`)
  const since = textValue(values, 'distrust-since')
  const distrustSince = since === null ? null : Date.parse(since)
  if (distrustSince !== null && !Number.isFinite(distrustSince))
    throw new UsageError('--distrust-since: give a time like 2026-11-20T12:00Z')
  const show = textValue(values, 'show')
  const fields = {
    network: file.network,
    time,
    blog: file.blog,
    state: 'down' as const,
    by: 'author' as const,
    until: Math.round(until),
    ...(distrustSince === null ? {} : { distrustSince }),
    ...(show === null ? {} : { show }),
    ...(flagValue(values, 'exercise') ? { exercise: true } : {}),
  }
  return seal('declaration', fields, postingKey(file), nodePlatform.sha256)
}

export function postingKey(file: AuthorFile) {
  const key = file.keys.get('posting')
  if (key === undefined) throw new UsageError(`${file.path} holds no posting key`)
  return key.signer
}

/** Who hands in objects now: said ahead, so that a member under attack reads them. */
export function authorAt(call: Call, file: AuthorFile): Author {
  return { signer: postingKey(file), blog: file.blog, nowMs: call.io.clock.nowMs() }
}
