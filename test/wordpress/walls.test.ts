/** The WordPress member as a guard before walls, and as a blog behind one. */
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import { type TestContext, test } from 'node:test'
import { verify as verifyMessage } from 'http-message-sig'
import { verify } from 'web-bot-auth'
import { verifierFromJWK } from 'web-bot-auth/crypto'
import { type ProbeHistory, withLook } from '../../activation/watch/probe-history.ts'
import { seededRandom } from '../../lib/random.ts'
import { directoryPath, directoryType } from '../../protocol/http-signature.ts'
import { realComponent } from '../support/real-component.ts'
import { until } from '../support/until.ts'
import { BlogWorld } from './blog-world.ts'
import { hasPhp, php, plugin } from './php.ts'

const member = 'DGOS_Plugin::instance()'

/** Rows of looks, and what both sides make of each: state, reason, since, probes, vote. */
test('PHP makes of its looks what TypeScript does, walls and floods among them', {
  skip: hasPhp() ? false : 'php is not installed',
}, async () => {
  const random = seededRandom('looks')
  const kinds = [
    ['up', 'tag'],
    ['down', 'timeout'],
    ['changed', 'no-marker'],
    ['defended', 'wall-anubis'],
    ['defended', 'status-429'],
  ] as const
  const rows = Array.from({ length: 80 }, () => {
    const choice = 1 + random.below(kinds.length)
    const stepMs = [15_000, 60_000, 300_000, 900_000][random.below(4)]!
    return Array.from({ length: 14 }, (_, i) => {
      const [state, reason] = kinds[random.below(choice)]!
      return { atMs: i * stepMs, state, reason }
    })
  })
  const told = (history: ProbeHistory) => [
    history.state,
    history.reason,
    history.since,
    history.probes,
    history.vote,
    history.failing,
  ]
  const expected = rows.map((row) => {
    let history: ProbeHistory | null = null
    return row.map((look) => {
      history = withLook(history, look)
      return told(history)
    })
  })
  const code = `require '${plugin}includes/protocol.php'; require '${plugin}includes/activation/class-dgos-probe-history.php';
foreach ( json_decode( base64_decode( '${Buffer.from(JSON.stringify(rows)).toString('base64')}' ), true ) as $row ) {
	$before = null; $said = array();
	foreach ( $row as $look ) {
		$before = DGOS_Probe_History::with( $before, $look['atMs'], $look['state'], $look['reason'] );
		$said[] = array( $before['state'], $before['reason'], $before['since'], $before['probes'], $before['vote'], $before['failing'] );
	}
	$all[] = $said;
}
echo json_encode( $all );`
  assert.deepEqual(JSON.parse((await php(['-r', code])).text), expected)
})

/** A blog's host that remembers what it was asked. */
async function host(t: TestContext) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    response.end('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, asked }
}

test('a WordPress member signs what it asks of blogs, and serves the key', async (t) => {
  if (realComponent(t, 'php') === null) return
  const { site } = await BlogWorld.open(t)
  const answer = await fetch(`${site.url.replace(/\/$/, '')}${directoryPath}`)
  assert.deepEqual([answer.status, answer.headers.get('content-type')], [200, directoryType])
  const [jwk] = ((await answer.json()) as { keys: JsonWebKey[] }).keys
  const verifier = await verifierFromJWK(jwk!)
  const headers = Object.fromEntries(answer.headers)
  await verifyMessage(
    { request: { method: 'GET', url: answer.url, headers: {} }, response: { status: 200, headers } },
    verifier as never,
  )
  const { url, asked } = await host(t)
  await site.eval(`${member}->attestor()->marker( '${'ab'.repeat(32)}', '${url}' );`)
  assert.ok(asked.length > 0)
  for (const request of asked) {
    const given = Object.entries(request.headers).filter(([name]) => name.startsWith('signature'))
    const agent = `"${new URL(site.url).origin}"`
    assert.equal(request.headers['signature-agent'], agent)
    const seen = (authority: string) =>
      new Request(`http://${authority}${request.url}`, { headers: Object.fromEntries(given) as never })
    await verify(seen(request.headers.host!), verifier)
    await assert.rejects(async () => verify(seen('elsewhere.example'), verifier))
  }
})

test('a WordPress member calls a wall what it is', async (t) => {
  if (realComponent(t, 'php') === null) return
  const { site } = await BlogWorld.open(t)
  const judge = async (status: number, headers: string, body: string) =>
    site.eval(
      `echo implode( ' ', DGOS_Watch::judge( array( 'status' => ${status}, 'headers' => array( ${headers} ), 'body' => base64_decode( '${Buffer.from(body).toString('base64')}' ) ), '${'ab'.repeat(32)}' ) );`,
    )
  assert.equal(await judge(403, `'cf-mitigated' => 'challenge'`, ''), 'defended wall-cloudflare')
  assert.equal(await judge(200, '', '<script id="anubis_version">"v1"</script>'), 'defended wall-anubis')
  assert.equal(await judge(429, '', ''), 'defended status-429')
  assert.equal(await judge(522, `'cf-mitigated' => 'challenge'`, ''), 'down status-522')
  const own = `<script id="anubis_version">"v1"</script><meta name="dgos" content="${'ab'.repeat(32)}">`
  assert.equal(await judge(200, '', own), 'up tag')
})

test('a WordPress blog tells its mirrors that it is alive, and says so before it ceases', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t)
  await world.enrol()
  await world.copied(() => true, 'a copy on a Node member')
  type Lives = { readonly life: { readonly time: number; readonly since: number } | null }
  const life = async () => ((await world.facts()) as unknown as Lives).life
  const first = await until(async () => {
    await world.wake()
    return life()
  }, 'a life')
  const later = await until(async () => {
    await world.wake()
    const found = await life()
    return found !== null && found.time > first.time ? found : null
  }, 'another life')
  assert.equal(later.since, first.since, 'one row')
  assert.match(
    await world.site.eval(`echo wp_next_scheduled( DGOS_Own_Life::EVENT ) > 0 ? 'planned' : 'not';`),
    /planned/,
  )
  await world.site.eval(`${member}->own_life()->end(); ${member}->outbox()->flush( PHP_INT_MAX );`)
  const last = await until(async () => {
    const found = await life()
    return found !== null && found.since > first.since ? found : null
  }, 'the end of the row')
  assert.ok(last.since >= later.time, 'what comes after, while its members still wake it, is another row')
})
