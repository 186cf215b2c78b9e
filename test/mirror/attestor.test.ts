import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markersIn } from '../../mirror/capture/html-tokens.ts'
import { attesters } from '../../protocol/placement.ts'
import { MirroringMembers, putSite } from './mirroring-members.ts'

const home = 'http://ana.example/'
const dayMs = 86_400_000

test('a ranked member that sees the tag attests the address; one that does not rank keeps out', async (t) => {
  const net = await MirroringMembers.create(t, 14, { attested: false })
  putSite(net.web, net.blog.id)
  const ranked = attesters(home, net.member('m0').ledger.roster(), net.member('m0').sha256).map(
    (attester) => attester.id,
  )
  for (const member of net.all()) {
    const given = await member.attestor.look(net.blog.id)
    assert.equal(given.length, ranked.includes(member.signer.key) ? 1 : 0, member.name)
  }
})

test('a word is renewed weekly, not sooner', async (t) => {
  const net = await MirroringMembers.create(t, 3, { attested: false })
  putSite(net.web, net.blog.id)
  const { attestor } = net.member('m0')
  assert.equal((await attestor.look(net.blog.id)).length, 1)
  await net.clock.advance(6 * dayMs)
  assert.equal((await attestor.look(net.blog.id)).length, 0)
  await net.clock.advance(1.1 * dayMs)
  assert.equal((await attestor.look(net.blog.id)).length, 1)
})

test("tag, file and DNS record are markers; another blog id, another host and a folder's file are none", async (t) => {
  const net = await MirroringMembers.create(t, 3, { attested: false })
  const { attestor } = net.member('m0')
  const { id } = net.blog
  assert.equal(await attestor.marker(id, home), null)
  net.web.put(home, `<meta name="dgos" content="${'e'.repeat(64)}">`)
  assert.equal(await attestor.marker(id, home), null)
  net.web.put(`${home}.well-known/dgos.json`, JSON.stringify({ blog: id }), 'application/json')
  assert.equal(await attestor.marker(id, home), 'file')
  assert.equal(await attestor.marker(id, `${home}~ana/`), null)
  net.web.put(home, `<meta name="dgos" content="${'e'.repeat(64)} ${id}">`)
  assert.equal(await attestor.marker(id, home), 'tag')
  net.web.pages.delete(`${home}.well-known/dgos.json`)
  net.web.put('http://evil.example/', `<meta name="dgos" content="${id}">`)
  net.web.pages.set(home, { body: '', to: 'http://evil.example/' })
  assert.equal(await attestor.marker(id, home), null)
})

test('a marker in a comment, a script or a body text is no tag', () => {
  assert.deepEqual(
    markersIn('<!-- <meta name=dgos content=x> --><script>"<meta name=dgos content=x>"</script>&lt;meta name=dgos>'),
    [],
  )
})

test('an address without marker is looked at ever more rarely, and at once after a new root', async (t) => {
  const net = await MirroringMembers.create(t, 3, { attested: false })
  const { attestor } = net.member('m0')
  await attestor.tick()
  const first = net.web.asked.length
  assert.ok(first > 0)
  await attestor.tick()
  assert.equal(net.web.asked.length, first)
  for (let minute = 0; minute < 60; minute++) {
    await net.clock.advance(60_000)
    await attestor.tick()
  }
  assert.equal(net.web.asked.length, first * 4)
  attestor.note([net.root])
  await attestor.tick()
  assert.equal(net.web.asked.length, first * 5)
})
