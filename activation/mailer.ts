/** Outgoing mail: one text to one person, through the operator's own mail server. */
import type { Transporter } from 'nodemailer'

export type Mail = {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Local part of the Message-ID: the same notice from two members has the same one, and mail programs show it once. */
  readonly id: string
}

/** Resolves when the mail server has taken the mail; rejects where it did not. */
export type Mailer = { send(mail: Mail): Promise<void> }

export type SmtpOptions = {
  /** smtp://user:password@host:port or smtps://… */
  readonly url: string
  readonly from: string
}

const connectMs = 10_000
const sendMs = 30_000

export function smtpMailer({ url, from }: SmtpOptions): Mailer {
  let transport: Promise<Transporter> | null = null
  return {
    async send({ to, subject, text, id }) {
      transport ??= transportTo(url)
      await (await transport).sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${id}@dgos.invalid>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
  }
}

/** Loaded with the first mail: a member that has none to send, which is nearly always, need not hold the package. */
async function transportTo(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: sendMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}
