/**
 * The prices of a member in PHP: a real WordPress behind PHP's own server, asked each route with its dearest known inputs.
 * PHP has no loop that others wait for: what counts is the processor time of one request, from when plugins are loaded, and
 * the highest memory it takes, WordPress's own among it.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SignedObject } from '../../protocol/objects.ts'
import { crowdedDeclarations } from '../../test/hostile/inputs/crowded-declarations.ts'
import { deepJson, longJson, wideJson } from '../../test/hostile/inputs/deep-json.ts'
import { densePost } from '../../test/hostile/inputs/dense-object.ts'
import { fullBatch, wrongSignatures } from '../../test/hostile/inputs/full-batch.ts'
import { keyChain } from '../../test/hostile/inputs/key-chain.ts'
import { manyValues } from '../../test/hostile/inputs/many-values.ts'
import { paddedDelegations, paddedObservations, strangersRoots } from '../../test/hostile/inputs/padded-objects.ts'
import type { HostileRequest } from '../../test/hostile/inputs/request.ts'
import { syncFingerprints, syncIds } from '../../test/hostile/inputs/sync-ranges.ts'
import { unwantedBlob } from '../../test/hostile/inputs/unwanted-blob.ts'
import { type SmallBlog, signerOf } from '../../test/support/small-network.ts'
import { type Cleanup, temporaryFolder } from '../../test/support/temporary-folder.ts'
import { SmallSite } from '../../test/wordpress/small-site.ts'
import { diskOf } from '../members/disk.ts'
import type { Price } from './figures.ts'
import { generalInputs, type NamedRoute } from './routes.ts'

export type PhpLine = { readonly entry: string; readonly input: string; look(): Promise<Price> }
type Made = () => HostileRequest | Promise<HostileRequest>

/** Of WordPress's own SQLite. */
const database = '.ht.sqlite'
const hourMs = 3_600_000
const notedMs = 10_000

/** A member "m0" that guards one fallen blog, and every line of its price list. */
export async function wordPressLines(t: Cleanup): Promise<readonly PhpLine[]> {
  const dir = await temporaryFolder(t, 'hostile-wordpress')
  const small = await SmallSite.open(t, 4, (i) => `http://127.0.0.1:9/${i}/`)
  await writeFile(join(small.site.site, 'wp-content', 'mu-plugins', 'cost.php'), costCode(dir))
  const blog = await small.net.blog()
  await blog.attestations()
  await blog.say('down', small.nowMs, hourMs)
  await small.run(`echo wp_json_encode( $said( $objects['all'] ) );`, { all: blog.kept })
  const list = `array_map( fn ( $route ) => array( 'method' => $route['method'], 'path' => $route['path'] ), DGOS_Routes::all() )`
  const routes = JSON.parse(await small.site.eval(`echo wp_json_encode( ${list} );`)) as NamedRoute[]
  const general = routes.flatMap((route) =>
    generalInputs(route).map(({ input, request }) => ({
      entry: `${route.method} ${route.path}`,
      input,
      make: () => request,
    })),
  )
  const asking = new CostlyAsking(small, dir)
  return [...objectInputs(small, blog), ...general].map(({ entry, input, make }) => ({
    entry: `php ${entry}`,
    input,
    look: async () => asking.price(await make()),
  }))
}

