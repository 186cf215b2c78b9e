/** Two caches as hosts and plugins put before a blog. Both keep pages and lose their headers. */
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nginx } from '../../sites/wordpress-servers.ts'
import type { Cleanup } from '../../support/temporary-folder.ts'

/** Headers that only speak to a browser: the cache keeps the page and hands it out without them. */
const lost = [
  'Cache-Control',
  'Content-Security-Policy',
  'Cross-Origin-Opener-Policy',
  'Cross-Origin-Resource-Policy',
  'Permissions-Policy',
  'Referrer-Policy',
  'Vary',
  'X-Content-Type-Options',
  'X-Dns-Prefetch-Control',
  'X-Frame-Options',
  'X-Robots-Tag',
]

/** nginx as a cache: a minute for each page that does not forbid it. `x-cache` says HIT where an answer was kept. */
export async function cacheInFront(t: Cleanup, where: { dir: string; front: number; origin: string }): Promise<void> {
  const dir = join(where.dir, 'front')
  await mkdir(dir)
  const server = await nginx(dir, where.front, cacheRules(dir, where.front, where.origin))
  t.after(() => server.stop())
  await server.start()
}

function cacheRules(dir: string, front: number, origin: string): string {
  return `proxy_cache_path ${dir}/kept keys_zone=kept:1m;
server {
  listen 127.0.0.1:${front};
  client_max_body_size 16m;
  location / {
    proxy_pass ${origin};
    proxy_set_header Host $http_host;
    proxy_cache kept;
    proxy_cache_key $host$request_uri;
    proxy_cache_valid 200 1m;
    proxy_ignore_headers Vary;
    ${lost.map((name) => `proxy_hide_header ${name};`).join(' ')}
    add_header X-Cache $upstream_cache_status always;
  }
}
`
}

/** What a page cache keeps, by address. */
export async function keptBy(site: string): Promise<string[]> {
  const names = await readdir(join(site, 'wp-content', 'kept-pages')).catch(() => [])
  return names.map((name) => Buffer.from(name, 'hex').toString('utf8')).sort()
}

/**
 * A page cache plugin's drop-in. WordPress loads it before anything else where WP_CACHE is set. It keeps whatever a visitor who
 * is not logged in gets by GET with status 200, unless DONOTCACHEPAGE is defined by then, and hands it out as bare HTML.
 * Its output buffer cannot be taken away: it sees whatever is printed, also what plugins print past other buffers.
 */
export async function pageCachePlugin(site: string): Promise<void> {
  await writeFile(join(site, 'wp-content', 'advanced-cache.php'), dropIn)
}

const dropIn = `<?php
$dgos_test_logged_in = preg_grep( '/^wordpress_logged_in_/', array_keys( $_COOKIE ) );
if ( 'GET' === ( $_SERVER['REQUEST_METHOD'] ?? '' ) && ! $dgos_test_logged_in ) {
	$dgos_test_file = WP_CONTENT_DIR . '/kept-pages/' . bin2hex( $_SERVER['REQUEST_URI'] );
	if ( is_file( $dgos_test_file ) ) {
		header( 'content-type: text/html; charset=UTF-8' );
		header( 'x-cache: HIT' );
		readfile( $dgos_test_file );
		exit;
	}
	ob_start(
		static function ( $page ) use ( $dgos_test_file ) {
			if ( ! defined( 'DONOTCACHEPAGE' ) && 200 === http_response_code() && '' !== $page ) {
				is_dir( dirname( $dgos_test_file ) ) || mkdir( dirname( $dgos_test_file ) );
				file_put_contents( $dgos_test_file, $page );
			}
			return $page;
		},
		0,
		PHP_OUTPUT_HANDLER_FLUSHABLE | PHP_OUTPUT_HANDLER_CLEANABLE
	);
}
`
