/**
 * The SMTP server of a member: takes messages for secret addresses of blogs, and nothing else. It passes no mail on, sends
 * no bounces, and says 250 only when the post is safe. smtp-server ends a message at CRLF.CRLF alone; bare line ends inside
 * are refused by the door.
 */
import type { AddressInfo, Socket } from 'node:net'
import type { SMTPServerAddress, SMTPServerDataStream, SMTPServerOptions, SMTPServerSession } from 'smtp-server'
import { type MailDoor, mailBytesMax } from '../../activation/doors/mail/mail-door.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { Code, Refused } from '../../protocol/codes.ts'
import { ConnectionLimits } from '../http/connection-limits.ts'

export type SmtpDeps = { readonly door: MailDoor; readonly clock: Clock; readonly log: Log }
export type SmtpOptions = {
  readonly host: string
  readonly port: number
  /** The name in the greeting. */
  readonly name: string
  /** PEM. Without them STARTTLS is not offered. */
  readonly tls: { readonly key: string; readonly cert: string } | null
}
export type Smtp = { readonly port: number; close(): Promise<void> }

/** Connections of one address block, and in all: then the one that has been silent longest makes room. */
const blockClientsMax = 10
const clientsMax = 60
/** RFC 5321 4.5.3.2: five minutes for a command. */
const socketMs = 300_000

export async function startSmtp({ door, clock, log }: SmtpDeps, { host, port, name, tls }: SmtpOptions): Promise<Smtp> {
  const { SMTPServer } = await import('smtp-server')
  const clients = new Clients(clock)
  const options: SMTPServerOptions = {
    name,
    banner: 'DGOS',
    authOptional: true,
    disabledCommands: tls === null ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    ...(tls ?? {}),
    size: mailBytesMax,
    socketTimeout: socketMs,
    disableReverseLookup: true,
    hideENHANCEDSTATUSCODES: true,
    onMailFrom: (_address, session, callback) => {
      clients.heard(session)
      callback()
    },
    onRcptTo: (address, session, callback) => {
      clients.heard(session)
      recipient(door, address, session).then(callback, callback)
    },
    onData: (stream, session, callback) => {
      const heard = () => clients.heard(session)
      received({ door, log, heard }, stream, session).then((reasonOf) => callback(null, reasonOf), callback)
    },
  }
  const server = new SMTPServer(options)
  server.server.prependListener('connection', (socket: Socket) => clients.opened(socket))
  server.on('error', (error: Error) => log.debug('smtp-client', { error: error.message.slice(0, 200) }))
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Who is connected, found again by the other side's address and port. */
class Clients {
  readonly #limits: ConnectionLimits
  readonly #sockets = new Map<string, Socket>()

  constructor(clock: Clock) {
    this.#limits = new ConnectionLimits({ clock }, { max: clientsMax, blockMax: blockClientsMax })
  }

  opened(socket: Socket): void {
    const name = `${socket.remoteAddress} ${socket.remotePort}`
    this.#sockets.set(name, socket)
    socket.once('close', () => this.#sockets.delete(name))
    this.#limits.opened(socket)
  }

  heard({ remoteAddress, remotePort }: SMTPServerSession & { readonly remotePort?: number }): void {
    const socket = this.#sockets.get(`${remoteAddress} ${remotePort}`)
    if (socket !== undefined) this.#limits.heard(socket)
  }
}

/** One recipient a message: what is said after DATA is said of one. */
async function recipient(
  door: MailDoor,
  { address }: SMTPServerAddress,
  session: SMTPServerSession,
): Promise<Error | null> {
  if (session.envelope.rcptTo.length > 0) return answer(452, '4.5.3 one recipient a message here')
  const known = await door.knows(address)
  if (known.ok) return null
  return known.code === 'RATE' ? answer(450, `4.7.1 ${reasonOf(known)}`) : answer(550, `5.7.1 ${reasonOf(known)}`)
}

async function received(
  { door, log, heard }: Omit<SmtpDeps, 'clock'> & { readonly heard: () => void },
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
): Promise<string> {
  const raw = await collected(stream, heard)
  if (raw === null) throw answer(552, '5.3.4 TOO_LARGE: at most 10 MiB')
  const [to] = session.envelope.rcptTo
  const taken = to === undefined ? null : await door.take(to.address, raw)
  if (taken?.ok === true) return `2.0.0 safe as ${taken.value.post}`
  if (taken === null) throw answer(503, '5.5.1 no recipient')
  log.info('mail-refused', { code: taken.code, detail: taken.detail.slice(0, 200) })
  throw later.has(taken.code) ? answer(451, `4.3.0 ${reasonOf(taken)}`) : answer(550, `5.7.1 ${reasonOf(taken)}`)
}

/** The message, or null where it is too large: counted while it comes, and what is too much is not kept. */
async function collected(stream: SMTPServerDataStream, heard: () => void): Promise<Uint8Array | null> {
  let parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream as AsyncIterable<Buffer>) {
    heard()
    bytes += part.length
    if (bytes > mailBytesMax) parts = []
    else parts.push(part)
  }
  return bytes > mailBytesMax ? null : new Uint8Array(Buffer.concat(parts))
}

/** Worth trying again: nothing is wrong with the message. */
const later: ReadonlySet<Code> = new Set(['TIMEOUT', 'RATE', 'OVERLOADED', 'INTERNAL', 'QUOTA'])

function reasonOf({ code, detail }: Refused): string {
  return `${code}${detail === '' ? '' : `: ${detail}`}`.replace(/[^ -~]/g, ' ').slice(0, 300)
}

function answer(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
