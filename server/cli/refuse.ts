/** `dgos refuse`: the operator's word that this member does not keep or show a blog, a post or a blob. */

import { nodePlatform } from '../../lib/platform.ts'
import { isHash } from '../../protocol/bytes.ts'
import { seal } from '../../protocol/envelope.ts'
import type { Refusal } from '../../protocol/objects.ts'
import { requireFolder } from '../machine/folder.ts'
import { readIdentity } from '../machine/identity.ts'
import { configOf, networkOf } from '../start.ts'
import { type Command, dataOption, flagValue, textValue, UsageError } from './command.ts'
import { folderOf, ownMember } from './member-folder.ts'

const reasons: readonly Refusal['reason'][] = ['operator', 'law', 'abuse', 'capacity']

export const refuseBlog: Command = {
  name: 'refuse',
  summary: 'Stops keeping and showing a blog, a post or a file on this member; --lift takes it back',
  args: ['<blog id>'],
  options: {
    data: dataOption,
    blob: { type: 'string', value: '<hash>', help: 'only this file of the blog' },
    post: { type: 'string', value: '<id>', help: 'only this post' },
    reason: { type: 'string', value: '<class>', help: `${reasons.join(', ')} (default operator)` },
    lift: { type: 'boolean', help: 'take the refusal back' },
  },
  notes: ['The word is public: readers and head signers go to other mirrors.'],
  async run(call) {
    const { values, args, io } = call
    const hash = (name: string, id: string) => {
      if (!isHash(id)) throw new UsageError(`${name}: 64 hex digits are needed`)
      return id
    }
    const reason = (textValue(values, 'reason') ?? 'operator') as Refusal['reason']
    if (!reasons.includes(reason)) throw new UsageError(`--reason: one of ${reasons.join(', ')}`)
    const folder = folderOf(call)
    await requireFolder(folder)
    const network = await networkOf(folder)
    const { member } = await readIdentity(folder)
    const blob = textValue(values, 'blob')
    const post = textValue(values, 'post')
    const fields = {
      network: network.id,
      time: io.clock.nowMs(),
      blog: hash('<blog id>', args[0]!),
      ...(blob === null ? {} : { blob: hash('--blob', blob) }),
      ...(post === null ? {} : { post: hash('--post', post) }),
      reason,
      ...(flagValue(values, 'lift') ? { lifted: true } : {}),
    }
    const refusal = await seal('refusal', fields, member, nodePlatform.sha256)
    await ownMember(call, await configOf(folder, io.env)).handAll([refusal])
    const lifted = flagValue(values, 'lift')
    call.print({ refusal: refusal.id, blog: fields.blog, lifted }, [
      lifted ? 'taken back' : 'refused: this member keeps and shows it no more',
    ])
    return 0
  },
}
