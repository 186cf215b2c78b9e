/** `dgos invite`: the operator's word for a new member. The second operator to say it makes a guest a full member. */

import { nodePlatform } from '../../lib/platform.ts'
import { vouch } from '../../network/founding.ts'
import { isHash } from '../../protocol/bytes.ts'
import { countedVouchers, mayVouchFrom } from '../../protocol/membership.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { requireFolder } from '../machine/folder.ts'
import { readIdentity } from '../machine/identity.ts'
import { StartRefused } from '../machine/start-refused.ts'
import { configOf, networkOf } from '../start.ts'
import { addressBlock } from './address-block.ts'
import { type Command, CommandFailed, dataOption, textValue, UsageError } from './command.ts'
import { dateOf } from './format.ts'
import { MemberClient } from './member-client.ts'
import { folderOf, ownMember } from './member-folder.ts'

export const invite: Command = {
  name: 'invite',
  summary: 'Vouches for a new member: by the key or the request that its "dgos join" printed',
  args: ['<key or request>'],
  options: {
    data: dataOption,
    region: { type: 'string', value: '<region>', help: 'where it stands, e.g. eu-west (default unknown)' },
    block: { type: 'string', value: '<block>', help: 'its address block (default: looked up from its url)' },
  },
  notes: [
    'The own member must be running. At most 3 vouchers count in 30 days, 20 of a founder while fewer than 20 operators are full members; an operator vouches after 30 days, founders at once.',
  ],
  async run(call) {
    const { io, values, args } = call
    const folder = folderOf(call)
    await requireFolder(folder)
    const config = await configOf(folder, io.env)
    const { operator } = await readIdentity(folder)
    if (operator === null) throw new StartRefused(`${folder.keys.operator} is missing: only the operator's key vouches`)
    const network = await networkOf(folder)
    const member = ownMember(call, config)
    const { objects } = await member.network(io.clock.nowMs())
    const request = await requestOf(args[0]!, member, io.clock.nowMs())
    const place = {
      region: textValue(values, 'region') ?? 'unknown',
      block: textValue(values, 'block') ?? (await addressBlock(request.url)),
    }
    const deps = { clock: io.clock, random: io.random, sha256: nodePlatform.sha256 }
    const fields = { invited: request.member, operator: request.operator, ...place }
    const counted = (known: readonly SignedObject[]) =>
      countedVouchers(network, known, io.clock.nowMs(), { ...fields, member: request.member }, nodePlatform.sha256)
    const given = counted(objects).find((voucher) => voucher.payload.key === operator.key)
    const voucher = given ?? (await vouch(deps, network, operator, fields))
    if (given === undefined && !counted([...objects, voucher]).includes(voucher))
      throw new CommandFailed(
        tooEarly(mayVouchFrom(network, objects, io.clock.nowMs(), operator.key, nodePlatform.sha256)),
      )
    await member.handAll([voucher])
    const told = await tellInvited(new MemberClient({ wire: io.wire }, { url: request.url }), member, {
      key: request.member,
      objects: [network, ...objects, voucher],
      nowMs: io.clock.nowMs(),
    })
    call.print({ voucher: voucher.id, invited: request.member, url: request.url, ...place, told }, [
      `vouched for ${request.name || request.member} at ${request.url} (${place.region}, ${place.block})`,
      told ? 'It has heard, and is a member now.' : 'It has not answered here: it fetches the voucher itself.',
    ])
    return 0
  },
}

function tooEarly(from: number | null): string {
  if (from === null) return 'your voucher would not count: you are not a full member yourself yet'
  return `your voucher would not count before ${dateOf(from)}: an operator vouches 30 days after it became a full member, and three times in 30 days (a founder 20 times while the network is small)`
}

type Invited = { readonly key: string; readonly objects: readonly SignedObject[]; readonly nowMs: number }

/**
 * Gives the invited member the network and its voucher, and brings the record that it then signs home: a host that lets its
 * site call nobody would never hear. False where it does not answer, or knows of it and is not ready.
 */
async function tellInvited(
  invited: MemberClient,
  own: MemberClient,
  { key, objects, nowMs }: Invited,
): Promise<boolean> {
  try {
    await invited.hand(objects)
    const said = await invited.network(nowMs)
    const records = said.objects.filter((object) => object.kind === 'member' && object.payload.member === key)
    if (records.length > 0) await own.handAll(records)
    return records.length > 0
  } catch (error) {
    if (error instanceof CommandFailed) return false
    throw error
  }
}

type Asked = { readonly member: string; readonly operator: string; readonly url: string; readonly name: string }

async function requestOf(text: string, own: MemberClient, nowMs: number): Promise<Asked> {
  const whole = /^([0-9a-f]{64})\.([0-9a-f]{64})@(https?:\/\/[!-~]+\/)$/.exec(text)
  if (whole !== null) return { member: whole[1]!, operator: whole[2]!, url: whole[3]!, name: '' }
  if (!isHash(text)) throw new UsageError('give the key, or the whole request, that "dgos join" printed')
  const found = (await own.get(`dgos/v1/join/${text}`)) as Asked | null
  if (found !== null) return found
  const network = await own.network(nowMs)
  const known = network.roster.memberOf(text)
  if (known === null) throw new CommandFailed('no such request here: give the whole request that "dgos join" printed')
  return { member: known.id, operator: known.operator, url: known.url, name: known.name }
}
