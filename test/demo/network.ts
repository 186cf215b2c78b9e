/** A network of many operators on one machine: folders, keys and founding objects, made before the members start. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { foundNetwork, memberRecord, vouch } from '../../network/founding.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { storeObjects } from '../../server/cli/member-folder.ts'
import { folderAt, prepareFolder, writeWhole } from '../../server/machine/folder.ts'
import { makeIdentity } from '../../server/machine/identity.ts'

export type DemoMember = {
  readonly name: string
  readonly url: string
  readonly dir: string
  readonly key: string
}
export type DemoNetwork = { readonly id: string; readonly members: readonly DemoMember[] }
export type DemoOptions = {
  readonly dir: string
  readonly members: number
  readonly firstPort: number
  readonly fast: boolean
  /** Set in each member's configuration. */
  readonly config?: Readonly<Record<string, unknown>>
}

const names = [
  'Amsel',
  'Buche',
  'Cyclame',
  'Drossel',
  'Esche',
  'Fuchsie',
  'Ginster',
  'Holunder',
  'Iris',
  'Jasmin',
  'Kiefer',
  'Linde',
]

/** Every operator is a founder, so that all stand equal from the first second. */
export async function foundDemo(options: DemoOptions): Promise<DemoNetwork> {
  const { sha256 } = nodePlatform
  const deps = { clock: systemClock, random: systemRandom, sha256 }
  const people = []
  for (let i = 0; i < options.members; i++) {
    const folder = folderAt(join(options.dir, `member-${String(i + 1).padStart(2, '0')}`))
    await mkdir(folder.root, { recursive: true })
    await prepareFolder(folder)
    const identity = await makeIdentity(folder, systemRandom)
    const port = options.firstPort + i
    const fields = {
      name: names[i] ?? `Member ${i + 1}`,
      url: `http://127.0.0.1:${port}/`,
      contact: 'the demonstration',
      weight: 1,
      passive: false,
      contentUrl: null,
      join: 'open' as const,
    }
    const { name, url, contact, join: policy } = fields
    const config = {
      name,
      url,
      contact,
      join: policy,
      listen: `127.0.0.1:${port}`,
      fast: options.fast,
      ...options.config,
    }
    await writeWhole(folder.config, `${JSON.stringify(config, null, 2)}\n`)
    people.push({ folder, identity, fields, region: `region-${i % 6}`, block: `10.${i}.0.0/16` })
  }
  const founders = people.map((entry) => entry.identity.operator!.key)
  const first = people[0]!.identity.operator!
  const network = await foundNetwork(deps, first, { name: 'Demonstration', founders, loopback: true })
  const objects: SignedObject[] = []
  for (const { identity, fields, region, block } of people) {
    const operator = identity.operator!
    const voucher = await vouch(deps, network, operator, {
      invited: identity.member.key,
      operator: operator.key,
      region,
      block,
    })
    const who = {
      member: identity.member.key,
      operator: operator.key,
      nextKey: identity.nextKey,
      vouchers: [voucher],
      placement: null,
    }
    objects.push(voucher, await memberRecord(deps, network, identity.member, who, fields))
  }
  for (const { folder, identity } of people) {
    await storeObjects(folder, network, identity.member.key, objects)
    await writeWhole(folder.network, `${JSON.stringify(network.envelope)}\n`)
  }
  const members = people.map(({ folder, identity, fields }) => ({
    name: fields.name,
    url: fields.url,
    dir: folder.root,
    key: identity.member.key,
  }))
  return { id: network.id, members }
}
