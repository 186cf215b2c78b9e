import { type HostileRequest, hostileRequest } from './request.ts'

/** A form upload as large as `/post` takes, of a file that speaks of no blog of this network. */
export function strangerFile(bytes = 32 * 1024 * 1024): HostileRequest {
  const payload = Buffer.from(JSON.stringify({ blog: 'cd'.repeat(32) })).toString('base64')
  const object = { payload, payloadType: 'application/vnd.dgos.post.v1+json', signatures: [{ keyid: '', sig: '' }] }
  const file = `{"objects":[${JSON.stringify(object)}],"blobs":{"${'ab'.repeat(32)}":"${'A'.repeat(bytes - 1000)}"}}`
  const part = 'Content-Disposition: form-data; name="file"; filename="x.dgos"\r\n\r\n'
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  return hostileRequest('POST', '/post', `--x\r\n${part}${file}\r\n--x--\r\n`, headers)
}
