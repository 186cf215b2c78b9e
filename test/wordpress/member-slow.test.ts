/** A WordPress on a host whose PHP has no sodium: each signature takes it a while, and yet a wake ends in time. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import type { SignedObject } from '../../protocol/objects.ts'
import { answer, type Range } from '../../protocol/reconcile.ts'
import { listen, run } from '../sites/workshop.ts'
import { sha256, signerOf } from '../support/small-network.ts'
import { compatWords, hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'
/** At some 30 ms each (on a quiet machine) they take ten times as long as a wake. */
const offered = 300
/** On a busy machine some wakes have time for no object at all. */
const wakesMax = 12
/** The promise is a second, on a machine that does nothing else. */
const wakeMsMax = 2_500

test('a WordPress without PHP’s sodium ends its wakes in time, and goes on at the next one', { skip }, async (t) => {
  const neighbour = { url: '', objects: [] as SignedObject[] }
  await offer(t, neighbour)
  const { site, net, dir } = await SmallSite.open(t, 2, () => neighbour.url)
  for (let i = 0; i < offered; i++) neighbour.objects.push((await net.blog(`blog${i}`)).root)

  const folder = await site.eval('echo ABSPATH;')
  const found: number[] = []
  while (found.length < wakesMax && new Set(found).size < 3) {
    const { ms, blogs } = JSON.parse(await withoutSodium(folder, dir)) as { ms: number; blogs: number }
    t.diagnostic(`${blogs} of ${offered} blogs after a wake of ${ms} ms`)
    assert.ok(ms < wakeMsMax, `${ms} ms`)
    found.push(blogs)
  }
  assert.ok(new Set(found).size >= 3, 'it goes on where it stopped')
  assert.ok(found.at(-1)! < offered, 'it stopped before all were there')
  const kept = await site.eval(`echo get_option( 'dgos_key_member' );`)
  const fetched = await site.eval(
    `$p = DGOS_Plugin::instance(); $p->gossip()->round(); echo count( $p->ledger()->blogs() );`,
  )
  assert.ok(Number(fetched) >= 256, `a fast host fetches as many as one talk may bring at once: ${fetched}`)
  assert.equal(kept.slice(64), signerOf('m0').key, 'and does not make its public key anew at each request')
})

/** A wake in a PHP of which all functions of sodium are taken away before WordPress begins. */
async function withoutSodium(folder: string, dir: string): Promise<string> {
  const compat = `${folder}wp-includes/sodium_compat`
  const code = `require '${compat}/autoload.php'; ParagonIE_Sodium_Compat::$disableFallbackForUnitTests = true;
    require_once '${compat}/lib/php72compat.php'; require '${folder}wp-load.php'; if ( DGOS_Ed25519::is_fast() ) { exit( 1 ); }
    $p = DGOS_Plugin::instance(); $p->wake()->work( DGOS_Wake_Pace::work_ms() );
    echo wp_json_encode( array( 'ms' => $p->meta()->get( 'wake_last' )['ms'], 'blogs' => count( $p->ledger()->blogs() ) ) );`
  const { php } = await compatWords()
  return run('php', ['-d', 'memory_limit=256M', ...php, '-r', code], dir)
}

/** A member that has all the objects and wants none. */
async function offer(t: TestContext, neighbour: { url: string; readonly objects: readonly SignedObject[] }) {
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part) => {
      text += part
    })
    request.on('end', () => {
      const url = new URL(request.url ?? '', 'http://member/')
      const { objects } = neighbour
      response.setHeader('content-type', 'application/json')
      if (url.pathname.endsWith('/sync')) {
        const ids = objects.map((object) => object.id).sort()
        const { ranges } = JSON.parse(text) as { ranges: readonly Range[] }
        response.end(JSON.stringify({ ranges: answer(ids, ranges, sha256).reply }))
      } else if (url.pathname.endsWith('/objects') && request.method === 'GET') {
        const ids = (url.searchParams.get('ids') ?? '').split(',')
        const found = objects.filter((object) => ids.includes(object.id)).map((object) => object.envelope)
        response.end(JSON.stringify({ objects: found, left: [] }))
      } else {
        const { objects: handed = [] } = JSON.parse(text || '{}') as { objects?: readonly unknown[] }
        response.end(JSON.stringify({ answers: handed.map(() => ({ id: null, result: 'known' })) }))
      }
    })
  })
  neighbour.url = await listen(server)
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
}
