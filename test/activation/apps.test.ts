/** Blogging apps, driven by clients that others wrote: Python's xmlrpc.client and npm's micropub-helper. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { readCall } from '../../activation/doors/apps/xml-rpc.ts'
import { utf8 } from '../../protocol/bytes.ts'
import { shownPosts } from '../../protocol/posts.ts'
import type { MemoryBlobStore } from '../support/memory-blob-store.ts'
import { programDoors } from './program-doors.ts'

/** Has no types. */
const untyped: string = 'micropub-helper'
const run = promisify(execFile)
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

const python = `
import sys, json, base64, xmlrpc.client as x
url, token, png = sys.argv[1:]
s = x.ServerProxy(url, use_builtin_types=True)
out = {}
blog = s.blogger.getUsersBlogs('', 'ana', token)[0]
out['blog'] = blog['blogName']
media = s.metaWeblog.newMediaObject(blog['blogid'], 'ana', token, {'name': 'a dot.png', 'type': 'image/png', 'bits': base64.b64decode(png)})
post = s.metaWeblog.newPost(blog['blogid'], 'ana', token, {'title': 'Wörter & <b>', 'description': '<p>Hello <script>x</script><a href="/about">us</a></p>\\n<img src="%s" alt="dot">' % media['url']}, True)
out['post'] = post
out['got'] = s.metaWeblog.getPost(post, 'ana', token)['description']
out['edited'] = s.metaWeblog.editPost(post, 'ana', token, {'title': 'New', 'description': out['got'] + '<p>more</p>'}, True)
out['recent'] = [one['title'] for one in s.metaWeblog.getRecentPosts(blog['blogid'], 'ana', token, 5)]
second = s.wp.newPost(blog['blogid'], 'ana', token, {'post_title': 'Second', 'post_content': 'One\\n\\nTwo'})
out['deleted'] = s.wp.deletePost(blog['blogid'], 'ana', token, second)
out['categories'] = s.metaWeblog.getCategories(blog['blogid'], 'ana', token)
def fault(call):
    try: call()
    except x.Fault as f: return f.faultString
out['wrong'] = fault(lambda: s.metaWeblog.getPost(post, 'ana', 'a' * 26))
out['draft'] = fault(lambda: s.metaWeblog.newPost(blog['blogid'], 'ana', token, {'title': 'x', 'description': 'y'}, False))
out['multicall'] = fault(lambda: s.system.multicall([{'methodName': 'blogger.getUsersBlogs', 'params': ['', 'ana', token]}]))
out['pingback'] = fault(lambda: s.pingback.ping('http://a/', 'http://b/'))
print(json.dumps(out))
`

test("Python's XML-RPC client posts, edits, lists and deletes, with an image", async (t) => {
  const world = await programDoors(t)
  const { secret } = await world.open('app')
  const { stdout } = await run('python3', ['-c', python, `${world.url}xmlrpc`, secret, png])
  const out = JSON.parse(stdout) as Record<string, unknown>
  assert.equal(out.blog, 'The blog of Ana')
  assert.match(
    out.got as string,
    /^<p>Hello <a href="https:\/\/ana\.example\/about">us<\/a><\/p><p><img src="http:\/\/127.0.0.1:\d+\/dgos\/v1\/blobs\/[0-9a-f]{64}" alt="dot" width="1" height="1"><\/p>$/,
  )
  assert.deepEqual([out.edited, out.recent, out.deleted, out.categories], [true, ['New'], true, []])
  for (const [name, code] of [
    ['wrong', /NOT_ALLOWED/],
    ['draft', /drafts stay/],
    ['multicall', /no such method/],
    ['pingback', /no such method/],
  ] as const)
    assert.match(out[name] as string, code)
  const [, post] = shownPosts(await world.net.members[0]!.ledger.blog(world.net.blog.id), Date.now())
  assert.equal(post!.current.payload.title, 'New')
  assert.equal(post!.history.length, 2)
  assert.equal(post!.current.payload.attachments.length, 1, 'an edit keeps the image')
  assert.match(post!.current.payload.html, /<p>more<\/p>$/)
  assert.equal(post!.current.payload.through, 'by MarsEdit through Mirror One')
})

