/**
 * The attackers, in a process of their own: each throws one input again and again, from a network of its own (127.20.0.1,
 * 127.21.0.1, …), some several side by side. Told by its parent what there is to attack; says at the end what it sent.
 */
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { systemClock } from '../../lib/clock.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { open } from '../../protocol/envelope.ts'
import type { Envelope, SignedObject } from '../../protocol/objects.ts'
import type { HostileRequest } from '../../test/hostile/inputs/request.ts'
import { unclosedFormatting } from '../../test/hostile/inputs/unclosed-formatting.ts'
import { SmallNetwork } from '../../test/support/small-network.ts'
import { type Attack, attacksOn } from './attacks.ts'

/** Requests by attack, and what they were answered. */
export type AttackReport = Readonly<Record<string, Readonly<Record<string, number>>>>

type Aim = { readonly network: Envelope; readonly blog: string; readonly members: readonly string[] }

const requestMs = 20_000
const [url] = process.argv.slice(2) as [string]
const report: Record<string, Record<string, number>> = {}
let over = false

process.send!('ready')
const [aim] = (await once(process, 'message')) as [Aim]
const opened = await open(aim.network, nodePlatform)
if (!opened.ok) throw new Error(opened.detail)
const small = new SmallNetwork(opened.value as SignedObject<'network'>, systemClock)
const site = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end(Buffer.from(unclosedFormatting()))
})
await once(site.listen(0, '127.0.0.1'), 'listening')
const pageUrl = `http://127.0.0.1:${(site.address() as { port: number }).port}/`
const attacks = attacksOn({ small, blog: aim.blog, members: aim.members, pageUrl })
const idle = idleConnections(Number(new URL(url).port))
const running = attacks.flatMap((attack, i) =>
  Array.from({ length: attack.sideBySide }, () => keepAttacking(attack, `127.${20 + i}.0.1`)),
)
await once(process, 'message')
over = true
for (const socket of idle) socket.destroy()
site.closeAllConnections()
site.close()
process.send!(report, () => process.exit(0))
void running

async function keepAttacking({ name, pauseMs, make }: Attack, localAddress: string): Promise<void> {
  while (!over) {
    const answer = await send(await make(), localAddress)
    report[name] ??= {}
    const answers = report[name]
    answers[answer] = (answers[answer] ?? 0) + 1
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

function send({ method, path, headers, body }: HostileRequest, localAddress: string): Promise<string> {
  const length = body.length === 0 ? {} : { 'content-length': String(body.length) }
  return new Promise((resolve) => {
    const options = { method, path, localAddress, agent: false as const, headers: { ...headers, ...length } }
    const asked = httpRequest(new URL(url), options)
    const done = (answer: string) => {
      clearTimeout(late)
      asked.destroy()
      resolve(answer)
    }
    const late = setTimeout(() => done('no answer'), requestMs)
    asked.on('error', () => done('closed'))
    asked.on('response', (response) => {
      response.on('error', () => done('closed'))
      response.resume()
      response.once('end', () => done(String(response.statusCode)))
    })
    asked.end(body)
  })
}

/** They say nothing, and are opened again where they are closed. */
function idleConnections(port: number): Socket[] {
  const sockets: Socket[] = []
  const begin = (i: number) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.19.0.1' })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (!over) setTimeout(() => begin(i), 1_000).unref()
    })
    sockets[i] = socket
  }
  for (let i = 0; i < 100; i++) begin(i)
  return sockets
}
