/** Where the tests make real sites: a cache for what is downloaded, folders that vanish, programs, and a plain web server. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Cleanup } from '../support/temporary-folder.ts'
import { until } from '../support/until.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = fileURLToPath(new URL('../../.cache/sites/', import.meta.url))
const execute = promisify(execFile)
const minute = 60_000

/** A server of a blog that a test may end at any moment. */
export type Origin = { readonly url: string; stop(): Promise<void> }

/** What the program printed. Throws with its last lines where it fails. */
export async function run(command: string, words: readonly string[], cwd: string): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' }
  const options = { cwd, env, timeout: 5 * minute, maxBuffer: 64 * 1024 * 1024 }
  try {
    return (await execute(command, [...words], options)).stdout
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string }
    throw new Error(`${command} ${words.join(' ')} failed:\n${`${stdout}\n${stderr}`.slice(-3000)}`)
  }
}

/** A folder of the cache, made once. `make` fills a folder that becomes it as a whole, also where two processes make it at once. */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  await mkdir(cache, { recursive: true })
  const work = await mkdtemp(join(cache, 'making-'))
  await make(work)
  await rename(work, folder).catch((error: unknown) => {
    if (!existsSync(folder)) throw error
  })
  await rm(work, { recursive: true, force: true })
  return folder
}

/** The unpacked folder of an npm package (or the first of some parts of it), fetched once. No script of the package runs. */
export async function unpacked(name: string, version: string, ...parts: readonly string[]): Promise<string> {
  const wanted = parts.length === 0 ? ['package'] : parts
  const file = name.replace('@', '').replace('/', '-')
  const folder = await cached(`${file}-${version}`, async (work) => {
    await run('npm', ['pack', '--silent', `${name}@${version}`], work)
    await run('tar', ['xzf', `${file}-${version}.tgz`, ...wanted], work)
    await rm(join(work, `${file}-${version}.tgz`))
  })
  return join(folder, wanted[0]!)
}

/** `node_modules` of the site generators, as test/sites/package-lock.json says. Installed again when that changes. */
export async function generators(): Promise<string> {
  const lock = await readFile(join(here, 'package-lock.json'))
  const folder = join(cache, `generators-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`)
  const modules = join(folder, 'node_modules')
  if (existsSync(join(folder, 'ready'))) return modules
  await mkdir(folder, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) await cp(join(here, name), join(folder, name))
  await run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], folder)
  await writeFile(join(folder, 'ready'), '')
  return modules
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.xml': 'application/xml',
  '.json': 'application/json',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
}

/** Serves a folder as nginx does: index pages, ETag, 304. The folder may be filled after the address is known. */
export async function serveFolder(
  t: Cleanup,
  dir: string,
  typeOf: Readonly<Record<string, string>> = {},
): Promise<Origin> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url!, 'http://x/').pathname)
    readStatic(join(dir, normalize(path))).then(
      ({ file, body }) => {
        const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
        const type = typeOf[path] ?? types[extname(file)] ?? 'application/octet-stream'
        const unchanged = request.headers['if-none-match'] === etag
        response.writeHead(unchanged ? 304 : 200, { 'content-type': type, etag })
        response.end(unchanged ? undefined : body)
      },
      () => response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Not found</h1>'),
    )
  })
  const url = await listen(server)
  const stop = () => close(server)
  t.after(stop)
  return { url, stop }
}

async function readStatic(path: string): Promise<{ readonly file: string; readonly body: Buffer }> {
  const file = (await stat(path)).isDirectory() ? join(path, 'index.html') : path
  return { file, body: await readFile(file) }
}

/** "http://127.0.0.1:<port>/" */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

export async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()))
}

/** Resolves when somebody listens at this port of loopback, or at this socket of the file system. */
export function listening(at: number | string): Promise<void> {
  return heard(at, true)
}

/** Resolves when nobody listens there any more. */
export function silent(at: number | string): Promise<void> {
  return heard(at, false)
}

async function heard(at: number | string, wanted: boolean): Promise<void> {
  const opens = () =>
    new Promise<boolean>((resolve) => {
      const socket = typeof at === 'number' ? connect(at, '127.0.0.1') : connect(at)
      socket.once('connect', () => resolve(socket.destroy() && true))
      socket.once('error', () => resolve(false))
    })
  const what = wanted ? `somebody listens at ${at}` : `nobody listens at ${at}`
  await until(async () => (await opens()) === wanted, what, { withinMs: 30_000 })
}
