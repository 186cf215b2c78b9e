import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { verifyFile } from '../../server/bundles/verify-file.ts'
import { verifyRoutes } from '../../server/http/routes/verify.ts'

test('the check is served under its hash, packed where the browser takes it, at most 40 kB', async () => {
  const file = await verifyFile()
  assert.equal(file.integrity, `sha256-${createHash('sha256').update(file.bytes).digest('base64')}`)
  const [route] = verifyRoutes(file)
  const get = (encoding: string) =>
    route!.handle(
      {
        method: 'GET',
        path: file.path,
        query: new URLSearchParams(),
        headers: { 'accept-encoding': encoding },
        body: new Uint8Array(0),
        remote: '',
      },
      {},
    )
  const packed = await get('gzip, br')
  assert.ok(packed.body.length <= 40_000, `${packed.body.length} bytes`)
  assert.deepEqual(gunzipSync(packed.body), Buffer.from(file.bytes))
  assert.deepEqual((await get('gzip;q=0')).body, file.bytes)
  assert.deepEqual(verifyRoutes(null), [])
})
