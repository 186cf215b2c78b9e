import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { noBrowserFiles } from '../../server/bundles/browser-files.ts'
import { fileRoutes, immutablePath, namedFiles } from '../../server/http/file-routes.ts'
import { builtFile, builtFiles } from '../support/built-files.ts'

/** What the route of `path` answers. */
async function get(path: string, headers: Readonly<Record<string, string>> = {}, files = builtFiles) {
  const form = (route: string) => new RegExp(`^${route.replace(/:\w+/, '[^/]+').replaceAll('.', '\\.')}$`)
  const route = fileRoutes(files).find((fileRoute) => form(fileRoute.path).test(path))
  const request = { method: 'GET', path, query: new URLSearchParams(), headers, body: new Uint8Array(0), remote: '' }
  return route!.handle(request, { name: path.split('/').at(-1)! })
}

test('the check is served under its hash for ever, packed where the browser takes it, at most 40 kB', async () => {
  const file = await builtFile('verify.js')
  const path = immutablePath(file)
  const packed = await get(path, { 'accept-encoding': 'gzip, br' })
  assert.ok(packed.body.length <= 40_000, `${packed.body.length} bytes`)
  assert.deepEqual(gunzipSync(packed.body), Buffer.from(file.bytes))
  assert.match(packed.headers['cache-control']!, /immutable/)
  assert.deepEqual((await get(path, { 'accept-encoding': 'gzip;q=0' })).body, file.bytes)
  const { verify } = await namedFiles(builtFiles)
  assert.deepEqual(verify, {
    path,
    integrity: `sha384-${createHash('sha384').update(file.bytes).digest('base64')}`,
  })
})

test('another hash, or a file that keeps its name, is not found among those that are kept for ever', async () => {
  assert.equal((await get('/dgos/files/verify-0123456789abcdef.js')).status, 404)
  const beacon = await builtFile('beacon.js')
  assert.equal((await get(immutablePath(beacon))).status, 404)
})

test('the beacon keeps its name for an hour, is packed, and is not sent again to who has it', async () => {
  const file = await builtFile('beacon.js')
  const first = await get('/beacon.js', { 'accept-encoding': 'gzip' })
  assert.deepEqual(gunzipSync(first.body), Buffer.from(file.bytes))
  assert.equal(first.headers['cache-control'], 'public, max-age=3600')
  const again = await get('/beacon.js', { 'if-none-match': first.headers.etag! })
  assert.equal(again.status, 304)
  assert.equal(again.body.length, 0)
  assert.equal((await get('/beacon.js', { 'if-none-match': 'W/"other"' })).status, 200)
})

test('a member without files for browsers answers that there are none, and names none', async () => {
  assert.equal((await get('/beacon.js', {}, noBrowserFiles)).status, 404)
  assert.equal((await get('/dgos/files/form-0123456789abcdef.js', {}, noBrowserFiles)).status, 404)
  assert.deepEqual(await namedFiles(noBrowserFiles), { form: { script: '', style: '', integrity: '' }, verify: null })
})
