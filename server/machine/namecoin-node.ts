/** The operator's own Namecoin node, asked by JSON-RPC for the value of a name. It may stand on loopback: the operator named it. */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

const answerBytesMax = 64 * 1024
const timeoutMs = 5_000
/** Namecoin Core: "name never existed", "name expired". */
const noSuchName = -4

/** Resolves with null where the name never was or has run out. Rejects where the node does not answer, or not as one. */
export function namecoinNode(url: string): (name: string) => Promise<string | null> {
  const { username, password, origin, pathname, protocol } = new URL(url)
  const auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const open = protocol === 'https:' ? httpsRequest : httpRequest
  return (name) => {
    const body = JSON.stringify({ jsonrpc: '1.0', id: 'dgos', method: 'name_show', params: [name] })
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    return new Promise((resolve, reject) => {
      const asked = open(origin + pathname, { method: 'POST', auth, headers, timeout: timeoutMs }, (response) => {
        let text = ''
        response.on('error', reject)
        response.on('data', (part) => {
          text += part
          if (text.length > answerBytesMax) asked.destroy(new Error('too long an answer'))
        })
        response.on('end', () => {
          try {
            resolve(valueIn(text))
          } catch (error) {
            reject(error)
          }
        })
      })
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')))
      asked.on('error', reject)
      asked.end(body)
    })
  }
}

/** Throws on anything but a value or the word that there is none. */
function valueIn(text: string): string | null {
  const { result, error } = JSON.parse(text) as {
    result?: { value?: unknown; expired?: unknown } | null
    error?: { code?: unknown; message?: unknown } | null
  }
  if (error?.code === noSuchName) return null
  if (typeof result?.value !== 'string')
    throw new Error(`the node says ${String(error?.message ?? 'nothing').slice(0, 200)}`)
  return result.expired === true ? null : result.value
}
