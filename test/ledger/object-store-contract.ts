/** What every engine under the ledger promises. Called by the test of each engine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectRow, ObjectStore } from '../../ledger/object-store.ts'

function row(n: number, over: Partial<ObjectRow> = {}): ObjectRow {
  const id = n.toString(16).padStart(64, '0')
  const envelope = {
    payload: 'e30=',
    payloadType: 'application/vnd.dgos.post.v1+json',
    signatures: [{ keyid: 'a'.repeat(64), sig: `${n}` }],
  }
  return { id, kind: 'post', blog: 'b'.repeat(64), time: n, envelope, ...over }
}

export function objectStoreContract(name: string, open: () => Promise<ObjectStore>): void {
  test(`${name}: an object comes back as it was put`, async () => {
    const store = await open()
    await store.put([row(1)])
    assert.deepEqual(await store.get(row(1).id), row(1).envelope)
    assert.equal(await store.get(row(2).id), null)
  })

  test(`${name}: putting an object again changes nothing`, async () => {
    const store = await open()
    await store.put([row(1), row(1)])
    await store.put([row(1, { time: 99 })])
    assert.equal((await store.ofBlog('b'.repeat(64))).length, 1)
  })

  test(`${name}: objects of a blog, of the network and of a kind are told apart, in order of id`, async () => {
    const store = await open()
    await store.put([
      row(3),
      row(1),
      row(2, { blog: null, kind: 'member' }),
      row(4, { blog: 'c'.repeat(64), kind: 'root' }),
    ])
    assert.deepEqual(
      (await store.ofBlog('b'.repeat(64))).map((stored) => stored.id),
      [row(1).id, row(3).id],
    )
    assert.deepEqual(
      (await store.ofBlog(null)).map((stored) => stored.id),
      [row(2).id],
    )
    assert.deepEqual(
      (await store.ofKind('root')).map((stored) => stored.id),
      [row(4).id],
    )
    assert.deepEqual(await store.blogs(), ['b'.repeat(64), 'c'.repeat(64)])
  })

  test(`${name}: removed objects are gone, more than one statement may name included`, async () => {
    const store = await open()
    const rows = Array.from({ length: 1201 }, (_, n) => row(n + 1))
    await store.put(rows)
    await store.remove(rows.slice(1).map((row) => row.id))
    assert.deepEqual(
      (await store.ofBlog('b'.repeat(64))).map((stored) => stored.id),
      [rows[0]!.id],
    )
  })
}
