/** Debian's gdnsd with its own defaults for health (a look each 10 s, ten failures), beside ours: one address of three falls. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import dnsPacket from 'dns-packet'
import { systemDnsExchange } from '../../lib/dns.ts'
import { freePort } from '../../test/support/ports.ts'
import { until } from '../../test/support/until.ts'

const addresses = ['127.0.0.31', '127.0.0.32', '127.0.0.33']

/** From the fall of an address that then refuses, until no answer holds it. */
export async function gdnsdFall(folder: string): Promise<number> {
  const [port, watched] = [await freePort(), await freePort()]
  const servers = await Promise.all(addresses.map((address) => listening(address, watched)))
  const child = start(folder, port, watched)
  try {
    await until(async () => (await shown(port)).length === 3, 'gdnsd shows three addresses', { withinMs: 60_000 })
    const startMs = performance.now()
    servers[1]!.close()
    const gone = async () => !(await shown(port)).includes(addresses[1]!)
    return await until(async () => ((await gone()) ? Math.round(performance.now() - startMs) : null), 'it is gone', {
      withinMs: 240_000,
    })
  } finally {
    child.kill('SIGTERM')
    for (const server of servers) server.close()
  }
}

function start(folder: string, port: number, watched: number): ChildProcess {
  for (const name of ['zones', 'run', 'state']) mkdirSync(join(folder, 'gdnsd', name), { recursive: true })
  writeFileSync(
    join(folder, 'gdnsd/config'),
    `options => { listen => [ "127.0.0.1:${port}" ], run_dir => "${folder}/gdnsd/run", state_dir => "${folder}/gdnsd/state" }
service_types => { web => { plugin => "tcp_connect", port => ${watched} } }
plugins => { multifo => { web => { service_types => "web", a => ${addresses[0]}, b => ${addresses[1]}, c => ${addresses[2]} } } }
`,
  )
  writeFileSync(
    join(folder, 'gdnsd/zones/example.net'),
    '@ SOA ns1 hostmaster 1 3600 600 86400 60\n@ NS ns1\nns1 A 127.0.0.1\nblog 30 DYNA multifo!web\n',
  )
  return spawn('gdnsd', ['-c', join(folder, 'gdnsd'), 'start'], { stdio: ['ignore', 'ignore', 'inherit'] })
}

async function shown(port: number): Promise<readonly string[]> {
  const message = dnsPacket.encode({ type: 'query', id: 1, questions: [{ name: 'blog.example.net', type: 'A' }] })
  const reply = await systemDnsExchange({ address: '127.0.0.1', port }, message, 'udp')
  const answers = reply === null ? [] : (dnsPacket.decode(Buffer.from(reply)).answers ?? [])
  return answers.map((record) => (record as { data: string }).data)
}

function listening(address: string, port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => resolve(server))
  })
}
