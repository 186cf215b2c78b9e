/** What a real WordPress tells its owner of what mirrors and guards meet: a wall, a page that asks for too much. */
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { unclosedFormatting } from '../hostile/inputs/unclosed-formatting.ts'
import { realComponent } from '../support/real-component.ts'
import { until } from '../support/until.ts'
import { BlogWorld } from './blog-world.ts'

const member = 'DGOS_Plugin::instance()'
type Line = { readonly words: string; readonly next: string }

async function arrange(t: Parameters<typeof BlogWorld.open>[0]) {
  const world = await BlogWorld.open(t)
  await world.enrol()
  await world.copied(() => true, 'a copy on a Node member')
  const folder = join(world.site.site, 'wp-content', 'mu-plugins')
  await mkdir(folder, { recursive: true })
  /** What the host does with a request for the front page. */
  const host = (code: string) =>
    writeFile(
      join(folder, 'host.php'),
      `<?php if ( 'cli' !== PHP_SAPI && '/' === ( $_SERVER['REQUEST_URI'] ?? '' ) ) {\n${code}\n}\n`,
    )
  const lines = async (code = ''): Promise<readonly Line[]> =>
    JSON.parse(
      (await world.site.eval(`${code} echo "\\n" . wp_json_encode( ${member}->health_view()->missing() );`))
        .trim()
        .split('\n')
        .at(-1)!,
    )
  return { world, host, lines }
}

test('a wall that keeps the guards out is told with the rule of its product, and not before', async (t) => {
  if (realComponent(t, 'php') === null) return
  const { world, host, lines } = await arrange(t)
  const ask = `${member}->meta()->remove( 'lock:own_wall_asked' ); ${member}->meta()->remove( 'own_wall_asked' ); ${member}->own_wall()->tick();`
  const walled = (found: readonly Line[]) => found.find(({ words }) => /Your wall \(Cloudflare/.test(words))
  assert.equal(walled(await lines(ask)), undefined)
  await host(
    `http_response_code( 403 ); header( 'cf-mitigated: challenge' ); header( 'server: cloudflare' ); echo 'Just a moment...'; exit;`,
  )
  const line = await until(async () => {
    await world.wake()
    return walled(await lines(ask)) ?? null
  }, 'the wall is told')
  assert.match(line.words, /keeps your guards out: \d+ of \d+ cannot see this blog/)
  assert.match(line.next, /^Let them in like this: Security rules, custom rule: User Agent contains "dgos\/"/)
})

test('a page that mirrors cannot read is told with its address and the mend', async (t) => {
  if (realComponent(t, 'php') === null) return
  const { world, lines } = await arrange(t)
  const html = Buffer.from(`<!-- wp:html -->${Buffer.from(unclosedFormatting())}<!-- /wp:html -->`).toString('base64')
  const ask = `${member}->mirror_health()->ask_all( ${member}->clock()->running_ms() + 15000, true );`
  await world.site.eval(
    `wp_insert_post( array( 'post_title' => 'Dear', 'post_content' => base64_decode( '${html}' ), 'post_status' => 'publish' ) ); ${member}->capture_state()->set_due(); ${member}->capture_round()->work( 30000 );`,
  )
  const line = await until(async () => {
    await world.wake()
    return (await lines(ask)).find(({ words }) => /it asks for more time or memory/.test(words)) ?? null
  }, 'the page is told')
  assert.ok(line.words.includes(`cannot show ${world.site.url}`), line.words)
  assert.match(line.next, /^Look for tags that are never closed/)
})
