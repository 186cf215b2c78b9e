/** What a WordPress blog knows of its mirrors: which copy each has, and when that is not the newest. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { realComponent } from '../support/real-component.ts'
import { until } from '../support/until.ts'
import { BlogWorld } from './blog-world.ts'

type Known = {
  readonly name: string
  readonly state: string
  readonly copied: number | null
  readonly failed: number | null
}
const health = 'DGOS_Plugin::instance()->mirror_health()'
const ask = `${health}->ask_all( DGOS_Plugin::instance()->clock()->running_ms() + 15000, true );`
const said = `echo "\\n" . wp_json_encode( array( 'copy' => ${health}->snapshot()->payload->time ?? null, 'mirrors' => ${health}->mirrors(), 'held' => ${health}->held(), 'step' => DGOS_Plugin::instance()->setup()->step(), 'words' => DGOS_Plugin::instance()->health_view()->answer()['words'] ) );`

type Report = {
  readonly copy: number | null
  readonly mirrors: readonly Known[]
  readonly held: { readonly held: number; readonly of: number }
  readonly step: string
  readonly words: string
}

test('a mirror has the newest copy once it has shown bytes of it, and an older one after a change', async (t) => {
  if (realComponent(t, 'php') === null) return
  const world = await BlogWorld.open(t)
  const report = async (code = ''): Promise<Report> =>
    JSON.parse((await world.site.eval(`${code}${said}`)).trim().split('\n').at(-1)!)
  await world.enrol()
  const none = await report()
  assert.deepEqual([none.copy, none.mirrors, none.held, none.step], [null, [], { held: 0, of: 0 }, 'copy'])

  const first = await until(async () => {
    await world.wake()
    const now = await report(ask)
    const shown = now.mirrors.length === 2 && now.mirrors.every((mirror) => mirror.state === 'shown')
    return shown && now.step === 'done' ? now : null
  }, 'the tag is seen, and both mirrors have shown the copy')
  assert.deepEqual(first.held, { held: 2, of: 2 })
  assert.ok(first.mirrors.every((mirror) => mirror.copied === first.copy && mirror.failed === null))

  const change = `wp_insert_post( array( 'post_title' => 'Later', 'post_content' => 'x', 'post_status' => 'publish' ) );
DGOS_Plugin::instance()->capture_state()->set_due(); DGOS_Plugin::instance()->capture_round()->work( 30000 );`
  // nobody is told yet, so that the mirrors cannot have it
  const changed = await report(`remove_all_actions( 'shutdown' ); ${change}`)
  assert.ok(changed.copy! > first.copy!)
  assert.ok(changed.mirrors.every((mirror) => mirror.state === 'older' && mirror.copied === first.copy))
  assert.deepEqual([changed.held, changed.step], [{ held: 0, of: 2 }, 'mirrors'])
  assert.match(first.words, /^If this blog died now: 2 of 2 mirrors would show your page/)
  assert.match(changed.words, /^2 mirrors have your blog of .*; a newer copy is on its way\.$/)
})
