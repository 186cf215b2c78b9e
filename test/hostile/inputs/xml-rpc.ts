import { type HostileRequest, hostileRequest } from './request.ts'

function call(method: string, params: readonly string[]): HostileRequest {
  const list = params.map((param) => `<param><value>${param}</value></param>`).join('')
  const text = `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${list}</params></methodCall>`
  return hostileRequest('POST', '/xmlrpc', text, { 'content-type': 'text/xml' })
}

/** A picture in base64, as an app sends it; with a token it is an author's own, without one a stranger's. */
export function xmlPicture(token = 'not a token', bytes = 14_000_000): HostileRequest {
  const picture = 'A'.repeat(bytes - (bytes % 4))
  const struct = `<struct><member><name>name</name><value>x.png</value></member><member><name>bits</name><value><base64>${picture}</base64></value></member></struct>`
  return call('metaWeblog.newMediaObject', ['1', '<string>ana</string>', `<string>${token}</string>`, struct])
}

/** Millions of tags that say nothing. */
export function xmlTags(token = 'not a token', bytes = 14_000_000): HostileRequest {
  const struct = `<struct>${'<a/>'.repeat(bytes / 4)}</struct>`
  return call('metaWeblog.newPost', ['1', '<string>ana</string>', `<string>${token}</string>`, struct, '1'])
}

/** The same without a name of a method, and so without a token anywhere. */
export function xmlNoise(bytes = 14_000_000): HostileRequest {
  return hostileRequest('POST', '/xmlrpc', '<a/>'.repeat(bytes / 4), { 'content-type': 'text/xml' })
}
