import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addressesOfHostPath,
  hostOf,
  hostPath,
  isPathBlog,
  mirrorPath,
  readMirrorPath,
} from '../../protocol/addresses.ts'

const pairs = [
  ['https://example.org/', 'example.org'],
  ['http://127.0.0.1:8101/', '127.0.0.1:8101'],
  ['https://example.org/ana/', 'example.org/~ana'],
  ['https://example.org/~ana/', 'example.org/~~ana'],
  ['https://example.org/people/ana/', 'example.org/~people+ana'],
] as const

test('an address and its host path name each other', () => {
  for (const [address, path] of pairs) {
    assert.equal(hostPath(address), path)
    assert.ok(addressesOfHostPath(path).includes(address))
    assert.equal(isPathBlog(address), path.includes('/'))
    assert.equal(hostOf(address), path.split('/')[0])
  }
  assert.deepEqual(addressesOfHostPath('example.org'), ['https://example.org/', 'http://example.org/'])
})

test('what is no host path has no addresses, and what is no address has no host path', () => {
  for (const hostPath of [
    '',
    'Example.org',
    'example.org/',
    'example.org/ana',
    'example.org/~',
    'example.org/~a++b',
    '../x',
    'a b',
  ])
    assert.deepEqual(addressesOfHostPath(hostPath), [], hostPath)
  for (const address of [
    'example.org',
    'https://example.org',
    'https://example.org/a',
    'https://example.org/../',
    'ftp://example.org/',
  ])
    assert.throws(() => hostPath(address), RangeError, address)
})

test('the path of a mirror page is read back into blog and page', () => {
  assert.equal(mirrorPath('example.org'), 'm/example.org/')
  assert.deepEqual(readMirrorPath('/m/example.org/'), { name: 'example.org', rest: '' })
  assert.deepEqual(readMirrorPath('/m/example.org/p/abc'), { name: 'example.org', rest: 'p/abc' })
  assert.deepEqual(readMirrorPath('/m/example.org/~people+ana/feed.xml'), {
    name: 'example.org/~people+ana',
    rest: 'feed.xml',
  })
  assert.equal(readMirrorPath('/dgos/v1/ping'), null)
})
