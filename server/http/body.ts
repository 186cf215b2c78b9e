/** Reading the body of a request: no longer than its route takes, within the bytes in flight, and not at a snail's pace. */
import type { Readable } from 'node:stream'
import type { Cancel, Clock } from '../../lib/clock.ts'
import type { BodyBytes } from './bytes-in-flight.ts'

export type BodyFailure = 'too-large' | 'no-room' | 'too-slow' | 'gone'
/** What the beginning of a body is worth: how long the whole may be, or false: enough was read. */
export type BodyBeginning = { readonly bytes: number; look(beginning: Uint8Array): Promise<number | false> }
export type BodyOptions = {
  readonly bytesMax: number
  readonly beginning: BodyBeginning | null
  /** Aborted where the body has to make room for others. */
  readonly dropped: AbortSignal
}

/** A body that comes slower than this is dropped, once it has had a moment to begin. */
export const bodyBytesPerSecondMin = 2_000
const graceMs = 3_000
const lookMs = 1_000
/** A body in the room for short ones is there, or gone, within this. */
const shortMs = 5_000

/** The whole body; or why not, and then no more of it is read; or 'answered' where its beginning was enough. */
export async function readBody(
  request: Readable,
  flight: BodyBytes,
  clock: Clock,
  { bytesMax, beginning, dropped }: BodyOptions,
): Promise<Uint8Array | BodyFailure | 'answered'> {
  const chunks: Buffer[] = []
  let bytes = 0
  let most = bytesMax
  let looks = beginning
  const pace = watchPace(flight, clock, () => bytes, dropped)
  // The stream is left as it is: to destroy it would take the connection away from the answer.
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  try {
    for (;;) {
      const part = await Promise.race([parts.next(), pace.tooSlow])
      if (part === 'too-slow') return part
      if (part.done === true) break
      bytes += part.value.length
      if (bytes > most) return 'too-large'
      if (!flight.add(part.value.length)) return 'no-room'
      chunks.push(part.value)
      if (looks === null || bytes < looks.bytes) continue
      const worth = await looks.look(Buffer.concat(chunks))
      if (worth === false) return 'answered'
      most = worth
      looks = null
      if (bytes > most) return 'too-large'
    }
  } catch (error) {
    if (request.destroyed) return 'gone'
    throw error
  } finally {
    pace.end()
    parts.return?.().catch(() => undefined) // the sender has gone: nobody waits for the rest
  }
  const whole = Buffer.concat(chunks)
  return new Uint8Array(whole.buffer, whole.byteOffset, whole.length)
}

/** Looks every second how far the body has come. */
function watchPace(flight: BodyBytes, clock: Clock, bytes: () => number, dropped: AbortSignal) {
  const startMs = clock.steadyMs()
  let cancel: Cancel = () => {}
  const tooSlow = new Promise<'too-slow'>((resolve) => {
    const look = () => {
      const ms = clock.steadyMs() - startMs
      const behind = ms > graceMs && bytes() < ((ms - graceMs) / 1000) * bodyBytesPerSecondMin
      if (behind || (flight.pool === 'short' && ms > shortMs)) return resolve('too-slow')
      cancel = clock.after(lookMs, look)
    }
    cancel = clock.after(lookMs, look)
    dropped.addEventListener('abort', () => resolve('too-slow'), { once: true })
  })
  return { tooSlow, end: () => cancel() }
}
