/**
 * The beacon's files. A built package carries them ready in `built/`; in development they are bundled when first asked
 * for, so that a start does not wait for them.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { StaticFile, Statics } from '../http/statics.ts'

export function browserFiles(): Statics {
  const made = new Map<string, Promise<StaticFile | null>>()
  let beacon: Promise<ReadonlyMap<string, Uint8Array>> | null = null
  const make = async (name: string): Promise<StaticFile | null> => {
    const ready = await readyFile(name)
    if (ready !== null) return file(ready)
    beacon ??= bundledBeacon()
    return file((await beacon).get(name) ?? null)
  }
  return (name) => {
    const found = made.get(name) ?? make(name)
    made.set(name, found)
    return found
  }
}

async function readyFile(name: string): Promise<Uint8Array | null> {
  try {
    return await readFile(new URL(`../built/${name}`, import.meta.url))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

async function bundledBeacon(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { buildBeacon } = await import('../../embed-beacon/build.ts')
  const { files } = await buildBeacon()
  return new Map(files.map((file) => [file.name, file.bytes]))
}

function file(bytes: Uint8Array | null): StaticFile | null {
  if (bytes === null) return null
  const integrity = `sha384-${createHash('sha384').update(bytes).digest('base64')}`
  return { body: new TextDecoder().decode(bytes), type: 'text/javascript; charset=utf-8', integrity }
}
