/** Mail at a member: the door behind it, and on a real machine the SMTP server where the operator gave a port. */
import { readFile } from 'node:fs/promises'
import { MailDoor, type MailDoorDeps, type MailIntake } from '../../activation/doors/mail/mail-door.ts'
import { MailNotices } from '../../activation/doors/mail/mail-notices.ts'
import type { Mailer } from '../../activation/mailer.ts'
import type { Clock } from '../../lib/clock.ts'
import type { MailResolver } from '../../lib/dns.ts'
import type { Log } from '../../lib/log.ts'
import type { Hash } from '../../protocol/objects.ts'
import type { Config } from '../config.ts'
import type { Smtp } from '../machine/smtp.ts'
import { StartRefused } from '../machine/start-refused.ts'

/** What mail needs beside what every door has. */
export type MailPartsDeps = {
  readonly mailer: Mailer
  readonly resolver: MailResolver
  readonly clock: Clock
  readonly log: Log
  /** Whether an address wants mails about a blog. */
  readonly agreed: (blog: Hash, address: string) => Promise<boolean>
}
export type MailPartsOptions = {
  /** What stands behind the @ of secret addresses. */
  readonly domain: string
  /** When the second notice goes: most mirrors have answered by then. */
  readonly reportMs: number
  /** Whether a provider's webhook may hand mail in. */
  readonly byWebhook: boolean
}

const reportMs = 60_000
const fastReportMs = 2_000

/** null where the operator has turned mail on by neither way. */
export function mailOptionsOf(config: Config): MailPartsOptions | null {
  if (config.smtpPort === null && !config.mailByWebhook) return null
  const domain = config.smtpDomain ?? new URL(config.url).hostname
  return { domain, reportMs: config.fast ? fastReportMs : reportMs, byWebhook: config.mailByWebhook }
}

/** Refuses settings that cannot work together, before anything is started. */
export function requireMailSettings({ smtpPort, mailByWebhook, mail, smtpKey, smtpCert }: Config): void {
  if ((smtpPort !== null || mailByWebhook) && mail === null)
    throw new StartRefused('configuration: mail: needed with smtpPort and mailByWebhook, to tell authors')
  if ((smtpKey === null) !== (smtpCert === null))
    throw new StartRefused('configuration: smtpKey and smtpCert go together')
}

type Shared = Omit<MailDoorDeps, keyof MailPartsDeps | 'notices'>

export function createMailParts(
  shared: Shared,
  deps: MailPartsDeps,
  options: MailPartsOptions & { readonly url: string; readonly name: string },
): MailIntake {
  const { domain, url, name, reportMs, byWebhook } = options
  const notices = new MailNotices({ ...shared, ...deps }, { url, reportMs })
  return { door: new MailDoor({ ...shared, ...deps, notices }, { memberName: name, domain }), domain, byWebhook }
}

/** null where there is no mail, or where it comes by webhook alone. */
export async function startSmtpDoor(
  mail: MailIntake | null,
  config: Config,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Smtp | null> {
  if (mail === null || config.smtpPort === null) return null
  const tls = await tlsOf(config)
  if (tls === null) log.warn('smtp-without-starttls', { why: 'smtpKey and smtpCert are not set' })
  const { startSmtp } = await import('../machine/smtp.ts')
  return startSmtp(
    { door: mail.door, clock, log },
    { host: config.smtpHost, port: config.smtpPort, name: mail.domain, tls },
  )
}

async function tlsOf({ smtpKey, smtpCert }: Config) {
  if (smtpKey === null || smtpCert === null) return null
  const read = (path: string, name: string) =>
    readFile(path, 'utf8').catch(() =>
      Promise.reject(new StartRefused(`configuration: ${name}: ${path} cannot be read`)),
    )
  return { key: await read(smtpKey, 'smtpKey'), cert: await read(smtpCert, 'smtpCert') }
}
