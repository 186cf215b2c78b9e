import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkEvidence, type Question } from '../../embed-beacon/evidence.ts'
import { nodePlatform } from '../../lib/platform.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { addressHash } from '../../protocol/outage-list.ts'
import type { Platform } from '../../protocol/platform.ts'
import { emptyEvidence } from '../hostile/inputs/empty-evidence.ts'
import { dayMs, type SmallBlog, SmallNetwork, sha256, signerOf, startMs } from '../support/small-network.ts'

/** A blog proven and mirrored by all; `declared` by as many watchers. */
async function blogOf(members: number, declared: number): Promise<SmallBlog> {
  const blog = await (await SmallNetwork.found(members)).blog()
  await blog.head()
  for (let i = 0; i < members; i++) await blog.attestor(`m${i}`)
  const names = Array.from({ length: declared }, (_, i) => `m${i}`)
  if (declared > 0) await blog.declare(await Promise.all(names.map((name) => blog.observe(name))))
  return blog
}

const evidenceOf = (blog: SmallBlog): SignedObject[] => [blog.net.network, ...blog.net.objects, ...blog.kept]

function question(blog: SmallBlog, fields: Partial<Question> = {}): Question {
  const address = addressHash('ana.example', sha256)
  return { network: blog.net.network.id, blog: blog.id, address, nowMs: startMs + 1000, seen: null, ...fields }
}

async function verdictOn(blog: SmallBlog, objects = evidenceOf(blog), fields: Partial<Question> = {}) {
  const envelopes = objects.map((object) => object.envelope)
  const result = await checkEvidence([envelopes], question(blog, fields), nodePlatform)
  return result.ok ? 'ok' : `${result.code} ${result.detail}`.trim()
}

test('whole evidence gives the blog, its title and the mirrors of its head, in any order and twice over', async () => {
  const blog = await blogOf(5, 3)
  const objects = evidenceOf(blog)
  const envelopes = [...objects.toReversed(), ...objects].map((object) => object.envelope)
  const result = await checkEvidence([envelopes], question(blog), nodePlatform)
  assert.ok(result.ok)
  assert.deepEqual([result.value.title, result.value.hostPath], ['Blog of ana', 'ana.example'])
  assert.deepEqual(
    result.value.mirrors.map((mirror) => mirror.url).sort(),
    blog
      .mirrors()
      .map((mirror) => mirror.url)
      .sort(),
  )
})

test('without a verdict, with too few votes, or after its time nobody is sent anywhere', async () => {
  assert.equal(await verdictOn(await blogOf(5, 0)), 'NO_QUORUM')
  assert.equal(await verdictOn(await blogOf(5, 2)), 'NO_QUORUM')
  const blog = await blogOf(5, 3)
  assert.equal(await verdictOn(blog, evidenceOf(blog), { nowMs: startMs + 31 * 60_000 }), 'NO_QUORUM')
})

test('leaving out the records of honest mirrors does not make a small quorum whole', async () => {
  const blog = await blogOf(8, 3)
  const few = evidenceOf(blog).filter(
    (object) => object.kind !== 'member' || ['m0', 'm1', 'm2'].includes(object.payload.name),
  )
  assert.equal(await verdictOn(blog, few), 'NO_QUORUM')
})

test('an address that is not proven, or another one, is refused', async () => {
  const blog = await blogOf(5, 3)
  const unproven = evidenceOf(blog).filter((object) => object.kind !== 'attestation')
  assert.equal(await verdictOn(blog, unproven), 'NOT_ALLOWED address')
  const other = addressHash('bank.example', sha256)
  assert.equal(await verdictOn(blog, evidenceOf(blog), { address: other }), 'NOT_ALLOWED address')
})

test('another network, another blog, a closed blog and an altered object are refused', async () => {
  const blog = await blogOf(5, 3)
  assert.equal(await verdictOn(blog, evidenceOf(blog), { network: 'ab'.repeat(32) }), 'OTHER_NETWORK')
  assert.equal(await verdictOn(blog, evidenceOf(blog), { blog: 'ab'.repeat(32) }), 'UNKNOWN_BLOG')
  const forged = evidenceOf(blog).map((object) =>
    object.kind === 'declaration'
      ? { ...object, envelope: { ...object.envelope, signatures: blog.root.envelope.signatures } }
      : object,
  )
  assert.equal(await verdictOn(blog, forged as SignedObject[]), 'NO_QUORUM')
  const { network: _, key: __, ...fields } = blog.root.payload
  const closing = { ...fields, version: 2, blog: blog.id, previous: blog.id, closed: true }
  blog.kept.push(await blog.net.sign('root', 'ana recovery', closing))
  assert.equal(await verdictOn(blog), 'BLOG_CLOSED')
})

test('the word of the author is enough, that of a stranger is nothing', async () => {
  const blog = await blogOf(5, 0)
  const word = { state: 'down' as const, by: 'author' as const, until: startMs + dayMs }
  await blog.add('declaration', 'mallory', word)
  assert.equal(await verdictOn(blog), 'NO_QUORUM')
  await blog.say('down', startMs, dayMs)
  assert.equal(await verdictOn(blog), 'ok')
})

test('a head older than the one this reader has seen is refused', async () => {
  const blog = await blogOf(5, 3)
  assert.equal(await verdictOn(blog, evidenceOf(blog), { seen: [1, 1] }), 'ok')
  assert.equal(await verdictOn(blog, evidenceOf(blog), { seen: [1, 2] }), 'BROKEN_CHAIN older head')
})

