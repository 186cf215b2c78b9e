/** This very page as a file: its program, the hash of that, and copies with other data. */
import { sha256 } from '@noble/hashes/sha2.js'
import { toHex, utf8 } from '../../../protocol/bytes.ts'
import { kitProgram, kitWithData } from './kit-file.ts'

function textOf(selector: string): string {
  return document.querySelector(selector)?.textContent ?? ''
}

/** Read before anything changes the page. */
export function ownProgram(): string {
  return kitProgram({
    policy: document.querySelector('meta[http-equiv]')?.getAttribute('content') ?? '',
    packed: textOf('#program'),
    unpack: textOf('#unpack'),
  })
}

export function hashOf(program: string): string {
  return toHex(sha256(utf8(program)))
}

export function saveKit(program: string, data: unknown, name: string): void {
  save(kitWithData(program, data), `dgos-kit-${name}.html`, 'text/html')
}

export function save(content: string | Uint8Array, name: string, type: string): void {
  const href = URL.createObjectURL(new Blob([content as string], { type }))
  const link = document.createElement('a')
  link.href = href
  link.download = name
  link.click()
}
