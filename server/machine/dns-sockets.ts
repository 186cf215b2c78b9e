/** The DNS server's sockets: UDP, and TCP with a length before each message (RFC 7766). What is said is decided elsewhere. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import type { DnsServer } from '../../naming/dns-server.ts'
import type { Secondaries, Secondary } from '../../naming/secondaries.ts'
import { ConnectionLimits } from '../http/connection-limits.ts'

export type DnsSocketsDeps = {
  readonly server: DnsServer
  readonly secondaries: Pick<Secondaries, 'heard'>
  readonly clock: Clock
  readonly log: Log
}
export type DnsSocketsOptions = { readonly host: string; readonly port: number }
export type DnsSockets = {
  readonly port: number
  send(message: Buffer, to: Secondary): void
  close(): Promise<void>
}

/** A connection that says nothing is closed; so is one that has asked this often. */
const idleMs = 10_000
const questionsMax = 200
/** Connections of one address block, and in all. */
const blockMax = 20
const connectionsMax = 200
/** No question is longer: the rest of a message would be names of other people's making. */
const questionBytesMax = 4_096
/** Bursts wait in the kernel while the loop is busy. */
const receiveBytes = 4 * 1024 * 1024

/** Resolves when both listen. Rejects with the system's error where one cannot. */
export async function openDnsSockets(deps: DnsSocketsDeps, { host, port }: DnsSocketsOptions): Promise<DnsSockets> {
  const tcp = createServer()
  const limits = new ConnectionLimits({ clock: deps.clock }, { max: connectionsMax, blockMax })
  const open = new Set<Socket>()
  tcp.on('connection', (socket) => {
    limits.opened(socket)
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    serveConnection(socket, deps, limits)
  })
  await listening(tcp, host, port)
  const bound = (tcp.address() as AddressInfo).port
  const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  try {
    await bind(udp, host, bound)
  } catch (error) {
    tcp.close()
    throw error
  }
  serveUdp(udp, deps)
  return {
    port: bound,
    send: (message, to) => udp.send(message, to.port, to.address, (error) => failed(deps.log, error)),
    async close() {
      for (const socket of open) socket.destroy()
      await Promise.all([
        new Promise<void>((resolve) => udp.close(() => resolve())),
        new Promise<void>((resolve) => tcp.close(() => resolve())),
      ])
    },
  }
}

function serveUdp(udp: UdpSocket, { server, secondaries, log }: DnsSocketsDeps): void {
  const sent = (error: Error | null) => failed(log, error)
  udp.on('message', (message, from) => {
    for (const reply of server.answer(message, { address: from.address, isTcp: false }))
      udp.send(reply, from.port, from.address, sent)
    if (message[2]! >= 0x80) secondaries.heard(message, from)
  })
  udp.on('error', (error) => log.error('dns-socket', { error: error.message }))
}

function serveConnection(socket: Socket, { server, log }: DnsSocketsDeps, limits: ConnectionLimits): void {
  let waiting = Buffer.alloc(0)
  let asked = 0
  const address = socket.remoteAddress ?? ''
  socket.setTimeout(idleMs, () => socket.destroy())
  socket.on('error', (error) => log.debug('dns-connection', { error: error.message }))
  socket.on('data', (part) => {
    limits.heard(socket)
    waiting = Buffer.concat([waiting, part])
    while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
      const message = waiting.subarray(2, 2 + waiting.readUInt16BE(0))
      waiting = waiting.subarray(2 + message.length)
      const replies = server.answer(Buffer.from(message), { address, isTcp: true })
      for (const reply of replies) socket.write(framed(reply))
      asked++
      if (replies.length === 0 || asked >= questionsMax) return socket.end()
    }
    if (waiting.length > questionBytesMax) socket.destroy()
  })
}

function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.of(message.length >> 8, message.length & 255), message])
}

function failed(log: Log, error: Error | null): void {
  if (error !== null) log.debug('dns-send', { error: error.message })
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

async function bind(socket: UdpSocket, host: string, port: number): Promise<void> {
  socket.bind(port, host)
  await once(socket, 'listening')
  socket.setRecvBufferSize(receiveBytes)
}
