/** What members ask of blogs is signed, and whoever runs a wall can check it: judged by Cloudflare's own library. */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import { verify as verifyMessage } from 'http-message-sig'
import { verify } from 'web-bot-auth'
import { verifierFromJWK } from 'web-bot-auth/crypto'
import { systemClock } from '../../lib/clock.ts'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { systemRandom } from '../../lib/random.ts'
import { createSafeFetch } from '../../lib/safe-fetch.ts'
import { directoryPath, directoryType, keyDirectory } from '../../protocol/http-signature.ts'
import { keyDirectoryRoutes } from '../../server/http/routes/key-directory.ts'
import { signedWeb } from '../../server/machine/signed-web.ts'

const { sha256 } = nodePlatform
const signer = nodeSigner(new Uint8Array(32).fill(5))
const agent = 'https://member.example'

/** A blog's host that remembers what it was asked, and where it sends whoever asks for "/moved". */
async function host(t: TestContext, next?: string) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    if (next !== undefined && request.url === '/moved') response.writeHead(302, { location: next })
    response.end('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, asked }
}

function guard(t: TestContext) {
  const clock = systemClock
  const web = createSafeFetch({ clock }, { userAgent: 'dgos-test', loopback: true })
  t.after(() => web.close())
  return signedWeb({ web, clock, random: systemRandom, signer, sha256 }, { agent })
}

const fields = { bytesMax: 1000, timeMs: 5_000 }

/** The request as a wall sees it. */
function seen({ headers, method, url }: IncomingMessage, authority = headers.host!): Request {
  const given = Object.entries(headers).filter(([name]) => name.startsWith('signature'))
  return new Request(`http://${authority}${url}`, { method: method!, headers: Object.fromEntries(given) as never })
}

async function verified(request: Request): Promise<boolean> {
  const [jwk] = (JSON.parse(keyDirectory(signer.key, sha256)) as { keys: JsonWebKey[] }).keys
  return verify(request, await verifierFromJWK(jwk!)).then(
    () => true,
    () => false,
  )
}

test('a probe is signed for the host that it asks, and names where the key is found', async (t) => {
  const { url, asked } = await host(t)
  await guard(t).fetch({ url: `${url}?a=1`, ...fields })
  const [request] = asked
  assert.equal(request!.headers['signature-agent'], `"${agent}"`)
  assert.ok(await verified(seen(request!)))
  assert.ok(!(await verified(seen(request!, 'elsewhere.example'))), 'not good for another host')
})

test('a signature by another key, or of another agent, is none', async (t) => {
  const { url, asked } = await host(t)
  await guard(t).fetch({ url, ...fields })
  const forged = seen(asked[0]!)
  forged.headers.set('signature-agent', '"https://evil.example"')
  assert.ok(!(await verified(forged)))
  const other = JSON.parse(keyDirectory(nodeSigner(new Uint8Array(32).fill(6)).key, sha256)) as { keys: JsonWebKey[] }
  await assert.rejects(verify(seen(asked[0]!), await verifierFromJWK(other.keys[0]!)))
})

test('each hop of a redirect is signed anew, for its own host', async (t) => {
  const target = await host(t)
  const first = await host(t, target.url)
  await guard(t).fetch({ url: `${first.url}moved`, ...fields })
  assert.deepEqual([first.asked.length, target.asked.length], [1, 1])
  assert.ok((await verified(seen(first.asked[0]!))) && (await verified(seen(target.asked[0]!))))
  assert.notEqual(first.asked[0]!.headers.signature, target.asked[0]!.headers.signature)
})

test('only what is read is signed: what is sent to a hub or a webhook is not', async (t) => {
  const { url, asked } = await host(t)
  await guard(t).fetch({ url, method: 'POST', body: new Uint8Array(1), ...fields })
  assert.equal(asked[0]!.headers.signature, undefined)
})

test('the directory is signed by the key that it holds', async () => {
  const deps = { clock: systemClock, random: systemRandom, signer, sha256, url: `${agent}/` }
  const [route] = keyDirectoryRoutes(deps)
  assert.equal(route!.path, directoryPath)
  const answer = await route!.handle({} as never, {})
  assert.ok('body' in answer)
  assert.equal(answer.headers['content-type'], directoryType)
  const [jwk] = (JSON.parse(Buffer.from(answer.body as Uint8Array).toString()) as { keys: JsonWebKey[] }).keys
  const message = (url: string) => ({
    request: { method: 'GET', url, headers: {} },
    response: { status: 200, headers: { ...answer.headers } },
  })
  const good = await verifierFromJWK(jwk!)
  await verifyMessage(message(`${agent}${directoryPath}`), good as never)
  await assert.rejects(async () => verifyMessage(message(`https://evil.example${directoryPath}`), good as never))
})
