/**
 * A signed word about a body that is still to come: whose it is. A member under attack keeps room for keys of authors it
 * knows, and whose a body is shows only at its end. It stands in the address, `?by=`, so that browsers may send it anywhere.
 *
 *   signed: "dgos body 1" host time blog, each on a line; said: blog.key.time.signature in hex
 */
import { fromHex, isHash, toHex, utf8 } from './bytes.ts'
import type { Hash, Key, Time } from './objects.ts'
import type { Signer } from './platform.ts'

export type AuthorHint = {
  readonly blog: Hash
  readonly key: Key
  readonly time: Time
  readonly signature: Uint8Array
}

/** How far its time may be from the member's clock: who has read it on the way has as long to say it again. */
export const hintMsMax = 120_000

/** `host`: the member's, with its port where that is not the scheme's own. */
export async function sayHint(signer: Signer, blog: Hash, host: string, nowMs: Time): Promise<string> {
  const signature = await signer.sign(hintBytes({ blog, time: nowMs }, host))
  return `${blog}.${signer.key}.${nowMs}.${toHex(signature)}`
}

/** null where it is none, or of another time. */
export function readHint(text: string, nowMs: Time): AuthorHint | null {
  const [blog = '', key = '', time = '', signature = '', ...more] = text.split('.')
  if (more.length > 0 || !isHash(blog) || !isHash(key) || !/^[0-9a-f]{128}$/.test(signature)) return null
  if (!/^[1-9][0-9]{0,15}$/.test(time) || Math.abs(Number(time) - nowMs) > hintMsMax) return null
  return { blog, key, time: Number(time), signature: fromHex(signature) }
}

export function hintBytes({ blog, time }: Pick<AuthorHint, 'blog' | 'time'>, host: string): Uint8Array {
  return utf8(`dgos body 1\n${host}\n${time}\n${blog}`)
}
