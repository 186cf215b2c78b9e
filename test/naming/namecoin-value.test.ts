/** Namecoin values, tolerantly read, as people write them: nobody checks them before they are stored. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BitNode, nodeAt, readBitName } from '../../naming/namecoin-value.ts'

async function read(value: unknown, others: Readonly<Record<string, unknown>> = {}): Promise<BitNode | null> {
  const text = (entry: unknown) =>
    entry === undefined ? null : typeof entry === 'string' ? entry : JSON.stringify(entry)
  return readBitName('d/ana', async (name) => text(name === 'd/ana' ? value : others[name]))
}

const www = async (value: unknown, others = {}) => nodeAt((await read(value, others))!, ['www'])

test('addresses are a text or a list, of either family', async () => {
  assert.deepEqual((await read({ ip: '192.0.2.1' }))!.a, ['192.0.2.1'])
  assert.deepEqual((await read({ ip: ['192.0.2.1', '192.0.2.2'], ip6: '2001:DB8::1' }))!.a, ['192.0.2.1', '192.0.2.2'])
  assert.deepEqual((await read({ ip6: ['2001:DB8::1'] }))!.aaaa, ['2001:db8::1'])
})

test('a bad part spoils no other', async () => {
  const node = await read({
    ip: ['192.0.2.1', '256.1.1.1', '1.2.3', 7, null, '192.0.2.2 '],
    ip6: ['::g', '2001:db8::1', ':::'],
    txt: [1, 'x'],
    map: { 'a.b': {}, ok: '192.0.2.3', bad: 7, '-': {} },
  })
  assert.deepEqual(
    [node!.a, node!.aaaa, node!.txt, [...node!.map.keys()]],
    [['192.0.2.1'], ['2001:db8::1'], ['x'], ['ok']],
  )
})

test('what is no value is no name', async () => {
  for (const text of ['', 'null', '[]', '"x"', '{', '7', `{"txt":"${'x'.repeat(9_000)}"}`])
    assert.equal(await read(text), null, text.slice(0, 20))
  assert.equal(await read(undefined), null)
})

test('labels lead down, a text is an address, a star stands for what is not named, "" gives defaults', async () => {
  assert.deepEqual((await www({ map: { www: '192.0.2.5' } }))!.a, ['192.0.2.5'])
  assert.deepEqual((await www({ map: { www: { ip: '192.0.2.5' }, '*': { ip: '192.0.2.6' } } }))!.a, ['192.0.2.5'])
  assert.deepEqual((await www({ map: { '*': { ip: '192.0.2.6' } } }))!.a, ['192.0.2.6'])
  assert.equal(await www({ ip: '192.0.2.1' }), null)
  const deep = await read({ map: { www: { map: { eu: { ip: '192.0.2.7' } } } } })
  assert.deepEqual(nodeAt(deep!, ['eu', 'www'])!.a, ['192.0.2.7'])
  assert.deepEqual((await read({ map: { '': { ip: '192.0.2.8' } } }))!.a, ['192.0.2.8'])
})

test('servers of others silence the rest, then translate, then alias', async () => {
  const all = { ns: ['ns1.example.net.', 'ns'], translate: 'x.example.', alias: 'y.example.', ip: '192.0.2.1' }
  assert.deepEqual([(await read(all))!.ns, (await read(all))!.a], [['ns1.example.net', 'ns.ana.bit'], []])
  assert.equal((await read({ ...all, ns: undefined }))!.translate, 'x.example')
  const alias = await read({ alias: 'y.example.', ip: '192.0.2.1' })
  assert.deepEqual([alias!.alias, alias!.a], ['y.example', []])
  assert.equal((await www({ map: { www: { alias: '@' } } }))!.alias, 'ana.bit')
  assert.deepEqual((await read({ dns: 'ns.example.' }))!.ns, ['ns.example'], 'the older word')
  assert.deepEqual(
    (await read({ ns: ['bad name.'], ip: '192.0.2.1' }))!.a,
    ['192.0.2.1'],
    'servers that are none silence nothing',
  )
})

test('imports are followed in each of their forms, four deep, and what the value says itself wins', async () => {
  const others = { 'd/bob': { ip: '192.0.2.9', map: { www: '192.0.2.10', eu: { ip: '192.0.2.11' } } } }
  for (const form of ['d/bob', ['d/bob'], [['d/bob']]])
    assert.deepEqual((await read({ import: form }, others))!.a, ['192.0.2.9'], JSON.stringify(form))
  assert.deepEqual((await read({ import: ['d/bob', 'eu'] }, others))!.a, ['192.0.2.11'])
  const own = { import: 'd/bob', ip: '192.0.2.1', map: { www: '192.0.2.2' } }
  assert.deepEqual([(await read(own, others))!.a, (await www(own, others))!.a], [['192.0.2.1'], ['192.0.2.2']])
  const chain = Object.fromEntries(
    [1, 2, 3, 4, 5].map((i) => [`d/n${i}`, { import: `d/n${i + 1}`, txt: `${i}`, map: { [`l${i}`]: '192.0.2.1' } }]),
  )
  assert.deepEqual([...(await read({ import: 'd/n1' }, chain))!.map.keys()].sort(), ['l1', 'l2', 'l3', 'l4'])
  assert.deepEqual(
    (await read({ import: 'd/ana', ip: '192.0.2.1' }))!.a,
    ['192.0.2.1'],
    'and one that leads to itself ends',
  )
  assert.deepEqual((await read({ import: 'd/none', ip: '192.0.2.1' }))!.a, ['192.0.2.1'])
})

test('a TLSA in the wrong place harms nothing', async () => {
  const stored = '{"ip":["192.0.2.1","192.0.2.2"],"map":{"_443._tcp":{"tls":[[3,1,1,"AAAA"]]},"www":{"alias":"@"}}}'
  const node = await read(stored)
  assert.deepEqual([node!.a.length, [...node!.map.keys()]], [2, ['www']])
})
