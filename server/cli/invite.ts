/** `dgos invite`: the operator's word for a new member. The second operator to say it makes a guest a full member. */

import { openDatabase } from '../../lib/database.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { vouch } from '../../network/founding.ts'
import { SqlJoinRequestStore } from '../../network/join-request-store.ts'
import { invitationLink, invitationUsesMax, memberInvitation } from '../../network/member-invitations.ts'
import { isHash } from '../../protocol/bytes.ts'
import { countedVouchers, mayVouchFrom } from '../../protocol/membership.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { type Folder, requireFolder } from '../machine/folder.ts'
import { readIdentity } from '../machine/identity.ts'
import { StartRefused } from '../machine/start-refused.ts'
import { configOf, networkOf } from '../start.ts'
import { addressBlock } from './address-block.ts'
import {
  type Call,
  type Command,
  CommandFailed,
  dataOption,
  flagValue,
  numberValue,
  textValue,
  UsageError,
} from './command.ts'
import { dateOf } from './format.ts'
import { MemberClient } from './member-client.ts'
import { folderOf, ownMember } from './member-folder.ts'

const dayMs = 86_400_000

export const invite: Command = {
  name: 'invite',
  summary: 'Vouches for a new member: by the key or the request that its "dgos join" printed',
  args: ['[key or request]'],
  options: {
    data: dataOption,
    link: { type: 'boolean', help: 'make a link by which friends join by themselves, instead of vouching for one' },
    uses: { type: 'string', value: '<n>', help: 'with --link: how many members it brings (default 1)' },
    days: { type: 'string', value: '<n>', help: 'with --link: how long it holds (default 14)' },
    revoke: { type: 'string', value: '<mark>', help: 'takes the link with this mark back' },
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
    const revoked = textValue(values, 'revoke')
    if (revoked !== null) return revokeLink(call, folder, revoked)
    if (flagValue(values, 'link')) return makeLink(call, folder, { url: config.url, network: network.id })
    if (args[0] === undefined) throw new UsageError('give the key or the request of the new member, or --link')
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

type LinkPlace = { readonly url: string; readonly network: string }

async function makeLink(call: Call, folder: Folder, { url, network }: LinkPlace): Promise<number> {
  const { io, values } = call
  const { operator, member } = await readIdentity(folder)
  const uses = numberValue(values, 'uses', 1)
  if (!Number.isInteger(uses) || uses < 1 || uses > invitationUsesMax)
    throw new UsageError(`--uses: 1 to ${invitationUsesMax}`)
  const until = Math.round(io.clock.nowMs() + numberValue(values, 'days', 14) * dayMs)
  const { mark, line } = await memberInvitation({ random: io.random }, { member: member.key, uses, until }, operator!)
  const link = invitationLink(url, network, line)
  call.print({ link, mark, uses, until }, [
    link,
    `for ${uses === 1 ? 'one member' : `${uses} members`}, until ${dateOf(until)}; take it back with: dgos invite --revoke ${mark}`,
    'They paste it into WordPress (DGOS, Set up), or run: dgos join <link>. A first voucher makes a guest, a second a full member.',
  ])
  return 0
}

async function revokeLink(call: Call, folder: Folder, mark: string): Promise<number> {
  if (!/^[0-9a-f]{16}$/.test(mark)) throw new UsageError('--revoke: give the mark that "dgos invite --link" printed')
  const database = openDatabase({ path: folder.database })
  try {
    await (await SqlJoinRequestStore.open(database)).revoke(mark, call.io.clock.nowMs())
  } finally {
    await database.close()
  }
  call.print({ revoked: mark }, ['the link brings nobody any more; who came by it stays'])
  return 0
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
