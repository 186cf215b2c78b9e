/** Members that give neither an answer nor an error, as under attack: a reader does not wait for them. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { tagText } from '../../server/beacon-page/tag.ts'
import { builtBeacon } from '../support/built-files.ts'
import { signerOf } from '../support/small-network.ts'
import { FallenBlog, friendBlog, newReader, outcome } from './loopback-members.ts'

const arrived = /\/m\/ana\.example\/$/

/** Seven members, of which these are silent, and a page with the tag that /beacon gives, whose first source is the first. */
async function silenced(t: TestContext, silent: readonly number[]) {
  const fallen = await FallenBlog.create(t, 7)
  for (const i of silent) fallen.members[i]!.mood = 'silent'
  const pins = fallen.members.map(({ url, name }) => ({ url, key: signerOf(name).key }))
  const { integrity } = (await builtBeacon())[0]!
  const tag = tagText({ network: fallen.net.network.id, pins, integrity }, { modes: ['notice'], linkedOnly: false })
  const reader = await newReader(t)
  return reader === null ? null : { fallen, page: reader.page, friend: await friendBlog(t, tag) }
}

test('with five of seven members and the script’s first source silent the reader is told and led away', async (t) => {
  const scene = await silenced(t, [0, 2, 3, 4, 5])
  if (scene === null) return
  await scene.page.goto(scene.friend, { waitUntil: 'commit' }) // it has not loaded while a script of it is silent
  await scene.page.locator('dgos-beacon a').first().click()
  await scene.page.waitForURL(arrived)
  assert.ok([1, 6].some((i) => scene.page.url().startsWith(scene.fallen.members[i]!.url)))
})

test('who was silent is asked last the next time', async (t) => {
  const silent = [2, 3, 4, 5]
  const scene = await silenced(t, silent)
  if (scene === null) return
  await scene.page.goto(scene.friend)
  assert.equal(await outcome(scene.page), 'notice')
  const kept = await scene.page.evaluate(() => localStorage.getItem('dgos-beacon'))
  const { silent: remembered } = JSON.parse(kept!) as { silent: readonly string[] }
  const keys = silent.map((i) => signerOf(`m${i}`).key)
  const asked = silent.filter((i) => scene.fallen.members[i]!.asked.length > 0)
  assert.deepEqual(
    asked.filter((i) => !remembered.includes(signerOf(`m${i}`).key)),
    [],
  )
  await scene.page.evaluate((all) => {
    const memory = JSON.parse(localStorage.getItem('dgos-beacon')!)
    localStorage.setItem('dgos-beacon', JSON.stringify({ ...memory, askedAt: 0, silent: all }))
  }, keys)
  const later: string[] = []
  scene.page.on('request', (request) => {
    if (request.url().endsWith('/outages')) later.push(request.url())
  })
  await scene.page.goto(`${scene.friend}?second`)
  assert.equal(await outcome(scene.page), 'notice')
  const silentUrls = silent.map((i) => `${scene.fallen.members[i]!.url}dgos/v1/outages`)
  assert.deepEqual(
    later.slice(0, 2).filter((url) => silentUrls.includes(url)),
    [],
  )
})

test('a look at which nobody answered is repeated after five seconds, not after five minutes', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const reader = await newReader(t)
  if (reader === null) return
  for (const member of fallen.members) member.list = null
  await reader.page.goto(await friendBlog(t, fallen.tag()))
  assert.equal(await outcome(reader.page), 'failed')
  await fallen.list([fallen.entry()])
  await reader.page.clock.fastForward(5_100)
  await reader.page.locator('dgos-beacon').waitFor()
})

test('a part comes from the next place where the first is silent', async (t) => {
  const fallen = await FallenBlog.create(t, 3)
  const reader = await newReader(t)
  if (reader === null) return
  const source = fallen.members.at(-1)!
  await reader.page.route(`${source.url}beacon-notice.js`, () => undefined)
  await reader.page.goto(await friendBlog(t, fallen.tag()))
  assert.equal(await outcome(reader.page), 'notice')
})
