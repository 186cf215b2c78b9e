import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTag } from '../../embed-beacon/tag.ts'
import { badgePicture } from '../../server/beacon-page/badge.ts'
import { beaconPage } from '../../server/beacon-page/page.ts'
import { pasteText, policyLines, strictTagText, tagText } from '../../server/beacon-page/tag.ts'
import { signerOf } from '../support/small-network.ts'

const pins = ['a', 'b', 'c'].map((name) => ({ url: `https://${name}.example/`, key: signerOf(name).key }))
const facts = { network: 'ab'.repeat(32), pins, integrity: 'sha384-AAAA' }
const choice = { modes: ['links', 'roll'] as const, linkedOnly: true, host: 'html' as const, language: 'en' }
const where = { url: 'https://a.example/', query: 'mode=links' }

test('the tag says what the beacon reads', () => {
  const data = Object.fromEntries(
    [...tagText(facts, choice).matchAll(/ data-(\w+)="([^"]*)"/g)].map((match) => match.slice(1)),
  )
  const tag = readTag(data)
  assert.deepEqual(tag, {
    network: facts.network,
    pins,
    linkedOnly: true,
    modes: ['links', 'roll'],
    second: ['https://b.example/beacon.js'],
  })
  assert.equal(strictTagText(facts, choice).match(/<script /g)?.length, 2)
  assert.ok(!strictTagText(facts, choice).includes('onerror'))
})

test('the policy names the two sources and every pinned member, and no style', () => {
  assert.deepEqual(policyLines(facts).slice(0, 2), [
    'script-src https://a.example https://b.example',
    'connect-src https://a.example https://b.example https://c.example',
  ])
})

test('the paste version cannot end its own script early', () => {
  assert.equal(pasteText(facts, choice, 'x("</script>")').match(/<\/script/g)?.length, 1)
})

test('free WordPress.com gets the badge and no script', () => {
  const page = beaconPage(facts, { ...choice, host: 'wordpress' }, where)
  assert.ok(page.includes('id="badge"') && !page.includes('id="tag"'))
  const html = beaconPage(facts, choice, where)
  assert.ok(html.includes('id="tag"') && html.includes('data-copy="tag"'))
  for (const name of ['Deutsch', '日本語', 'עברית']) assert.ok(html.includes(`>${name}</option>`), name)
  const plugin = beaconPage(facts, { ...choice, host: 'plugin' }, where)
  assert.ok(plugin.includes('DGOS → Notice for readers') && plugin.includes('id="tag"'))
  assert.match(badgePicture(0), /all blogs of our network are up/)
  assert.match(badgePicture(2), /2 blogs are down/)
})
