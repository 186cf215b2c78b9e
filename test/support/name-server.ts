import { createSocket } from 'node:dgram'
import type { AddressInfo } from 'node:net'

export type NameServer = { readonly address: string; close(): void }

/** A name server for TXT records, in strings of at most 255 bytes. Anything else does not exist. */
export async function nameServer(records: ReadonlyMap<string, string>): Promise<NameServer> {
  const socket = createSocket('udp4')
  socket.on('message', (query, from) => {
    const labels: string[] = []
    let at = 12
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
    const question = query.subarray(12, at + 5)
    const text = records.get(labels.join('.').toLowerCase())
    const parts = (text ?? '').match(/.{1,255}/gs) ?? []
    const data = Buffer.concat(parts.map((part) => Buffer.concat([Buffer.of(part.length), Buffer.from(part)])))
    const answer = Buffer.alloc(12)
    answer.writeUInt16BE(0xc00c, 0)
    answer.writeUInt16BE(16, 2)
    answer.writeUInt16BE(1, 4)
    answer.writeUInt16BE(data.length, 10)
    const head = Buffer.alloc(12)
    query.copy(head, 0, 0, 2)
    head.writeUInt16BE(text === undefined ? 0x8183 : 0x8180, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt16BE(text === undefined ? 0 : 1, 6)
    socket.send(Buffer.concat([head, question, ...(text === undefined ? [] : [answer, data])]), from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return { address: `127.0.0.1:${(socket.address() as AddressInfo).port}`, close: () => void socket.close() }
}
