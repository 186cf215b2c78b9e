/** Shows a revived site on this machine, as any web server would: index pages for folders, and nothing outside of it. */
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize, sep } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.xml': 'application/xml',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.woff2': 'font/woff2',
  '.pdf': 'application/pdf',
}

export async function serveRevived(options: { readonly dir: string; readonly base: string; readonly port: number }) {
  const { dir, base, port } = options
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost/')
    fileAt(dir, base, pathname).then(
      async (file) => {
        if (file === null) return response.writeHead(404, { 'content-type': 'text/plain' }).end('Not here.')
        const type = types[extname(file).toLowerCase()] ?? 'application/octet-stream'
        return response.writeHead(200, { 'content-type': type }).end(await readFile(file))
      },
      () => response.writeHead(400).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`
  const close = async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
  return { url, close }
}

/** null for what is not there, or lies elsewhere. */
async function fileAt(dir: string, base: string, pathname: string): Promise<string | null> {
  if (!pathname.startsWith(base)) return null
  const inside = normalize(join(dir, decodeURIComponent(pathname.slice(base.length))))
  if (inside !== dir && !inside.startsWith(dir + sep)) return null
  const place = pathname.endsWith('/') ? join(inside, 'index.html') : inside
  const found = await stat(place).catch(() => null)
  return found?.isFile() === true ? place : null
}
