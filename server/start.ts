/** A member on a real machine: its folder, disk, network and clock, and the HTTP server in front of it. */
import { GatewayStore } from '../activation/doors/gateway/gateway-store.ts'
import { SqlNoticeStore } from '../activation/notice-store.ts'
import { SqlHintStore } from '../activation/posts/hint-store.ts'
import { SqlObjectStore } from '../ledger/sql-object-store.ts'
import { FileBlobStore } from '../lib/blob-store.ts'
import { nextTurn, systemClock } from '../lib/clock.ts'
import { openDatabase } from '../lib/database.ts'
import { mailResolver, systemDnsText } from '../lib/dns.ts'
import { createLog, type Log } from '../lib/log.ts'
import { nodePlatform } from '../lib/platform.ts'
import { systemRandom } from '../lib/random.ts'
import { createSafeFetch } from '../lib/safe-fetch.ts'
import type { Schedule } from '../lib/schedule.ts'
import { SqlArchiveStore } from '../mirror/archive/sql-archive-store.ts'
import { SqlCaptureStore } from '../mirror/capture/sql-capture-store.ts'
import { SqlCostlyStore } from '../mirror/costly-store.ts'
import { styleHash } from '../mirror/pages/site.ts'
import type { MemberFields } from '../network/founding.ts'
import { SqlInvitationStore } from '../network/invitation-store.ts'
import { open } from '../protocol/envelope.ts'
import type { SignedObject } from '../protocol/objects.ts'
import { loopbackOpen } from '../protocol/roster.ts'
import { browserFiles } from './bundles/browser-files.ts'
import { type Config, type Env, readConfig } from './config.ts'
import { HttpServer } from './http/server.ts'
import { hookMemory, hookProgram } from './machine/dns-hook-program.ts'
import { type Folder, requireFolder, textOfFile } from './machine/folder.ts'
import { readIdentity } from './machine/identity.ts'
import { PageTree } from './machine/page-tree.ts'
import { createPeerWire } from './machine/peer-wire.ts'
import { serverSchedule } from './machine/schedule.ts'
import { StartRefused } from './machine/start-refused.ts'
import { workerThreads } from './machine/worker-threads.ts'
import { createMember, type Member, type MemberOptions } from './member.ts'
import { mailOptionsOf, requireMailSettings, startSmtpDoor } from './parts/mail-parts.ts'

export type Running = {
  readonly member: Member
  readonly config: Config
  readonly log: Log
  readonly schedule: Schedule
  readonly port: number
  stop(): Promise<void>
}

/** Reads everything, refuses what is wrong, then starts. Throws StartRefused with words for the operator. */
export async function startMember(folder: Folder, env: Env): Promise<Running> {
  await requireFolder(folder)
  const config = await configOf(folder, env)
  requireMailSettings(config)
  const identity = await readIdentity(folder)
  const network = await networkOf(folder)
  const loopback = loopbackOpen(network)
  const log = createLog(config.log, { member: identity.member.key.slice(0, 8) })
  const clock = systemClock
  const random = systemRandom
  const wire = createPeerWire({ loopback })
  const web = createSafeFetch({ clock, log: log.part('web') }, { loopback, userAgent: `dgos/0.1 (+${config.url})` })
  const database = openDatabase({ path: folder.database })
  const blobs = new FileBlobStore({ log }, { dir: folder.blobs })
  const tree = await pageTreeOf(config, blobs, log)
  const [mailer, gateway] = [await mailerOf(config), await GatewayStore.open(database)]
  const schedule = serverSchedule({ clock, random, log }, config)
  const workers = workerThreads()
  const member = await createMember(
    {
      clock,
      random,
      log,
      platform: nodePlatform,
      schedule,
      web,
      wire,
      objects: await SqlObjectStore.open(database),
      blobs,
      captures: await SqlCaptureStore.open(database),
      archives: await SqlArchiveStore.open(database),
      costly: await SqlCostlyStore.open(database),
      hints: await SqlHintStore.open(database),
      notices: await SqlNoticeStore.open(database),
      invitations: await SqlInvitationStore.open(database),
      dnsText: systemDnsText,
      workers,
      nextTurn,
      mailer,
      mailResolver: mailResolver(config.mailDns),
      gateway,
      files: browserFiles(),
      ...(tree === null ? {} : { tree }),
      ...(config.dnsHook === null ? {} : { dnsHook: dnsHookOf(config.dnsHook, folder, env, log) }),
      signer: identity.member,
      operator: identity.operator,
    },
    optionsOf({ network, identity, config, loopback }),
  )
  member.metrics.addProcess()
  const { host, port } = config.listen
  const { trustProxy, connectionsMax } = config
  const http = new HttpServer(
    { api: member.api, front: member.front, clock, log },
    { host, port, trustProxy, connectionsMax },
  )
  const bound = await http.listen().catch(async (error: NodeJS.ErrnoException) => {
    await database.close()
    const why = error.code === 'EADDRINUSE' ? 'another program listens there' : error.message
    throw new StartRefused(`cannot listen on ${host}:${port}: ${why}`)
  })
  await member.start()
  const smtp = await startSmtpDoor(member.doors?.mail ?? null, config, { clock, log: log.part('mail') })
  return {
    member,
    config,
    log,
    schedule,
    port: bound,
    async stop() {
      await smtp?.close()
      await http.close()
      await member.stop()
      await workers.close()
      await Promise.all([wire.close(), web.close()])
      await database.close()
    },
  }
}

