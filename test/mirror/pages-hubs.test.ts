/** WebSub: hubs learn of each post, and one that is silent is not asked for ever. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { silentLog } from '../../lib/log.ts'
import type { Web, WebRequest } from '../../lib/web.ts'
import { HubPing } from '../../mirror/pages/hub-ping.ts'
import { blogObjects } from '../../protocol/blog-objects.ts'
import type { SignedObject } from '../../protocol/objects.ts'
import { sha256 } from '../support/small-network.ts'
import { PageWorld } from './pages-world.ts'

/** Answers each request with the next of these, the last for ever. */
class Hub implements Web {
  readonly asked: WebRequest[] = []
  readonly statuses: number[]

  constructor(...statuses: number[]) {
    this.statuses = statuses
  }

  async fetch(request: WebRequest) {
    this.asked.push(request)
    const status = this.statuses.length > 1 ? this.statuses.shift()! : this.statuses[0]!
    if (status === 0) return { ok: false, reason: 'connect', detail: '' } as const
    return { ok: true, status, headers: {}, body: new Uint8Array(0), url: request.url } as const
  }
}

async function arrange(hub: Hub, hubs = ['https://hub.example/']) {
  const world = await PageWorld.create({ hubs })
  await world.capture([{ path: '/', html: 'x' }])
  const facts = {
    blog: async (id: string) => (id === world.blog ? world.known() : blogObjects(id, [])),
    roster: () => world.roster(),
    byHost: async (name: string) => (name === 'ana.example' ? world.blog : null),
  }
  const self = world.members[0]!.payload.key!
  const deps = { facts, web: hub, clock: world.clock, log: silentLog, sha256 }
  return { world, ping: new HubPing(deps, { self, url: 'https://birch.example/' }) }
}

test('posts that come together are told once, with every feed of this mirror', async () => {
  const hub = new Hub(204)
  const { world, ping } = await arrange(hub)
  await world.declare()
  ping.note([await world.post('<p>one</p>'), await world.post('<p>two</p>')] as SignedObject[])
  await world.clock.advance(3_000)
  assert.equal(hub.asked.length, 1)
  const [{ url, method, body }] = hub.asked as [WebRequest]
  assert.deepEqual([url, method], ['https://hub.example/', 'POST'])
  const form = new URLSearchParams(Buffer.from(body!).toString())
  assert.equal(form.get('hub.mode'), 'publish')
  assert.deepEqual(
    form.getAll('hub.url'),
    ['feed.xml', 'feed.rss', 'feed.json'].map((name) => `https://birch.example/m/ana.example/${name}`),
  )
})

test('a silent hub is asked three times and then left', async () => {
  const hub = new Hub(0, 500)
  const { world, ping } = await arrange(hub)
  await world.declare()
  ping.note([(await world.post('<p>one</p>')) as SignedObject])
  await world.clock.advance(3_600_000)
  assert.equal(hub.asked.length, 3)
})

test('a blog that is up, names no hub, or posted long ago, asks nobody', async () => {
  const hub = new Hub(204)
  const up = await arrange(hub)
  up.ping.note([(await up.world.post('<p>one</p>')) as SignedObject])
  await up.world.clock.advance(10_000)
  const none = await arrange(hub, [])
  await none.world.declare()
  none.ping.note([(await none.world.post('<p>one</p>')) as SignedObject])
  await none.world.clock.advance(10_000)
  const late = await arrange(hub)
  const old = (await late.world.post('<p>old</p>')) as SignedObject
  await late.world.clock.advance(25 * 3_600_000)
  await late.world.declare()
  late.ping.note([old])
  await late.world.clock.advance(10_000)
  assert.equal(hub.asked.length, 0)
})