function objectInputs({ net, nowMs }: SmallSite, blog: SmallBlog) {
  // Objects of strangers must be new each time, or they are only known.
  let fresh = 0
  const now = () => nowMs - fresh++
  const batch = (input: string, make: () => Promise<readonly SignedObject[]>) => ({
    input,
    make: (async () => fullBatch(await make())) as Made,
  })
  const batches = [
    batch('64 roots of strangers', () => strangersRoots(net, 64, 0, now())),
    batch('64 padded roots', () => strangersRoots(net, 64, 30_000, now())),
    batch('64 padded delegations', () => paddedDelegations(net, blog.id, 'ana posting', 64, 40_000)),
    batch('64 padded observations', () => paddedObservations(blog, 'm1', 64, 3_000)),
    batch('64 declarations with ten votes each', () => crowdedDeclarations(blog, 'm1', 64, now())),
    batch('posts of nothing but small objects', () =>
      Promise.all(Array.from({ length: 4 }, (_, i) => densePost(blog, fresh++ + i, 500_000))),
    ),
    batch('chain of 64 keys', () => keyChain(net, 'm2', 64, 1)),
    { input: '64 wrong signatures', make: async () => wrongSignatures(await strangersRoots(net, 64, 0, now())) },
    { input: 'million empty objects', make: () => manyValues() },
    { input: 'brackets of 4 MiB', make: () => deepJson('/dgos/v1/objects') },
    { input: 'names', make: () => wideJson('/dgos/v1/objects') },
    { input: 'escapes', make: () => longJson('/dgos/v1/objects') },
  ].map((line) => ({ entry: 'POST /dgos/v1/objects', ...line }))
  const member = signerOf('m1').key
  return [
    ...batches,
    { entry: 'PUT /dgos/v1/blobs/:hash', input: 'unwanted blob', make: () => unwantedBlob() },
    { entry: 'POST /dgos/v1/sync', input: 'fingerprints', make: () => syncFingerprints(member) },
    { entry: 'POST /dgos/v1/sync', input: 'ids', make: () => syncIds(member) },
  ]
}

/** Sends a request and reads what PHP noted of it. */
class CostlyAsking {
  readonly #small: SmallSite
  readonly #dir: string
  #asked = 0

  constructor(small: SmallSite, dir: string) {
    this.#small = small
    this.#dir = dir
  }

  async price({ method, path, headers, body }: HostileRequest): Promise<Price> {
    const name = `${++this.#asked}`
    const content = join(this.#small.site.site, 'wp-content')
    const before = diskOf(content, database)
    const answer = await fetch(`${this.#small.site.url}${path.slice(1)}`, {
      ...{ method, headers: { ...headers, 'x-cost': name }, redirect: 'manual' as const },
      ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
    }).catch(() => null)
    await answer?.arrayBuffer().catch(() => null)
    const noted = await this.#noted(name)
    const diskMiB = Math.round(Math.max(0, diskOf(content, database) - before) * 100) / 100
    const none = { elsewhereMs: 0, rssMiB: 0, diskMiB }
    if (noted === null) return { turnMs: 0, mainMiB: 0, ...none, died: true }
    return { turnMs: noted[0], mainMiB: noted[1], ...none, died: false }
  }

  /** Milliseconds and mebibytes; null where PHP did not come to its end. */
  async #noted(name: string): Promise<readonly [number, number] | null> {
    for (let ms = 0; ms < notedMs; ms += 10) {
      const text = await readFile(join(this.#dir, `cost-${name}`), 'utf8').catch(() => '')
      if (text !== '') return text.split(' ').map(Number) as [number, number]
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    return null
  }
}

/** A must-use plugin, loaded before the others: one sender a request, and at its end what it took. */
function costCode(dir: string): string {
  return `<?php
if ( isset( $_SERVER['HTTP_X_COST'] ) ) {
	$_SERVER['REMOTE_ADDR'] = long2ip( random_int( 16777216, 3741319167 ) );
	gc_mem_caches();
	memory_reset_peak_usage();
	$GLOBALS['cost_ms'] = static function () { $u = getrusage(); return 1000 * ( $u['ru_utime.tv_sec'] + $u['ru_stime.tv_sec'] ) + ( $u['ru_utime.tv_usec'] + $u['ru_stime.tv_usec'] ) / 1000; };
	$GLOBALS['cost_from'] = $GLOBALS['cost_ms']();
	register_shutdown_function( static function () {
		$ms = $GLOBALS['cost_ms']() - $GLOBALS['cost_from'];
		$file = '${dir}/cost-' . (int) $_SERVER['HTTP_X_COST'];
		file_put_contents( $file . '.new', round( $ms, 1 ) . ' ' . round( memory_get_peak_usage( true ) / 1048576, 1 ) );
		rename( $file . '.new', $file );
	} );
}
`
}
