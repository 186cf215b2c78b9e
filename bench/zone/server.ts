/** The DNS server alone, as a process of its own, for `npm run bench -- zone`: one zone of many names. Prints its port, ends with its input. */
import { readFileSync } from 'node:fs'
import { systemClock } from '../../lib/clock.ts'
import { silentLog } from '../../lib/log.ts'
import { DnsServer } from '../../naming/dns-server.ts'
import { ResponseRates } from '../../naming/response-rates.ts'
import { servedZone, type ZoneSource } from '../../naming/served-zone.ts'
import { openDnsSockets } from '../../server/machine/dns-sockets.ts'

const source = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as ZoneSource
const clock = systemClock
// counted like any other, and never reached: what is measured is answering
const rates = new ResponseRates({ clock }, { perSecond: 1_000_000 })
const server = new DnsServer({ rates, clock, log: silentLog }, { apexes: [source.apex], key: null })
server.serve(new Map([[source.apex, servedZone(source, 1, clock.nowMs(), new Map())]]))
const sockets = await openDnsSockets(
  { server, secondaries: { heard: () => false }, clock, log: silentLog },
  { host: '127.0.0.1', port: 0 },
)
process.stdout.write(`${JSON.stringify({ port: sockets.port })}\n`)
process.stdin.resume()
process.stdin.on('end', () => process.exit(0))
