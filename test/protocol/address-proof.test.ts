import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOwner, attestationsNeeded, provenAddresses } from '../../protocol/address-proof.ts'
import { attesters } from '../../protocol/placement.ts'
import { dayMs, type SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'

async function networkOf(members: number) {
  // Records are renewed, so that members last as long as these stories.
  const net = await SmallNetwork.found(members)
  for (const days of [25, 50])
    for (let i = 0; i < members; i++) await net.record(`m${i}`, `o${i}`, { time: startMs + days * dayMs })
  return net
}

const proven = (blog: SmallBlog, days = 0) =>
  provenAddresses(blog.objects(), blog.net.roster(startMs + days * dayMs), startMs + days * dayMs, sha256)

async function attestAll(blog: SmallBlog, days: number, count = 5) {
  for (let i = 0; i < count; i++) await blog.attestor(`m${i}`, startMs + days * dayMs + i)
}

const owner = (blogs: SmallBlog[], days: number) => {
  const nowMs = startMs + days * dayMs
  const all = blogs.map((blog) => blog.objects())
  return addressOwner(blogs[0]!.address, all, blogs[0]!.net.roster(nowMs), nowMs, sha256)
}

test('60 % of the asked members prove an address, one in a network of two', async () => {
  assert.deepEqual([1, 2, 3, 5, 10].map(attestationsNeeded), [1, 1, 2, 3, 6])
  const blog = await (await networkOf(5)).blog()
  await blog.attestor('m0')
  await blog.attestor('m1', startMs + 1)
  assert.deepEqual(proven(blog), [])
  await blog.attestor('m2', startMs + 2)
  assert.deepEqual(proven(blog), [{ address: blog.address, provenAt: startMs + 2 }])
})

test('only members ranked for the address count, each once, and only its own address', async () => {
  const net = await networkOf(14)
  const blog = await net.blog()
  const asked = attesters(blog.address, net.roster(), sha256).map((attester) => attester.name)
  const others = ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9', 'm10', 'm11', 'm12', 'm13'].filter(
    (name) => !asked.includes(name),
  )
  assert.equal(asked.length, 10)
  for (const name of asked.slice(0, 5)) await blog.attestor(name)
  for (const name of [...others, 'stranger', asked[0]!]) await blog.attestor(name, startMs + 1)
  await blog.add('attestation', asked[5]!, { address: 'https://other.example/', marker: 'tag' })
  assert.equal(proven(blog).length, 0)
  await blog.attestor(asked[5]!)
  assert.equal(proven(blog).length, 1)
})

test('a proof runs out after 30 days without renewal, but not while the blog is down', async () => {
  const blog = await (await networkOf(5)).blog()
  await attestAll(blog, 0)
  assert.equal(proven(blog, 29).length, 1)
  assert.equal(proven(blog, 31).length, 0)
  await blog.say('down', startMs + 28 * dayMs, 7 * dayMs)
  assert.equal(proven(blog, 31).length, 1)
  await attestAll(blog, 40)
  assert.equal(proven(blog, 41)[0]?.provenAt, startMs + 2, 'proven since the first time')
})

test('a blog below a path is marked by the tag in its own pages only', async () => {
  const blog = await (await networkOf(3)).blog('ana', 'https://host.example/ana/')
  for (const name of ['m0', 'm1', 'm2']) await blog.add('attestation', name, { address: blog.address, marker: 'file' })
  assert.equal(proven(blog).length, 0)
  await attestAll(blog, 0, 2)
  assert.equal(proven(blog).length, 1)
})

test('an address stays with the id proven first while its marker is seen', async () => {
  const net = await networkOf(5)
  const first = await net.blog('ana', 'https://shared.example/')
  const second = await net.blog('eve', 'https://shared.example/')
  await attestAll(second, 1)
  assert.equal(owner([first, second], 1.5), second.id)
  await attestAll(first, 0)
  assert.equal(owner([first, second], 1.5), first.id)
  await attestAll(first, 20)
  await attestAll(second, 20)
  assert.equal(owner([second, first], 24), first.id)
})

test('another id gets it after 14 days of its marker without the former one', async () => {
  const net = await networkOf(5)
  const former = await net.blog('ana', 'https://shared.example/')
  const later = await net.blog('eve', 'https://shared.example/')
  await attestAll(former, 0)
  await attestAll(later, 2)
  assert.equal(owner([former, later], 15.9), former.id)
  assert.equal(owner([former, later], 16.1), later.id)
  await former.say('down', startMs + 15 * dayMs, 7 * dayMs)
  assert.equal(owner([former, later], 16.1), former.id, 'never while the author declares down')
})

test('a closed blog owns nothing', async () => {
  const net = await networkOf(3)
  const blog = await net.blog()
  await attestAll(blog, 0, 3)
  assert.equal(owner([blog], 1), blog.id)
  const { network: _, key: __, ...fields } = blog.root.payload
  const closing = { ...fields, version: 2, previous: blog.id, closed: true, time: startMs + 1 }
  blog.kept.push(await net.sign('root', 'ana recovery', { ...closing, blog: blog.id }))
  assert.equal(owner([blog], 1), null)
  assert.equal(signerOf('ana recovery').key, blog.root.payload.key)
})