test('a head that a stranger signed names no mirrors', async () => {
  const blog = await blogOf(5, 3)
  const others = { root: blog.id, rootVersion: 1, seq: 9, mirrors: [signerOf('m0').key], expires: startMs + dayMs }
  await blog.add('head', 'mallory', others)
  const result = await checkEvidence([evidenceOf(blog).map((object) => object.envelope)], question(blog), nodePlatform)
  assert.ok(result.ok)
  assert.equal(result.value.mirrors.length, 5)
})

test('a blog that is coming back still leads to its mirrors', async () => {
  const blog = await blogOf(5, 3)
  await blog.post('From the dark', startMs + 500)
  const ups = await Promise.all(
    ['m0', 'm1', 'm2'].map((name) => blog.observe(name, { state: 'up', time: startMs + 900 })),
  )
  await blog.declare(ups, 'over')
  assert.equal(await verdictOn(blog), 'ok')
})

test('a member that floods, lies or says nothing takes nobody else his evidence away', async () => {
  const blog = await blogOf(5, 3)
  const whole = evidenceOf(blog).map((object) => object.envelope)
  const floods = [
    emptyEvidence(20_001),
    emptyEvidence(300_000),
    emptyEvidence(20_000),
    [],
    [null, 1, { payloadType: 7 }],
  ]
  for (const flood of floods) {
    for (const sources of [
      [flood, whole],
      [whole, flood, flood],
    ]) {
      const result = await checkEvidence(sources, question(blog), nodePlatform)
      assert.ok(result.ok, `${flood.length} objects: ${result.ok ? '' : result.code}`)
    }
  }
  const alone = await checkEvidence([emptyEvidence(20_001)], question(blog), nodePlatform)
  assert.equal(alone.ok ? 'ok' : alone.code, 'TOO_LARGE')
})

test('what one member hides another shows: sources are joined', async () => {
  const blog = await blogOf(5, 3)
  const objects = evidenceOf(blog)
  const of = (kinds: readonly string[]) =>
    objects.filter((object) => kinds.includes(object.kind)).map((object) => object.envelope)
  const half = of(['network', 'member', 'voucher', 'root', 'attestation'])
  const rest = of(['head', 'declaration', 'snapshot'])
  assert.equal((await checkEvidence([half], question(blog), nodePlatform)).ok, false)
  assert.equal((await checkEvidence([half, rest], question(blog), nodePlatform)).ok, true)
})

/** As an object of this blog looks, with a signature that is well-formed and false. */
function forgedOf(objects: readonly SignedObject[]) {
  const sigOf = (entry: SignedObject) => entry.envelope.signatures[0]!.sig
  return objects.map((entry, i) => {
    const other = objects[(i + 1) % objects.length]!
    return { ...entry.envelope, signatures: [{ ...entry.envelope.signatures[0]!, sig: sigOf(other) }] }
  })
}

/** Counts what is verified and hashed. */
function countingPlatform() {
  const count = { verified: 0, hashed: 0 }
  const platform: Platform = {
    verify: (...words) => {
      count.verified++
      return nodePlatform.verify(...words)
    },
    sha256: (bytes) => {
      count.hashed++
      return nodePlatform.sha256(bytes)
    },
  }
  return { count, platform }
}

test('false signatures beside good payloads hide nothing, whoever is heard first', async () => {
  const blog = await blogOf(5, 3)
  const objects = evidenceOf(blog)
  const honest = objects.map((entry) => entry.envelope)
  const forged = forgedOf(objects).slice(1)
  for (const sources of [
    [forged, honest],
    [honest, forged],
  ]) {
    const result = await checkEvidence(sources, question(blog), nodePlatform)
    assert.ok(result.ok)
  }
  assert.ok(!(await checkEvidence([forged], question(blog), nodePlatform)).ok)
})

test('a source of noise is left after some looks, and one with a little of it is heard to its end', async () => {
  const blog = await blogOf(5, 3)
  const objects = evidenceOf(blog)
  const honest = objects.map((entry) => entry.envelope)
  const key = objects[0]!.envelope.signatures[0]!
  const noise = Array.from({ length: 5_000 }, (_, i) => ({
    payload: Buffer.from(`{"n":${i}}`).toString('base64'),
    payloadType: objects[0]!.envelope.payloadType,
    signatures: [key],
  }))
  const alone = countingPlatform()
  assert.ok(!(await checkEvidence([noise], question(blog), alone.platform)).ok)
  assert.ok(alone.count.verified <= 64 && alone.count.hashed <= 64, JSON.stringify(alone.count))
  const among = countingPlatform()
  assert.ok((await checkEvidence([noise, honest, honest], question(blog), among.platform)).ok)
  assert.ok(among.count.verified < 64 + 3 * honest.length, JSON.stringify(among.count))
  const little = [...noise.slice(0, 20), ...honest]
  assert.ok((await checkEvidence([little], question(blog), nodePlatform)).ok)
})

test('a verdict of few who call the others absent leads nobody away where these have spoken', async () => {
  const blog = await blogOf(10, 0)
  const others = blog.mirrors().filter(({ name }) => !['m0', 'm1', 'm2', 'm3'].includes(name))
  const unreachable = others.map(({ id }) => id)
  await blog.declare(await Promise.all(['m0', 'm1', 'm2', 'm3'].map((name) => blog.observe(name, { unreachable }))))
  const judged = async (objects: readonly SignedObject[]) => {
    const result = await checkEvidence([objects.map((entry) => entry.envelope)], question(blog), nodePlatform)
    assert.ok(result.ok)
    return result.value
  }
  const alone = await judged(evidenceOf(blog))
  assert.deepEqual([alone.disputed, alone.absent], [false, others.map(({ url }) => url)])
  for (const { name } of others) await blog.observe(name, { state: 'up', time: startMs + 500 })
  const { disputed, absent } = await judged(evidenceOf(blog))
  assert.deepEqual([disputed, absent], [true, []])
})
