/** What two WordPress members do for each other: copies, an author's post through the other one, and its way home. */
import assert from 'node:assert/strict'
import { hostPath } from '../../../protocol/addresses.ts'
import type { SignedObject } from '../../../protocol/objects.ts'
import { until } from '../../support/until.ts'
import type { BlogFacts, BlogWorld } from '../blog-world.ts'
import { awkwardPicture, declared, hashOf, type Picture, written } from './author.ts'

const mib = 1024 * 1024

export type Written = { readonly post: SignedObject<'post'>; readonly picture: Picture }

/** A copy of the one blog is signed by it, and kept by the other WordPress as by the Node member. */
export async function protects(world: BlogWorld, other: BlogWorld): Promise<void> {
  const copy = await world.copied((snapshotFacts) => snapshotFacts.pages.length > 1, `${world.url} signs a copy`)
  const front = copy.pages.find((page) => page.path === '/')!
  const kept = await until(async () => {
    await other.wake()
    return bytesOf(`${other.url}dgos/v1/blobs/${front.blob}`)
  }, `${other.url} keeps the front page of ${world.url}`)
  await until(async () => {
    await other.wake()
    const facts = JSON.parse((await send(`${other.url}dgos/v1/blogs/${world.blog}`)).text) as BlogFacts
    return facts.proven.includes(world.site.url)
  }, `${other.url} knows that ${world.site.url} is proven`)
  assert.equal(hashOf(kept), front.blob)
  assert.match(Buffer.from(kept).toString(), new RegExp(`<meta name="dgos" content="${world.blog}">`))
}

/** The author of the one blog writes through the other WordPress. */
export async function wrote(world: BlogWorld, at: BlogWorld): Promise<Written> {
  const picture = awkwardPicture(1)
  const [down, post] = [await declared(world), await written(world, 'By the river', picture)]
  const handed = await send(
    `${at.url}dgos/v1/objects`,
    'POST',
    JSON.stringify({ objects: [down.envelope, post.envelope] }),
  )
  assert.deepEqual(
    (JSON.parse(handed.text) as { answers: { result: string }[] }).answers.map((answer) => answer.result),
    ['stored', 'stored'],
    handed.text,
  )
  const blob = `${at.url}dgos/v1/blobs/${picture.hash}`
  assert.equal((await send(blob, 'PUT', picture.bytes)).status, 200)
  for (const query of ['', '?', '?x=%00&y[]=1&blob=2'])
    assert.deepEqual(await bytesOf(blob + query), picture.bytes, query)
  const head = await fetch(blob, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, `${picture.bytes.length}`])
  // parts are not offered: whoever asks for one gets the whole, as RFC 9110 (14.2) allows
  const part = await fetch(blob, { headers: { range: 'bytes=1-3' } })
  assert.deepEqual([part.status, (await part.arrayBuffer()).byteLength], [200, picture.bytes.length])
  const several = await fetch(`${at.url}dgos/v1/objects?ids=${post.id},${down.id}`)
  assert.deepEqual((await several.json()) as unknown, { objects: [post.envelope, down.envelope], left: [] })
  await bounded(at)
  await shown(world, at, post.envelope)
  return { post, picture }
}

/** Bodies are read as they are, up to the limit of the wire and not by one byte more. */
async function bounded({ url }: BlogWorld): Promise<void> {
  const whole = await send(`${url}dgos/v1/objects`, 'POST', 'x'.repeat(4 * mib))
  assert.deepEqual([whole.status, JSON.parse(whole.text).error], [400, 'BAD_JSON'])
  const more = await send(`${url}dgos/v1/objects`, 'POST', 'x'.repeat(4 * mib + 1))
  assert.deepEqual([more.status, JSON.parse(more.text).error], [413, 'TOO_LARGE'])
}

/** Readers find the post, and the author a form. */
async function shown(world: BlogWorld, at: BlogWorld, envelope: object): Promise<void> {
  const page = `${at.url}dgos/m/${hostPath(world.site.url)}/`
  const answer = await send(page)
  assert.equal(answer.status, 200, page)
  assert.match(answer.text, /By the river: all is well\./)
  assert.match(await (await fetch(`${page}feed.xml`)).text(), /By the river/)
  assert.match(await (await fetch(`${at.url}dgos/post/`)).text(), /Post while your blog is down/)
  const file = new FormData()
  file.set('file', new Blob([JSON.stringify({ objects: [envelope], blobs: {} })]), 'post.dgos')
  assert.match((await send(`${at.url}dgos/post/`, 'POST', file)).text, /Handed in/)
}

/** The post comes home from its mirrors, once, with its picture as it was; readers find it under its own address. */
export async function cameHome(world: BlogWorld, at: BlogWorld, { post, picture }: Written): Promise<void> {
  await until(async () => {
    await at.wake()
    return /\b1 posts confirmed to [12] mirrors/.test(await world.site.wp('dgos', 'import'))
  }, 'its mirrors have the post, and it is imported')
  assert.match(await world.site.wp('dgos', 'import'), /Everything is already here/)
  const found = await world.site.eval(
    `global $wpdb; $home = $wpdb->get_col( "SELECT ID FROM $wpdb->posts WHERE guid = 'urn:dgos:post:${post.id}'" ); $files = $wpdb->get_col( "SELECT ID FROM $wpdb->posts WHERE post_type = 'attachment'" ); echo implode( ' ', array_merge( array_map( 'get_permalink', $home ), array_map( 'wp_get_attachment_url', $files ) ) );`,
  )
  const [page, file, ...more] = found.split(' ')
  assert.deepEqual(more, [], found)
  const text = await (await fetch(page!)).text()
  for (const words of [/By the river: all is well\./, /Posted during an outage/]) assert.match(text, words)
  assert.deepEqual(await bytesOf(file!), picture.bytes)
}

/** The body is read to its end: the connection serves the next request. */
export async function send(
  url: string,
  method = 'GET',
  body: string | Uint8Array<ArrayBuffer> | FormData | null = null,
) {
  const answer = await fetch(url, { method, body })
  return { status: answer.status, text: await answer.text() }
}

export async function bytesOf(url: string): Promise<Uint8Array | null> {
  const answer = await fetch(url)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  return answer.status === 200 ? bytes : null
}
