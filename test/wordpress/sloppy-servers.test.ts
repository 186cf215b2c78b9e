/** What a sloppy server sends is read by a PHP member's probes as a browser reads it, and by nothing else. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { openRawServer } from '../support/open-servers.ts'
import { realComponent } from '../support/real-component.ts'
import { memberSite } from './member-site.ts'

const folder = join(import.meta.dirname, '../mirror/copies')
const page = 'Content-Type: text/html\r\n\r\n<p>hello'
const packed = gzipSync('<p>hello, and more of it')
const head = (text: string, body: Uint8Array = Buffer.from('<p>hello')) =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nConnection: close\r\n${text}\r\n\r\n`, 'latin1'), body])

/** Each with a page in it; those of `short` break off. */
const whole: Readonly<Record<string, string | Uint8Array>> = {
  'control character': readFileSync(join(folder, 'http-header-control-char/response.raw')),
  folded: readFileSync(join(folder, 'http-header-folded/response.raw')),
  'length and chunks': readFileSync(join(folder, 'http-length-and-chunked/response.raw')),
  'bare line feeds': `HTTP/1.1 200 OK\n${page.replaceAll('\r', '')}`,
  'no reason': `HTTP/1.1 200\r\n${page}`,
  'sixteen kilobytes of headers': head(Array.from({ length: 40 }, (_, i) => `X-${i}: ${'y'.repeat(400)}`).join('\r\n')),
  'an encoding that nobody knows': head('Content-Encoding: none'),
  'an encoding called after a charset': head('Content-Encoding: UTF-8'),
  'gzip without its trailer': head('Content-Encoding: gzip', packed.subarray(0, packed.length - 8)),
}
const short: Readonly<Record<string, string | Uint8Array>> = {
  'a short body': readFileSync(join(folder, 'http-short-body/response.raw')),
  'no last chunk': readFileSync(join(folder, 'http-short-body/nochunkend.raw')),
}

/** curl reads no further: such an answer tells a PHP member nothing, neither up nor down. */
const unread: Readonly<Record<string, string | Uint8Array>> = {
  'no colon': readFileSync(join(folder, 'http-header-no-colon/response.raw')),
}

test('probes of a PHP member take what a browser shows, and peers are held to the letter', async (t) => {
  if (realComponent(t, 'php') === null) return
  const site = await memberSite(t, { permalinks: '/%postname%/', fast: true, loopback: true })
  const says = (raw: string | Uint8Array) => (socket: Socket) => {
    socket.once('data', () => socket.end(typeof raw === 'string' ? Buffer.from(raw, 'latin1') : raw))
  }
  const urls: Record<string, string> = {}
  for (const [name, raw] of Object.entries({ ...whole, ...short, ...unread }))
    urls[name] = `${await openRawServer(t, says(raw))}/`
  const ask = async (lenient: boolean) =>
    JSON.parse(
      await site.eval(`
        echo wp_json_encode( array_map( static function ( $url ) {
          $answer = DGOS_Plugin::instance()->safe_fetch()->get( $url, array( 'lenient' => ${lenient}, 'time_ms' => 4000 ) );
          return is_wp_error( $answer ) ? array( 'error' => $answer->get_error_code() . ' ' . $answer->get_error_message() ) : array( 'body' => $answer['body'], 'short' => isset( $answer['short'] ) );
        }, json_decode( base64_decode( '${Buffer.from(JSON.stringify(urls)).toString('base64')}' ), true ) ) );`),
    ) as Record<string, { readonly body?: string; readonly short?: boolean; readonly error?: string }>
  const taken = await ask(true)
  for (const name of Object.keys(whole)) {
    assert.match(taken[name]?.body ?? '', /hello|<h1>Case<\/h1>/, `${name}: ${JSON.stringify(taken)}`)
  }
  for (const name of Object.keys(short)) {
    assert.match(taken[name]?.body ?? '', /hello|<h1>Case/, `${name}: ${taken[name]?.error}`)
    assert.equal(taken[name]?.short, true, name)
  }
  for (const name of Object.keys(unread)) assert.match(taken[name]?.error ?? '', /^UNREADABLE/, name)
  const strict = await ask(false)
  for (const name of Object.keys(short)) assert.ok(strict[name]?.error, name)
  const votes = await site.eval(
    `echo wp_json_encode( array( DGOS_Watch::judge( new WP_Error( 'UNREADABLE' ), 'x' ), DGOS_Watch::judge( new WP_Error( 'UNREACHABLE' ), 'x' ) ) );`,
  )
  assert.deepEqual(JSON.parse(votes), [null, ['down', 'unreachable']])
})
