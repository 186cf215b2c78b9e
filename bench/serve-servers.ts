/** The servers that `serve.ts` compares, each a process of its own on the first core. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { nodePlatform } from '../lib/platform.ts'
import { styleHash } from '../mirror/pages/site.ts'
import { frontConfig } from '../server/machine/page-tree-nginx.ts'

export type Served = {
  readonly name: 'node' | 'bare' | 'nginx' | 'front' | 'caddy'
  readonly port: number
  readonly process: ChildProcess
  /** Processes that work for it: the member behind a proxy. */
  readonly also?: readonly number[]
}

/** Servers on one core, the load on another: they must not take each other's time. */
export function core(wanted: number): string[] {
  const count = cpus().length
  return count === 1 ? ['-c', '0'] : ['-c', String(wanted % count)]
}

export async function startServers(tree: string): Promise<readonly Served[]> {
  const servers: Served[] = []
  try {
    const node = await startNode(tree, 'node')
    servers.push(node, await startNode(tree, 'bare'))
    servers.push(
      await startNginx(tree, 'nginx', `root ${tree}; index index.html; gzip_static on; etag on; ${headersOf(tree)}`),
    )
    const shipped = frontConfig({ dir: tree, styleHash: styleHash(nodePlatform.sha256), contentUrl: null })
    const member = `location @dgos { proxy_pass http://127.0.0.1:${node.port}; }`
    servers.push(await startNginx(tree, 'front', `${shipped}\n${member}`))
    servers.push(await startCaddy(tree, node))
    return servers
  } catch (error) {
    for (const { process } of servers) process.kill('SIGTERM')
    throw error
  }
}

async function startNode(tree: string, name: 'node' | 'bare'): Promise<Served> {
  const script = join(import.meta.dirname, 'serve-node.ts')
  const args = [...core(0), process.execPath, '--disable-warning=ExperimentalWarning', script, tree, name]
  const child = spawn('taskset', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString()))
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)))
  })
  return { name, port: (JSON.parse(line) as { port: number }).port, process: child }
}

/** The headers of the member's own answer, for a plain nginx to add. */
function headersOf(tree: string): string {
  const text = readFileSync(join(tree, 'm/ana.example/index.html.headers.json'), 'utf8')
  const own = new Set(['content-type', 'content-length', 'etag', 'vary', 'content-encoding', 'last-modified'])
  return (JSON.parse(text) as [string, string][])
    .filter(([name]) => !own.has(name.toLowerCase()))
    .map(([name, value]) => `add_header ${name} "${value}";`)
    .join(' ')
}

async function startNginx(tree: string, name: 'nginx' | 'front', places: string): Promise<Served> {
  const port = (name === 'nginx' ? 20_000 : 30_000) + (process.pid % 10_000)
  const file = join(tree, `${name}.conf`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((use) => `${use}_temp_path ${tree};`)
  writeFileSync(
    file,
    `worker_processes 1; daemon off; pid ${tree}/${name}.pid; error_log ${tree}/${name}.log;
events { worker_connections 4096; }
http { types { text/html html; } default_type text/html; charset utf-8; access_log off; sendfile on; tcp_nopush on; tcp_nodelay on;
keepalive_timeout 75s; keepalive_requests 1000; server_tokens off; open_file_cache max=1000 inactive=60s; gzip_vary on;
${temporary.join(' ')}
server { listen 127.0.0.1:${port} backlog=4096; ${places} } }`,
  )
  const args = [...core(0), '/usr/sbin/nginx', '-c', file, '-e', `${tree}/${name}.log`]
  const child = spawn('taskset', args, { stdio: 'inherit' })
  await answering(port)
  return { name, port, process: child }
}

/** The shipped Caddyfile, on a plain port: the member does the work, Caddy hands it on. */
async function startCaddy(tree: string, member: Served): Promise<Served> {
  const port = 40_000 + (process.pid % 10_000)
  const shipped = readFileSync(join(import.meta.dirname, '../deploy/Caddyfile'), 'utf8')
  const file = join(tree, 'Caddyfile')
  writeFileSync(file, shipped.replace('admin off', 'admin off\n\tauto_https off'))
  const env = {
    ...process.env,
    DGOS_HOST: `http://127.0.0.1:${port}`,
    DGOS_UPSTREAM: `127.0.0.1:${member.port}`,
    XDG_DATA_HOME: tree,
    XDG_CONFIG_HOME: tree,
    GOMAXPROCS: '1',
  }
  const args = [...core(0), '/usr/bin/caddy', 'run', '--adapter', 'caddyfile', '--config', file]
  const child = spawn('taskset', args, { stdio: ['ignore', 'ignore', 'ignore'], env })
  await answering(port)
  return { name: 'caddy', port, process: child, also: [member.process.pid!] }
}

async function answering(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    try {
      execFileSync('curl', ['-sf', '-o', '/dev/null', `http://127.0.0.1:${port}/m/ana.example/`])
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100)) // not listening yet
    }
  }
  throw new Error(`nothing answers at port ${port}`)
}
