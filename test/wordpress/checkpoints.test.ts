/** When a WordPress member says again what is the newest that it has seen of a blog. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signerOf } from '../support/small-network.ts'
import { hasPhp } from './php.ts'
import { SmallSite } from './small-site.ts'

const skip = hasPhp() || process.env.CI === 'true' ? false : 'php is missing'

test('a WordPress member says a change at once, whatever kind brought it, and the same word once an hour', {
  skip,
}, async (t) => {
  const small = await SmallSite.open(t, 3, (i) => `https://m${i}.example/`)
  const blog = await small.net.blog('ana', 'https://ana.example/')
  const { id: previous, payload } = await blog.head()
  assert.ok(payload.mirrors.includes(signerOf('m0').key))
  const times = (objects: typeof blog.kept) =>
    small.run<readonly number[]>(
      `$said( $objects['new'] ); $p->checkpoints()->tick();
      echo wp_json_encode( array_map( static fn ( $word ) => $word->payload->time, $p->ledger()->blog( '${blog.id}' )->checkpoint ) );`,
      { new: objects },
    )
  assert.deepEqual(await times(blog.kept), [small.nowMs], 'the first word')
  const first = small.nowMs
  await small.pass(60_000)
  const attested = await blog.attestor('m1')
  assert.deepEqual(await times([attested]), [first], 'an attestation changes nothing that is newest')
  await small.pass(60_000)
  const { root, rootVersion, mirrors, expires } = payload
  const head = await blog.add('head', 'online', { root, rootVersion, mirrors, expires, seq: 2, previous })
  assert.ok((await times([head])).includes(small.nowMs), 'a new head is said at once')
  const second = small.nowMs
  await small.pass(1_800_000)
  assert.ok(!(await times([])).includes(small.nowMs), 'the same word is not said again within the hour')
  await small.pass(1_800_001)
  assert.ok((await times([])).includes(small.nowMs) && small.nowMs > second, 'and is after it')
})
