/** The command line's outside on a real machine. */
import { systemClock } from '../../lib/clock.ts'
import { systemDnsExchange, systemResolvers } from '../../lib/dns.ts'
import { systemRandom } from '../../lib/random.ts'
import { createPeerWire } from '../machine/peer-wire.ts'
import type { Io } from './command.ts'

export type Process = {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
  readonly stdin: AsyncIterable<Uint8Array>
  write(stream: 'out' | 'err', text: string): void
  /** Calls back at the first signal to end. */
  onEnd(act: () => void): void
}

/** Standard input is read to this size: a post with its images as a file. */
const inputBytesMax = 64 * 1024 * 1024

export function systemIo(process: Process): Io {
  return {
    env: process.env,
    home: process.home,
    clock: systemClock,
    random: systemRandom,
    wire: createPeerWire({ loopback: true, anywhere: true }),
    exchange: systemDnsExchange,
    resolvers: systemResolvers,
    out: (text) => process.write('out', `${text}\n`),
    err: (text) => process.write('err', `${text}\n`),
    async input() {
      const chunks: Uint8Array[] = []
      let bytes = 0
      for await (const chunk of process.stdin) {
        bytes += chunk.length
        if (bytes > inputBytesMax) throw new RangeError('too much on standard input')
        chunks.push(chunk)
      }
      return new Uint8Array(Buffer.concat(chunks))
    },
    ended: new Promise((resolve) => process.onEnd(resolve)),
  }
}
