/** `dgos leave`: says that this member goes, so that others take over its copies in peace. */
import { readFile } from 'node:fs/promises'
import { nodePlatform } from '../../lib/platform.ts'
import { memberRecord } from '../../network/founding.ts'
import type { Member, SignedObject } from '../../protocol/objects.ts'
import { requireFolder, writeWhole } from '../machine/folder.ts'
import { readIdentity } from '../machine/identity.ts'
import { configOf, memberFields, networkOf } from '../start.ts'
import { type Command, CommandFailed, dataOption, flagValue } from './command.ts'
import { folderOf, ownMember } from './member-folder.ts'

export const leave: Command = {
  name: 'leave',
  summary: 'Says that this member leaves the network; --stay takes it back',
  args: [],
  options: { data: dataOption, stay: { type: 'boolean', help: 'stay after all' } },
  notes: ['Leave it running for some days afterwards: the blogs it keeps move to other mirrors one by one.'],
  async run(call) {
    const { io } = call
    const folder = folderOf(call)
    await requireFolder(folder)
    const leaving = !flagValue(call.values, 'stay')
    const before = JSON.parse(await readFile(folder.config, 'utf8')) as object
    await writeWhole(folder.config, `${JSON.stringify({ ...before, leaving }, null, 2)}\n`)
    const config = await configOf(folder, io.env)
    const { member, nextKey } = await readIdentity(folder)
    const network = await networkOf(folder)
    const own = ownMember(call, config)
    const { objects, roster } = await own.network(io.clock.nowMs())
    const record = roster.memberOf(member.key)?.record.payload ?? newestRecord(objects, member.key)
    if (record === undefined) throw new CommandFailed('this member has no record in the network')
    const vouchers = objects
      .filter((object) => object.kind === 'voucher')
      .filter((voucher) => record.vouchers.includes(voucher.id))
    const { operator, placement, time: after } = record
    const who = { member: member.key, operator, nextKey, vouchers, placement, after }
    const deps = { clock: io.clock, sha256: nodePlatform.sha256 }
    const renewed = await memberRecord(deps, network, member, who, memberFields(config))
    await own.handAll([renewed])
    call.print({ leaving, record: renewed.id }, [leaving ? 'said: this member leaves' : 'said: this member stays'])
    return 0
  },
}

function newestRecord(objects: readonly SignedObject[], member: string): Member | undefined {
  const records = objects.filter((object) => object.kind === 'member').map((member) => member.payload)
  return records.filter((record) => record.member === member).sort((a, b) => b.time - a.time)[0]
}
