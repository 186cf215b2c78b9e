/** `dgos agent`: an app on the author's computer posts with the author's own key. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shownPosts } from '../../protocol/posts.ts'
import type { Io } from '../../server/cli/command.ts'
import { main } from '../../server/cli/main.ts'
import { urlOf } from '../support/network-founding.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { TestNetwork } from '../support/test-network.ts'

test('an app posts through the agent with the author’s own key; a wrong password is refused', async (t) => {
  const net = await TestNetwork.create(t, { members: 3 })
  const home = await temporaryFolder(t, 'agent')
  const out: string[] = []
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const { clock, random } = net
  const io: Io = {
    ...{ env: {}, home, clock, random, wire: net.wire('192.0.2.9'), ended },
    out: (text) => void out.push(text),
    err: () => {},
    exchange: async () => null,
    resolvers: () => [],
    input: async () => new Uint8Array(0),
  }
  assert.equal(await main(['blog', 'add', 'http://ana.example/', '--member', urlOf(0), '--no-wait', '--json'], io), 0)
  assert.equal(await main(['declare', '--hours', '2', '--json'], io), 0)
  const { blog } = JSON.parse(out[0]!) as { blog: string }
  out.length = 0
  const running = main(['agent', '--port', '0', '--json'], io)
  t.after(() => end())
  while (out.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const { micropub, token } = JSON.parse(out[0]!) as { micropub: string; token: string }
  const create = (bearer: string) =>
    fetch(micropub, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ type: ['h-entry'], properties: { name: ['Mine'], content: ['Signed *here*'] } }),
    })
  assert.equal((await create('0'.repeat(32))).status, 401)
  const done = await create(token)
  assert.equal(done.status, 201, await done.text())
  const objects = await net.member(0).ledger.blog(blog)
  const [post] = shownPosts(objects, clock.nowMs())
  assert.equal(post!.current.payload.direction, 'ltr')
  assert.equal(post!.current.payload.key, objects.root[0]!.payload.posting[0]!.key)
  assert.equal(post!.current.payload.html, '<p>Signed <em>here</em></p>')
  end()
  assert.equal(await running, 0)
})
