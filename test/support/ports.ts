/** Ports that no other process of the tests takes: addresses must be known before a member listens on them. */
import { createServer } from 'node:net'

const blockPorts = 40
/** Below the ports that systems lend to outgoing connections (RFC 6056, section 3.2). */
const [lowest, highest] = [22_000, 32_000]
const blocks = Math.floor((highest - lowest) / blockPorts)
let block: { readonly first: number; used: number } | null = null
let turn: Promise<unknown> = Promise.resolve()

/** The first of `count` consecutive ports of loopback, at most 39. They stay this process's as long as it lives. */
export function reservePorts(count: number): Promise<number> {
  if (count >= blockPorts) throw new RangeError(`${count} ports at once: at most ${blockPorts - 1}`)
  const reserved = turn.then(() => fromBlock(count))
  turn = reserved.catch(() => {})
  return reserved
}

/** One port, for programs that want to be told one. */
export function freePort(): Promise<number> {
  return reservePorts(1)
}

async function fromBlock(count: number): Promise<number> {
  for (;;) {
    if (block === null || block.used + count > blockPorts) block = { first: await guarded(), used: 1 }
    const first = block.first + block.used
    block.used += count
    const free = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)))
    if (free.every(Boolean)) return first
  }
}

/** Whoever listens on the first port of a block owns the whole block. */
async function guarded(): Promise<number> {
  for (let tries = 0; tries < blocks; tries++) {
    const first = lowest + ((process.pid + tries) % blocks) * blockPorts
    if (await listens(first, true)) return first
  }
  throw new Error('every block of ports is taken by other tests')
}

function isFree(port: number): Promise<boolean> {
  return listens(port, false)
}

function listens(port: number, stay: boolean): Promise<boolean> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => {
      if (stay) resolve(server.unref() !== null)
      else server.close(() => resolve(true))
    })
  })
}
