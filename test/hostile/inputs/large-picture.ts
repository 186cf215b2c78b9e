import { utf8 } from '../../../protocol/bytes.ts'

/** An honest author's picture of ten megabytes, as an app sends it over XML-RPC: 14 MB of base64. */
export function largePicture(bytes = 10 * 1024 * 1024, token = 'a-token-of-an-app'): Uint8Array {
  const value = (text: string) => `<param><value><string>${text}</string></value></param>`
  const bits = Buffer.alloc(bytes, 7).toString('base64')
  const members = `<member><name>bits</name><value><base64>${bits}</base64></value></member>`
  const struct = `<param><value><struct>${members}</struct></value></param>`
  const params = `${value('1')}${value('ana')}${value(token)}${struct}`
  return utf8(
    `<?xml version="1.0"?><methodCall><methodName>metaWeblog.newMediaObject</methodName><params>${params}</params></methodCall>`,
  )
}
