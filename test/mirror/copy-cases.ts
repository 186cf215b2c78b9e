/** The small inputs in `copies/`: each once went wrong, and stands for a kind. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { Capture, type CaptureOptions, captureDefaults, type SnapshotFields } from '../../mirror/capture/capture.ts'
import type { Snapshot } from '../../protocol/objects.ts'
import { limitDefaults } from '../../server/config.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { PageWeb } from '../support/page-web.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

export const host = 'ana.example'
export const home = `http://${host}/`
export const blog = 'b'.repeat(64)
export const hourMs = 3_600_000

const folder = join(import.meta.dirname, 'copies')

/** A file of a case as bytes, with our host in the place of "HOST". */
export function caseBytes(name: string, file: string): Uint8Array {
  const bytes = readFileSync(join(folder, name, file))
  return bytes.includes('HOST')
    ? new Uint8Array(Buffer.from(bytes.toString('latin1').replaceAll('HOST', host), 'latin1'))
    : bytes
}

export function caseText(name: string, file = 'index.html'): string {
  return new TextDecoder().decode(caseBytes(name, file))
}

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  xhtml: 'application/xhtml+xml',
  xml: 'application/xml',
  svg: 'image/svg+xml',
  js: 'text/javascript',
}

/** A capturer of one blog in a web of pages in memory. */
export function arrangeCapture(options: Partial<CaptureOptions> = {}) {
  const web = new PageWeb()
  const clock = new VirtualClock()
  const blobs = new MemoryBlobStore()
  const captures = new MemoryCaptureStore()
  const deps = { web, blobs, captures, clock, log: silentLog, sha256: nodePlatform.sha256 }
  const capture = new Capture(deps, {
    ...captureDefaults,
    originBudgetPerHour: limitDefaults.originBudgetPerHour,
    userAgent: 'DGOS test',
    ...options,
  })
  const take = (previous: SnapshotFields | null = null) => capture.capture(blog, home, previous as Snapshot | null, [])
  const good = async (previous: SnapshotFields | null = null) => {
    const result = await take(previous)
    if (!result.ok) throw new Error(`${result.reason} ${result.detail}`)
    return result
  }
  const text = async (hash: string) => new TextDecoder().decode((await blobs.get(hash))!)
  return { web, clock, blobs, captures, capture, take, good, text }
}

/** The same with the files of a case at the blog's address; `front` is the file at "/". */
export function arrangeCase(name: string, front = 'index.html', options: Partial<CaptureOptions> = {}) {
  const world = arrangeCapture(options)
  for (const file of existsSync(join(folder, name)) ? readdirSync(join(folder, name)) : []) {
    const type = types[file.split('.').at(-1)!] ?? 'application/octet-stream'
    world.web.put(home + file, caseBytes(name, file), type)
  }
  world.web.put(home, caseBytes(name, front), front.endsWith('.xhtml') ? 'application/xhtml+xml' : 'text/html')
  return world
}
