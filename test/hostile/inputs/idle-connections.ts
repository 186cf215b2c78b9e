import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Connections to a port of this machine that say nothing. */
export async function idleConnections(port: number, count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1'))
  for (const socket of sockets) socket.on('error', () => undefined)
  await Promise.all(sockets.map((socket) => once(socket, 'connect')))
  return sockets
}
