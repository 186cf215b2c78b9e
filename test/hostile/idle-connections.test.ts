/** Connections that only wait: they close no door to others, neither to mail nor to readers. */
import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { ConnectionLimits } from '../../server/http/connection-limits.ts'
import { mailRoutes } from '../../server/http/routes/mail.ts'
import { programDoors } from '../activation/program-doors.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { idleConnections } from './inputs/idle-connections.ts'

test('mail is taken while a stranger holds twenty-five idle connections', async (t) => {
  const { smtpPort } = await programDoors(t)
  const idle = await idleConnections(smtpPort, 25)
  t.after(() => {
    for (const socket of idle) socket.destroy()
  })
  const own = connect(smtpPort, '127.0.0.1')
  const [greeting] = (await once(own, 'data')) as [Buffer]
  own.destroy()
  assert.match(greeting.toString(), /^220 /)
})

class Socket extends EventEmitter {
  readonly remoteAddress: string
  ended = false
  constructor(remoteAddress: string) {
    super()
    this.remoteAddress = remoteAddress
  }
  destroy() {
    this.ended = true
    this.emit('close')
  }
}

function arrange(max: number, blockMax: number) {
  const clock = new VirtualClock()
  const limits = new ConnectionLimits({ clock }, { max, blockMax })
  const open = (address: string) => {
    const socket = new Socket(address)
    limits.opened(socket)
    return socket
  }
  return { clock, limits, open }
}

test('where all places are taken, the block that holds most gives up what has been idle longest', async () => {
  const { clock, open } = arrange(6, 6)
  const honest = open('192.0.2.1')
  const idle = [1, 2, 3, 4, 5].map((i) => open(`198.51.100.${i}`))
  assert.equal(open('203.0.113.1').ended, true, 'they may be about to speak')
  await clock.advance(6_000)
  assert.equal(open('203.0.113.1').ended, false)
  assert.deepEqual([honest.ended, ...idle.map((socket) => socket.ended)], [false, true, false, false, false, false])
})

test('one address block may hold its share only where places are scarce', () => {
  const { open } = arrange(12, 4)
  const held = Array.from({ length: 7 }, () => open('198.51.100.1').ended)
  assert.deepEqual(held, [false, false, false, false, false, false, true])
  assert.equal(open('192.0.2.1').ended, false)
})

test('a connection on which a request runs makes no room', async () => {
  const { clock, limits, open } = arrange(2, 2)
  const [busy, idle] = [open('198.51.100.1'), open('198.51.100.2')]
  const response = new EventEmitter()
  limits.busy(busy, response)
  await clock.advance(60_000)
  assert.equal(open('198.51.100.3').ended, false)
  assert.deepEqual([busy.ended, idle.ended], [false, true])
  response.emit('close')
  await clock.advance(6_000)
  assert.equal(open('198.51.100.4').ended, false)
})

test('a member that takes mail by SMTP alone has no route for a webhook, and one that asked for it has', async (t) => {
  const { doors } = await programDoors(t)
  const mail = doors.mail!
  assert.deepEqual(
    [false, true].map((byWebhook) => mailRoutes({ ...mail, byWebhook }).map((route) => route.path)),
    [[], ['/dgos/v1/mail/:local']],
  )
})
