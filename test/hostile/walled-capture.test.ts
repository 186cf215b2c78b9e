/** A wall that answers a capture is told as the wall that it is, with the rule that lets its guards in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { Capture, captureDefaults } from '../../mirror/capture/capture.ts'
import { copyProblem } from '../../mirror/capture/copy-problem.ts'
import { limitDefaults } from '../../server/config.ts'
import { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { MemoryCaptureStore } from '../support/memory-capture-store.ts'
import { PageWeb } from '../support/page-web.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

const home = 'http://ana.example/'
const blog = 'b'.repeat(64)

function arrange() {
  const web = new PageWeb()
  const clock = new VirtualClock()
  const captures = new MemoryCaptureStore()
  const deps = { web, blobs: new MemoryBlobStore(), captures, clock, log: silentLog, sha256: nodePlatform.sha256 }
  const capture = new Capture(deps, { ...captureDefaults, ...limitDefaults, userAgent: 'DGOS test' })
  return async (status: number, headers: Readonly<Record<string, string>>, body: string) => {
    web.put(home, body, 'text/html', { status, headers })
    await clock.advance(3_600_000)
    const result = await capture.capture(blog, home, null, [])
    assert.equal(result.ok, false)
    const problem = copyProblem(await captures.aside(blog), null)!
    return { reason: problem.reason, mend: problem.mend }
  }
}

test('the wall of each product that answers a capture is named, with its rule', async () => {
  const taken = arrange()
  const cloudflare = await taken(403, { 'cf-mitigated': 'challenge' }, '<title>Just a moment...</title>')
  assert.equal(cloudflare.reason, 'wall-cloudflare')
  assert.match(cloudflare.mend, /Cloudflare.*custom rule: User Agent contains "dgos\/", action Skip/)
  const attacked = await taken(503, { 'cf-mitigated': 'challenge', 'retry-after': '60' }, '')
  assert.equal(attacked.reason, 'wall-cloudflare')
  const anubis = await taken(200, {}, '<p>Making sure you are not a bot</p><script id="anubis_version">"v1"</script>')
  assert.equal(anubis.reason, 'wall-anubis')
  assert.match(anubis.mend, /user_agent_regex "dgos\/", action ALLOW/)
  const flooded = await taken(429, {}, '')
  assert.deepEqual([flooded.reason, /Raise its limit/.test(flooded.mend)], ['status-429', true])
})

test('an error of the blog itself, or of an edge that cannot reach it, is told as an error', async () => {
  const taken = arrange()
  assert.equal((await taken(403, {}, '<p>Forbidden')).reason, 'error')
  assert.equal((await taken(500, {}, 'oops')).reason, 'error')
  assert.equal((await taken(522, { 'cf-mitigated': 'challenge' }, '')).reason, 'error')
})
