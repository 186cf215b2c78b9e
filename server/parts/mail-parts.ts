/** Mail at a member on a real machine: the door behind it, and the SMTP server where the operator gave a port. */
import { readFile } from 'node:fs/promises'
import type { GatewayStore } from '../../activation/doors/gateway/gateway-store.ts'
import { MailDoor } from '../../activation/doors/mail/mail-door.ts'
import { MailNotices } from '../../activation/doors/mail/mail-notices.ts'
import type { Mailer } from '../../activation/mailer.ts'
import type { Clock } from '../../lib/clock.ts'
import { mailResolver } from '../../lib/dns.ts'
import type { Log } from '../../lib/log.ts'
import type { Sha256 } from '../../protocol/platform.ts'
import type { Config } from '../config.ts'
import type { Smtp } from '../machine/smtp.ts'
import { StartRefused } from '../machine/start-refused.ts'
import type { Member } from '../member.ts'

export type MailStartDeps = {
  readonly member: Member
  readonly store: GatewayStore
  readonly mailer: Mailer | null
  readonly clock: Clock
  readonly log: Log
  readonly sha256: Sha256
}

/** The second notice goes when most mirrors have answered. */
const reportMs = 60_000
const fastReportMs = 2_000

/** Refuses settings that cannot work together, before anything is started. */
export function requireMailSettings({ smtpPort, mailByWebhook, mail, smtpKey, smtpCert }: Config): void {
  if ((smtpPort !== null || mailByWebhook) && mail === null)
    throw new StartRefused('configuration: mail: needed with smtpPort and mailByWebhook, to tell authors')
  if ((smtpKey === null) !== (smtpCert === null))
    throw new StartRefused('configuration: smtpKey and smtpCert go together')
}

/** null where the operator has turned mail on by neither way. */
export async function startMail(deps: MailStartDeps, config: Config): Promise<Smtp | null> {
  if (config.smtpPort === null && !config.mailByWebhook) return null
  const { member, store, mailer, clock, sha256 } = deps
  if (mailer === null || member.doors === null) return null
  const log = deps.log.part('mail')
  const domain = config.smtpDomain ?? new URL(config.url).hostname
  const { ledger, replication, doors } = member
  const notices = new MailNotices(
    { mailer, ledger, replication, clock, log, sha256 },
    { url: config.url, reportMs: config.fast ? fastReportMs : reportMs },
  )
  const door = new MailDoor(
    {
      doorKeys: doors.doorKeys,
      store,
      ledger,
      replication,
      notices,
      resolver: mailResolver(config.mailDns),
      clock,
      log,
      sha256,
    },
    { memberName: config.name, domain },
  )
  doors.mail = { door, domain }
  if (config.smtpPort === null) return null
  const tls = await tlsOf(config)
  if (tls === null) log.warn('smtp-without-starttls', { why: 'smtpKey and smtpCert are not set' })
  const { startSmtp } = await import('../machine/smtp.ts')
  return startSmtp({ door, log }, { host: config.smtpHost, port: config.smtpPort, name: domain, tls })
}

async function tlsOf({ smtpKey, smtpCert }: Config) {
  if (smtpKey === null || smtpCert === null) return null
  const read = (path: string, name: string) =>
    readFile(path, 'utf8').catch(() =>
      Promise.reject(new StartRefused(`configuration: ${name}: ${path} cannot be read`)),
    )
  return { key: await read(smtpKey, 'smtpKey'), cert: await read(smtpCert, 'smtpCert') }
}
