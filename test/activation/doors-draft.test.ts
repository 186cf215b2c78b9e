import assert from 'node:assert/strict'
import test from 'node:test'
import { type Draft, postFields } from '../../activation/doors/draft.ts'
import { keyPair } from '../../activation/doors/enrol.ts'
import { draftLimits } from '../../activation/doors/post-assembler.ts'
import { postFileBytesMax, readPostFile, writePostFile } from '../../activation/doors/post-file.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { toHex, utf8 } from '../../protocol/bytes.ts'
import { open, seal } from '../../protocol/envelope.ts'
import kinds from '../../protocol/kinds.json' with { type: 'json' }

const { sha256 } = nodePlatform
const hash = (text: string) => toHex(sha256(utf8(text)))
const signer = keyPair(new Uint8Array(32).fill(7)).signer
const context = {
  network: hash('network'),
  blog: hash('blog'),
  prevs: [hash('before')],
  nowMs: 5000,
  base: 'https://a.example/',
}
const image = (name: string, bytes = 10) => ({ blob: hash(name), bytes, type: 'image/png', name, alt: `the ${name}` })
const draft: Draft = { mark: hash('draft'), title: ' Still here ', source: 'We are *down*.', attachments: [] }

test('a draft becomes a post that every member opens', async () => {
  const fields = postFields(
    { ...draft, language: 'en', attachments: [image('a.png')] },
    { ...context, through: 'form' },
  )
  assert.ok(fields.ok)
  const post = await seal('post', fields.value, signer, sha256)
  assert.equal((await open(post.envelope, nodePlatform)).ok, true)
  assert.equal(post.payload.title, 'Still here')
  assert.deepEqual(post.payload.prevs, context.prevs)
})

test('an image that the text does not mention stands at its end, once', () => {
  const result = postFields({ ...draft, attachments: [image('a.png')] }, context)
  assert.match(result.ok ? result.value.html : '', /<img src="blob:[0-9a-f]{64}" alt="the a\.png"><\/p>$/)
  const two = postFields({ ...draft, source: '![x](a.png)', attachments: [image('a.png')] }, context)
  assert.equal(two.ok && two.value.html.match(/<img/g)?.length, 1)
})

test('an edit names what it replaces and keeps the mark; a withdrawal carries no text', async () => {
  const first = postFields(draft, context)
  assert.ok(first.ok)
  const replaces = await seal('post', first.value, signer, sha256)
  const edit = postFields({ ...draft, source: 'Better.', replaces }, { ...context, nowMs: 6000 })
  assert.equal(edit.ok && edit.value.replaces, replaces.id)
  const gone = postFields({ ...draft, replaces, withdrawn: true }, { ...context, nowMs: 7000 })
  assert.ok(gone.ok)
  assert.deepEqual([gone.value.withdrawn, gone.value.html, gone.value.title], [true, '', ''])
  await seal('post', gone.value, signer, sha256)
})

test('what is too long or too large is told before it is signed', () => {
  const refused = (change: Partial<Draft>) => {
    const fields = postFields({ ...draft, ...change }, context)
    return fields.ok ? null : fields.detail
  }
  assert.match(refused({ title: 'é'.repeat(151) })!, /title is too long/)
  assert.equal(refused({ title: 'é'.repeat(150) }), null)
  assert.match(refused({ source: 'x'.repeat(262_145) })!, /two posts/)
  assert.match(refused({ title: ' ', source: ' ' })!, /write something/)
  assert.match(refused({ attachments: [image('big.png', 10 * 1024 * 1024 + 1)] })!, /"big.png" is too large/)
  assert.match(refused({ attachments: Array.from({ length: 21 }, (_, i) => image(`${i}.png`)) })!, /at most 20/)
})

test('the limits told to authors are those of the wire', () => {
  const { properties } = kinds.kinds.post
  assert.equal(properties.title.maxBytes, draftLimits.titleBytesMax)
  assert.equal(properties.source.maxBytes, draftLimits.sourceBytesMax)
  assert.equal(properties.html.maxBytes, draftLimits.htmlBytesMax)
  assert.equal(properties.attachments.maxItems, draftLimits.attachmentsMax)
})

test('Hebrew and Arabic posts run from right to left', () => {
  const direction = (title: string) => {
    const fields = postFields({ ...draft, title }, context)
    return fields.ok && fields.value.direction
  }
  assert.deepEqual([direction('1. שלום'), direction('مرحبا'), direction('Hello שלום')], ['rtl', 'rtl', 'ltr'])
})

test('a .dgos file carries objects and images; a damaged one is refused', async () => {
  const fields = postFields(draft, context)
  assert.ok(fields.ok)
  const { envelope } = await seal('post', fields.value, signer, sha256)
  const bytes = utf8('image')
  const file = writePostFile([envelope], new Map([[hash('image'), bytes]]))
  const read = readPostFile(file, sha256)
  assert.ok(read.ok)
  assert.deepEqual(read.value.objects, [envelope])
  assert.deepEqual(read.value.blobs.get(hash('image')), bytes)
  const code = (input: Uint8Array) => {
    const answer = readPostFile(input, sha256)
    return answer.ok ? null : answer.code
  }
  assert.equal(code(writePostFile([envelope], new Map([[hash('other'), bytes]]))), 'HASH_MISMATCH')
  assert.equal(code(utf8('{"objects":[]}')), 'BAD_REQUEST')
  assert.equal(code(utf8('GIF89a')), 'BAD_REQUEST')
  assert.equal(code(utf8(`{"objects":[{}],"blobs":{"${hash('x')}":"a"}}`)), 'BAD_BASE64')
  assert.equal(code(new Uint8Array(postFileBytesMax + 1)), 'TOO_LARGE')
})
