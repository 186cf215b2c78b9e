/** What programs that a test has started say. Both streams are read as text. */
import type { ChildProcess } from 'node:child_process'

export type Ended = { readonly code: number | null; readonly out: string; readonly err: string }

/** All that it says until its end. */
export function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', '']
  child.stdout!.on('data', (part) => {
    out += part
  })
  child.stderr!.on('data', (part) => {
    err += part
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, out, err })))
}

/** The first match on standard error or output; rejects where the program ends before. */
export function said(child: ChildProcess, words: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = ''
    const hear = (part: Buffer) => {
      text += part
      const found = words.exec(text)
      if (found !== null) resolve(found)
    }
    child.stdout!.on('data', hear)
    child.stderr!.on('data', hear)
    child.once('close', (code) => reject(new Error(`ended with ${code} before it said ${words}: ${text}`)))
  })
}
