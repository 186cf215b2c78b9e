import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { imageTypeOf } from '../../activation/posts/image-type.ts'
import { postPolicyDefaults, postRefusal, receiptRefusal } from '../../activation/posts/post-policy.ts'
import { nodePlatform } from '../../lib/platform.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { type SmallBlog, SmallNetwork, signerOf, startMs } from '../support/small-network.ts'
import { PostingNetwork } from './posting-members.ts'

const { sha256 } = nodePlatform
const hourMs = 3_600_000

async function members(t: TestContext, options = {}): Promise<PostingNetwork> {
  const net = await PostingNetwork.create(t, 3, options)
  return net
}

async function delegatedPost(blog: SmallBlog, i: number, time = startMs) {
  const fields = { draft: signerOf(`d${i}`).key, title: `${i}`, html: '', attachments: [], prevs: [], published: time }
  return blog.add('post', 'outage', { ...fields, time })
}

test('while the blog is up a post is refused, unless the author says in the same batch that it is down', async (t) => {
  const net = await members(t, { up: true })
  const [door] = net.mirrors
  const post = await net.blog.post('Too early', startMs)
  assert.equal((await door!.handIn([post]))[0]!.code, 'BLOG_NOT_DOWN')
  const word = await net.blog.say('down', startMs, hourMs)
  const answers = await door!.handIn([post, word])
  assert.deepEqual(
    answers.map((answer) => answer.result),
    ['stored', 'stored'],
  )
})

test('a mirror that has not heard that the blog is down is told together with the post', async (t) => {
  const net = await members(t, { up: true })
  const [door] = net.mirrors
  const word = await net.blog.say('down', startMs, hourMs)
  const post = await net.blog.post('Now', startMs)
  await door!.handIn([word, post])
  await net.clock.advance(200)
  assert.equal((await door!.replication.holders(post.id))!.held, 3)
})

test('after the outage a post from its time is still taken, a new one is not, and taking back is always possible', async () => {
  const net = await SmallNetwork.found(3)
  const blog = await net.blog()
  await blog.say('down', startMs, hourMs)
  await blog.say('over', startMs + hourMs / 2, 60_000)
  const context = { roster: net.roster(), nowMs: startMs + 2 * hourMs, sha256 }
  const early = await blog.net.sign('post', 'ana posting', postFields(blog, startMs + 60_000))
  const late = await blog.net.sign('post', 'ana posting', postFields(blog, startMs + 2 * hourMs))
  const kept = await blog.post('Kept', startMs + 30_000)
  const taken = { ...postFields(blog, startMs + 2 * hourMs), withdrawn: true }
  const gone = await blog.net.sign('post', 'ana posting', { ...taken, replaces: kept.id })
  const empty = await blog.net.sign('post', 'ana posting', taken)
  const marked = { ...postFields(blog, startMs + 2 * hourMs), cancel: 'c'.repeat(64) }
  const cancel = await blog.net.sign('post', 'ana posting', marked)
  const refusal = (post: typeof early) => postRefusal(post, blog.objects(), context, postPolicyDefaults)?.code ?? null
  assert.deepEqual([early, late, gone].map(refusal), [null, 'BLOG_NOT_DOWN', null])
  assert.deepEqual([empty, cancel].map(refusal), ['BLOG_NOT_DOWN', 'BLOG_NOT_DOWN'], 'nothing was taken back')
})

function postFields(blog: SmallBlog, time: number) {
  const text = { draft: signerOf(`${time}`).key, title: 't', html: '', attachments: [], prevs: [] }
  return { blog: blog.id, ...text, published: time, time }
}

test('a delegated key has ten posts a day; what another mirror took is taken all the same', async () => {
  const net = await SmallNetwork.found(3)
  const blog = await net.blog()
  await blog.say('down', startMs, hourMs)
  const may = ['post'] as const
  await blog.add('delegation', 'posting', {
    to: signerOf('outage').key,
    may,
    until: startMs + 9 * hourMs,
    postsPerDay: 500,
  })
  for (let i = 0; i < 10; i++) await delegatedPost(blog, i)
  const eleventh = await delegatedPost(blog, 10)
  blog.kept.pop()
  const context = { roster: net.roster(), nowMs: startMs, sha256 }
  const code = () => postRefusal(eleventh, blog.objects(), context, postPolicyDefaults)?.code ?? null
  assert.equal(code(), 'RATE')
  await blog.add('receipt', 'm1', { post: eleventh.id })
  assert.equal(code(), null)
})

test('one blog does not fill the disk', async () => {
  const net = await SmallNetwork.found(3)
  const blog = await net.blog()
  await blog.say('down', startMs, hourMs)
  const post = await blog.post('x', startMs)
  blog.kept.pop()
  const context = { roster: net.roster(), nowMs: startMs, sha256 }
  const code = (quotaBytesMax: number) =>
    postRefusal(post, blog.objects(), context, { ...postPolicyDefaults, quotaBytesMax })?.code ?? null
  const { length } = post.envelope.payload
  assert.deepEqual([code(length - 1), code(length)], ['QUOTA', null])
})

test('a member gives one receipt a post; a flood of them is refused', async () => {
  const net = await SmallNetwork.found(3)
  const blog = await net.blog()
  const receipt = await blog.add('receipt', 'm1', { post: 'ab'.repeat(32) })
  const objects = blog.objects()
  const flood = (count: number) => ({ ...objects, receipt: Array.from({ length: count }, () => receipt) })
  assert.equal(receiptRefusal(receipt, flood(29)), null)
  assert.equal(receiptRefusal(receipt, flood(30))?.code, 'RATE')
})

test('images are known by their first bytes', () => {
  const bytes = (text: string) => Uint8Array.from(text, (mark) => mark.charCodeAt(0))
  assert.equal(imageTypeOf(bytes('\xff\xd8\xff\xe0')), 'image/jpeg')
  assert.equal(imageTypeOf(bytes('\x89PNG\r\n\x1a\n....')), 'image/png')
  assert.equal(imageTypeOf(bytes('GIF89a..')), 'image/gif')
  assert.equal(imageTypeOf(bytes('RIFF....WEBPVP8 ')), 'image/webp')
  assert.equal(imageTypeOf(bytes('....ftypavif....')), 'image/avif')
  assert.equal(imageTypeOf(bytes('RIFF....WAVE')), null)
  assert.equal(imageTypeOf(utf8('<svg xmlns="http://www.w3.org/2000/svg">')), null)
  assert.equal(imageTypeOf(new Uint8Array(0)), null)
})
