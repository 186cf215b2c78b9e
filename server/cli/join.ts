/** `dgos join`: asks a member to vouch, waits for the voucher, and becomes a guest, or a full member with enough of them. */
import { pause } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { memberRecord, vouch } from '../../network/founding.ts'
import { readInvitationLink } from '../../network/member-invitations.ts'
import { countedVouchers, rosterOf } from '../../protocol/membership.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { textOfFile, writeWhole } from '../machine/folder.ts'
import { type Identity, makeIdentity } from '../machine/identity.ts'
import { memberFields } from '../start.ts'
import { addressBlock } from './address-block.ts'
import { type Call, type Command, CommandFailed, dataOption, flagValue, numberValue, textValue } from './command.ts'
import { MemberClient, type Network } from './member-client.ts'
import { configOptions, folderOf, storeObjects, writeConfig } from './member-folder.ts'

const pollMs = 1_000

export const join: Command = {
  name: 'join',
  summary: 'Joins a network through one of its members',
  args: ['<invitation link or member url>'],
  options: {
    data: dataOption,
    ...configOptions,
    network: { type: 'string', value: '<id>', help: 'refuse any network but this one' },
    region: { type: 'string', value: '<region>', help: 'founders only: where the member stands' },
    block: { type: 'string', value: '<block>', help: 'founders only: its address block' },
    wait: { type: 'string', value: '<seconds>', help: 'how long to wait for the voucher (default 600)' },
    'no-wait': { type: 'boolean', help: 'ask, and come back later with the same command' },
  },
  notes: ['Prints a request. Its first key is what your inviter gives to "dgos invite".'],
  async run(call) {
    const { io, args, values } = call
    const folder = folderOf(call)
    const config = await writeConfig(call, folder)
    const identity = await makeIdentity(folder, io.random)
    const link = readInvitationLink(args[0]!)
    const inviter = new MemberClient({ wire: io.wire }, { url: link.url })
    const first = await inviter.network(io.clock.nowMs())
    await requireNetwork(call, first, await textOfFile(folder.network))
    if (link.network !== null && link.network !== first.network.id)
      throw new CommandFailed(`that member belongs to network ${first.network.id}, not to that of the link`)
    const request = `${identity.member.key}.${identity.operator!.key}@${config.url}`
    const found = await vouchersFor(call, identity, inviter, first, {
      request,
      url: config.url,
      name: config.name,
      invitation: link.line,
    })
    if (found === null) {
      call.print({ status: 'waiting', request, network: first.network.id }, [
        `asked; run the same command again once "dgos invite ${identity.member.key}" was run`,
      ])
      return flagValue(values, 'no-wait') ? 0 : 1
    }
    const { network, vouchers } = found
    const deps = { clock: io.clock, sha256: nodePlatform.sha256 }
    const who = {
      member: identity.member.key,
      operator: identity.operator!.key,
      nextKey: identity.nextKey,
      vouchers,
      placement: null,
    }
    const record = await memberRecord(deps, network.network, identity.member, who, memberFields(config))
    const objects = [...network.objects.filter((object) => object.id !== record.id), ...vouchers, record]
    await storeObjects(folder, network.network, identity.member.key, objects)
    await writeWhole(folder.network, `${JSON.stringify(network.network.envelope)}\n`)
    await inviter.handAll([...vouchers, record])
    const roster = rosterOf(network.network, [...objects], io.clock.nowMs(), nodePlatform.sha256)
    const standing = roster.memberOf(identity.member.key)?.standing ?? 'guest'
    const name = network.network.payload.name
    call.print({ status: 'joined', standing, network: network.network.id, name, member: identity.member.key }, [
      `joined "${name}" (${network.network.id}) as a ${standing === 'full' ? 'full member' : 'guest: one more voucher makes a full member'}`,
      `Now run "dgos start". Back up ${folder.keys.operator} and the other keys beside it.`,
    ])
    return 0
  },
}

async function requireNetwork(call: Call, found: Network, ownText: string | null): Promise<void> {
  const wanted = textValue(call.values, 'network')
  if (wanted !== null && wanted !== found.network.id)
    throw new CommandFailed(`that member belongs to network ${found.network.id}`)
  if (ownText !== null && JSON.parse(ownText).payload !== found.network.envelope.payload) {
    throw new CommandFailed('this data folder belongs to another network')
  }
}

type Asking = {
  readonly request: string
  readonly url: string
  readonly name: string
  /** The line of an invitation link; empty for none. */
  readonly invitation: string
}
type Found = { readonly network: Network; readonly vouchers: readonly SignedObject<'voucher'>[] }

/** Vouchers for this member: a founder's own, or those that come while we wait. null where none came. */
async function vouchersFor(
  call: Call,
  identity: Identity,
  inviter: MemberClient,
  first: Network,
  { request, url, name, invitation }: Asking,
): Promise<Found | null> {
  const { io, values } = call
  const operator = identity.operator!
  const who = { member: identity.member.key, operator: operator.key }
  const own = ({ network, objects }: Network) =>
    countedVouchers(network, objects, io.clock.nowMs(), who, nodePlatform.sha256).slice(0, 4)
  if (own(first).length > 0) return { network: first, vouchers: own(first) }
  if (first.network.payload.founders.includes(operator.key)) {
    const place = {
      region: textValue(values, 'region') ?? 'unknown',
      block: textValue(values, 'block') ?? (await addressBlock(url)),
    }
    const deps = { clock: io.clock, random: io.random, sha256: nodePlatform.sha256 }
    const voucher = await vouch(deps, first.network, operator, {
      invited: identity.member.key,
      operator: operator.key,
      ...place,
    })
    return { network: first, vouchers: [voucher] }
  }
  const line = invitation === '' ? {} : { invitation }
  const asked = { member: identity.member.key, operator: operator.key, name, url, ...line }
  await inviter.post('dgos/v1/join', asked).catch((error: Error) => call.tell(error.message))
  const after = await inviter.network(io.clock.nowMs())
  if (own(after).length > 0) return { network: after, vouchers: own(after) }
  call.tell(`request: ${request}`)
  call.tell(`Your inviter runs: dgos invite ${identity.member.key}`)
  const untilMs = io.clock.steadyMs() + (flagValue(values, 'no-wait') ? 0 : numberValue(values, 'wait', 600) * 1000)
  for (;;) {
    const network = await inviter.network(io.clock.nowMs())
    if (own(network).length > 0) return { network, vouchers: own(network) }
    if (io.clock.steadyMs() >= untilMs) return null
    await pause(io.clock, pollMs)
  }
}
