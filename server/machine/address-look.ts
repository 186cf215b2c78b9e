/**
 * One look at one address, as a browser that was given it: a new connection to that very address, under the name of who
 * should answer there. Members say who they are; a blog's own server has to say something that is no failure of its own.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPermittedAddress } from '../../lib/address-guard.ts'
import { type Clock, within } from '../../lib/clock.ts'

export type AddressLook = (address: string, url: string, isRight: (answer: Looked) => boolean) => Promise<boolean>
export type Looked = { readonly status: number; readonly text: string }

/** What a reader would not wait for is not there. */
const lookMs = 3_000
const bytesMax = 4_096

export function addressLook(
  { clock }: { readonly clock: Clock },
  { loopback }: { readonly loopback: boolean },
): AddressLook {
  return async (address, url, isRight) => {
    if (!isPermittedAddress(address, { loopback })) return false
    const ended = new AbortController()
    const looked = await within(clock, lookMs, answerAt(address, url, ended.signal), null)
    ended.abort()
    return looked !== null && isRight(looked)
  }
}

/** null where there is no answer. Certificates are not judged here: a browser that does not like one says so itself. */
function answerAt(address: string, url: string, signal: AbortSignal): Promise<Looked | null> {
  const lookup: LookupFunction = (_host, options, done) =>
    options.all === true ? done(null, [{ address, family: isIP(address) }]) : done(null, address, isIP(address))
  const open = url.startsWith('https:') ? httpsRequest : httpRequest
  return new Promise((resolve) => {
    const asked = open(url, {
      lookup,
      agent: false,
      signal,
      rejectUnauthorized: false,
      headers: { connection: 'close' },
    })
    asked.once('error', () => resolve(null))
    asked.once('response', (response) => {
      let text = ''
      const done = () => {
        resolve({ status: response.statusCode ?? 0, text })
        response.destroy()
      }
      response.on('error', () => resolve(null))
      response.on('end', done)
      response.on('data', (part: Buffer) => {
        text += part.toString('latin1')
        if (text.length > bytesMax) done()
      })
    })
    asked.end()
  })
}
