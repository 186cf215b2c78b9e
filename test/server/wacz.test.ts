/** `dgos export --wacz`, opened by readers that are not ours: fflate for the archive, warcio for its records. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { unzipSync } from 'fflate'
import { WARCParser } from 'warcio'
import { exportWacz } from '../../server/cli/export-wacz.ts'
import { surt } from '../../server/cli/wacz.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { CopiedBlog, pixel } from './copied-blog.ts'

const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes!).toString()

async function exported(t: Parameters<typeof CopiedBlog.create>[0]) {
  const readers = await CopiedBlog.create(t)
  await readers.declare()
  const post = await readers.post('<p>We are here</p>', 'Day <one>')
  const path = join(await temporaryFolder(t, 'wacz'), 'ana.wacz')
  const known = await readers.member.ledger.blog(readers.root.id)
  const input = {
    known,
    nowMs: readers.net.clock.nowMs(),
    objects: Buffer.from('{"objects":[]}'),
    blob: (hash: string) => readers.net.member(0).blobs.get(hash),
  }
  const result = await exportWacz(path, input)
  return { readers, post, path, input, result, entries: unzipSync(await readFile(path)) }
}

async function recordsIn(bytes: Uint8Array) {
  const found = []
  const stream = (async function* () {
    yield bytes
  })()
  for await (const record of new WARCParser(stream)) {
    const body = await record.readFully(true)
    found.push({
      type: record.warcType,
      url: record.warcTargetURI,
      status: record.httpHeaders?.statusCode,
      headers: record.warcHeaders.headers,
      body: Buffer.from(body),
    })
  }
  return found
}

test('the archive holds what WACZ asks for, each file under its hash', async (t) => {
  const { entries, result } = await exported(t)
  assert.deepEqual(result, { files: 4, posts: 1, missing: [] })
  const about = JSON.parse(text(entries['datapackage.json']))
  assert.equal(about.profile, 'data-package')
  assert.equal(about.wacz_version, '1.1.1')
  for (const { path, hash, bytes } of about.resources) {
    assert.equal(sha256(entries[path]!), hash, path)
    assert.equal(entries[path]!.length, bytes, path)
  }
  const check = JSON.parse(text(entries['datapackage-digest.json']))
  assert.deepEqual(check, { path: 'datapackage.json', hash: sha256(entries['datapackage.json']!) })
  const [head, ...pages] = text(entries['pages/pages.jsonl'])
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.equal(head.format, 'json-pages-1.0')
  assert.equal(pages[0].url, 'http://ana.example/')
  assert.equal(about.mainPageUrl, 'http://ana.example/')
  assert.ok(entries['dgos/objects.json'])
})

test('warcio reads every captured page, picture and post, whole', async (t) => {
  const { entries, post } = await exported(t)
  const records = await recordsIn(entries['archive/data.warc.gz']!)
  assert.equal(records[0]!.type, 'warcinfo')
  const byUrl = new Map(records.map((record) => [record.url, record]))
  assert.match(text(byUrl.get('http://ana.example/first/')!.body), /The first post: first words/)
  assert.deepEqual(byUrl.get('http://ana.example/a.png')!.body, pixel)
  assert.match(
    text(byUrl.get(`http://ana.example/dgos/${post.id}/`)!.body),
    /<h1>Day &lt;one&gt;<\/h1>\n<p>We are here<\/p>/,
  )
  for (const record of records.slice(1)) {
    assert.equal(record.type, 'response')
    assert.equal(record.status, 200)
    assert.equal(record.headers.get('WARC-Payload-Digest'), sha256(record.body))
  }
})

test('the index leads to each record by offset and length, in sorted order', async (t) => {
  const { entries } = await exported(t)
  const lines = text(entries['indexes/index.cdx']).trim().split('\n')
  assert.deepEqual(lines, [...lines].sort())
  assert.match(lines[0]!, /^example,ana\)\/ \d{14} \{/)
  for (const line of lines) {
    const { url, offset, length } = JSON.parse(line.replace(/^\S+ \S+ /, ''))
    const [record] = await recordsIn(
      entries['archive/data.warc.gz']!.slice(Number(offset), Number(offset) + Number(length)),
    )
    assert.equal(record!.url, url)
  }
  assert.equal(surt('https://www.Example.org:8443/A?b=C'), 'org,example:8443)/a?b=c')
})

test('the same copy makes the same archive; what nobody hands out is named; no file is written over', async (t) => {
  const { path, input, readers } = await exported(t)
  await assert.rejects(exportWacz(path, input), { code: 'EEXIST' })
  await exportWacz(`${path}.2`, input)
  assert.deepEqual(await readFile(`${path}.2`), await readFile(path))
  const lost = await exportWacz(`${path}.3`, { ...input, blob: async () => null })
  assert.deepEqual(lost.missing.slice(0, 2), ['http://ana.example/', 'http://ana.example/first/'])
  assert.ok(readers)
})