/** How the member is set: what the configuration says, with wide limits on a network of one machine. */
function optionsOf({
  network,
  identity,
  config,
  loopback,
}: {
  readonly network: SignedObject<'network'>
  readonly identity: Awaited<ReturnType<typeof readIdentity>>
  readonly config: Config
  readonly loopback: boolean
}): MemberOptions {
  const mail = mailOptionsOf(config)
  return {
    network,
    self: identity.member.key,
    nextKey: identity.nextKey,
    fields: memberFields(config),
    intervals: config.intervals,
    perAddressPerMinute: loopback ? config.perAddressPerMinute * 100 : config.perAddressPerMinute,
    perKeyPerMinute: config.perKeyPerMinute,
    blogsPerMinute: loopback ? config.blogsPerMinute * 100 : config.blogsPerMinute,
    blogBytesMax: config.blogBytesMax,
    archiveBytesMax: config.archiveBytesMax,
    blogsFloor: config.blogsFloor,
    servesAnybody: loopback,
    originBudgetPerHour: loopback ? 100_000 : config.originBudgetPerHour,
    ...(mail === null ? {} : { mail }),
  }
}

function dnsHookOf(file: string, folder: Folder, env: Env, log: Log) {
  return { run: hookProgram(file, env, log.part('dns-hook')), memory: hookMemory(folder.dnsHook) }
}

/** The tree of pages for a web server in front, where the operator wants one. */
async function pageTreeOf({ pagesDir, contentUrl }: Config, blobs: FileBlobStore, log: Log) {
  if (pagesDir === null) return null
  const options = { dir: pagesDir, styleHash: styleHash(nodePlatform.sha256), contentUrl }
  const tree = new PageTree({ blob: (hash) => blobs.get(hash), log: log.part('page-tree') }, options)
  await tree.start()
  return tree
}

export async function configOf(folder: Folder, env: Env): Promise<Config> {
  const config = readConfig(env, await textOfFile(env.DGOS_CONFIG ?? folder.config))
  if (!config.ok) throw new StartRefused(`configuration: ${config.detail}`)
  return config.value
}

export async function networkOf(folder: Folder): Promise<SignedObject<'network'>> {
  const text = await textOfFile(folder.network)
  if (text === null) throw new StartRefused(`${folder.network} is missing: found a network or join one first`)
  const opened = await open(JSON.parse(text), nodePlatform)
  if (!opened.ok || opened.value.kind !== 'network') throw new StartRefused(`${folder.network} is damaged`)
  return opened.value
}

export function memberFields(config: Config): MemberFields {
  const { name, url, contact, weight, contentUrl, join, leaving } = config
  return { name, url, contact, weight, contentUrl, join, leaving, passive: false }
}

async function mailerOf({ mail, mailFrom, contact }: Config) {
  if (mail === null) return null
  const from = mailFrom ?? contact
  if (!from.includes('@'))
    throw new StartRefused('configuration: mailFrom: needed with mail, an address like dgos@example.org')
  const { smtpMailer } = await import('../activation/mailer.ts')
  return smtpMailer({ url: mail, from })
}
