/** `dgos init`: keys, configuration, and, with --found, a network. */
import { nodePlatform } from '../../lib/platform.ts'
import { foundNetwork, memberRecord, vouch } from '../../network/founding.ts'
import { textOfFile, writeWhole } from '../machine/folder.ts'
import { makeIdentity } from '../machine/identity.ts'
import { StartRefused } from '../machine/start-refused.ts'
import { memberFields } from '../start.ts'
import { addressBlock } from './address-block.ts'
import { type Command, dataOption, flagValue, textValue } from './command.ts'
import { configOptions, folderOf, keyList, storeObjects, writeConfig } from './member-folder.ts'

export const init: Command = {
  name: 'init',
  summary: 'Makes keys and configuration of a member, and founds a network with --found',
  args: [],
  options: {
    data: dataOption,
    ...configOptions,
    found: { type: 'string', value: '<name>', help: 'found a new network of this name' },
    founder: { type: 'string', multiple: true, value: '<operator key>', help: 'another founder (may be repeated)' },
    region: { type: 'string', value: '<region>', help: 'where the member stands, e.g. eu-west (default unknown)' },
    block: { type: 'string', value: '<block>', help: 'its address block (default: looked up)' },
    loopback: { type: 'boolean', help: 'a network on this machine only: for trying out' },
  },
  notes: [
    'Another founder runs "dgos init" without --found first and tells you the operator key that it prints,',
    'then "dgos join <your url>". Back up the folder keys/: without it the member is lost.',
  ],
  async run(call) {
    const { io, values } = call
    const folder = folderOf(call)
    const found = textValue(values, 'found')
    if (found !== null && (await textOfFile(folder.network)) !== null) {
      throw new StartRefused(`${folder.network} exists: this member belongs to a network already`)
    }
    const config = await writeConfig(call, folder)
    const identity = await makeIdentity(folder, io.random)
    const operator = identity.operator!
    const printed = { member: identity.member.key, operator: operator.key, data: folder.root }
    if (found === null) {
      call.print({ ...printed, network: null }, [
        `member key    ${printed.member}`,
        `operator key  ${printed.operator}`,
      ])
      return 0
    }
    const deps = { clock: io.clock, random: io.random, sha256: nodePlatform.sha256 }
    const founders = [...new Set([operator.key, ...keyList(call, 'founder')])]
    const network = await foundNetwork(deps, operator, {
      name: found,
      founders,
      loopback: flagValue(values, 'loopback'),
    })
    const place = {
      region: textValue(values, 'region') ?? 'unknown',
      block: textValue(values, 'block') ?? (await addressBlock(config.url)),
    }
    const voucher = await vouch(deps, network, operator, {
      invited: identity.member.key,
      operator: operator.key,
      ...place,
    })
    const who = {
      member: identity.member.key,
      operator: operator.key,
      nextKey: identity.nextKey,
      vouchers: [voucher],
      placement: null,
    }
    const record = await memberRecord(deps, network, identity.member, who, memberFields(config))
    await storeObjects(folder, network, identity.member.key, [voucher, record])
    await writeWhole(folder.network, `${JSON.stringify(network.envelope)}\n`)
    call.print({ ...printed, network: network.id }, [
      `network       ${network.id}  "${found}"`,
      `member key    ${printed.member}`,
      `operator key  ${printed.operator}`,
      `Now run "dgos start". Back up ${folder.keys.operator} and the other keys beside it.`,
    ])
    return 0
  },
}
