import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nodePlatform, nodeSigner } from '../../lib/platform.ts'
import { decodeBase64 } from '../../protocol/base64.ts'
import {
  addressHash,
  agreedEntry,
  bucketOf,
  type OutageEntry,
  type OutageList,
  openList,
  outageListMsMax,
  sealList,
} from '../../protocol/outage-list.ts'

const { sha256, verify } = nodePlatform
const network = 'ab'.repeat(32)
const signers = [1, 2, 3].map((n) => nodeSigner(new Uint8Array(32).fill(n)))
const members = Array.from({ length: 12 }, (_, i) => ({
  key: (i + 16).toString(16).repeat(32),
  url: `https://member-${i}.example.org/`,
}))
const nowMs = 1_800_000_000_000

function entry(i: number, fields: Partial<OutageEntry> = {}): OutageEntry {
  const blog = i.toString(16).padStart(64, '0')
  const mirrors = [members[i % 12]!, members[(i + 5) % 12]!]
  return {
    address: addressHash(`blog-${i}.example.org`, sha256),
    blog,
    declaration: 'c'.repeat(32),
    state: 'down',
    mirrors,
    ...fields,
  }
}

async function opened(list: Omit<OutageList, 'key' | 'members'>, signer = signers[0]!): Promise<OutageList> {
  const result = await openList(await sealList(list, signer), { network, keys: null, nowMs }, verify)
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

test('a list opens to what was sealed, and an entry costs at most 150 bytes', async () => {
  const entries = Array.from({ length: 200 }, (_, i) => entry(i))
  const envelope = await sealList({ network, time: nowMs, bucket: 'all', entries }, signers[0]!)
  const list = await opened({ network, time: nowMs, bucket: 'all', entries })
  assert.deepEqual(list.entries, entries)
  const empty = await sealList({ network, time: nowMs, bucket: 'all', entries: [] }, signers[0]!)
  const table = Math.ceil(JSON.stringify(members).length / 3) * 4
  const perEntry = (JSON.stringify(envelope).length - JSON.stringify(empty).length - table) / 200
  assert.ok(perEntry <= 150, `${perEntry} bytes an entry`)
})

test('a list is refused when it is old, foreign, altered, or not from a pinned member', async () => {
  const envelope = await sealList({ network, time: nowMs, bucket: 'all', entries: [entry(1)] }, signers[0]!)
  const trust = { network, keys: [signers[0]!.key], nowMs }
  const code = async (input: unknown, given = trust) => {
    const result = await openList(input, given, verify)
    return result.ok ? 'ok' : result.code
  }
  assert.equal(await code(envelope), 'ok')
  assert.equal(await code(envelope, { ...trust, nowMs: nowMs + outageListMsMax }), 'ok')
  assert.equal(await code(envelope, { ...trust, nowMs: nowMs + outageListMsMax + 1 }), 'EXPIRED')
  assert.equal(await code(envelope, { ...trust, nowMs: nowMs - outageListMsMax - 1 }), 'AHEAD_OF_TIME')
  assert.equal(await code(envelope, { ...trust, network: 'cd'.repeat(32) }), 'OTHER_NETWORK')
  assert.equal(await code(envelope, { ...trust, keys: [signers[1]!.key] }), 'NOT_ALLOWED')
  assert.equal(await code({ ...envelope, payload: `${envelope.payload.slice(0, -8)}AAAAAAA=` }), 'BAD_SIGNATURE')
  for (const nonsense of [null, 7, 'list', [], {}, { ...envelope, signatures: [null] }])
    assert.equal(await code(nonsense), 'BAD_ENVELOPE')
})

test('an entry counts when two members list it alike, and not when one does, or two contradict', async () => {
  const list = (who: number, ...entries: OutageEntry[]) =>
    opened({ network, time: nowMs, bucket: 'all', entries }, signers[who]!)
  const same = [await list(0, entry(1)), await list(1, entry(1, { mirrors: [members[9]!] }))]
  const found = agreedEntry(same, entry(1).address)
  assert.equal(found?.state, 'down')
  assert.deepEqual(found.mirrors, [members[1], members[6], members[9]])
  assert.equal(agreedEntry([same[0]!, same[0]!], entry(1).address), null, 'one member twice is one member')
  assert.equal(agreedEntry([same[0]!, await list(1, entry(1, { state: 'disputed' }))], entry(1).address), null)
  assert.equal(agreedEntry([same[0]!, await list(1, entry(2))], entry(1).address), null)
})

test('blogs of one host lie in one bucket', () => {
  assert.equal(bucketOf('example.org/~ana', sha256), bucketOf('example.org', sha256))
  assert.match(bucketOf('example.org', sha256), /^[0-9a-f]{2}$/)
  assert.notEqual(addressHash('example.org/~ana', sha256), addressHash('example.org', sha256))
  assert.equal(decodeBase64(`${addressHash('example.org', sha256).replace(/[-_]/g, 'A')}==`)?.length, 16)
})
