/** Three members on loopback that take posts, the first with doors for mail and apps; a name server and a mail box of the test's own. */
import type { TestContext } from 'node:test'
import { GatewayStore } from '../../activation/doors/gateway/gateway-store.ts'
import type { MailDoor } from '../../activation/doors/mail/mail-door.ts'
import type { Mail } from '../../activation/mailer.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { type Database, openDatabase } from '../../lib/database.ts'
import { mailResolver } from '../../lib/dns.ts'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { Api } from '../../server/http/api.ts'
import { Rates } from '../../server/http/rates.ts'
import { doorRoutes } from '../../server/http/routes/doors.ts'
import { cancelRoutes, mailRoutes } from '../../server/http/routes/mail.ts'
import { micropubRoutes } from '../../server/http/routes/micropub.ts'
import { xmlrpcRoutes } from '../../server/http/routes/xmlrpc.ts'
import { HttpServer } from '../../server/http/server.ts'
import { startSmtp } from '../../server/machine/smtp.ts'
import { createDoorParts, type DoorParts } from '../../server/parts/door-parts.ts'
import { nameServer } from '../support/name-server.ts'
import { freePort } from '../support/ports.ts'
import { testTls } from '../support/test-tls.ts'
import { FormMembers } from './form-members.ts'

const { sha256 } = nodePlatform
/** Of no other timer: reports wait until a test says that their time has come. */
const reportMs = 7_777_777
export const mailDomain = 'mail.test'
export const sender = 'ana@author.test'
/** Addresses whose domains others can sign for, or nearly. */
const otherSenders = ['ana@mail.author.test', 'ana@ana.github.io']

export type ProgramDoors = {
  readonly net: FormMembers
  readonly doors: DoorParts
  readonly store: GatewayStore
  /** Where the keys of doors and the mails lie. */
  readonly database: Database
  readonly mail: MailDoor
  readonly url: string
  readonly smtpPort: number
  readonly dns: string
  /** TXT records by name. */
  readonly txt: Map<string, string>
  /** What the author was told. */
  readonly told: Mail[]
  /** The time has come to say who holds the posts that were taken. */
  report(): void
  /** Opens a door and signs its delegation. */
  open(
    how: 'mail' | 'app',
    until?: number,
    openpgp?: string,
  ): Promise<{ secret: string; key: string; codes: readonly string[] }>
}

export type ProgramDoorsOptions = {
  /** The blog is not declared down. */
  readonly up?: boolean
  /** Whether the address for notices has agreed to them. */
  readonly agreed?: boolean
  /** Of the door for mail alone. */
  readonly clock?: Clock
}

export async function programDoors(t: TestContext, options: ProgramDoorsOptions = {}): Promise<ProgramDoors> {
  const net = await FormMembers.create(t, 3, { up: options.up ?? false })
  const [first] = net.members as [(typeof net.members)[0]]
  const database = openDatabase({ path: ':memory:' })
  t.after(() => database.close())
  const { ledger, replication } = first
  const store = await GatewayStore.open(database)
  const clock = systemClock
  const log = silentLog
  const shared = { store, ledger, replication, clock, random: systemRandom, sha256 }
  const told: Mail[] = []
  const txt = new Map<string, string>()
  const dns = await nameServer(txt)
  t.after(() => dns.close())
  const httpPort = await freePort()
  const url = `http://127.0.0.1:${httpPort}/`
  const mailer = { send: async (mail: Mail) => void told.push(mail) }
  const reports: (() => void)[] = []
  const mailClock = options.clock ?? clock
  const reporting: Clock = {
    ...mailClock,
    after(ms, act) {
      if (ms !== reportMs) return mailClock.after(ms, act)
      reports.push(act)
      return () => {}
    },
  }
  const agreed = async () => options.agreed ?? true
  const mailDeps = { agreed, mailer, resolver: mailResolver(dns.address), clock: reporting, log }
  const doors = createDoorParts(
    { ...shared, mail: mailDeps },
    { url, name: 'Mirror One', mail: { domain: mailDomain, reportMs, byWebhook: true } },
  )
  const mail = doors.mail!.door
  const smtp = await startSmtp(
    { door: mail, clock, log },
    { host: '127.0.0.1', port: 0, name: mailDomain, tls: testTls(mailDomain) },
  )
  t.after(() => smtp.close())
  const routes = [
    ...doorRoutes({ ledger, doorKeys: doors.doorKeys, endpoints: doors.apps.endpoints, mailDomain }),
    ...xmlrpcRoutes({ apps: doors.apps }),
    ...micropubRoutes({ apps: doors.apps }),
    ...mailRoutes(doors.mail),
    ...cancelRoutes({ ledger, clock, sha256 }),
  ]
  const api = new Api({ clock, log, rates: new Rates({ clock }, { perMinute: 100_000 }) }, { routes })
  const http = new HttpServer(
    { api, front: { handle: () => false }, clock, log },
    { host: '127.0.0.1', port: httpPort, trustProxy: false, connectionsMax: 100 },
  )
  await http.listen()
  t.after(() => http.close())
  return {
    ...{ net, doors, store, database, mail, url, smtpPort: smtp.port, dns: dns.address, txt, told },
    report() {
      for (const report of reports.splice(0)) report()
    },
    async open(how, until = Date.now() + 86_400_000, openpgp = undefined) {
      const request = { how, blog: net.blog.id, name: how === 'mail' ? 'e-mail' : 'MarsEdit' }
      const opened = await doors.doorKeys.open({
        ...request,
        ...(how === 'mail' ? { notice: 'ana@elsewhere.test', senders: [sender, ...otherSenders] } : {}),
        ...(openpgp === undefined ? {} : { openpgp }),
      })
      if (!opened.ok) throw new Error(opened.detail)
      const { key } = opened.value
      const fields = {
        to: key,
        may: ['post'] as const,
        until,
        postsPerDay: 10,
        name: request.name,
        time: Date.now() - 1000,
      }
      const delegation = await net.blog.add('delegation', 'posting', fields)
      for (const member of net.members) await member.ledger.accept([delegation.envelope], 'author')
      return opened.value
    },
  }
}
