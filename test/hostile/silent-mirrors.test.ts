/** Nobody is led to a mirror that says nothing: an old link waits half a second for one, and takes another. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayMs } from '../support/small-network.ts'
import { TestNetwork } from '../support/test-network.ts'
import { ask } from '../support/whole-member.ts'

/** A fallen blog whose copies lie at three of four members; old links lead to the fourth. */
async function arrange(t: Parameters<typeof TestNetwork.create>[0]) {
  const net = await TestNetwork.create(t, { members: 4, copies: 3, delayMs: [20, 20] })
  const blog = await net.enrol('ana')
  await net.give([await blog.say('down', net.clock.nowMs(), dayMs)])
  const mirrors = await net.mirrorsOf(blog)
  const asked = net.members.find((member) => !mirrors.includes(member))!
  const go = async (seconds: number) => {
    let location: string | undefined
    void ask(asked, 'GET', '/go/ana.example/first/').then((reply) => {
      location = reply.headers.location
    })
    await net.advance({ seconds })
    return location
  }
  return { net, go, mirrors, urls: mirrors.map((mirror) => mirror.url) }
}

test('an old link leads to a mirror that answers, however silent the first of the list is', async (t) => {
  const { net, go, mirrors, urls } = await arrange(t)
  assert.equal(await go(1), `${urls[0]}m/ana.example/first/`)
  mirrors[0]!.cutOff = true
  await net.advance({ seconds: 31 })
  const next = await go(1)
  assert.ok(next === `${urls[1]}m/ana.example/first/` || next === `${urls[2]}m/ana.example/first/`, next)
})

test('where every mirror is silent, the reader stays here', async (t) => {
  const { go, mirrors } = await arrange(t)
  for (const mirror of mirrors) mirror.cutOff = true
  assert.equal(await go(1), undefined, 'they may still answer')
  assert.equal(await go(4), '/m/ana.example/')
})
