import assert from 'node:assert/strict'
import { test } from 'node:test'
import { markersIn } from '../../mirror/capture/html-tokens.ts'
import { attesters } from '../../protocol/placement.ts'
import { openWorld, putSite } from './mirror-world.ts'

const home = 'http://ana.example/'
const dayMs = 86_400_000

test('a ranked member that sees the tag attests the address; one that does not rank keeps out', async () => {
  const world = await openWorld(14, { attested: false })
  putSite(world.web, world.blog.id)
  const ranked = attesters(home, world.member('m0').ledger.roster(), world.member('m0').sha256).map(
    (attester) => attester.name,
  )
  for (const member of world.all()) {
    const given = await member.attestor.look(world.blog.id)
    assert.equal(given.length, ranked.includes(member.name) ? 1 : 0, member.name)
  }
})

test('a word is renewed weekly, not sooner', async () => {
  const world = await openWorld(3, { attested: false })
  putSite(world.web, world.blog.id)
  const { attestor } = world.member('m0')
  assert.equal((await attestor.look(world.blog.id)).length, 1)
  await world.clock.advance(6 * dayMs)
  assert.equal((await attestor.look(world.blog.id)).length, 0)
  await world.clock.advance(1.1 * dayMs)
  assert.equal((await attestor.look(world.blog.id)).length, 1)
})

test("tag, file and DNS record are markers; another blog id, another host and a folder's file are none", async () => {
  const world = await openWorld(3, { attested: false })
  const { attestor } = world.member('m0')
  const { id } = world.blog
  assert.equal(await attestor.marker(id, home), null)
  world.web.put(home, `<meta name="dgos" content="${'e'.repeat(64)}">`)
  assert.equal(await attestor.marker(id, home), null)
  world.web.put(`${home}.well-known/dgos.json`, JSON.stringify({ blog: id }), 'application/json')
  assert.equal(await attestor.marker(id, home), 'file')
  assert.equal(await attestor.marker(id, `${home}~ana/`), null)
  world.web.put(home, `<meta name="dgos" content="${'e'.repeat(64)} ${id}">`)
  assert.equal(await attestor.marker(id, home), 'tag')
  world.web.pages.delete(`${home}.well-known/dgos.json`)
  world.web.put('http://evil.example/', `<meta name="dgos" content="${id}">`)
  world.web.pages.set(home, { body: '', to: 'http://evil.example/' })
  assert.equal(await attestor.marker(id, home), null)
})

test('a marker in a comment, a script or a body text is no tag', () => {
  assert.deepEqual(
    markersIn('<!-- <meta name=dgos content=x> --><script>"<meta name=dgos content=x>"</script>&lt;meta name=dgos>'),
    [],
  )
})

test('an address without marker is looked at ever more rarely, and at once after a new root', async () => {
  const world = await openWorld(3, { attested: false })
  const { attestor } = world.member('m0')
  await attestor.tick()
  const first = world.web.asked.length
  assert.ok(first > 0)
  await attestor.tick()
  assert.equal(world.web.asked.length, first)
  for (let minute = 0; minute < 60; minute++) {
    await world.clock.advance(60_000)
    await attestor.tick()
  }
  assert.equal(world.web.asked.length, first * 4)
  attestor.note([world.root])
  await attestor.tick()
  assert.equal(world.web.asked.length, first * 5)
})
