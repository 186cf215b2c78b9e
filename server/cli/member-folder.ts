/** The data folder as commands use it. */

import { resolve } from 'node:path'
import { Ledger } from '../../ledger/ledger.ts'
import { SqlObjectStore } from '../../ledger/sql-object-store.ts'
import { systemClock } from '../../lib/clock.ts'
import { openDatabase } from '../../lib/database.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { acceptAll } from '../../network/gossip.ts'
import { isHash } from '../../protocol/bytes.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import type { Config } from '../config.ts'
import { type Folder, folderAt, prepareFolder, textOfFile, writeWhole } from '../machine/folder.ts'
import { configOf } from '../start.ts'
import { type Call, CommandFailed, listValue, textValue, UsageError } from './command.ts'
import { MemberClient } from './member-client.ts'

export function folderOf({ io, values }: Call): Folder {
  return folderAt(resolve(textValue(values, 'data') ?? io.env.DGOS_DATA ?? 'data'))
}

/** The options that both `init` and `join` write into the configuration file. */
export const configOptions = {
  name: { type: 'string', value: '<name>', help: 'how this member is called' },
  url: { type: 'string', value: '<url>', help: 'where others reach it: http(s)://host/' },
  listen: {
    type: 'string',
    value: '<host:port>',
    help: 'where the process listens (default: the port of a url on this machine, else 127.0.0.1:8080)',
  },
  contact: { type: 'string', value: '<text>', help: 'how people reach you: a mail address or a page' },
  'content-url': { type: 'string', value: '<url>', help: "a separate origin for other people's bytes" },
} as const

/** Makes the folder and writes what was said on the command line into config.json. */
export async function writeConfig(call: Call, folder: Folder): Promise<Config> {
  const { values, io } = call
  await prepareFolder(folder)
  const before = await textOfFile(folder.config)
  const set = Object.fromEntries(
    ['name', 'url', 'listen', 'contact'].flatMap((name) => {
      const value = textValue(values, name)
      return value === null ? [] : [[name, name === 'url' && !value.endsWith('/') ? `${value}/` : value]]
    }),
  )
  const contentUrl = textValue(values, 'content-url')
  const listen = ownPort(textValue(values, 'url'))
  const whole = {
    ...(listen === null ? {} : { listen }),
    ...(before === null ? {} : (JSON.parse(before) as object)),
    ...set,
    ...(contentUrl === null ? {} : { contentUrl }),
  }
  await writeWhole(folder.config, `${JSON.stringify(whole, null, 2)}\n`)
  return configOf(folder, io.env)
}

/** Where a member listens whose address is a port of this machine: nothing stands before it. null for any other. */
function ownPort(url: string | null): string | null {
  if (url === null || !URL.canParse(url)) return null
  const { protocol, hostname, port } = new URL(url)
  return protocol === 'http:' && port !== '' && ['127.0.0.1', 'localhost'].includes(hostname)
    ? `127.0.0.1:${port}`
    : null
}

/** Puts objects into the store of a member that does not run. */
export async function storeObjects(
  folder: Folder,
  network: SignedObject<'network'>,
  self: string,
  objects: readonly SignedObject[],
): Promise<void> {
  const database = openDatabase({ path: folder.database })
  try {
    const store = await SqlObjectStore.open(database)
    const ledger = await Ledger.open(
      { store, clock: systemClock, platform: nodePlatform, log: silentLog },
      { network, self },
    )
    await acceptAll(
      ledger,
      objects.map((object) => object.envelope),
    )
    for (const object of objects) {
      if ((object.kind === 'member' || object.kind === 'voucher') && (await ledger.object(object.id)) === null) {
        throw new CommandFailed(`the network refuses the ${object.kind} object ${object.id.slice(0, 8)}`)
      }
    }
  } finally {
    await database.close()
  }
}

/** The member of this folder, reached where it listens. */
export function ownMember(call: Call, config: Config): MemberClient {
  const { host, port } = config.listen
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  const url = `http://${local.includes(':') ? `[${local}]` : local}:${port}/`
  return new MemberClient({ wire: call.io.wire }, { url })
}

export function keyList(call: Call, name: string): readonly string[] {
  const keys = listValue(call.values, name)
  const wrong = keys.find((key) => !isHash(key))
  if (wrong !== undefined) throw new UsageError(`--${name} ${wrong}: a key has 64 hex digits`)
  return keys
}