test('npm’s Micropub client creates, reads, updates and deletes, and uploads an image', async (t) => {
  const world = await programDoors(t)
  const { secret } = await world.open('app')
  const { default: Micropub } = (await import(untyped)) as unknown as {
    default: new (o: object) => MicropubClient
  }
  const client = new Micropub({
    token: secret,
    micropubEndpoint: `${world.url}micropub`,
    mediaEndpoint: `${world.url}micropub/media`,
    me: 'https://ana.example/',
    clientId: 'https://app.example/',
    redirectUri: 'https://app.example/',
  })
  assert.deepEqual(
    ((await client.query('config')) as Record<string, unknown>)['media-endpoint'],
    `${world.url}micropub/media`,
  )
  const form = new FormData()
  form.append('file', new Blob([Buffer.from(png, 'base64')], { type: 'image/png' }), 'dot.png')
  const media = await fetch(`${world.url}micropub/media`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}` },
    body: form,
  })
  assert.equal(media.status, 201)
  await media.arrayBuffer()
  const photo = media.headers.get('location')!
  const url = await client.create({
    type: ['h-entry'],
    properties: { name: ['Hi'], content: ['Some *words*'], photo: [{ value: photo, alt: 'dot' }] },
  })
  assert.match(url, /\/m\/[0-9a-f]{64}\/p\/[0-9a-f]{64}$/)
  const source = (await client.querySource(url)) as { properties: Record<string, unknown[]> }
  assert.deepEqual([source.properties.name, source.properties.content], [['Hi'], ['Some *words*']])
  await client.update(url, { replace: { content: ['Other words'] } })
  const shown = async () => shownPosts(await world.net.members[0]!.ledger.blog(world.net.blog.id), Date.now())[0]!
  assert.match((await shown()).current.payload.html, /^<p>Other words<\/p>/)
  await client.delete(url)
  assert.equal((await shown()).withdrawn, true)
  const formPost = await fetch(`${world.url}micropub`, {
    method: 'POST',
    body: new URLSearchParams({ h: 'entry', content: 'by form', access_token: secret }),
  })
  assert.equal(formPost.status, 201)
  await formPost.arrayBuffer()
})

test('a Hebrew post from an app runs from right to left, whichever interface the app speaks', async (t) => {
  const world = await programDoors(t)
  const { secret } = await world.open('app')
  const created = await fetch(`${world.url}micropub`, {
    method: 'POST',
    body: new URLSearchParams({ h: 'entry', content: 'שלום', access_token: secret }),
  })
  assert.equal(created.status, 201)
  const call = (content: string) =>
    `<?xml version="1.0"?><methodCall><methodName>metaWeblog.newPost</methodName><params>${['1', 'ana', secret].map((argument) => `<param><value><string>${argument}</string></value></param>`).join('')}<param><value><struct>${content}</struct></value></param></params></methodCall>`
  const field = (name: string, text: string) =>
    `<member><name>${name}</name><value><string>${text}</string></value></member>`
  for (const words of ['&lt;p&gt;&amp;amp; 1. שלום&lt;/p&gt;', '&lt;p&gt;Hello שלום&lt;/p&gt;']) {
    const body = call(field('description', words))
    const answer = await fetch(`${world.url}xmlrpc`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body })
    assert.match(await answer.text(), /<string>[0-9a-f]{64}<\/string>/)
  }
  const posts = shownPosts(await world.net.members[0]!.ledger.blog(world.net.blog.id), Date.now())
  const directions = new Map(posts.map(({ current: { payload } }) => [payload.html, payload.direction]))
  assert.deepEqual(
    directions,
    new Map([
      ['<p>Hello שלום</p>', 'ltr'],
      ['<p>&amp; 1. שלום</p>', 'rtl'],
      ['<p>שלום</p>', 'rtl'],
    ]),
  )
})

test('an app that sends again after a failure, or twice at once, makes one post', async (t) => {
  const world = await programDoors(t)
  const { secret } = await world.open('app')
  const [first] = world.net.members
  const headers = { authorization: `Bearer ${secret}` }
  const form = new FormData()
  form.append('file', new Blob([Buffer.from(png, 'base64')], { type: 'image/png' }), 'dot.png')
  const photo = (await fetch(`${world.url}micropub/media`, { method: 'POST', headers, body: form })).headers.get(
    'location',
  )!
  const create = async () => {
    const body = new URLSearchParams({ h: 'entry', name: 'Hello', content: 'We are here', photo })
    const { status, headers: answered } = await fetch(`${world.url}micropub`, { method: 'POST', headers, body })
    return [status, answered.get('location')] as const
  }
  const disk = first!.blobs as MemoryBlobStore
  disk.full = true
  assert.equal((await create())[0], 500)
  disk.full = false
  const [status, location] = await create()
  assert.equal(status, 201)
  assert.deepEqual(await Promise.all([create(), create()]), [
    [201, location],
    [201, location],
  ])
  const { post } = await first!.ledger.blog(world.net.blog.id)
  assert.equal(post.length, 1)
  assert.equal(await disk.has(post[0]!.payload.attachments[0]!.blob), true)
})

test('a token ends when the author revokes its delegation, and means nothing before there is one', async (t) => {
  const world = await programDoors(t)
  const early = await world.doors.doorKeys.open({ how: 'app', blog: world.net.blog.id, name: 'app' })
  assert.ok(early.ok)
  const ask = (token: string) =>
    fetch(`${world.url}micropub?q=config`, { headers: { authorization: `Bearer ${token}` } })
  assert.equal((await ask(early.value.secret)).status, 401)
  const { secret, key } = await world.open('app')
  assert.equal((await ask(secret)).status, 200)
  const gone = await world.net.blog.add('delegation', 'posting', {
    to: key,
    may: [],
    until: Date.now(),
    time: Date.now(),
  })
  await world.net.members[0]!.ledger.accept([gone.envelope], 'author')
  const after = await ask(secret)
  assert.equal(after.status, 403)
  assert.match(await after.text(), /KEY_REVOKED/)
})

test('the RSD document names the XML-RPC door', async (t) => {
  const world = await programDoors(t)
  const rsd = await (await fetch(`${world.url}rsd/ana.example`)).text()
  assert.match(
    rsd,
    /<api name="MetaWeblog" blogID="ana.example" preferred="false" apiLink="http:\/\/127.0.0.1:\d+\/xmlrpc"/,
  )
})

test('XML with entities, document types, foreign types or too deep nesting is refused; the five escapes are read once', () => {
  const call = (value: string, head = '') =>
    readCall(
      utf8(
        `<?xml version="1.0"?>${head}<methodCall><methodName>a.b</methodName><params><param><value>${value}</value></param></params></methodCall>`,
      ),
    )
  const hostile = [
    call('<string>&x;</string>', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    call('<string>x</string>', '<!DOCTYPE a>'),
    call('<ex:i8>1</ex:i8>'),
    call(`${'<array><data><value>'.repeat(50)}x${'</value></data></array>'.repeat(50)}`),
    call('<int>1e9</int>'),
    call('<base64>%%%</base64>'),
    readCall(utf8('<methodResponse/>')),
    readCall(utf8('no xml at all')),
    readCall(new Uint8Array([0xff, 0xfe, 0x3c])),
  ]
  for (const result of hostile) assert.equal(result.ok, false)
  const good = call('<string>&amp;lt; &#228; &x; <![CDATA[&amp;]]></string>')
  assert.deepEqual(good.ok && good.value.params, ['&lt; ä &x; &amp;'])
})

type MicropubClient = {
  query(name: string): Promise<unknown>
  create(post: object): Promise<string>
  querySource(url: string): Promise<unknown>
  update(url: string, change: object): Promise<unknown>
  delete(url: string): Promise<unknown>
}
