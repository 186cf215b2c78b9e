import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { linkedHostPaths, linksMax } from '../../embed-beacon/linked.ts'
import { firstPassing } from '../../embed-beacon/race.ts'
import { sha256 } from '../../embed-beacon/sha256.ts'
import { readTag } from '../../embed-beacon/tag.ts'
import { signerOf } from '../support/small-network.ts'

test('the small SHA-256 agrees with OpenSSL at every length around its blocks', () => {
  for (let length = 0; length <= 200; length++) {
    const bytes = new Uint8Array(length).map((_, i) => (i * 37 + length) & 255)
    assert.deepEqual(sha256(bytes), new Uint8Array(createHash('sha256').update(bytes).digest()), `${length} bytes`)
  }
})

test('a tag names a network and two members; anything less is no tag', () => {
  const [a, b] = ['a', 'b'].map((name) => signerOf(name).key)
  const network = 'ab'.repeat(32)
  const members = `https://a.example/=${a}, https://b.example/dgos/=${b}`
  assert.deepEqual(readTag({ network, members })?.pins, [
    { url: 'https://a.example/', key: a },
    { url: 'https://b.example/dgos/', key: b },
  ])
  assert.equal(readTag({ members }), null)
  assert.equal(readTag({ network, members: `https://a.example/=${a}` }), null)
  assert.equal(readTag({ network, members: `https://a.example/=${a},https://b.example/=${a}` }), null, 'one key twice')
  assert.equal(readTag({ network, members: members.replace('https://b', 'javascript://b') }), null)
})

test('links give the host paths that they lie below, the own site left out', () => {
  const links = ['https://a.example/ana/2026/post', 'https://own.example/x', 'mailto:a@b', 'http://a.example:81/'].map(
    (href) => ({ href }),
  )
  assert.deepEqual(
    [...linkedHostPaths(links, 'https://own.example/x/').keys()],
    ['a.example', 'a.example/~ana', 'a.example/~ana+2026', 'a.example/~ana+2026+post', 'a.example:81'],
  )
  const many = Array.from({ length: 2 * linksMax }, (_, i) => ({ href: `https://h${i}.example/` }))
  assert.equal(linkedHostPaths(many, '').size, linksMax)
})

test('the first that passes wins the race, and none of none is null', async () => {
  const asked: number[] = []
  const even = async (n: number) => {
    asked.push(n)
    return n % 2 === 0
  }
  assert.equal(await firstPassing([1, 3, 4, 6], even), 4)
  assert.deepEqual(asked, [1, 3, 4], 'a failure starts the next at once')
  assert.equal(await firstPassing([1, 3], even), null)
  assert.equal(await firstPassing([], even), null)
})
