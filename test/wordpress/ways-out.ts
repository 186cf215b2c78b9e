/**
 * Writes down whatever a WordPress asks of other hosts. PHP's own functions that reach out are switched off for the server,
 * and a must-use plugin puts recorders in their places (PHP 8 allows that); WordPress's own requests are recorded by
 * `pre_http_request`. Nothing gets out, and every try is known by who made it.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type WayOut = {
  /** The function, or "pre_http_request". */
  readonly by: string
  /** The first argument, where it is a text. */
  readonly to: string
  /** Whether the plugin's code was among the callers. */
  readonly ours: boolean
}

const functions = [
  'curl_exec',
  'curl_multi_exec',
  'fsockopen',
  'pfsockopen',
  'stream_socket_client',
  'dns_get_record',
  'gethostbyname',
  'gethostbynamel',
  'checkdnsrr',
  'mail',
  'exec',
  'shell_exec',
  'system',
  'passthru',
  'popen',
  'proc_open',
]

/** Words for the server's php. `http://` as a file is switched off too, and would stand in the debug log. */
export const closedWords = ['-d', `disable_functions=${functions.join(',')}`, '-d', 'allow_url_fopen=0']

export class WaysOut {
  readonly #file: string

  private constructor(file: string) {
    this.#file = file
  }

  static async watch({ site, dir }: { readonly site: string; readonly dir: string }): Promise<WaysOut> {
    const file = join(dir, 'ways-out.jsonl')
    const folder = join(site, 'wp-content', 'mu-plugins')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'ways-out.php'), recorder(file))
    return new WaysOut(file)
  }

  /** Since the last question. */
  async taken(): Promise<readonly WayOut[]> {
    const text = await readFile(this.#file, 'utf8').catch(() => '')
    await rm(this.#file, { force: true })
    return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as WayOut]))
  }
}

function recorder(file: string): string {
  const stands = functions.map(
    (name) => `if ( ! function_exists( '${name}' ) ) {
	function ${name}( ...$given ) { dgos_test_way_out( '${name}', $given[0] ?? '' ); return false; }
}`,
  )
  return `<?php
function dgos_test_way_out( $by, $to ) {
	$ours = false;
	foreach ( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ) as $one ) {
		$ours = $ours || false !== strpos( $one['file'] ?? '', '/plugins/dgos/' );
	}
	$to = $to instanceof CurlHandle ? curl_getinfo( $to, CURLINFO_EFFECTIVE_URL ) : ( is_string( $to ) ? $to : '' );
	file_put_contents( '${file}', json_encode( compact( 'by', 'to', 'ours' ) ) . "\\n", FILE_APPEND | LOCK_EX );
}
add_filter( 'pre_http_request', static function ( $said, $args, $url ) {
	dgos_test_way_out( 'pre_http_request', $url );
	return new WP_Error( 'closed', 'nothing gets out of this test' );
}, 10, 3 );
${stands.join('\n')}
`
}
